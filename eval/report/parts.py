"""The small pieces that the view-model is made of, and how plain values are written in it."""

from __future__ import annotations

from dataclasses import dataclass

from eval.model import Comparison
from eval.report.figures import plain
from foundation.errors import DataError

ABSENT = "–"


@dataclass(frozen=True)
class Cell:
    """One cell: what is said, and under it what qualifies it (an interval, a count)."""

    text: str
    detail: str = ""
    tone: str = ""  # "good", "bad" or "": never the only carrier of the meaning


@dataclass(frozen=True)
class Column:
    """One column; numeric ones are aligned right."""

    title: str
    primary: bool = False
    numeric: bool = True
    help: str = ""


@dataclass(frozen=True)
class Table:
    """A titled table; an empty one is not shown. The first cell of a row is its header."""

    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def turned(table: Table) -> Table:
    """Return a table with rows and columns exchanged, for narrow places; a primary column becomes a row marked *."""
    columns = (Column("", numeric=False), *(Column(row[0].text) for row in table.rows))
    rows = tuple(
        (Cell(f"{column.title} *" if column.primary else column.title), *(row[place] for row in table.rows))
        for place, column in enumerate(table.columns)
        if place
    )
    return Table(table.title, table.note, columns, rows if table.rows else ())


@dataclass(frozen=True)
class Piece:
    """A piece of an answer: running text, or a citation number."""

    text: str
    citation: int | None = None
    known: bool = True  # the number points to a passage that was shown


@dataclass(frozen=True)
class OutputView:
    """One system's answer to one example question."""

    system: str
    mark: str  # one sign
    word: str  # the same in words
    tone: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class PassageGroup:
    """Passages, numbered from 1 as the systems saw them, and who saw exactly these."""

    systems: tuple[str, ...]
    passages: tuple[str, ...]


@dataclass(frozen=True)
class ExampleView:
    """One question with every system's answer."""

    question_id: str
    question: str
    language: str
    kind: str
    exposure: str
    gold: tuple[str, ...]
    outputs: tuple[OutputView, ...]
    passages: tuple[PassageGroup, ...]
    tally: str  # "2 of 5 correct"


def primary_metric(comparison: Comparison) -> str:
    """Return the name of the declared primary metric.

    Raises:
        DataError: when the plan names none.
    """
    name = comparison.plan.get("primary")
    if not name:
        raise DataError(
            f"run {comparison.run_id} declares no primary metric. Run ragft compare again: the report cannot choose one afterwards."
        )
    return str(name)


def level(comparison: Comparison) -> str:
    """Return the confidence of the intervals, as "95 %"."""
    return f"{100 * float(comparison.plan.get('confidence', 0.95)):g} %"


def plan_value(value: object) -> str:
    """Return a scope, plan or provenance value in plain words.

    >>> plan_value(True), plan_value(("rag", "base")), plan_value(None), plan_value(1500)
    ('yes', 'rag, base', '–', '1500')
    """
    if value is None or value == "":
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(plan_value(item) for item in value) or ABSENT
    if isinstance(value, dict):
        return "; ".join(f"{plain(key)} {plan_value(item)}" for key, item in value.items()) or ABSENT
    return plain(value)
