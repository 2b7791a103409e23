"""Cut a question set into folds, so that each question can be answered by a model that did not see it.

Questions that would give one another away stay together: those of one fact, of one group (a document), and those with the
same words. What is trained and asked with the folds is the business of `studies.fold_runs`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from foundation.errors import ConfigurationError, DataError
from foundation.fingerprint import fingerprint
from knowledge_base.exposure import normal_text
from knowledge_base.model import Question

Stratum = tuple[str, str]  # language, answerable


@dataclass(frozen=True)
class Fold:
    """One part of a question set: asked of the model that was trained on all the other parts."""

    number: int  # from 1
    count: int  # of folds
    questions: tuple[Question, ...]  # in the order of the question set

    def adapter(self, name: str) -> str:
        """Return what adapter `name` is called when it was trained without this fold.

        >>> Fold(3, 10, ()).adapter("main")
        'main-fold3of10'
        """
        return f"{name}-fold{self.number}of{self.count}"


def draw_folds(questions: Sequence[Question], count: int, *, seed: int = 0) -> tuple[Fold, ...]:
    """Return `count` folds that hold each question once, alike in size, languages and share of unanswerable questions.

    Blocks of questions that must stay together go to folds one by one, the largest first, each to the fold that it leaves
    most even; blocks of one size come in an order drawn by `seed`. With as many folds as blocks that is leave-one-out.

    Args:
        questions: facts and groups filled in, as a knowledge base has them.
        count: of folds, at least 2 and at most the number of blocks.
        seed: the same seed gives the same folds on every machine, in whatever order the questions come.

    Raises ConfigurationError for fewer than 2 folds, DataError, with the largest number possible, for more folds than blocks.
    Source: the greedy choice of scikit-learn's StratifiedGroupKFold, with least squares in place of deviations.

    >>> from dataclasses import replace
    >>> four = [Question(str(n), f"How is it {n}?", "en", fact=str(n), group="ab"[n // 2]) for n in range(4)]
    >>> sorted([question.id for question in fold.questions] for fold in draw_folds(four, 2))
    [['0', '1'], ['2', '3']]
    """
    if count < 2:
        raise ConfigurationError(f"--kfold {count}: it takes at least 2 folds, one to train on and one to ask.")
    blocks = blocks_of(questions)
    if count > len(blocks):
        raise DataError(_too_few(count, len(questions), len(blocks)))
    totals = Counter(_stratum(question) for question in questions)
    filled: list[Counter[Stratum]] = [Counter() for _ in range(count)]
    chosen: list[list[Question]] = [[] for _ in range(count)]
    for block in sorted(blocks, key=lambda block: (-len(block), fingerprint(seed, min(question.id for question in block)))):
        adds = Counter(_stratum(question) for question in block)
        place = min(range(count), key=lambda at: (_cost(filled[at], adds, totals), at))
        filled[place] += adds
        chosen[place] += block
    order = {question.id: at for at, question in enumerate(questions)}
    return tuple(
        Fold(number, count, tuple(sorted(own, key=lambda question: order[question.id]))) for number, own in enumerate(chosen, start=1)
    )


def blocks_of(questions: Sequence[Question]) -> tuple[tuple[Question, ...], ...]:
    """Return the questions in blocks that must not be divided: linked by a fact, a group or equal words, directly or through others.

    >>> asked = [("a", "f1", "g1"), ("b", "f1", "g2"), ("c", "f2", "g2"), ("d", "f3", "g3")]
    >>> [len(block) for block in blocks_of([Question(key, f"{key}?", "en", fact=fact, group=group) for key, fact, group in asked])]
    [3, 1]
    """
    parents = list(range(len(questions)))

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    first: dict[tuple[str, str], int] = {}
    for at, question in enumerate(questions):
        words = normal_text(question.text, question.language)
        for link in (("fact", question.fact), ("group", question.group), ("words", words)):
            if link[1]:
                parents[root(at)] = root(first.setdefault(link, at))
    found: dict[int, list[Question]] = {}
    for at, question in enumerate(questions):
        found.setdefault(root(at), []).append(question)
    return tuple(tuple(block) for block in found.values())


def _stratum(question: Question) -> Stratum:
    return question.language, question.answerable


def _cost(held: Counter[Stratum], adds: Counter[Stratum], totals: Counter[Stratum]) -> float:
    """Return by how much a block makes the folds less even, as squared shares of each stratum and of all questions."""
    whole = totals.total()
    by_stratum = sum((2 * held[key] + added) * added / totals[key] ** 2 for key, added in adds.items())
    return by_stratum + (2 * held.total() + adds.total()) * adds.total() / whole**2


def _too_few(count: int, questions: int, blocks: int) -> str:
    said = f"{count} folds cannot be made of {questions} questions: those of one fact or document stay together, in {blocks} blocks here."
    if blocks < 2:
        return f"{said} Add questions on other documents, or give them groups of their own (key `group` in questions.jsonl)."
    return f"{said} The most is --kfold {blocks}."
