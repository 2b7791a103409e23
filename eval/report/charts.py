"""One Vega-Lite chart of the primary metric: as SVG in HTML and print, live in Streamlit.

Bars start at zero, whiskers are 95 % intervals, and exposures are panels of their own. One
colour is enough: the system is on the axis, so nothing is said by colour alone.
"""

from __future__ import annotations

from typing import Any

from eval.model import Comparison
from eval.report.figures import factor, mean, plain
from eval.report.parts import primary_metric
from eval.report.tables import groups, ordered

BLUE = "#0072B2"  # Okabe and Ito 2008, told apart by colour-blind readers; 3:1 and more on white and on near-black
INK = "currentColor"  # an inline SVG takes the text colour of the page, light or dark
FONT = "system-ui, sans-serif"
VEGA_LITE = "6.4"  # the newest version that both Altair 6 and vl-convert 1.9 speak


def primary_chart(comparison: Comparison, width: int = 780, columns: int = 3) -> Any:
    """Return an `altair.Chart`: the primary metric per system with 95 % whiskers, a panel per exposure.

    Args:
        comparison: what to draw.
        width: pixels for the plot areas of one row of panels together.
        columns: panels side by side, at least 1.
    """
    import altair as alt

    rows = chart_rows(comparison)
    panels = list(dict.fromkeys(row["group"] for row in rows))
    side_by_side = max(min(columns, len(panels)), 1)
    top = max([row["high"] for row in rows], default=1.0)
    scale = alt.Scale(domain=[0, 100 if factor(comparison.metric_info.get(primary_metric(comparison), {})) != 1.0 else top])
    base = alt.Chart().encode(y=alt.Y("system:N", sort=list(dict.fromkeys(row["system"] for row in rows)), title=None))
    value = alt.X("value:Q", scale=scale, title=None, axis=alt.Axis(tickCount=5, grid=True))
    bars = base.mark_bar(color=BLUE, height={"band": 0.62}).encode(x=value)
    whiskers = base.mark_errorbar(ticks={"size": 9}, color=INK).encode(x=alt.X("low:Q", scale=scale, title=None), x2="high:Q")
    labels = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(x=alt.X("high:Q", scale=scale), text="label:N")
    return (
        alt.layer(bars, whiskers, labels)
        .properties(width=(width - 20 * (side_by_side - 1)) // side_by_side, height=alt.Step(30))
        .facet(facet=alt.Facet("group:N", sort=panels, title=None), columns=side_by_side, data=alt.Data(values=rows), spacing=20)
    )


def chart_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one row per system and panel, on the shown scale."""
    primary = primary_metric(comparison)
    scale = factor(comparison.metric_info.get(primary, {}))
    found = {
        (group, plain(result.system)): (result.system, estimate)
        for result in comparison.systems
        for group, estimate in groups(result, primary)
    }
    sizes = {group: estimate.n for (group, _), (_, estimate) in found.items()}
    return [
        {
            "group": f"{'all questions' if group == 'all' else group} ({sizes[group]})",
            "system": system,
            "value": estimate.value * scale,
            "low": estimate.low * scale,
            "high": estimate.high * scale,
            "label": mean(estimate, scale),
        }
        for group in ordered(sizes, ("all",))
        for (of, system), (_, estimate) in found.items()
        if of == group
    ]


def primary_svg(comparison: Comparison, width: int = 780, columns: int = 3) -> str:
    """Return `primary_chart` as an SVG element that takes the page's text colour and width."""
    import vl_convert

    # The side padding leaves room for readers whose sans-serif is wider than the one measured here.
    chart = (
        primary_chart(comparison, width, columns)
        .configure(background="transparent", font=FONT, padding={"left": 16, "right": 16, "top": 2, "bottom": 2})
        .configure_axis(
            labelColor=INK,
            tickColor=INK,
            domain=False,
            gridColor=INK,
            gridOpacity=0.15,
            labelFontSize=12,
            labelLimit=160,
            ticks=False,
            labelPadding=6,
        )
        .configure_header(labelColor=INK, labelFontSize=13, labelFontWeight=600, labelAnchor="start", labelPadding=6)
        .configure_view(stroke=None)
    )
    return str(vl_convert.vegalite_to_svg(chart.to_dict(), vl_version=VEGA_LITE))
