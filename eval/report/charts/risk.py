"""Risk–coverage curves: what a system would get wrong if it answered only where a signal is high. One panel per system."""

from __future__ import annotations

from typing import Any

from eval.comparison import Comparison
from eval.report.charts.theme import DASHES, INK, NARROW, PALETTE, PANELS, one_line, percent_axis
from eval.report.naming import named
from eval.wording import words
from eval.wording.numbers import decimal


def risk_rows(comparison: Comparison, language: str = "en") -> list[dict[str, Any]]:
    """Return one row per point of each curve, in percent, with the share wrong of a signal that knows nothing."""
    return [
        {
            "system": one_line(curve.system),
            "signal": named(words(language), "report-signal", curve.signal),
            "coverage": 100 * coverage,
            "risk": 100 * risk,
            "random": 100 * curve.at_random,
        }
        for curve in comparison.risk_coverage
        for coverage, risk in zip(curve.coverage, curve.risk, strict=True)
    ]


def risk_words(comparison: Comparison, language: str = "en") -> str:
    """Return the curves in one sentence: the area under each, and under chance; empty without curves."""
    say = words(language)
    said = "; ".join(
        say(
            "charts-risk-one",
            system=one_line(curve.system),
            signal=named(words(language), "report-signal", curve.signal),
            area=decimal(curve.area, language, 2),
            random=decimal(curve.at_random, language, 2),
        )
        for curve in comparison.risk_coverage
    )
    return say("charts-risk-words", said=said) if said else ""


def risk_chart(comparison: Comparison, language: str = "en", width: int = 780) -> Any:
    """Return an `altair.Chart`: risk over coverage, signals told apart by dash and colour, chance as a dotted line.

    Args:
        comparison: what to draw; it must have a curve.
        language: of the labels, "en" or "fr".
        width: pixels for a row of panels.
    """
    import altair as alt

    rows = risk_rows(comparison, language)
    say = words(language)
    systems = list(dict.fromkeys(row["system"] for row in rows))
    signals = list(dict.fromkeys(row["signal"] for row in rows))
    side_by_side = 1 if width < NARROW else max(min(PANELS, len(systems)), 1)
    plot = min((width - 60 * side_by_side) // side_by_side, 330)
    top = min(100.0, 1.1 * max(max(row["risk"], row["random"]) for row in rows) or 1.0)
    x = alt.X(
        "coverage:Q",
        title=say("charts-coverage"),
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 50, 100], labelExpr=percent_axis(language, 100)),
    )
    y = alt.Y(
        "risk:Q",
        title=say("charts-risk"),
        scale=alt.Scale(domain=[0, top]),
        axis=alt.Axis(tickCount=4, labelExpr=percent_axis(language, 100)),
    )
    domain = alt.Scale(domain=signals, range=[PALETTE[place % len(PALETTE)] for place in range(len(signals))])
    dashes = alt.Scale(domain=signals, range=[DASHES[place % len(DASHES)] for place in range(len(signals))])
    legend = alt.Legend(title=None, orient="bottom", columns=1 if width < NARROW else 3, symbolStrokeWidth=3, symbolSize=300)
    curve = (
        alt.Chart()
        .mark_line(strokeWidth=2.5, interpolate="step-after")
        .encode(
            x=x,
            y=y,
            color=alt.Color("signal:N", scale=domain, legend=legend),
            strokeDash=alt.StrokeDash("signal:N", scale=dashes, legend=legend),
        )
    )
    chance = (
        alt.Chart()
        .mark_rule(color=INK, strokeDash=[2, 3], opacity=0.8)
        .encode(y=alt.Y("mean(random):Q", scale=alt.Scale(domain=[0, top]), title=say("charts-risk")))
    )
    label = (
        alt.Chart()
        .mark_text(align="left", dx=4, dy=-7, color=INK, fontSize=11)
        .encode(x=alt.value(0), y=alt.Y("mean(random):Q", title=say("charts-risk")), text=alt.value(say("charts-chance")))
    )
    return (
        alt.layer(curve, chance, label)
        .properties(width=plot, height=170)
        .facet(facet=alt.Facet("system:N", sort=systems, title=None), columns=side_by_side, data=alt.Data(values=rows), spacing=24)
    )
