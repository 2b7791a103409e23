"""The report in the terminal: verdict, tables and a text chart; passages stay in the written reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from eval.model import Comparison
from eval.report.markdown_page import text_chart
from eval.report.parts import Cell, ExampleView, Table, turned
from eval.report.view import View, build_view

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_TONES = {"good": "green", "bad": "red"}
_ROOMY = 6  # columns up to which 80 characters hold the first one unfolded
_EXAMPLES = 3  # enough to see how the systems speak; all of them are in the written reports


def terminal_page(comparison: Comparison, console: Console | None = None) -> None:
    """Print the report on `console`. Foreign text goes through `rich.text.Text`: no markup, no terminal codes."""
    from rich.console import Console

    out = console or Console()
    for part in _parts(build_view(comparison)):
        out.print(part, soft_wrap=False)


def _parts(view: View) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.panel import Panel
    from rich.text import Text

    yield Panel(Text(view.verdict, style="bold"), title="Verdict", title_align="left", border_style="bold")
    yield from (Text(f"• {finding}") for finding in view.findings)
    yield Text(" · ".join(f"{name} {value}" for name, value in view.scope), style="dim")
    yield from (Text(f"! {warning}", style="yellow") for warning in view.warnings)
    yield from _table(turned(view.quality))
    if view.bars:
        yield Text(f"\n{view.chart_title}", style="bold")
        yield Padding(Text("\n".join(text_chart(view)), no_wrap=True, overflow="crop"), (0, 0, 0, 1))
    for table in (
        _without(view.contrasts, "p", "verdict"),
        view.exposures,
        turned(view.kinds),  # there are more kinds and tags than 80 characters have room for
        turned(view.tags),
        view.languages,
        view.retrieval,
        view.behaviour,
    ):
        yield from _table(table)
    for example in view.examples[:_EXAMPLES]:
        yield from _example(example)
    left = len(view.examples) - _EXAMPLES
    if left > 0:
        yield Text(f"\n{left} more examples, passages, definitions and provenance are in the written report.", style="dim")


def _without(table: Table, *titles: str) -> Table:
    """Drop columns that 80 characters have no room for; the findings above say the verdicts in words."""
    kept = [place for place, column in enumerate(table.columns) if column.title not in titles]
    rows = tuple(tuple(row[place] for place in kept) for row in table.rows)
    return replace(table, columns=tuple(table.columns[place] for place in kept), rows=rows)


def _table(table: Table) -> Iterator[RenderableType]:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    if not table.rows:
        return
    drawn = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for place, column in enumerate(table.columns):
        title = Text(f"{column.title} *" if column.primary else column.title, style="bold" if column.primary else "")
        narrowest = max((len(row[place].detail) for row in table.rows), default=0) if column.numeric else None
        justify: Literal["right", "left"] = "right" if column.numeric else "left"
        # a heading may be folded, an interval not; six systems leave no room for a long first cell either
        whole = place == 0 and len(table.columns) <= _ROOMY
        drawn.add_column(title, justify=justify, overflow="fold", no_wrap=whole, min_width=narrowest)
    for row in table.rows:
        drawn.add_row(*(_cell(cell) for cell in row))
    yield Text(f"\n{table.title}", style="bold")
    yield drawn
    yield Text(table.note, style="dim")


def _cell(cell: Cell) -> Text:
    from rich.text import Text

    text = Text(cell.text, style=_TONES.get(cell.tone, ""))
    if cell.detail:
        text.append(f"\n{cell.detail}", style="dim")
    return text


def _example(example: ExampleView) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(f"\n{example.question}", style="bold")
    yield Text(f"gold: {' / '.join(example.gold) or 'none (abstain)'} · {example.kind} · {example.exposure}", style="dim")
    for output in example.outputs:
        line = Text(f"  {output.mark} {output.word}", style=_TONES.get(output.tone, ""))
        answer = " ".join("".join(piece.text for piece in output.pieces).split())
        yield line.append(f"  {output.system}: ", style="bold not green not red").append(answer, style="none")
