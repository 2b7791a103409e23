"""Which passages a training question is shown: the one that holds the evidence, among others that do not.

The others come from the retriever's own first hits, so that the model practises on the
confusions that it will meet.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from foundation.language import normal_answer
from knowledge_base.model import Question
from retrieval.model import Hit

DEPTH = 20  # hits looked through for the passage that holds the evidence


class Retriever(Protocol):
    """What searches: an index, or a fake in a test."""

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """Return at most `k` hits per query, best first."""


@dataclass(frozen=True)
class Shown:
    """The passages of one question: those that hold the answer and those that do not, best first."""

    gold: tuple[Hit, ...]
    others: tuple[Hit, ...]


def holds_answer(hit: Hit, question: Question) -> bool:
    """Tell whether a passage holds the evidence; without evidence, whether an answer stands in it."""
    chunk = hit.chunk
    if question.evidence:
        whole = any(span.within(chunk.document_id, chunk.start, chunk.end) for span in question.evidence)
        return whole or any(
            span.overlaps(chunk.document_id, chunk.start, chunk.end) and _stands_in(chunk.text, question) for span in question.evidence
        )
    return _stands_in(chunk.text, question)


def _stands_in(text: str, question: Question) -> bool:
    words = f" {' '.join(normal_answer(text, question.language))} "
    return any(f" {' '.join(normal_answer(answer, question.language))} " in words for answer in question.answers)


def find_passages(retriever: Retriever, questions: Sequence[Question], k: int) -> dict[str, Shown]:
    """Return the passages of each question by id, from one search for all of them.

    `k` is the number of passages shown at inference; deeper hits only serve to find
    a gold passage that the retriever ranks low.
    """
    found = retriever.search([question.text for question in questions], max(k, DEPTH))
    shown = {}
    for question, hits in zip(questions, found, strict=True):
        gold = tuple(hit for hit in hits if question.answerable != "no" and holds_answer(hit, question))
        shown[question.id] = Shown(gold, tuple(hit for hit in hits if hit not in gold))
    return shown


def choose(shown: Shown, k: int, distractors: int, rng: random.Random) -> tuple[tuple[Hit, ...], int | None]:
    """Return up to `k` passages in random order with ranks from 1, and the number of the gold one.

    One gold passage and up to `distractors` others; without gold (an unanswerable
    question) the `k` best others and None.
    """
    if shown.gold:
        picked = [shown.gold[0], *shown.others[: min(distractors, k - 1)]]
        rng.shuffle(picked)
        number = picked.index(shown.gold[0]) + 1
    else:
        picked, number = list(shown.others[:k]), None
        rng.shuffle(picked)
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(picked, start=1)), number
