"""What each system did and took: citations, abstentions, errors, length, tokens, speed. One measure a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from eval.comparison import Comparison, SystemResult
from eval.report.figures import plain, seconds
from eval.report.naming import metric_name
from eval.report.parts import ABSENT, Cell, Table
from eval.report.tables.cells import estimate_cell, method_marks, methods_note, system_columns
from eval.report.themes import metrics_of
from eval.wording import Words, numbers

Measure = tuple[str, Callable[[SystemResult], float | None], Callable[[float, str], str]]


def behaviour(comparison: Comparison, words: Words) -> Table:
    """Return measures × systems. A measure that no system has is left out; what a file of answers does not say is "n/a"."""
    asked = comparison.scope.get("questions")
    imported = [result for result in comparison.systems if result.imported]
    measures = [*_COUNTS, *_SPEEDS]
    if imported or any(result.missing for result in comparison.systems):
        measures.insert(0, ("answered", lambda result: int(asked or 0) - result.missing - result.errors, numbers.count))
    costs = metrics_of(comparison, "cost")
    marks = method_marks(result.metrics[name] for result in comparison.systems for name in costs if name in result.metrics)
    rows = [
        (Cell(words(f"report-measure-{name}")), *(_measure(result, pick, say, words) for result in comparison.systems))
        for name, pick, say in measures
        if any(pick(result) is not None for result in comparison.systems)
    ]
    rows += [
        (
            Cell(metric_name(words, name)),
            *(
                Cell(words("report-not-applicable"))
                if result.imported and name not in result.metrics
                else estimate_cell(result.metrics.get(name), comparison.metric_info.get(name, {}), words, marks)
                for result in comparison.systems
            ),
        )
        for name in costs
        if any(name in result.metrics for result in comparison.systems)
    ]
    note = words("report-note-behaviour") + " "
    note += words("report-note-latency" if any(result.latency for result in comparison.systems) else "report-note-no-latency")
    for result in imported:
        note += " " + words("report-note-imported", system=plain(result.system), file=plain(result.imported))
    columns = system_columns(comparison, words("report-column-measure"))
    return Table("behaviour", words("report-table-behaviour"), note + methods_note(marks, words), columns, tuple(rows))


def _measure(result: SystemResult, pick: Callable[[SystemResult], float | None], say: Callable[[float, str], str], words: Words) -> Cell:
    value = pick(result)
    if value is None:
        return Cell(words("report-not-applicable") if result.imported else ABSENT)
    return Cell(say(value, words.language), value=value)


def _rate(value: float, language: str) -> str:
    return numbers.decimal(value, language, 2)


def _second(value: float, language: str) -> str:
    return seconds(value, language)


_COUNTS: Final[tuple[Measure, ...]] = (
    ("cited", lambda result: result.citations.get("with"), numbers.count),
    ("uncited", lambda result: result.citations.get("without"), numbers.count),
    ("miscited", lambda result: result.citations.get("wrong"), numbers.count),
    ("abstentions", lambda result: result.abstentions, numbers.count),
    ("errors", lambda result: result.errors, numbers.count),
)
_SPEEDS: Final[tuple[Measure, ...]] = (
    ("questions-per-second", lambda result: result.throughput.get("questions_per_second"), _rate),
    ("tokens-per-second", lambda result: result.throughput.get("tokens_per_second"), numbers.count),
    ("latency-p50", lambda result: result.latency.get("p50"), _second),
    ("latency-p95", lambda result: result.latency.get("p95"), _second),
    ("latency-questions", lambda result: result.latency.get("questions"), numbers.count),
)
