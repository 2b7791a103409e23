"""What all charts share: colours, type, the scale of a metric, names in a language, and the way to SVG.

It knows nothing of any one chart.
"""

from __future__ import annotations

import re
from typing import Any, Final

from eval.comparison import Comparison
from eval.model import Estimate
from eval.report.figures import factor, plain
from eval.report.naming import named, primary_metric
from eval.wording import words
from eval.wording.numbers import decimal, percent

# Okabe and Ito 2008, told apart by colour-blind readers; their yellow is left out, being too pale on white.
BLUE: Final = "#0072B2"
PALETTE: Final = (BLUE, "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C8C8C")
SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
GREY: Final = "#8C8C8C"  # 3:1 and more on white and on near-black
INK: Final = "currentColor"  # an inline SVG takes the text colour of the page, light or dark
FONT: Final = "system-ui, sans-serif"
VEGA_LITE: Final = "6.4"  # the newest version that both Altair 6 and vl-convert 1.9 speak
NARROW: Final = 480  # pixels: below it, labels stand above their row and panels one under the other

# What Vega writes for screen readers and style sheets in every mark (the figure has one sentence in their place), and
# the font of every text, which stands once on the whole.
_UNUSED: Final = re.compile(r' (?:aria-[a-z]+|role|class|pointer-events|font-family)="[^"]*"|<path (?:class="(?:back|fore)ground" )[^>]*/>')
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


def shown(value: float, times: float, language: str) -> str:
    """Return a mean as a chart labels it: a percentage where the metric is a share, else a number.

    >>> shown(0.717, 100.0, "en"), shown(0.717, 100.0, "fr"), shown(12.34, 1.0, "fr")
    ('72 %', '72\\u202f%', '12,3')
    """
    return percent(value, language) if times != 1.0 else decimal(value, language, 1)


def shown_interval(estimate: Estimate, times: float, language: str) -> str:
    """Return the interval of a mean.

    >>> shown_interval(Estimate(0.72, 0.6, 0.82, 60, 60), 100.0, "en")
    '60–82 %'
    """
    if times == 1.0:
        return f"{decimal(estimate.low, language, 1)}–{decimal(estimate.high, language, 1)}"
    return f"{decimal(100 * estimate.low, language, 0)}–{percent(estimate.high, language)}"


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
    return f"datum.label + '{' ' if language == 'en' else chr(0x202F)}%'" if times != 1.0 else "datum.label"


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

    text = str(vl_convert.vegalite_to_svg(specification(chart), vl_version=VEGA_LITE))
    text = _LONG.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), _UNUSED.sub("", text))
    text = text.replace("<svg ", f'<svg font-family="{FONT}" ', 1)
    return _MARKER_ID.sub(rf"\g<1>{name}-\g<2>", text)
