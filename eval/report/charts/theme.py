"""What all charts share: colours, type, the scale of a metric, names in a language, and the way to SVG.

It knows nothing of any one chart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from eval.comparison import Comparison
from eval.report.figures import factor, plain
from eval.report.naming import named, primary_metric
from eval.wording import numbers, words

# Okabe and Ito 2008, told apart by colour-blind readers; their yellow is left out, being too pale on white.
BLUE: Final = "#0072B2"
PALETTE: Final = (BLUE, "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C8C8C")
# One more than the colours: 56 systems go by before a colour comes with the same shape again.
SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
GREY: Final = "#8C8C8C"  # 3:1 and more on white and on near-black
INK: Final = "currentColor"  # an inline SVG takes the text colour of the page, light or dark
FONT: Final = "system-ui, sans-serif"
VEGA_LITE: Final = "6.4"  # the newest version that both Altair 6 and vl-convert 1.9 speak
NARROW: Final = 480  # pixels: below it, labels stand above their row and panels one under the other
PANELS: Final = 3  # side by side, on a wider screen

# What Vega writes for screen readers and style sheets in every mark (the figure has one sentence in their place), and
# the font of every text, which stands once on the whole.
_UNUSED: Final = re.compile(r' (?:aria-[a-z]+|role|class|pointer-events|font-family)="[^"]*"|<path (?:class="(?:back|fore)ground" )[^>]*/>')
_TAG: Final = re.compile(r"<(?:[^<>\"]|\"[^\"]*\")*>")  # what stands between tags is a name or a figure, and is left as it is
_LONG: Final = re.compile(r"-?\d+\.\d{2,}")  # a tenth of a pixel is enough
_MARKER_ID: Final = re.compile(r'(id="|url\(#|href="#)([A-Za-z_][\w-]*)')
_CONFIG: Final[dict[str, Any]] = {
    "background": "transparent",
    "font": FONT,
    # The sides leave room for readers whose sans-serif is wider than the one measured here.
    "padding": {"left": 24, "right": 16, "top": 4, "bottom": 4},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "domain": False,
        "ticks": False,
        "gridColor": INK,
        "gridOpacity": 0.13,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 220,
        "labelPadding": 6,
    },
    "header": {"labelColor": INK, "labelFontSize": 13, "labelFontWeight": 600, "labelAnchor": "start", "labelPadding": 6, "labelLimit": 0},
    "legend": {"labelColor": INK, "labelFontSize": 12, "symbolStrokeWidth": 2, "labelLimit": 260, "columnPadding": 34, "symbolOpacity": 1},
    "view": {"stroke": None},
}


def scale(comparison: Comparison, metric: str) -> float:
    """Return what a metric is multiplied by for showing: 100 for the range 0 to 1, else 1."""
    return factor(comparison.metric_info.get(metric, {}))


def is_share(comparison: Comparison) -> bool:
    """Tell whether the primary metric is shown in percent, and differences on it in points."""
    return scale(comparison, primary_metric(comparison)) != 1.0


def one_line(text: object) -> str:
    """Return text on one line without control characters: Vega-Lite writes labels into expressions, which a line separator ends.

    >>> one_line("rag\\u2028alert(1)\\n")
    'rag alert(1)'
    """
    return " ".join(plain(text).split())


def cause_name(cause: str, language: str) -> str:
    """Return a cause in words, or as it is where no message knows it."""
    return one_line(named(words(language), "report-cause", cause))


def percent_axis(language: str, times: float) -> str:
    """Return the Vega expression that labels an axis: a per cent sign where the metric is a share."""
    return f"datum.label + '{numbers.NO_BREAK if language == 'en' else numbers.NARROW}%'" if times != 1.0 else "datum.label"


def specification(chart: Any) -> dict[str, Any]:
    """Return a chart as a Vega-Lite specification with our type, no frame, quiet grid lines, and the ink of the page.

    Altair validates what it is given as it is built; a second time for the whole takes longer than drawing it.
    """
    return {**chart.to_dict(validate=False), "config": _CONFIG}


def svg(chart: Any, name: str) -> str:
    """Return a chart as an SVG element for a page: its ids are its own, and it is silent to screen readers.

    Args:
        chart: of this package.
        name: unique on the page; letters, digits and hyphens.
    """
    import vl_convert

    text = in_tags(str(vl_convert.vegalite_to_svg(specification(chart), vl_version=VEGA_LITE)), lambda tag: _lean(tag, name))
    return text.replace("<svg ", f'<svg font-family="{FONT}" ', 1)


def in_tags(svg: str, change: Callable[[str], str]) -> str:
    """Return a drawing with each of its tags changed, and its texts as they were.

    >>> in_tags('<text x="0.123">lr-0.0005</text>', str.upper)
    '<TEXT X="0.123">lr-0.0005</TEXT>'
    """
    return _TAG.sub(lambda tag: change(tag[0]), svg)


def _lean(tag: str, name: str) -> str:
    """Return a tag without what no reader needs, with shorter numbers and ids of its own."""
    rounded = _LONG.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), _UNUSED.sub("", tag))
    return _MARKER_ID.sub(rf"\g<1>{name}-\g<2>", rounded)
