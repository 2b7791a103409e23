"""Which questions are trained and which are asked, drawn by rules from a knowledge base: no model is needed here."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from benchmarks.finetuning.declaration import Asked, Trained
from foundation.errors import DataError
from knowledge_base.exposure import exposures
from knowledge_base.model import KnowledgeBase, Question

MANY: Final = 8  # wordings in the train split that make a fact one of the curve
HELD_OUT: Final = 2  # of these, left out and asked by `look`
LOOKED_AT: Final = 4  # `look` takes one fact in so many
SAMPLE: Final = 300  # test questions
DRAW: Final = 0  # seed of the sample, whatever the training seed


def trained(kb: KnowledgeBase, which: Trained) -> tuple[Question, ...]:
    """Return the training questions: all of the split, those of facts with many wordings, or for a look all but the last of these.

    Raises DataError when there is none.
    """
    if which == "none":
        return ()
    many = _many(kb)
    if which == "look":
        kept = tuple(question for fact in _looked_at(many) for question in fact[:-HELD_OUT])
    else:
        kept = kb.split("train") if which == "all" else tuple(question for fact in many.values() for question in fact)
    if not kept:
        raise DataError(f"knowledge base {kb.name!r} has no fact with {MANY} wordings in its train split: there is no curve to draw.")
    return kept


def asked(kb: KnowledgeBase, which: Sequence[Asked]) -> tuple[Question, ...]:
    """Return the union of the named sets, in the order of the question file."""
    many = _many(kb)
    wanted: set[str] = set()
    for name in which:
        if name == "look":
            found: Sequence[Question] = [question for fact in _looked_at(many) for question in fact[-HELD_OUT:]]
        elif name == "many":
            found = [question for question in kb.split("test") if question.fact in many]
        else:
            found = kb.split("test") if name == "test" else sample(kb)
        wanted |= {question.id for question in found}
    return tuple(question for question in kb.questions if question.id in wanted)


def sample(kb: KnowledgeBase, count: int = SAMPLE, seed: int = DRAW) -> tuple[Question, ...]:
    """Return `count` test questions drawn at random, each exposure to the train split with its share of the whole (largest remainders)."""
    test = kb.split("test")
    if count >= len(test):
        return test
    seen = exposures(test, kb.split("train"))
    strata: dict[str, list[Question]] = defaultdict(list)
    for question in sorted(test, key=lambda question: question.id):
        strata[seen[question.id]].append(question)
    places = shares({name: len(members) for name, members in strata.items()}, count)
    rng = random.Random(seed)
    drawn = {question.id for name in sorted(strata) for question in rng.sample(strata[name], places[name])}
    return tuple(question for question in test if question.id in drawn)


def shares(sizes: dict[str, int], count: int) -> dict[str, int]:
    """Return how many of `count` places each stratum gets, in proportion to its size, by largest remainders.

    >>> shares({"paraphrase": 276, "unseen": 370}, 300)
    {'paraphrase': 128, 'unseen': 172}
    """
    total = sum(sizes.values())
    found = {name: count * size // total for name, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda name: (-(count * sizes[name] % total), name))
    for name in by_remainder[: count - sum(found.values())]:
        found[name] += 1
    return found


def _many(kb: KnowledgeBase) -> dict[str, list[Question]]:
    """Return the training questions of each fact with many wordings, both in the order of the file."""
    by_fact: dict[str, list[Question]] = defaultdict(list)
    for question in kb.split("train"):
        by_fact[question.fact].append(question)
    return {fact: wordings for fact, wordings in by_fact.items() if len(wordings) >= MANY}


def _looked_at(many: dict[str, list[Question]]) -> list[list[Question]]:
    return list(many.values())[::LOOKED_AT]
