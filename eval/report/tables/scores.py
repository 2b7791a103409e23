"""Systems × metrics: scores of answers, means by training seed, and how often each system leads."""

from __future__ import annotations

from eval.comparison import Comparison
from eval.report.figures import factor, leads, plain
from eval.report.naming import level, metric_name, primary_metric, resamples_of
from eval.report.parts import ABSENT, Cell, Column, Table
from eval.report.tables.cells import estimate_cell, method_marks, methods_note, metric_column
from eval.report.themes import Theme, metrics_of
from eval.wording import Words, numbers


def scores(comparison: Comparison, words: Words) -> Table:
    """Return systems × metrics on answers, the primary metric first, each with its interval."""
    primary = primary_metric(comparison)
    found = [result.metrics[primary] for result in comparison.systems if primary in result.metrics]
    questions = _range(sorted({estimate.n for estimate in found}), words)
    facts = _range(sorted({estimate.clusters for estimate in found}), words)
    asked = words("report-note-scored", questions=questions, facts=facts) + " " if found else ""
    note = words("report-note-scores", level=level(comparison, words.language), metric=metric_name(words, primary))
    return _of_theme(comparison, words, "answers", "scores", asked + note)


def retrieval(comparison: Comparison, words: Words) -> Table:
    """Return how well the evidence was found, whatever the model then said."""
    return _of_theme(comparison, words, "retrieval", "retrieval", words("report-note-retrieval"))


def grounding(comparison: Comparison, words: Words) -> Table:
    """Return whether answers keep to the passages shown, and cite the right ones."""
    return _of_theme(comparison, words, "grounding", "grounding", words("report-note-grounding"))


def seeds(comparison: Comparison, words: Words) -> Table:
    """Return the mean of the primary metric of each training seed; empty when no system has several."""
    primary = primary_metric(comparison)
    scale = factor(comparison.metric_info.get(primary, {}))
    several = [result for result in comparison.systems if result.seeds]
    names = list(dict.fromkeys(seed for result in several for seed in result.seeds))
    columns = (
        Column(words("report-column-system"), numeric=False),
        *(Column(words("report-column-seed", seed=plain(name))) for name in names),
    )
    rows = tuple(
        (
            Cell(plain(result.system)),
            *(
                Cell(numbers.decimal(result.seeds[name] * scale, words.language), value=result.seeds[name])
                if name in result.seeds
                else Cell(ABSENT)
                for name in names
            ),
        )
        for result in several
    )
    return Table("seeds", words("report-table-seeds"), words("report-note-seeds", metric=metric_name(words, primary)), columns, rows)


def support(comparison: Comparison, words: Words) -> Table:
    """Return how often each system scores highest when the questions are drawn again."""
    resamples = resamples_of(comparison)
    rows = tuple(
        (Cell(plain(name)), Cell(leads(share, words.language, resamples), value=share)) for name, share in comparison.support.items()
    )
    columns = (Column(words("report-column-system"), numeric=False), Column(words("report-column-leads")))
    return Table("support", words("report-table-support"), words("report-note-support"), columns, rows)


def _of_theme(comparison: Comparison, words: Words, theme: Theme, id: str, note: str) -> Table:
    """Return systems × the metrics of a theme; systems and metrics without any figure are left out, but for the first table."""
    primary, names = primary_metric(comparison), metrics_of(comparison, theme)
    whole = theme == "answers"
    names = [name for name in names if (whole and name == primary) or any(name in result.metrics for result in comparison.systems)]
    shown = [result for result in comparison.systems if whole or any(name in result.metrics for name in names)]
    marks = method_marks(result.metrics[name] for result in shown for name in names if name in result.metrics)
    columns = (
        Column(words("report-column-system"), numeric=False),
        *(metric_column(comparison, name, words, primary=name == primary) for name in names),
    )
    rows = tuple(
        (
            Cell(plain(result.system)),
            *(estimate_cell(result.metrics.get(name), comparison.metric_info.get(name, {}), words, marks) for name in names),
        )
        for result in shown
    )
    return Table(id, words(f"report-table-{id}"), note + methods_note(marks, words), columns, rows if names else ())


def _range(values: list[int], words: Words) -> str:
    """Return one count, or the smallest and the largest."""
    shown = [numbers.count(value, words.language) for value in values]
    return "" if not shown else shown[0] if len(shown) == 1 else f"{shown[0]}–{shown[-1]}"
