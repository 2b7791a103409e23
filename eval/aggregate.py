"""From scores to the figures of each system: means with intervals, apart by exposure and kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from eval.metrics.catalogue import METRICS
from eval.model import Asked, Estimate, Latency, RunRecord, Score, SystemResult
from eval.stats.bootstrap import clustered_mean
from knowledge_base.model import Question


@dataclass(frozen=True)
class ScoreTable:
    """Scores by system and metric, with the questions and the declared plan: what every aggregate reads."""

    asked: Mapping[str, Asked]
    values: Mapping[tuple[str, str], Mapping[str, float]]  # (system, metric) → question id → value, scored ones only
    plan: Mapping[str, Any]
    statuses: Mapping[tuple[str, str], Mapping[str, int]]  # (system, metric) → status → number of questions

    @classmethod
    def build(cls, asked: Sequence[Asked], scores: Iterable[Score], plan: Mapping[str, Any]) -> ScoreTable:
        """Sort `scores` into a table."""
        values: dict[tuple[str, str], dict[str, float]] = {}
        statuses: dict[tuple[str, str], dict[str, int]] = {}
        for score in scores:
            key = (score.system, score.metric)
            counts = statuses.setdefault(key, {})
            counts[score.status] = counts.get(score.status, 0) + 1
            if score.value is not None:
                values.setdefault(key, {})[score.question_id] = score.value
        return cls({row.question.id: row for row in asked}, values, plan, statuses)

    def scored(self, system: str, metric: str) -> Mapping[str, float]:
        """Return question id → value for the questions that have one."""
        return self.values.get((system, metric), {})

    def fact(self, question_id: str) -> str:
        """Return the cluster of a question: its fact, or itself when none is given."""
        return self.asked[question_id].question.fact or question_id

    def estimate(self, values: Mapping[str, float], bounds: tuple[float, float]) -> Estimate:
        """Return the mean of `values` with its interval clustered by fact."""
        return clustered_mean(
            list(values.values()),
            [self.fact(question_id) for question_id in values],
            resamples=int(self.plan.get("resamples", 10_000)),
            confidence=float(self.plan.get("confidence", 0.95)),
            seed=int(self.plan.get("seed", 0)),
            bounds=bounds,
        )


def kind_of(question: Question) -> str:
    """Return the kind that a question is shown under: unanswerable ones are always apart."""
    return "unanswerable" if question.answerable == "no" else question.kind


def system_result(
    system: str, table: ScoreTable, records: Sequence[RunRecord], latencies: Sequence[Latency], imported: Mapping[str, Any] | None = None
) -> SystemResult:
    """Return all aggregates of one system from its own `records` and `latencies`.

    `imported` is what the plan says of a system whose answers were imported: without a column
    of sources nothing is known of its citations.
    """
    answers = [record.answer for record in records if record.answer is not None]
    return SystemResult(
        system=system,
        metrics=_estimates(system, table, set(table.asked)),
        by_exposure=_grouped(system, table, lambda row: (row.exposure,)),
        by_kind=_grouped(system, table, lambda row: (kind_of(row.question),)),
        by_tag=_grouped(system, table, lambda row: row.question.tags),
        by_language=_grouped(system, table, lambda row: (row.question.language,)),
        citations={
            "with": sum(bool(answer.citations) and not answer.wrong_citations for answer in answers),
            "without": sum(not answer.citations and not answer.wrong_citations for answer in answers),
            "wrong": sum(bool(answer.wrong_citations) for answer in answers),
        }
        if imported is None or imported.get("sources")
        else {},
        abstentions=sum(answer.abstained for answer in answers),
        errors=sum(record.error is not None for record in records),
        tokens={
            name: fmean(table.scored(system, name).values())
            for name in ("prompt_tokens", "completion_tokens")
            if table.scored(system, name)
        },
        throughput=_throughput(records),
        latency=_latency(latencies),
        missing=sum(record.missing for record in records),
        imported=str(imported["file"]) if imported else "",
    )


def _estimates(system: str, table: ScoreTable, wanted: set[str]) -> dict[str, Estimate]:
    """Return the estimate of each bounded metric over the wanted questions. Token counts have no bound and no interval here."""
    found = {}
    for name in METRICS:
        high = METRICS.get(name).high
        values = {key: value for key, value in table.scored(system, name).items() if key in wanted}
        if values and high is not None:
            found[name] = table.estimate(values, (METRICS.get(name).low, high))
    return found


def _grouped(system: str, table: ScoreTable, labels: Callable[[Asked], Sequence[str]]) -> dict[str, dict[str, Estimate]]:
    """Return the estimates of each label; a question counts under every label it has."""
    found = dict.fromkeys(label for row in table.asked.values() for label in labels(row))
    return {name: _estimates(system, table, {key for key, row in table.asked.items() if name in labels(row)}) for name in found}


def _throughput(records: Sequence[RunRecord]) -> dict[str, float]:
    """Return questions per second over the wall time of all batches, and tokens where each answer's were counted; empty without timings."""
    seconds = sum({record.batch: record.seconds for record in records}.values())
    if seconds <= 0:
        return {}
    counts = [record.answer.usage.completion_tokens for record in records if record.answer is not None]
    known = [count for count in counts if count is not None]
    tokens = {"tokens_per_second": sum(known) / seconds} if len(known) == len(counts) else {}
    return {"questions_per_second": len(records) / seconds, **tokens}


def _latency(rows: Sequence[Latency]) -> dict[str, float]:
    """Return the median and the 95th percentile in seconds; the latest measurement of a question counts."""
    import numpy as np

    seconds = [value for value in {row.question_id: row.seconds for row in rows}.values() if value is not None]
    if not seconds:
        return {}
    return {"p50": float(np.quantile(seconds, 0.5)), "p95": float(np.quantile(seconds, 0.95)), "questions": float(len(seconds))}
