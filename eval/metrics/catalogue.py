"""All metrics by name, in the order of a report's columns; a metric is imported when it is asked for."""

from __future__ import annotations

from typing import Final

from eval.metrics.metric import Metric
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
        "rougeL_default": Entry("eval.metrics.rouge:ROUGE_L_DEFAULT"),
        "abstention": Entry("eval.metrics.behaviour:ABSTENTION"),
        "recall@k": Entry("eval.metrics.evidence:RECALL"),
        "mrr": Entry("eval.metrics.evidence:MRR"),
        "prompt_tokens": Entry("eval.metrics.behaviour:PROMPT_TOKENS"),
        "completion_tokens": Entry("eval.metrics.behaviour:COMPLETION_TOKENS"),
    },
)
# What a contrast may be declared on: quality of an answer, between 0 and 1, for every system.
PRIMARY: Final = ("correct", "contained", "exact_match", "token_f1", "rouge1", "rouge2", "rougeL", "rougeL_default", "abstention")
RETRIEVAL: Final = ("recall@k", "mrr")
