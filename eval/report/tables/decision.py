"""How far the decision depends on the declared margin."""

from __future__ import annotations

from itertools import pairwise

from eval.comparison import Comparison, MarginCase
from eval.report.figures import plain
from eval.report.naming import named
from eval.report.parts import ABSENT, Cell, Column, Table
from eval.wording import Words, numbers


def margins(comparison: Comparison, words: Words) -> Table:
    """Return what would be decided at other margins, and mark the declared one."""
    cases, declared = comparison.decision.margins, comparison.decision.margin
    ends: list[float | None] = [*(later.margin for _, later in pairwise(cases)), None]
    rows = tuple(
        (
            Cell(_from_to(case, end, words), value=case.margin),
            Cell(named(words, "report-decision", case.verdict)),
            Cell(plain(case.system) if case.system else ABSENT),
            Cell(words("report-declared") if case.margin <= declared and (end is None or declared < end) else ""),
        )
        for case, end in zip(cases, ends, strict=False)
    )
    columns = (
        Column(words("report-column-margin"), numeric=False),
        Column(words("report-column-decision"), numeric=False),
        Column(words("report-column-system"), numeric=False),
        Column("", numeric=False),
    )
    return Table("margins", words("report-table-margins"), words("report-note-margins"), columns, rows)


def _from_to(case: MarginCase, end: float | None, words: Words) -> str:
    low = numbers.decimal(100 * case.margin, words.language)
    return (
        words("report-from", low=low) if end is None else words("report-from-to", low=low, high=numbers.decimal(100 * end, words.language))
    )
