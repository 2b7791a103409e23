"""The public door of the report: a Comparison in, a page out.

Kept apart from the renderers so that asking for Markdown imports neither Altair nor rich.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from eval.model import Comparison
from foundation.registry import Entry, Registry

if TYPE_CHECKING:
    from rich.console import Console

FORMATS: Registry[Callable[[Comparison], str]] = Registry(
    "report format",
    {
        "markdown": Entry("eval.report.markdown_page:markdown_page", summary="for repositories and wikis"),
        "html": Entry("eval.report.html_page:html_page", summary="one self-contained file"),
    },
)


def render(comparison: Comparison, format: str) -> str:
    """Return the whole report as text.

    Args:
        comparison: what `eval.compare.compare` built.
        format: "markdown" or "html".

    Raises:
        UnknownNameError: for any other format.
    """
    return FORMATS.get(format)(comparison)


def terminal(comparison: Comparison, console: Console | None = None) -> None:
    """Print the report on `console` (default: standard output), fitted to its width."""
    from eval.report.terminal_page import terminal_page

    terminal_page(comparison, console)
