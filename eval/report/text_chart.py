"""The chart of the primary metric drawn in characters, for the terminal and for Markdown."""

from __future__ import annotations

from typing import Final

from eval.report.figures import interval_bar
from eval.report.parts import Bar, Figure

_LONGEST: Final = 40  # characters of a bar
_SHORTEST: Final = 16  # below it the name gets a line of its own


def text_chart(figure: Figure, width: int = 100) -> list[str]:
    """Return the chart as aligned lines of at most `width` characters, one heading per group of questions.

    Args:
        figure: what to draw.
        width: characters, at least 40; a very long system name alone may be wider.
    """
    names = max((len(bar.system) for bar in figure.bars), default=0)
    number = max((len(bar.value) for bar in figure.bars), default=0)
    figures = number + max((len(bar.interval) for bar in figure.bars), default=0) + 4  # with blanks and brackets
    room = width - figures - names - 3
    apart = room < _SHORTEST
    length = min(_LONGEST, max(width - figures - 4, 2) if apart else room)
    lines: list[str] = []
    for group in dict.fromkeys(bar.group for bar in figure.bars):
        lines.append(group)
        for bar in (bar for bar in figure.bars if bar.group == group):
            lines += _lines(bar, names, number, length, apart=apart)
    return lines


def _lines(bar: Bar, names: int, number: int, length: int, *, apart: bool) -> list[str]:
    drawn = f"{interval_bar(*bar.ends, length)} {bar.value:>{number}} ({bar.interval})"
    return [f"  {bar.system}", f"    {drawn}"] if apart else [f"  {bar.system:<{names}} {drawn}"]
