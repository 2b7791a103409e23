"""The report as Markdown for repositories and wikis; the chart is drawn in text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.comparison import Comparison
from eval.report.examples_view import clipped
from eval.report.parts import Cell, Column, Definition, Definitions, Figure, Pairs, QuestionView, Sentences, Table
from eval.report.text_chart import text_chart
from eval.report.view import View, build_view
from eval.wording import Words, words

_SPECIAL = re.compile(r"([\\`*_\[\]#|~>])")
_BLANK = re.compile(r"[ \t\n\r\v\f\u0085\u2028\u2029]+")  # not the no-break spaces, which French needs
_LONGEST = 2000  # characters of an answer or a passage
_LIST_START = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")
_LINK = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp|www)([:.])|(?<=[\w.+-])@(?=[\w-]+\.)")  # GitHub makes links of bare addresses


def markdown_page(comparison: Comparison, language: str = "en") -> str:
    """Return the report as Markdown (GitHub's tables), all foreign text escaped."""
    return "\n".join(_page(build_view(comparison, language))) + "\n"


def escape(text: str) -> str:
    """Return `text` on one line, with everything that Markdown or HTML would read as markup disarmed.

    >>> escape("a|b *c*\\n<script>")
    'a\\\\|b \\\\*c\\\\* &lt;script&gt;'
    >>> escape("http://evil.example")
    'http&#58;//evil.example'
    """
    line = _BLANK.sub(" ", text).replace("&", "&amp;").replace("<", "&lt;")
    line = _SPECIAL.sub(r"\\\1", line).replace("\\>", "&gt;")
    line = _LINK.sub(lambda found: f"{found[1]}&#{ord(found[2])};" if found[1] else "&#64;", line)
    return _LIST_START.sub(r"\1\\\2", line.strip())


def _page(view: View) -> Iterator[str]:
    say = words(view.language)
    yield f"# {escape(view.title)}\n"
    yield f"**{escape(view.verdict)}**\n"
    yield from _sentences(view.stands_on)
    yield from _sentences(view.settle)
    yield f"**{escape(view.scope.title)}**\n"
    yield " · ".join(f"{escape(name)} {escape(value)}" for name, value in view.scope.items) + "\n"
    yield from _sentences(view.care)
    yield from _chart(view.figure)
    yield from _sentences(view.findings)
    for section in view.sections:
        yield f"## {escape(section.title)}\n"
        for table in section.tables:
            yield from _table(table, headed=len(section.tables) > 1)
    if view.examples.items:
        yield f"## {escape(view.examples.title)}\n"
        yield f"{escape(view.examples.note)} {escape(view.examples.marks)}\n"
        for example in view.examples.items:
            yield from _question(example, view.examples.columns, say)
    yield f"## {escape(view.definitions.title)}\n"
    yield "\n".join(_definition(one, view.definitions, say) for one in view.definitions.items) + "\n"
    yield f"## {escape(view.provenance_title)}\n"
    for group in view.provenance:
        yield from _pairs(group)


def _sentences(sentences: Sentences) -> Iterator[str]:
    if sentences.items:
        yield f"**{escape(sentences.title)}**\n"
        yield "\n".join(f"- {escape(sentence)}" for sentence in sentences.items) + "\n"


def _pairs(pairs: Pairs) -> Iterator[str]:
    yield f"**{escape(pairs.title)}**\n"
    yield "\n".join(f"- {escape(name)}: {escape(value)}" for name, value in pairs.items) + "\n"


def _table(table: Table, *, headed: bool) -> Iterator[str]:
    if headed:
        yield f"### {escape(table.title)}\n"
    yield "| " + " | ".join(_head(column) for column in table.columns) + " |"
    yield "|" + "|".join(" ---: " if column.numeric else " :--- " for column in table.columns) + "|"
    yield from ("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows)
    yield ""
    if table.note:
        yield f"{escape(table.note)}\n"


def _head(column: Column) -> str:
    return f"**{escape(column.title)}** \\*" if column.primary else escape(column.title)


def _cell(cell: Cell) -> str:
    return f"{escape(cell.text)} ({escape(cell.detail)})" if cell.detail else escape(cell.text)


def _chart(figure: Figure) -> Iterator[str]:
    if not figure.bars:
        return
    yield f"**{escape(figure.title)}**\n"
    # An indented block: unlike a fence, no text in it can end it.
    yield from ("    " + line for line in text_chart(figure))
    yield ""


def _question(question: QuestionView, columns: tuple[str, str, str], say: Words) -> Iterator[str]:
    yield f"### {escape(question.question)}\n"
    yield f"{', '.join(escape(part) for part in (*question.about, question.tally))}. {escape(question.gold_words)}\n"
    yield "| " + " | ".join(escape(column) for column in columns) + " |"
    yield "| :--- | :--- | :--- |"
    for output in question.outputs:
        answer = escape(clipped("".join(piece.text for piece in output.pieces), _LONGEST, say))
        said = f"{output.word} ({output.cause})" if output.cause else output.word
        yield f"| {escape(output.system)} | {output.mark} {escape(said)} | {answer} |"
    yield ""
    colon = say("report-colon")
    for group in question.passages:
        yield f"{escape(group.said)}\n"
        lines = (
            f"{number}. {escape(passage.title) + colon if passage.title else ''}{escape(clipped(passage.text, _LONGEST, say))}"
            for number, passage in enumerate(group.passages, start=1)
        )
        yield "\n".join(lines) + "\n"


def _definition(definition: Definition, all_of_them: Definitions, say: Words) -> str:
    colon = say("report-colon")
    name = f"**{escape(definition.name)}**" + (f" ({escape(all_of_them.primary)})" if definition.primary else "")
    name += f" {escape(definition.identifier)}" if definition.identifier != definition.name else ""
    said = f"{escape(definition.summary).rstrip('.')} ({escape(definition.detail)})." if definition.detail else escape(definition.summary)
    more = [f"{escape(label)}{colon}{escape(text)}." for label, text in definition.more]
    return f"- {name}{colon}{' '.join([said, *more])}"
