"""Findings and slices as text: grouped for a person, flat for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from foundation.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge_base.checking import Finding, Report
    from studies.slices import Slice

_SHOWN = 20  # findings of one code before the rest is only counted


def as_rows(report: Report, only: Sequence[str]) -> str:
    """Return the findings as one JSON list of flat objects."""
    return json.dumps([asdict(finding) for finding in _chosen(report, only)], ensure_ascii=False, indent=2)


def as_lines(report: Report, only: Sequence[str]) -> Iterator[str]:
    """Yield the findings by severity and code with a count for each, then the totals."""
    from knowledge_base.checking import SEVERITIES

    findings = _chosen(report, only)
    for severity in SEVERITIES:
        of_it = [finding for finding in findings if finding.severity == severity]
        if of_it:
            yield f"{severity}s: {len(of_it)}"
        for code in dict.fromkeys(finding.code for finding in of_it):
            yield from _of_code(code, [finding for finding in of_it if finding.code == code], bool(only))
    likeness = report.wordings
    if likeness.mean is not None:
        worst = ", ".join(f"{fact} {value:.2f}" for fact, value in likeness.worst)
        yield f"mean token Jaccard between the wordings of a fact, over {likeness.facts} facts: {likeness.mean:.2f}; highest: {worst}"
    counts = ", ".join(_number(sum(finding.severity == severity for finding in findings), severity) for severity in SEVERITIES)
    yield f"{len(report.kb.documents)} documents, {len(report.kb.questions)} questions: {counts}"


def as_table(slices: Iterable[Slice]) -> Iterator[str]:
    """Yield the lines of an aligned table of slices, and what its numbers assume."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = list(slices)
    if not rows:
        yield "No scored question is in the test split: no difference can be shown."
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for title in ("slice", "", "questions", "facts", "points, facts count", "points, questions count"):
        table.add_column(title, justify="left" if title in ("slice", "") else "right", overflow="fold")
    previous = ""
    for row in rows:
        cells = [
            row.by if row.by != previous else "",
            row.name,
            str(row.questions),
            str(row.facts),
            _points(row.by_facts),
            _points(row.by_questions),
        ]
        table.add_row(*(Text(cell) for cell in cells))
        previous = row.by
    console = Console(no_color=True, highlight=False)
    with console.capture() as captured:
        console.print(table)
    yield "\nThe smallest difference between two systems that the test questions of each slice can show:"
    yield from (line.rstrip() for line in captured.get().splitlines())
    yield "Percentage points, paired, power 80 %, α 0.05, when exactly one of two systems is right on 20 % of the questions."
    yield "Questions on one fact are not independent: the truth lies between the two columns, and verdicts count facts."
    if any(row.by_facts is None for row in rows):
        yield "none: too few to show any difference. Write more questions for that slice, or read it as examples."


def _points(difference: float | None) -> str:
    return "none" if difference is None else f"{100 * difference:.1f}"


def _chosen(report: Report, only: Sequence[str]) -> tuple[Finding, ...]:
    """The findings of the codes asked for. Raises UnknownNameError for a code that no finding can bear."""
    from knowledge_base.checks.codes import CODES

    for code in only:
        if code not in CODES:
            raise UnknownNameError("finding", code, CODES)
    return report.only(only)


def _of_code(code: str, findings: Sequence[Finding], everything: bool) -> Iterator[str]:
    yield f"  {code}: {len(findings)}"
    for finding in findings if everything else findings[:_SHOWN]:
        line = f" (line {finding.line})" if finding.line and f"line {finding.line}" not in finding.where else ""
        yield f"    {finding.where}{line}: {finding.message}"
    if not everything and len(findings) > _SHOWN:
        yield f"    and {len(findings) - _SHOWN} more: --only {code}"


def _number(count: int, name: Any) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
