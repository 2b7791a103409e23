"""The report as a PDF for print: A4, set by Typst from its wheel, with the fonts that the wheel brings.

The document is fixed (`templates/report.typ`); all words and figures reach it as data, so no text of an answer
or a passage is ever read as markup. What the report says is the view-model's business.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from eval.comparison import Comparison
from eval.report.charts.theme import FONT, INK, in_tags
from eval.report.examples_view import clipped, spread
from eval.report.parts import PassageView, QuestionView, Section, Sentences, Table, turned
from eval.report.report_figures import Drawn, figures, main_figure
from eval.report.view import View, build_view
from eval.wording import Words, words

_TEMPLATE: Final = Path(__file__).parent / "templates" / "report.typ"
_INK: Final = "#16191d"
_SERIF: Final = "Libertinus Serif"  # comes with the wheel: the same page on every machine
_COLUMNS: Final = 7  # more do not stand side by side on A4
_EXAMPLES: Final = 6  # questions with all their answers; all of them are in the HTML
_WIDTH: Final = 660  # pixels of a figure that fills a line: its 12-pixel labels are then 9 points high
_CARES: Final = 4  # cautions on the first page, the gravest; the others open the appendix
_RUNNING: Final = 60  # characters of a cell that is read as text, not looked up
_LONGEST: Final = 900  # characters of an answer or a passage in print


def pdf_page(comparison: Comparison, language: str = "en") -> bytes:
    """Return the bytes of the PDF.

    Args:
        comparison: what to show.
        language: "en" or "fr".

    Raises:
        DataError: when the comparison names no primary metric.
        UnknownNameError: for another language.
    """
    import typst

    data = json.dumps(_data(build_view(comparison, language), comparison, language), ensure_ascii=False)
    made: Any = typst.compile(_TEMPLATE.read_bytes(), format="pdf", sys_inputs={"data": data})
    return bytes(made)


def _data(view: View, comparison: Comparison, language: str) -> dict[str, Any]:
    say = words(language)
    drawn = figures(comparison, language)
    main = main_figure(comparison, language)
    first = Sentences(view.care.title, view.care.items[:_CARES])
    return {
        "language": language,
        "title": view.title,
        "run": view.run_id,
        "date": comparison.created[:10],
        "badge": view.badge,
        "decided": view.decided,
        "verdict": view.verdict,
        "lists": [{"title": part.title, "items": part.items} for part in (view.stands_on, view.settle, first) if part.items],
        "care": {"title": view.care.title, "items": view.care.items[_CARES:]},
        "findings": {"title": view.findings.title, "items": view.findings.items},
        "scope": {"title": view.scope.title, "items": view.scope.items},
        "figure": _figure(main) if main else None,
        "appendix": view.appendix,
        "sections": [_section(section, drawn) for section in view.sections],
        "examples": {
            "title": view.examples.title,
            "marks": view.examples.marks,
            "items": [_question(question, say) for question in spread(view.examples.items, _EXAMPLES)],
        },
        "definitions": {
            "title": view.definitions.title,
            "items": [
                {
                    "name": one.name,
                    "primary": view.definitions.primary if one.primary else "",
                    "text": f"{one.summary.rstrip('.')} ({one.detail})." if one.detail else one.summary,
                    "more": " ".join(f"{label}{say('report-colon')}{text}." for label, text in one.more),
                }
                for one in view.definitions.items
            ],
        },
        "provenance": {"title": view.provenance_title, "groups": [{"title": one.title, "items": one.items} for one in view.provenance]},
    }


def _section(section: Section, drawn: Mapping[str, Sequence[Drawn]]) -> dict[str, Any]:
    """Return a chapter: each table under the figures that belong over it, then those of the whole chapter."""
    tables = [{**_table(table), "figures": [_figure(one) for one in drawn.get(table.id, ())]} for table in section.tables]
    return {"title": section.title, "tables": tables, "figures": [_figure(one) for one in drawn.get(f"section-{section.id}", ())]}


def _table(table: Table) -> dict[str, Any]:
    """Return a table as rows of text; one that is too wide is turned, or loses nothing but its shape."""
    shown = turned(table) if len(table.columns) > _COLUMNS > len(table.rows) else table
    return {
        "title": shown.title,
        "note": shown.note,
        "numeric": [column.numeric for column in shown.columns],
        "widths": [_share(shown, place) for place in range(len(shown.columns))],
        "head": [f"{column.title} *" if column.primary else column.title for column in shown.columns],
        "rows": [[{"text": cell.text, "detail": cell.detail} for cell in row] for row in shown.rows],
    }


def _share(table: Table, place: int) -> float:
    """Return the share of the line that a column takes, in parts: running text more than figures, and the first one a little more."""
    longest = max((len(row[place].text) for row in table.rows), default=0)
    return 2.6 if longest > _RUNNING else 1.3 if place == 0 else 1.0


def _figure(drawn: Drawn) -> dict[str, str]:
    """Return a figure with its drawing in ink and in the font of the page."""
    svg = in_tags(drawn.svg(_WIDTH), lambda tag: tag.replace(INK, _INK).replace(FONT, _SERIF))
    return {"heading": drawn.heading, "title": drawn.title, "alt": drawn.words, "note": drawn.note, "svg": svg}


def _question(question: QuestionView, say: Words) -> dict[str, Any]:
    return {
        "question": question.question,
        "about": ", ".join((*question.about, question.tally)),
        "gold": question.gold_words,
        "outputs": [
            {
                "system": output.system,
                "mark": output.mark,
                "word": f"{output.word} ({output.cause})" if output.cause else output.word,
                "text": clipped("".join(piece.text for piece in output.pieces), _LONGEST, say),
            }
            for output in question.outputs
        ],
        "passages": [
            {"said": group.said, "items": [clipped(_titled(one, say), _LONGEST, say) for one in group.passages]}
            for group in question.passages
        ],
    }


def _titled(passage: PassageView, say: Words) -> str:
    return f"{passage.title}{say('report-colon')}{passage.text}" if passage.title else passage.text
