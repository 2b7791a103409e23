"""Which passages a training question is shown: the one that holds the evidence, among others that do not.

The others come from the retriever's own first hits, so that the model practises on the
confusions that it will meet.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatbot.contexts import Retriever, search_query
from eval.metrics.evidence import holds
from foundation.language import states
from knowledge_base.model import Question, Span
from retrieval.model import Chunk, Hit

DEPTH = 20  # hits looked through for the passage that holds the evidence


@dataclass(frozen=True)
class Shown:
    """The passages of one question: one for each part of what its answer needs, and those that hold none of it, best first."""

    gold: tuple[Hit, ...]
    others: tuple[Hit, ...]


def _gold(question: Question, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the best passage for each part of the evidence; nothing when a part was not found, or none is needed."""
    if question.answerable == "no":
        return ()
    if not question.evidence:
        return tuple(hit for hit in hits if _stands_in(hit.chunk.text, question))[:1]
    found = [next((hit for hit in hits if _has_part(hit.chunk, part, question)), None) for part in question.parts]
    return tuple(dict.fromkeys(hit for hit in found if hit is not None)) if None not in found else ()


def _has_part(chunk: Chunk, part: Sequence[Span], question: Question) -> bool:
    """Tell whether a passage holds one of the places that state a part, or touches it and shows an answer."""
    return any(
        holds(chunk, span) or (span.overlaps(chunk.document_id, chunk.start, chunk.end) and _stands_in(chunk.text, question))
        for span in part
    )


def _tells(hit: Hit, question: Question) -> bool:
    """Tell whether a passage holds any of what the answer needs: it is then no distractor."""
    if question.evidence:
        return any(_has_part(hit.chunk, part, question) for part in question.parts)
    return _stands_in(hit.chunk.text, question)


def _stands_in(text: str, question: Question) -> bool:
    return any(states(text, answer, question.language) for answer in question.answers)


def find_passages(retriever: Retriever, questions: Sequence[Question], k: int) -> dict[str, Shown]:
    """Return the passages of each question by id, from one search for all of them.

    `k` is the number of passages shown at inference; deeper hits only serve to find
    a gold passage that the retriever ranks low.
    """
    found = retriever.search([search_query(question) for question in questions], max(k, DEPTH))
    shown = {}
    for question, hits in zip(questions, found, strict=True):
        others = hits if question.answerable == "no" else [hit for hit in hits if not _tells(hit, question)]
        shown[question.id] = Shown(_gold(question, hits), tuple(others))
    return shown


def choose(shown: Shown, k: int, distractors: int, rng: random.Random, *, without_gold: bool = False) -> tuple[tuple[Hit, ...], int | None]:
    """Return up to `k` passages in random order with ranks from 1, and the number of the first gold one.

    The gold passages and up to `distractors` others. `without_gold` puts others in the place of the
    gold ones, as many as they were, so that their number gives nothing away; the number is then
    None. Without gold to begin with (an unanswerable question, or one of house style) it is the `k` best others and None.
    """
    if not shown.gold:
        picked = list(shown.others[:k])
    else:
        gold = shown.gold[:k]
        beside = min(distractors, k - len(gold))
        picked = list(shown.others[: len(gold) + beside]) if without_gold else [*gold, *shown.others[:beside]]
    rng.shuffle(picked)
    number = picked.index(shown.gold[0]) + 1 if shown.gold and not without_gold else None
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(picked, start=1)), number
