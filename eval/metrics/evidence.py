"""Metrics on the passages shown: do they hold the evidence?

Evidence is spans in documents, never chunk ids, so these numbers survive a change of the chunker.
A passage *holds* a span when it has the whole of it or at least half of its characters: a chunk
border through a long quote is then not a miss, and a passage that only touches it is no hit.
Every passage counts by itself; halves in two passages are not added up. Spans of one part are
alternatives: one of them is enough.
"""

from __future__ import annotations

from chatbot.model import Answer
from eval.metrics.metric import Item, Metric
from eval.model import Status
from knowledge_base.model import Span
from retrieval.model import Chunk

_SOURCE = "Manning, Raghavan and Schütze 2008, Introduction to Information Retrieval, chapter 8; equal to ir_measures R@k and RR"


def holds(chunk: Chunk, span: Span) -> bool:
    """Tell whether `chunk` has all, or at least half, of the characters of `span`.

    >>> span = Span("d", "r", 10, 20, "x" * 10)
    >>> holds(Chunk("c", "d", "r", 0, 15, ""), span), holds(Chunk("c", "d", "r", 0, 14, ""), span)
    (True, False)
    """
    if chunk.document_id != span.document_id or chunk.revision != span.revision:
        return False
    shared = min(chunk.end, span.end) - max(chunk.start, span.start)
    return shared > 0 and 2 * shared >= span.end - span.start


def _missing(item: Item) -> Status | None:
    if not item.retrieves or (item.question.answerable == "no" and not item.question.evidence):
        return "not applicable"
    return None if item.question.evidence else "unscored"


def _recall(item: Item, answer: Answer) -> float | Status:
    parts = item.question.parts
    return _missing(item) or sum(any(holds(hit.chunk, span) for hit in answer.hits for span in part) for part in parts) / len(parts)


def _reciprocal_rank(item: Item, answer: Answer) -> float | Status:
    found = [hit.rank for hit in answer.hits if any(holds(hit.chunk, span) for span in item.question.evidence)]
    return _missing(item) or (1 / min(found) if found else 0.0)


RECALL = Metric(
    name="recall@k",
    summary="Share of the parts of the evidence that the passages shown to the model hold; a part stated in several places counts once.",
    source=_SOURCE,
    measure=_recall,
    needs=("evidence",),
)
MRR = Metric(
    name="mrr",
    summary="1 / rank of the first passage shown that holds evidence; 0 when none does.",
    source=_SOURCE,
    measure=_reciprocal_rank,
    needs=("evidence",),
)
