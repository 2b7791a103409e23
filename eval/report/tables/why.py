"""Why answers are wrong, what was not scored, and what each system would get wrong if it answered only when sure."""

from __future__ import annotations

from eval.comparison import Comparison, RiskCoverage, SystemResult
from eval.report.figures import plain
from eval.report.naming import cause_means, causes_in, metric_name, named
from eval.report.parts import ABSENT, Cell, Column, Table
from eval.report.tables.cells import system_columns
from eval.wording import Words, numbers, slug


def causes(comparison: Comparison, words: Words) -> Table:
    """Return causes × systems, in questions, with their share of the system's questions."""
    rows = tuple(
        (
            Cell(named(words, "report-cause", name), help=cause_means(words, name)),
            *(_cause(result, name, words) for result in comparison.systems),
        )
        for name in causes_in(comparison)
    )
    return Table(
        "causes", words("report-table-causes"), words("report-note-causes"), system_columns(comparison, words("report-column-cause")), rows
    )


def unscored(comparison: Comparison, words: Words) -> Table:
    """Return what has no score: metrics × systems, with how many questions and why; metrics alike in that share a row."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for name in dict.fromkeys(name for result in comparison.systems for name in result.statuses):
        said = tuple(_statuses(result, name, words) for result in comparison.systems)
        if any(said):
            alike.setdefault(said, []).append(metric_name(words, name))
    rows = tuple((Cell(", ".join(names)), *(Cell(text or ABSENT) for text in said)) for said, names in alike.items())
    columns = system_columns(comparison, words("report-column-metric"))
    return Table("unscored", words("report-table-unscored"), words("report-note-unscored"), columns, rows)


def risk(comparison: Comparison, words: Words) -> Table:
    """Return the area under each risk–coverage curve beside that of a signal that knows nothing."""
    language = words.language
    rows = tuple(
        (
            Cell(plain(curve.system)),
            Cell(named(words, "report-signal", curve.signal)),
            Cell(numbers.decimal(100 * curve.area, language), value=curve.area),
            Cell(numbers.decimal(100 * curve.at_random, language), value=curve.at_random),
            Cell(numbers.signed(100 * (curve.area - curve.at_random), language), value=curve.area - curve.at_random),
            _half(curve, language),
        )
        for curve in comparison.risk_coverage
    )
    titles = ("system", "signal", "area", "at-random", "gain", "surest-half")
    columns = tuple(Column(words(f"report-column-{name}"), numeric=name not in {"system", "signal"}) for name in titles)
    return Table("risk", words("report-table-risk"), words("report-note-risk"), columns, rows)


def _half(curve: RiskCoverage, language: str) -> Cell:
    """Return the share wrong among the surest half, read at the last point of the curve that covers no more."""
    within = [wrong for covered, wrong in zip(curve.coverage, curve.risk, strict=True) if covered <= 0.5]
    return Cell(numbers.decimal(100 * within[-1], language), value=within[-1]) if within else Cell(ABSENT)


def _cause(result: SystemResult, name: str, words: Words) -> Cell:
    if not result.causes:
        return Cell(ABSENT)
    count = result.causes.get(name, 0)
    share = count / sum(result.causes.values())
    return Cell(numbers.count(count, words.language), numbers.percent(share, words.language) if count else "", value=count)


def _statuses(result: SystemResult, metric: str, words: Words) -> str:
    counts = {status: count for status, count in result.statuses.get(metric, {}).items() if status != "scored" and count}
    return ", ".join(words(f"report-status-{slug(status)}", count=count) for status, count in sorted(counts.items()))
