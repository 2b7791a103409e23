"""What nobody declared: the clearest differences on other metrics and in slices, and those that go against the primary metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eval.comparison import Comparison, Contrast, Exploration
from eval.report.figures import difference, difference_interval, factor, plain
from eval.report.naming import metric_name, named, primary_metric
from eval.report.parts import Cell, Column, Table
from eval.report.tables.slices import slice_name
from eval.wording import Words, numbers

SHOWN: Final = 0.05  # false discovery rate up to which a difference is shown
_MOST: Final = 8  # enough to see where to look; all of them are in the CSV and JSON


def strongest(comparison: Comparison, words: Words) -> Table:
    """Return the differences with the smallest q-values, at most eight, of those below 5 %."""
    found = sorted(
        (one for one in comparison.explorations if one.q_value < SHOWN), key=lambda one: (one.q_value, -abs(one.difference.value))
    )
    note = words("report-note-explorations", tested=len(comparison.explorations), found=len(found), shown=min(len(found), _MOST))
    rows = tuple((*_cells(one, comparison, words),) for one in found[:_MOST])
    return Table("explorations", words("report-table-explorations"), note, _columns(words), rows)


def against(comparison: Comparison, words: Words) -> Table:
    """Return the differences below 5 % that favour the other system than the primary metric does ("ROUGE says otherwise")."""
    declared = {(contrast.a, contrast.b): contrast for contrast in comparison.contrasts}
    primary = metric_name(words, primary_metric(comparison))
    found = [(one, contrast) for one, contrast in _opposed(comparison.explorations, declared)]
    rows = tuple(
        (
            *_cells(one, comparison, words),
            Cell(
                words(
                    "report-otherwise" if contrast.verdict != "not shown" else "report-otherwise-open",
                    primary=primary,
                    favoured=plain(one.a if contrast.difference.value > 0 else one.b),
                    here=plain(one.a if one.difference.value > 0 else one.b),
                )
            ),
        )
        for one, contrast in sorted(found, key=lambda pair: pair[0].q_value)
    )
    columns = (*_columns(words), Column(words("report-column-verdict"), numeric=False))
    return Table("against", words("report-table-against"), words("report-note-against", primary=primary), columns, rows)


def _opposed(explorations: Sequence[Exploration], declared: dict[tuple[str, str], Contrast]) -> list[tuple[Exploration, Contrast]]:
    """Return the explorations whose difference has the other sign than the declared contrast of the same two systems."""
    return [
        (one, contrast)
        for one in explorations
        if one.q_value < SHOWN and (contrast := declared.get((one.a, one.b))) and one.difference.value * contrast.difference.value < 0
    ]


def _columns(words: Words) -> tuple[Column, ...]:
    titles = ("contrast", "metric", "where", "difference", "p", "q")
    return tuple(Column(words(f"report-column-{name}"), numeric=name in {"difference", "p", "q"}) for name in titles)


def _cells(one: Exploration, comparison: Comparison, words: Words) -> tuple[Cell, ...]:
    scale, language = factor(comparison.metric_info.get(one.metric, {})), words.language
    by, _, name = one.slice.partition(": ")
    where = (
        f"{named(words, 'report-by', by)}{words('report-colon')}{slice_name(by, name, words)}" if name else words("report-all-questions")
    )
    return (
        Cell(f"{plain(one.a)} {numbers.MINUS} {plain(one.b)}"),
        Cell(metric_name(words, one.metric)),
        Cell(where),
        Cell(difference(one.difference, language, scale), difference_interval(one.difference, language, scale), value=one.difference.value),
        Cell(numbers.probability(one.p_value, language), value=one.p_value),
        Cell(numbers.probability(one.q_value, language), value=one.q_value),
    )
