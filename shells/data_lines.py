"""What `ragft data` prints: previews with prompt and target apart, and the account of a synthesis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eval.report.figures import plain
from foundation.first_few import first_few
from studies.previewing import Preview, Sample
from studies.synthesising import Synthesis

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_WARNINGS = 5  # shown of a recipe: they are mostly alike


def print_preview(preview: Preview, console: Console | None = None) -> None:
    """Print a preview: a table of the recipes, what was left out, warnings, then whole examples of each."""
    from rich.console import Console
    from rich.text import Text

    out = console or Console()
    window = "no limit" if preview.window is None else f"{preview.window:,} tokens"
    out.print(Text(f"{preview.knowledge_base}, as {preview.model} reads it (at once: {window})", style="bold"))
    out.print(_table(preview))
    if preview.watched:
        held = f"{preview.watched} question{' is' if preview.watched == 1 else 's are'} held out"
        out.print(Text(f"• {held} to watch the training (finetune.validation)"))
    for recipe in preview.recipes:
        for text in recipe.left_out:
            out.print(Text(f"• {plain(text)}"))
        for text in first_few(recipe.warnings, _WARNINGS):
            out.print(Text(f"warning: {plain(text)}", style="bold yellow"))
    for recipe in preview.recipes:
        for number, sample in enumerate(recipe.samples, start=1):
            title = f"\n{recipe.name} {number}: {sample.source}"
            out.print(Text(plain(title.strip()), style="bold"))
            for part in _panels(sample):
                out.print(part)


def _table(preview: Preview) -> RenderableType:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("recipe", no_wrap=True, min_width=max(len(recipe.name) for recipe in preview.recipes))
    for title in ("share of tokens", "examples a pass", "tokens a pass", "learnt", "median", "95 %", "longest"):
        table.add_column(title, justify="right")
    for recipe in preview.recipes:
        figures = (recipe.examples, recipe.tokens, recipe.target_tokens, recipe.median, recipe.most_below, recipe.longest)
        table.add_row(recipe.name, f"{recipe.share:.0%}", *(f"{figure:,}" for figure in figures))
    return table


def _panels(sample: Sample) -> Iterator[RenderableType]:
    from rich.panel import Panel
    from rich.text import Text

    if sample.prompt:
        yield Panel(Text(plain(sample.prompt)), title=f"prompt, {sample.prompt_tokens} tokens", title_align="left", border_style="dim")
    learnt = Text(plain(sample.target), style="bold green")
    learnt.append(plain(sample.ending), style="green")
    yield Panel(learnt, title=f"target, {sample.target_tokens} tokens to be learnt", title_align="left", border_style="green")


def synthesis_lines(done: Synthesis) -> Iterator[str]:
    """Yield what a synthesis made and what it did not keep, with the reasons."""
    by_language = sorted({pair.language for pair in done.pairs})
    told = ", ".join(f"{sum(pair.language == code for pair in done.pairs)} {code}" for code in by_language)
    yield f"{len(done.pairs)} pair{'' if len(done.pairs) == 1 else 's'} in {done.path}" + (f" ({told})" if told else "")
    discarded, filtered = sum(done.discarded.values()), sum(done.filtered.values())
    left = "" if done.left is None else f", {done.left} possible answers left"
    yield f"{discarded} attempts discarded, {filtered} pairs filtered{left}"
    yield from (f"  discarded: {reason}: {number}" for reason, number in done.discarded.items())
    yield from (f"  filtered: {reason}: {number}" for reason, number in done.filtered.items())
    if done.pairs:
        yield "Read some before you train on them: ragft data preview --recipe synthetic"
