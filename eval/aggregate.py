"""From scores to the figures of each system: means with intervals, counts of what was not scored, speed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import fmean
from typing import Any, Final

from chatbot.contexts import READS_INDEX
from eval.comparison import Role, SystemResult
from eval.folding import enough_facts, folded_systems, folds_of
from eval.metrics.catalogue import METRICS
from eval.model import Asked, Estimate, Latency, RunRecord, Score
from eval.stats.nested import nested_mean
from eval.stats.resampling import Resampler
from knowledge_base.model import Question

IMPORTED = "imported"  # the context of a system whose answers were made elsewhere, and what sets it apart from every other
Values = Mapping[str, float]  # question id → value, scored ones only
_FAILED: Final = "answering failed"  # reason of a score: there is no answer, as opposed to one that a metric failed on


@dataclass(frozen=True)
class ScoreTable:
    """Scores by system and metric, with the questions and the declared plan: what every aggregate reads."""

    asked: Mapping[str, Asked]
    by_seed: Mapping[tuple[str, str], Mapping[int | None, Values]]  # (system, metric) → training seed → values
    plan: Mapping[str, Any]
    statuses: Mapping[tuple[str, str], Mapping[str, int]]  # (system, metric) → status → questions, of the first training seed
    reasons: Mapping[tuple[str, str], Mapping[str, str]]  # (system, metric) → status → reason of the first such record
    failed: Mapping[tuple[str, int | None], frozenset[str]] = field(default_factory=dict)  # (system, training seed) → without an answer

    @classmethod
    def build(cls, asked: Sequence[Asked], scores: Iterable[Score], plan: Mapping[str, Any]) -> ScoreTable:
        """Sort `scores` into a table."""
        values: dict[tuple[str, str], dict[int | None, dict[str, float]]] = {}
        statuses: dict[tuple[str, str], Counter[str]] = {}
        reasons: dict[tuple[str, str], dict[str, str]] = {}
        first: dict[tuple[str, str], int | None] = {}
        failed: dict[tuple[str, int | None], set[str]] = {}
        for score in scores:
            key = (score.system, score.metric)
            if first.setdefault(key, score.training_seed) == score.training_seed:
                statuses.setdefault(key, Counter())[score.status] += 1
            if score.value is not None:
                values.setdefault(key, {}).setdefault(score.training_seed, {})[score.question_id] = score.value
            elif score.reason:
                reasons.setdefault(key, {}).setdefault(score.status, score.reason)
                if score.status == "error" and score.reason == _FAILED:
                    failed.setdefault((score.system, score.training_seed), set()).add(score.question_id)
        none = {key: frozenset(questions) for key, questions in failed.items()}
        return cls({row.question.id: row for row in asked}, values, plan, statuses, reasons, none)

    def with_failures_as_zero(self, metric: str) -> ScoreTable:
        """Return the same table with 0 on `metric` for each question on which answering failed; imported systems' gaps stay gaps."""
        counted = {key: dict(seeds) for key, seeds in self.by_seed.items() if key[1] == metric}
        for (system, seed), questions in self.failed.items():
            seeds = counted.setdefault((system, metric), {})
            seeds[seed] = {**seeds.get(seed, {}), **dict.fromkeys(questions, 0.0)}
        return replace(self, by_seed={**self.by_seed, **counted})

    def scored(self, system: str, metric: str) -> Values:
        """Return question id → value for the questions that have one: with several training seeds, the mean over them."""
        seeds = list(self.by_seed.get((system, metric), {}).values())
        if len(seeds) <= 1:
            return seeds[0] if seeds else {}
        return {
            question: fmean(seed[question] for seed in seeds if question in seed) for question in dict.fromkeys(q for s in seeds for q in s)
        }

    @cached_property
    def _seeds(self) -> Mapping[str, frozenset[int | None]]:
        found: dict[str, set[int | None]] = {}
        for (system, _), seeds in self.by_seed.items():
            found.setdefault(system, set()).update(seeds)
        return {system: frozenset(seeds) for system, seeds in found.items()}

    @cached_property
    def _folds(self) -> Mapping[str, int]:
        return folds_of(self.plan, list(self.asked))

    def folded(self, system: str) -> bool:
        """Tell whether another adapter answered for a system in each fold."""
        return bool(self._folds) and system in folded_systems(self.plan)

    def by_fold(self, values: Values) -> dict[Hashable, Values]:
        """Return values of questions by fold, or under None all together where they are of too few facts to tell folds apart by."""
        found: dict[Hashable, dict[str, float]] = {}
        for key, value in values.items():
            found.setdefault(self._folds[key], {})[key] = value
        return {**found} if enough_facts(len(found), len({self.fact(key) for key in values})) else {None: values}

    def by_training(self, system: str, metric: str, within: Collection[str] | None = None) -> dict[Hashable, Values]:
        """Return the values of a system by training: an entry per training seed, or per fold that had an adapter of its own.

        `within` are the questions to keep, all when None. Trainings without a value among them are absent.
        """
        seeds = {seed: _within(values, within) for seed, values in self.by_seed.get((system, metric), {}).items()}
        filled: dict[Hashable, Values] = {seed: values for seed, values in seeds.items() if values}
        return self.by_fold(next(iter(filled.values()))) if self.folded(system) and len(filled) == 1 else filled

    def seeds(self, system: str) -> frozenset[int | None]:
        """Return the training seeds that a system answered with, by any metric that has a score; None where it has none."""
        return self._seeds.get(system, frozenset())

    def fact(self, question_id: str) -> str:
        """Return the cluster of a question: its fact, or itself when none is given."""
        return self.asked[question_id].question.fact or question_id

    @cached_property
    def resampler(self) -> Resampler:
        """The draws of facts that all figures of the run share."""
        return Resampler([self.fact(key) for key in self.asked], resamples=self.resamples, seed=self.seed)

    @property
    def resamples(self) -> int:
        """The number of bootstrap resamples."""
        return int(self.plan.get("resamples", 10_000))

    @property
    def seed(self) -> int:
        """The seed of draws and sign flips."""
        return int(self.plan.get("seed", 0))

    @property
    def confidence(self) -> float:
        """The confidence of the intervals."""
        return float(self.plan.get("confidence", 0.95))

    def column(self, values: Values) -> list[float | None]:
        """Return `values` in the order of the questions, None where there is none."""
        return [values.get(key) for key in self.asked]

    def means(self, wanted: Sequence[tuple[str, str, Collection[str] | None]]) -> list[Estimate | None]:
        """Return the mean of each (system, metric, questions) with its interval; None where no question is scored.

        No questions given are all of them. All are resampled at once. With several training seeds the interval
        holds the luck of training too.
        """
        found: list[Estimate | None] = [None] * len(wanted)
        columns, bounds, places = [], [], []
        for place, (system, metric, within) in enumerate(wanted):
            limits = (METRICS.get(metric).low, METRICS.get(metric).high)
            filled = self.by_training(system, metric, within)
            if len(filled) > 1:
                found[place] = nested_mean(
                    filled, self.fact, bounds=limits, confidence=self.confidence, resamples=self.resamples, seed=self.seed
                )
            elif filled:
                columns.append(self.column(next(iter(filled.values()))))
                bounds.append(limits)
                places.append(place)
        for place, estimate in zip(places, self.resampler.means(columns, bounds=bounds, confidence=self.confidence), strict=True):
            found[place] = estimate
        return found


def _within(values: Values, within: Collection[str] | None) -> Values:
    return values if within is None else {key: value for key, value in values.items() if key in within}


def kind_of(question: Question) -> str:
    """Return the kind that a question is shown under: unanswerable ones are always apart."""
    return "unanswerable" if question.answerable == "no" else question.kind


def role_of(system: Mapping[str, Any]) -> Role:
    """Return what a decision may call a system.

    >>> role_of({"context": "retrieval", "adapter": "main"}), role_of({"context": "few-shot", "adapter": None})
    ('both', 'base')
    """
    context = system.get("context")
    if context == IMPORTED:
        return "imported"
    if context == "gold":
        return "bound"
    if context in READS_INDEX:
        return "both" if system.get("adapter") else "rag"
    return "finetuned" if system.get("adapter") else "base"


def system_result(
    system: Mapping[str, Any],
    table: ScoreTable,
    records: Sequence[RunRecord],
    latencies: Sequence[Latency],
    imported: Mapping[str, Any] | None = None,
) -> SystemResult:
    """Return all aggregates of one system from its own `records` and `latencies`; causes and flow are added later.

    Means are over all training seeds; what is counted (citations, abstentions, statuses) is counted in the first, errors in all.

    `imported` is what the plan says of a system whose answers were imported: without a column
    of sources nothing is known of its citations.
    """
    name = str(system["name"])
    seed = next((record.training_seed for record in records), None)  # counts are of questions: with several seeds, those of the first
    answers = [record.answer for record in records if record.answer is not None and record.training_seed == seed]
    primary = str(table.plan["primary"])
    seeds = table.by_seed.get((name, primary), {})
    means = table.means([(name, metric, None) for metric in METRICS])
    return SystemResult(
        system=name,
        role=role_of(system),
        context=str(system.get("context")),
        adapter=system.get("adapter"),
        metrics={metric: found for metric, found in zip(METRICS, means, strict=True) if found is not None},
        statuses={metric: dict(table.statuses[name, metric]) for metric in METRICS if (name, metric) in table.statuses},
        citations={
            "with": sum(bool(answer.citations) and not answer.wrong_citations for answer in answers),
            "without": sum(not answer.citations and not answer.wrong_citations for answer in answers),
            "wrong": sum(bool(answer.wrong_citations) for answer in answers),
        }
        if imported is None or imported.get("sources")
        else {},
        abstentions=sum(answer.abstained for answer in answers),
        errors=sum(record.error is not None for record in records),
        throughput={} if table.folded(name) else _throughput(records),  # of folds it holds the loading of an adapter each
        latency=_latency(latencies),
        seeds={str(seed): fmean(values.values()) for seed, values in seeds.items()} if len(seeds) > 1 else {},
        missing=sum(record.missing and record.training_seed == seed for record in records),
        imported=str(imported["file"]) if imported else "",
    )


def _throughput(records: Sequence[RunRecord]) -> dict[str, float]:
    """Return questions per second over the wall time of all batches, and tokens where each answer's were counted; empty without timings."""
    seconds = sum({(record.training_seed, record.batch): record.seconds for record in records}.values())
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
