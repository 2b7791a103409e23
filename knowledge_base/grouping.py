"""What is not written in a question set and follows from it: facts, groups and splits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from knowledge_base.model import Question, Split


def with_facts(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Return the questions with every `fact` filled in.

    A written fact stays. Without one, questions with the same gold span share a fact
    (a written one on that span first), named after the first of them; a question
    without evidence is a fact of its own.
    """
    by_span: dict[tuple[str, int, int], str] = {}
    for question in questions:
        if question.fact:
            for span in question.evidence:
                by_span.setdefault((span.document_id, span.start, span.end), question.fact)
    filled = []
    for question in questions:
        fact = question.fact
        if not fact:
            keys = [(span.document_id, span.start, span.end) for span in question.evidence]
            fact = next((by_span[key] for key in keys if key in by_span), question.id)
            for key in keys:
                by_span.setdefault(key, fact)
        filled.append(replace(question, fact=fact))
    return tuple(filled)


def with_groups(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Return the questions with every `group` filled in: the document of the first evidence, else the fact."""
    return tuple(
        question if question.group else replace(question, group=question.evidence[0].document_id if question.evidence else question.fact)
        for question in questions
    )


def with_splits(questions: Sequence[Question], *, seed: int = 0, test_share: float = 0.5) -> tuple[Question, ...]:
    """Return the questions with every `split` filled in; needs facts and groups.

    A written split stays. The rest is drawn by group, each group by its own hash of
    seed and name, so that adding groups moves none of those that were there. When that
    leaves one side empty (a single group, say), the draw is by fact instead.
    """
    open_questions = [question for question in questions if question.split is None]
    by: Callable[[Question], str] = _group
    if 0 < test_share < 1 and len({draw(by(question), seed, test_share) for question in open_questions}) < 2:
        by = _fact
    return tuple(question if question.split else replace(question, split=draw(by(question), seed, test_share)) for question in questions)


def draw(name: str, seed: int, test_share: float) -> Split:
    """Return the split of one group: the same for the same seed and name, whatever else there is.

    >>> draw("Normans", 0, 1.0), draw("Normans", 0, 0.0)
    ('test', 'train')
    """
    digest = hashlib.sha256(f"{seed}\x00{name}".encode()).digest()
    return "test" if int.from_bytes(digest[:8], "big") < test_share * 2**64 else "train"


def _group(question: Question) -> str:
    return question.group


def _fact(question: Question) -> str:
    return question.fact
