"""Metrics on citations: do the passages that the answer points to hold the evidence?

The questions are those of ALCE (Gao et al. 2023), which asks a language model whether a cited passage supports a
statement. Ours are held against the spans of evidence: exact where a question has them, silent where it has none.
What counts as holding a span is `eval.metrics.evidence`'s business.
"""

from __future__ import annotations

from typing import Final

from chatbot.model import Answer
from eval.metrics.evidence import holds, parts_held, without_evidence
from eval.metrics.metric import Item, Metric
from eval.model import Status

_SOURCE: Final = "after Gao et al. 2023 (ALCE), arXiv 2305.14627; this project, on spans of evidence"


def _precision(item: Item, answer: Answer) -> float | Status:
    pointed = len(answer.citations) + len(answer.wrong_citations)
    if not pointed:
        return "not applicable"
    right = sum(any(holds(citation, span) for span in item.question.evidence) for citation in answer.citations)
    return without_evidence(item) or right / pointed


def _recall(item: Item, answer: Answer) -> float | Status:
    if answer.abstained or not (answer.hits or answer.citations):  # an imported answer cites documents, and no passage is known
        return "not applicable"
    return without_evidence(item) or parts_held(item.question, answer.citations) / len(item.question.parts)


CITATION_PRECISION = Metric(
    name="citation_precision",
    summary="Share of the citations in the answer that point to a passage with evidence; a number that points to none counts as wrong.",
    source=_SOURCE,
    missing="not applicable to an answer that cites nothing",
    measure=_precision,
    needs=("evidence", "citations"),
)
CITATION_RECALL = Metric(
    name="citation_recall",
    summary="Share of the parts of the evidence that the cited passages hold; 0 for an answer that was shown passages and cites none.",
    source=_SOURCE,
    missing="0 for an empty answer; not applicable to an abstention, and where no passage was shown or, by an imported answer, cited",
    measure=_recall,
    needs=("evidence", "citations"),
)
