"""The report as Markdown for repositories and wikis; the chart is drawn in text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.model import Comparison
from eval.report.parts import Cell, Column, ExampleView, Table
from eval.report.view import Definition, View, build_view

_SPECIAL = re.compile(r"([\\`*_\[\]#|~>])")
_LIST_START = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")


def markdown_page(comparison: Comparison) -> str:
    """Return the report as Markdown (GitHub's tables), all foreign text escaped."""
    return "\n".join(_page(build_view(comparison))) + "\n"


def escape(text: str) -> str:
    """Return `text` on one line, with everything that Markdown or HTML would read as markup disarmed.

    >>> escape("a|b *c*\\n<script>")
    'a\\\\|b \\\\*c\\\\* &lt;script&gt;'
    """
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    line = _SPECIAL.sub(r"\\\1", line).replace("\\>", "&gt;")
    return _LIST_START.sub(r"\1\\\2", line)


def _page(view: View) -> Iterator[str]:
    yield f"# {view.title}\n"
    yield f"**{escape(view.verdict)}**\n"
    if view.findings:
        yield "\n".join(f"- {escape(finding)}" for finding in view.findings) + "\n"
    yield "Scope: " + "; ".join(f"{escape(name)} {escape(value)}" for name, value in view.scope) + "\n"
    if view.warnings:
        yield "**Read with care**\n"
        yield "\n".join(f"- {escape(warning)}" for warning in view.warnings) + "\n"
    yield from _table(view.quality)
    yield from _chart(view)
    for table in (view.contrasts, view.exposures, view.kinds, view.tags, view.languages, view.retrieval, view.behaviour):
        yield from _table(table)
    if view.examples:
        yield "## Examples\n"
        for example in view.examples:
            yield from _example(example)
    yield "## What the metrics mean\n"
    yield "\n".join(_definition(definition) for definition in view.definitions) + "\n"
    yield "## Where this comes from\n"
    for group, leaves in view.provenance:
        yield f"**{escape(group)}**\n"
        yield "\n".join(f"- {escape(name)}: {escape(value)}" for name, value in leaves) + "\n"


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        return
    yield f"## {table.title}\n"
    yield f"{escape(table.note)}\n"
    yield "| " + " | ".join(_head(column) for column in table.columns) + " |"
    yield "|" + "|".join(" ---: " if column.numeric else " :--- " for column in table.columns) + "|"
    yield from ("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows)
    yield ""


def _head(column: Column) -> str:
    return f"**{escape(column.title)}** (primary)" if column.primary else escape(column.title)


def _cell(cell: Cell) -> str:
    return f"{escape(cell.text)} ({escape(cell.detail)})" if cell.detail else escape(cell.text)


def _chart(view: View) -> Iterator[str]:
    if not view.bars:
        return
    yield f"## {escape(view.chart_title)}\n"
    # An indented block: unlike a fence, no text in it can end it.
    yield from ("    " + line for line in text_chart(view))
    yield ""


def text_chart(view: View) -> list[str]:
    """Return the chart as aligned lines of text, one heading per group of questions."""
    wide = max(len(bar.system) for bar in view.bars)
    lines: list[str] = []
    for group in dict.fromkeys(bar.group for bar in view.bars):
        lines.append("all questions" if group == "all" else group)
        lines += [f"  {bar.system:<{wide}} {bar.drawing} {bar.value:>5} ({bar.interval})" for bar in view.bars if bar.group == group]
    return lines


def _example(example: ExampleView) -> Iterator[str]:
    yield f"### {escape(example.question)}\n"
    gold = " / ".join(escape(answer) for answer in example.gold) or "none: the right answer is to abstain"
    yield f"{escape(example.question_id)}, {escape(example.kind)}, {escape(example.exposure)}, {example.tally}. Gold answer: {gold}\n"
    yield "| system | mark | answer |"
    yield "| :--- | :--- | :--- |"
    for output in example.outputs:
        answer = escape("".join(piece.text for piece in output.pieces))
        yield f"| {escape(output.system)} | {output.mark} {output.word} | {answer} |"
    yield ""
    for group in example.passages:
        yield f"Passages shown to {escape(', '.join(group.systems))}:\n"
        yield "\n".join(f"{number}. {escape(passage)}" for number, passage in enumerate(group.passages, start=1)) + "\n"


def _definition(definition: Definition) -> str:
    name = f"**{escape(definition.name)}**" + (" (primary)" if definition.primary else "")
    said = " ".join(escape(part).rstrip(".") + "." for part in (definition.summary, definition.detail) if part)
    return f"- {name}: {said}" + (f" Source: {escape(definition.source)}" if definition.source else "")
