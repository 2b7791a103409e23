"""Which metrics stand in one table: those on answers, on retrieval, on grounding, and on what an answer took."""

from __future__ import annotations

from typing import Final, Literal

from eval.comparison import Comparison
from eval.report.naming import primary_metric

Theme = Literal["answers", "retrieval", "grounding", "cost"]
_THEMES: Final[dict[str, Theme]] = {
    **dict.fromkeys(("recall@k", "precision@k", "mrr", "ndcg@k", "all_evidence"), "retrieval"),
    **dict.fromkeys(("citation_precision", "citation_recall", "groundedness"), "grounding"),
    **dict.fromkeys(("words", "prompt_tokens", "completion_tokens", "latency"), "cost"),
}


def metrics_of(comparison: Comparison, theme: Theme) -> list[str]:
    """Return the names of the metrics of one theme in the order of the comparison, the primary metric first.

    A metric that this version does not know stands among those on answers when it has an upper bound, else among costs.
    """
    primary = primary_metric(comparison)
    names = dict.fromkeys([primary, *comparison.metric_names])
    return [name for name in names if theme == ("answers" if name == primary else _theme(comparison, name))]


def _theme(comparison: Comparison, name: str) -> Theme:
    bounded = comparison.metric_info.get(name, {}).get("high") is not None
    return _THEMES.get(name, "answers" if bounded else "cost")
