"""Metrics on the passages shown: do they hold the evidence, and how high does it stand?

Evidence is spans in documents, never chunk ids, so these numbers survive a change of the chunker.
A passage *holds* a span when it has the whole of it or at least half of its characters: a chunk
border through a long quote is then not a miss, and a passage that only touches it is no hit.
Every passage counts by itself; halves in two passages are not added up. Spans of one part are
alternatives: one of them is enough. k is the number of passages that the model was shown: with a
budget of tokens it differs from question to question, so nothing but precision divides by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import log2
from typing import Final

from chatbot.model import Answer, Citation
from eval.metrics.metric import Item, Metric
from eval.model import Status
from knowledge_base.model import Question, Span
from retrieval.model import Chunk

_BOOK: Final = "Manning, Raghavan and Schütze 2008, Introduction to Information Retrieval, chapter 8"
_MISSING: Final = "as any answer, since the passages count, not the text; 0 when nothing was found; not applicable without retrieval"


def holds(place: Chunk | Citation, span: Span) -> bool:
    """Tell whether `place` has all, or at least half, of the characters of `span`.

    >>> span = Span("d", "r", 10, 20, "x" * 10)
    >>> holds(Chunk("c", "d", "r", 0, 15, ""), span), holds(Chunk("c", "d", "r", 0, 14, ""), span)
    (True, False)
    """
    if place.document_id != span.document_id or place.revision != span.revision:
        return False
    shared = min(place.end, span.end) - max(place.start, span.start)
    return shared > 0 and 2 * shared >= span.end - span.start


def parts_held(question: Question, places: Iterable[Chunk | Citation]) -> int:
    """Return how many parts of the evidence some place holds."""
    known = tuple(places)
    return sum(any(holds(place, span) for place in known for span in part) for part in question.parts)


def without_evidence(item: Item) -> Status | None:
    """Return why nothing can be held against the evidence, or None when it can."""
    if item.question.evidence:
        return None
    return "not applicable" if item.question.answerable == "no" else "unscored"


def first_ranks(item: Item, answer: Answer) -> list[int | None]:
    """Return, for each part of the evidence, the rank of the first passage that holds it, or None when none does."""
    return [
        min((hit.rank for hit in answer.hits if any(holds(hit.chunk, span) for span in part)), default=None) for part in item.question.parts
    ]


def _recall(item: Item, answer: Answer) -> float:
    return parts_held(item.question, (hit.chunk for hit in answer.hits)) / len(item.question.parts)


def _precision(item: Item, answer: Answer) -> float:
    right = sum(any(holds(hit.chunk, span) for span in item.question.evidence) for hit in answer.hits)
    return right / len(answer.hits) if answer.hits else 0.0


def _reciprocal_rank(item: Item, answer: Answer) -> float:
    found = [rank for rank in first_ranks(item, answer) if rank is not None]
    return 1 / min(found) if found else 0.0


def _ndcg(item: Item, answer: Answer) -> float:
    ranks = first_ranks(item, answer)
    gained = sum(1 / log2(1 + rank) for rank in ranks if rank is not None)
    ideal = sum(1 / log2(1 + rank) for rank in range(1, len(ranks) + 1))
    return min(1.0, gained / ideal)  # one passage may hold several parts, and so do better than one passage a part


def _all_evidence(item: Item, answer: Answer) -> float:
    return float(None not in first_ranks(item, answer))


def _retrieved(measure: Callable[[Item, Answer], float]) -> Callable[[Item, Answer], float | Status]:
    """Return `measure`, for systems that retrieve and questions with evidence alone."""

    def measured(item: Item, answer: Answer) -> float | Status:
        return ("not applicable" if not item.retrieves else without_evidence(item)) or measure(item, answer)

    return measured


RECALL = Metric(
    name="recall@k",
    summary="Share of the parts of the evidence that the passages shown to the model hold; a part stated in several places counts once.",
    source=f"{_BOOK}; equal to ir_measures R@k with one passage for each part",
    missing=_MISSING,
    measure=_retrieved(_recall),
    needs=("evidence", "passages"),
)
PRECISION = Metric(
    name="precision@k",
    summary=(
        "Share of the passages shown that hold evidence: over the number shown, so that fewer passages can raise it. "
        "With one passage of evidence and k shown it is at most 1/k."
    ),
    source=f"{_BOOK}; equal to ir_measures P@k, k the number shown",
    missing=_MISSING,
    measure=_retrieved(_precision),
    needs=("evidence", "passages"),
)
MRR = Metric(
    name="mrr",
    summary="1 / rank of the first passage shown that holds evidence; 0 when none does.",
    source=f"{_BOOK}; equal to ir_measures RR",
    missing=_MISSING,
    measure=_retrieved(_reciprocal_rank),
    needs=("evidence", "passages"),
)
NDCG = Metric(
    name="ndcg@k",
    summary=(
        "How high the evidence stands: each part counts 1 / log2(1 + rank) of the first passage that holds it, "
        "over what one passage for each part at the top would count, however few were shown; at most 1."
    ),
    source="Järvelin and Kekäläinen 2002, doi 10.1145/582415.582418; equal to ir_measures nDCG with one passage for each part",
    missing=_MISSING,
    measure=_retrieved(_ndcg),
    needs=("evidence", "passages"),
)
ALL_EVIDENCE = Metric(
    name="all_evidence",
    summary="The passages shown hold every part of the evidence.",
    source="This project; the share of questions that reading alone could answer",
    missing=_MISSING,
    measure=_retrieved(_all_evidence),
    needs=("evidence", "passages"),
)
