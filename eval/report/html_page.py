"""The report as one HTML file that works from a mail attachment: no network, no external font, one inline script.

Answers and passages are hostile input. The templates escape everything; the markup let through is the SVG that
vl-convert wrote, whose texts are escaped XML, our own style and script, and the questions as JSON that cannot end its
element. The page's own security policy forbids every load, and every script and style but these by their hash.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from eval.comparison import Comparison
from eval.report.figures import leads, plain
from eval.report.naming import resamples_of
from eval.report.questions_data import embedded, questions_data
from eval.report.report_figures import figures, main_figure
from eval.report.view import build_view
from eval.wording import words
from eval.wording.numbers import count

_FOLDER = Path(__file__).parent / "templates"
_PRESETS = 6  # at most: more buttons are no help
_CARES = 5  # cautions that the first page shows at once, the gravest; the others unfold


def html_page(comparison: Comparison, language: str = "en") -> str:
    """Return a self-contained page, light and dark, for screen, phone and print.

    Args:
        comparison: what to show; all its questions go into the page.
        language: "en" or "fr".

    Raises:
        DataError: when the comparison names no primary metric.
        UnknownNameError: for another language.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style, script = ((_FOLDER / f"report.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return environment.get_template("report.html.j2").render(
        view=build_view(comparison, language),
        say=words(language),
        main_figure=main_figure(comparison, language),
        figures=figures(comparison, language),
        cares=_CARES,
        support=_support(comparison, language),
        presets=_presets(comparison, language),
        total=len(comparison.questions),
        counted=count(len(comparison.questions), language),
        style=Markup(style),
        script=Markup(script),
        hashes={"style": _hash(style), "script": _hash(script)},
        data=Markup(embedded(questions_data(comparison, language))),
    )


def _hash(text: str) -> str:
    """Return the source expression of an inline script or style (Content Security Policy Level 3)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _support(comparison: Comparison, language: str) -> list[tuple[str, str, str]]:
    """Return candidates with their share of the resamples in words and in percent, the surest first."""
    shares = sorted(comparison.decision.support.items(), key=lambda item: -item[1])
    resamples = resamples_of(comparison)
    return [
        (plain(name), leads(share, language, resamples, 1 if min(share, 1 - share) < 0.01 else 0), f"{100 * share:.1f}")
        for name, share in shares
    ]


def _presets(comparison: Comparison, language: str) -> list[tuple[int, int, str]]:
    """Return the filters "a right, b wrong" of the declared contrasts, both ways for those that set RAG against fine-tuning."""
    place = {result.system: number for number, result in enumerate(comparison.systems)}
    role: dict[str, Any] = {result.system: result.role for result in comparison.systems}
    rivals = [(one.a, one.b) for one in comparison.contrasts if {role.get(one.a), role.get(one.b)} == {"rag", "finetuned"}]
    pairs = [pair for a, b in rivals for pair in ((a, b), (b, a))]
    pairs += [(one.b, one.a) for one in comparison.contrasts if one.a in place and one.b in place]
    say = words(language)
    return [
        (place[a], place[b], say("html-preset", a=plain(a), b=plain(b)))
        for a, b in list(dict.fromkeys(pair for pair in pairs if set(pair) <= set(place)))[:_PRESETS]
    ]
