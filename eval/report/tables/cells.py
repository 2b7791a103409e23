"""What several tables are made of: the cell of an estimate, and the marks of intervals that were made in another way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from eval.comparison import Comparison
from eval.model import Estimate
from eval.report.figures import factor, interval, mean, plain
from eval.report.naming import metric_name, metric_text, named
from eval.report.parts import ABSENT, Cell, Column
from eval.wording import Words

USUAL: Final = "bca"  # the method of an interval that needs no mark
_MARKS: Final = "†‡§¶‖"


def system_columns(comparison: Comparison, first: str) -> tuple[Column, ...]:
    """Return a column of row headers, then one per system."""
    return (Column(first, numeric=False), *(Column(plain(result.system)) for result in comparison.systems))


def metric_column(comparison: Comparison, metric: str, words: Words, *, primary: bool = False) -> Column:
    """Return the column of a metric, with what it means as help."""
    return Column(metric_name(words, metric), primary, help=metric_text(words, metric, "summary", comparison.metric_info.get(metric, {})))


def estimate_cell(estimate: Estimate | None, info: Mapping[str, Any], words: Words, marks: Mapping[str, str] | None = None) -> Cell:
    """Return a mean over its interval, marked when that was made in another way than most."""
    if estimate is None:
        return Cell(ABSENT)
    scale = factor(info)
    mark = (marks or {}).get(estimate.method, "")
    return Cell(
        mean(estimate, words.language, scale),
        f"{interval(estimate, words.language, scale)}{mark and f' {mark}'}",
        value=estimate.value,
    )


def method_marks(estimates: Iterable[Estimate]) -> dict[str, str]:
    """Return method → mark for all methods but the usual one, in order of appearance.

    >>> method_marks([Estimate(0.5, 0.4, 0.6, 60, 60), Estimate(0, 0, 0.06, 60, 60, "score")])
    {'score': '†'}
    """
    methods = [method for method in dict.fromkeys(estimate.method for estimate in estimates) if method != USUAL]
    return {method: _MARKS[place] if place < len(_MARKS) else f"({place})" for place, method in enumerate(methods)}


def methods_note(marks: Mapping[str, str], words: Words) -> str:
    """Return what the marks mean, as sentences; empty without marks."""
    return "".join(" " + words("report-note-method", mark=mark, method=named(words, "report-method", name)) for name, mark in marks.items())
