"""The public door of the report: a Comparison in, a page out.

Kept apart from the renderers so that asking for Markdown imports neither Altair nor rich.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eval.comparison import Comparison
from foundation.registry import Entry, Registry

if TYPE_CHECKING:
    from rich.console import Console

Renderer = Callable[[Comparison, str], str | bytes]


@dataclass(frozen=True)
class Format(Entry):
    """Where a renderer lives, and what its files are called: "report", the language unless it is English, and `suffix`."""

    suffix: str = ""
    spoken: bool = True  # says something in a language; what is for machines is the same in all, and has one file


_FORMATS: Final = {
    "markdown": Format("eval.report.markdown_page:markdown_page", summary="for repositories and wikis", suffix=".md"),
    "html": Format("eval.report.html_page:html_page", summary="one self-contained file, every question inspectable", suffix=".html"),
    "pdf": Format("eval.report.pdf_page:pdf_page", "report", summary="for print and for attachments", suffix=".pdf"),
    "csv": Format(
        "eval.report.csv_tables:summary_csv", summary="every figure, one a row, for spreadsheets and scripts", suffix=".csv", spoken=False
    ),
    "questions-csv": Format(
        "eval.report.csv_tables:questions_csv",
        summary="every answer with its scores and its cause, one a row",
        suffix=".questions.csv",
        spoken=False,
    ),
    "json": Format(
        "eval.report.json_page:json_page", summary="everything, by the schema in docs/comparison.schema.json", suffix=".json", spoken=False
    ),
}
FORMATS: Final[Registry[Renderer]] = Registry("report format", dict(_FORMATS))


def render(comparison: Comparison, format: str, language: str = "en") -> str | bytes:
    """Return the whole report: text, or the bytes of a PDF.

    Args:
        comparison: what `eval.compare.compare` built, or `eval.report.json_page.read_comparison` read.
        format: a name in `FORMATS`. CSV and JSON are for machines: the same in every language.
        language: "en" or "fr".

    Raises:
        UnknownNameError: for any other format or language.
    """
    return FORMATS.get(format)(comparison, language)


def suffix(format: str, language: str = "en") -> str:
    """Return how the names of files in a format end: what is for machines has one file for all languages.

    Raises:
        UnknownNameError: for a format that is not there.

    >>> suffix("markdown"), suffix("html", "fr"), suffix("questions-csv", "fr")
    ('.md', '.fr.html', '.questions.csv')
    """
    FORMATS.entry(format)
    found = _FORMATS[format]
    return f".{language}{found.suffix}" if found.spoken and language != "en" else found.suffix


def terminal(comparison: Comparison, console: Console | None = None, language: str = "en") -> None:
    """Print the report on `console` (default: standard output), fitted to its width."""
    from eval.report.terminal_page import terminal_page

    terminal_page(comparison, console, language)
