"""All metrics by name, in the order of a report's columns; a metric is imported when it is asked for."""

from __future__ import annotations

from typing import Final

from eval.metrics.behaviour import THROUGHPUT
from eval.metrics.metric import Meaning, Metric
from foundation.registry import Entry, Registry

METRICS: Final[Registry[Metric]] = Registry(
    "metric",
    {
        "correct": Entry("eval.metrics.lexical:CORRECT"),
        "contained": Entry("eval.metrics.lexical:CONTAINED"),
        "exact_match": Entry("eval.metrics.lexical:EXACT_MATCH"),
        "token_f1": Entry("eval.metrics.lexical:TOKEN_F1"),
        "rouge1": Entry("eval.metrics.rouge:ROUGE1"),
        "rouge2": Entry("eval.metrics.rouge:ROUGE2"),
        "rougeL": Entry("eval.metrics.rouge:ROUGE_L"),
        "rougeLsum": Entry("eval.metrics.rouge:ROUGE_LSUM"),
        "rougeL_default": Entry("eval.metrics.rouge:ROUGE_L_DEFAULT"),
        "chrf": Entry("eval.metrics.overlap:CHRF"),
        "bleu": Entry("eval.metrics.overlap:BLEU"),
        "semantic": Entry("eval.metrics.semantic:SEMANTIC"),
        "abstention": Entry("eval.metrics.behaviour:ABSTENTION"),
        "rule": Entry("eval.metrics.behaviour:RULE"),
        "well_formed": Entry("eval.metrics.behaviour:WELL_FORMED"),
        "citation_precision": Entry("eval.metrics.citing:CITATION_PRECISION"),
        "citation_recall": Entry("eval.metrics.citing:CITATION_RECALL"),
        "groundedness": Entry("eval.metrics.groundedness:GROUNDEDNESS"),
        "recall@k": Entry("eval.metrics.evidence:RECALL"),
        "precision@k": Entry("eval.metrics.evidence:PRECISION"),
        "mrr": Entry("eval.metrics.evidence:MRR"),
        "ndcg@k": Entry("eval.metrics.evidence:NDCG"),
        "all_evidence": Entry("eval.metrics.evidence:ALL_EVIDENCE"),
        "words": Entry("eval.metrics.behaviour:WORDS"),
        "prompt_tokens": Entry("eval.metrics.behaviour:PROMPT_TOKENS"),
        "completion_tokens": Entry("eval.metrics.behaviour:COMPLETION_TOKENS"),
        "latency": Entry("eval.metrics.behaviour:LATENCY"),
    },
)
# What a contrast may be declared on: quality of an answer, between 0 and 1, for every system.
PRIMARY: Final = (
    "correct",
    "contained",
    "exact_match",
    "token_f1",
    "rouge1",
    "rouge2",
    "rougeL",
    "rougeLsum",
    "rougeL_default",
    "chrf",
    "bleu",
    "abstention",
)
PER_RUN: Final = (THROUGHPUT,)  # measured once for a system in a run, so there is no score of an answer


def meanings() -> tuple[Meaning, ...]:
    """Return what every metric means, those of a whole run last."""
    return (*(METRICS.get(name) for name in METRICS), *PER_RUN)
