"""The report in the terminal: verdict, tables and a text chart; passages stay in the written reports.

No figure is cut off: a table that is too wide is turned, and one that is too wide both ways is shown in parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

from eval.comparison import Comparison
from eval.report.examples_view import clipped
from eval.report.fitting import fitted, layout
from eval.report.parts import Cell, QuestionView, Sentences, Table
from eval.report.prose import Prose
from eval.report.text_chart import text_chart
from eval.report.view import View, build_view
from eval.wording import Words, words

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_TONES: Final = {"good": "green", "bad": "red"}
_LONGEST: Final = 600  # characters of an answer: a small model may repeat itself for pages
_EXAMPLES: Final = 3  # enough to see how the systems speak; more are in the written reports
_WRITTEN_ONLY: Final = {"contrasts-detail", "explorations", "by-length"}  # tables that few look for on a screen


def terminal_page(comparison: Comparison, console: Console | None = None, language: str = "en") -> None:
    """Print the report on `console`. Foreign text goes through `rich.text.Text`: no markup, no terminal codes."""
    from rich.console import Console

    out = console or Console()
    for part in _parts(build_view(comparison, language), words(language), out.width):
        out.print(part, soft_wrap=False)


def _parts(view: View, say: Words, width: int) -> Iterator[RenderableType]:
    from rich.panel import Panel
    from rich.text import Text

    yield Panel(Prose(view.verdict, "bold"), title=Text(view.badge), title_align="left", border_style="green" if view.decided else "yellow")
    for block in (view.stands_on, view.settle):
        yield from _sentences(block, "•", "")
    yield Text(f"\n{view.scope.title}", style="bold")
    yield Prose(" · ".join(f"{name} {value}" for name, value in view.scope.items), "dim")
    yield from _sentences(view.care, "!", "yellow")
    if view.figure.bars:
        yield Text(f"\n{view.figure.title}", style="bold")
        yield Text("\n".join(text_chart(view.figure, width)), overflow="fold")
    yield from _sentences(view.findings, "•", "")
    for section in view.sections:
        shown = [table for table in section.tables if table.id not in _WRITTEN_ONLY]
        yield Text(f"\n{section.title.upper()}", style="bold") if shown else Text()
        for table in shown:
            yield from _table(table, say, width)
    for example in view.examples.items[:_EXAMPLES]:
        yield from _example(example, say)
    yield Text(f"\n{say('report-terminal-more', count=max(len(view.examples.items) - _EXAMPLES, 0))}", style="dim")


def _sentences(block: Sentences, sign: str, style: str) -> Iterator[RenderableType]:
    from rich.text import Text

    if block.items:
        yield Text(f"\n{block.title}", style="bold")
        yield from (Prose(f"{sign} {sentence}", style) for sentence in block.items)


def _table(table: Table, say: Words, width: int) -> Iterator[RenderableType]:
    from rich.text import Text

    for place, part in enumerate(fitted(table, width)):
        title = say("report-continued", title=part.title) if place else part.title
        yield Text(f"\n{title}", style="bold")
        yield _drawn(part, width)
    if table.note:
        yield Prose(table.note, "dim")


def _drawn(table: Table, width: int) -> RenderableType:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for column, characters in zip(table.columns, layout(table, width), strict=True):
        title = Text(f"{column.title} *" if column.primary else column.title, style="bold" if column.primary else "")
        justify: Literal["right", "left"] = "right" if column.numeric else "left"
        drawn.add_column(title, justify=justify, overflow="fold", width=characters)
    for row in table.rows:
        drawn.add_row(*(_cell(cell) if column.numeric else _words(cell) for cell, column in zip(row, table.columns, strict=True)))
    return drawn


def _words(cell: Cell) -> RenderableType:
    """Return a cell of running text, broken between words and never at a no-break space."""
    from rich.console import Group

    return Group(Prose(cell.text, _TONES.get(cell.tone, "")), *([Prose(cell.detail, "dim")] if cell.detail else []))


def _cell(cell: Cell) -> Text:
    from rich.text import Text

    text = Text(cell.text, style=_TONES.get(cell.tone, ""))
    if cell.detail:
        text.append(f"\n{cell.detail}", style="dim")
    return text


def _example(example: QuestionView, say: Words) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(f"\n{example.question}", style="bold")
    yield Prose(" · ".join((example.gold_words, *example.about)), "dim")
    for output in example.outputs:
        said = f"{output.word} ({output.cause})" if output.cause else output.word
        line = Text(f"  {output.mark} {said}", style=_TONES.get(output.tone, ""))
        answer = " ".join("".join(piece.text for piece in output.pieces).split())
        yield line.append(f"  {output.system}: ", style="bold not green not red").append(clipped(answer, _LONGEST, say), style="none")
