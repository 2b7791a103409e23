"""Make a table fit a width in characters: as it is, turned, or in parts. Nothing is left out and no figure is broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from eval.report.parts import Cell, Column, Table, turned

BETWEEN: Final = 2  # blanks between columns
_FIRST: Final = 0.27  # share of the width that row headers may take before they are folded between words
_WORD: Final = 0.4  # share of the width that one word of a row header may take before it is broken
_LINE: Final = 16  # characters of running text that a line holds at least


def fitted(table: Table, width: int) -> list[Table]:
    """Return the table in one or more parts that each fit `width` characters, with the row headers repeated.

    Args:
        table: any table.
        width: characters; below some 40 a part of one column may still be wider.
    """
    ways = [table, *([turned(table)] if all(column.numeric for column in table.columns[1:]) else [])]
    for whole in ways:
        if _total(_narrowest(whole, width)) <= width:
            return [whole]
    return min((_parts(way, width) for way in ways), key=len)


def layout(table: Table, width: int) -> list[int]:
    """Return the characters of each column so that the table takes no more than `width`, if that can be.

    Each column gets what it needs least, then shares what is left by what it would like.
    """
    least = _narrowest(table, width)
    liked = [max(small, _natural(table, place)) for place, small in enumerate(least)]
    spare = max(width - _total(least), 0)
    wanted = sum(liked) - sum(least)
    if wanted <= spare:
        return liked
    return [small + int(spare * (like - small) / wanted) for small, like in zip(least, liked, strict=True)]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + BETWEEN * (len(widths) - 1)


def _narrowest(table: Table, width: int) -> list[int]:
    """Return the least characters of each column: figures whole, headings and running text folded between words."""
    words = max((len(word) for row in table.rows for word in row[0].text.split(" ")), default=0)
    longest = max(int(_FIRST * width), min(words, int(_WORD * width)))
    return [min(_column(table, 0), longest), *(_column(table, place) for place in range(1, len(table.columns)))]


def _natural(table: Table, place: int) -> int:
    """Return the characters that a column takes when nothing in it is folded."""
    return max([len(_head(table.columns[place])), *(len(line) for row in table.rows for line in _lines(row[place]))])


def _parts(table: Table, width: int) -> list[Table]:
    """Return the table cut between columns; the first column stands in each part."""
    places, cuts = [0], list[list[int]]()
    for place in range(1, len(table.columns)):
        if len(places) > 1 and _total(_narrowest(_only(table, [*places, place]), width)) > width:
            cuts.append(places)
            places = [0]
        places.append(place)
    return [_only(table, chosen) for chosen in [*cuts, places]]


def _only(table: Table, places: Sequence[int]) -> Table:
    columns = tuple(table.columns[place] for place in places)
    return replace(table, columns=columns, rows=tuple(tuple(row[place] for place in places) for row in table.rows))


def _column(table: Table, place: int) -> int:
    column = table.columns[place]
    head = max(len(word) for word in _head(column).split(" "))
    return max([head, *(_cell(row[place], whole=place == 0 or column.numeric) for row in table.rows)])


def _head(column: Column) -> str:
    return f"{column.title} *" if column.primary else column.title


def _lines(cell: Cell) -> list[str]:
    return [*cell.text.split("\n"), *cell.detail.split("\n")]


def _cell(cell: Cell, *, whole: bool) -> int:
    """Return the narrowest width of a cell: figures whole, running text in lines that hold some words."""
    if whole or _is_figure(cell.text):
        return max(len(line) for line in _lines(cell))
    return max(min(len(line), max([_LINE, *(len(word) for word in line.split(" "))])) for line in _lines(cell))


def _is_figure(text: str) -> bool:
    """Tell whether a cell holds a figure, which stands in columns of text too.

    >>> _is_figure("+38.3"), _is_figure("43 of 60"), _is_figure("rag is better")
    (True, True, False)
    """
    return text[:1] in {*"+−–<0123456789"} and len(text) < 24
