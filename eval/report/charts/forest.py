"""The declared contrasts as a forest plot: each difference with its intervals, over the band that is too small to matter."""

from __future__ import annotations

from typing import Any

from eval.comparison import Comparison, Contrast
from eval.report.charts.theme import BLUE, GREY, INK, NARROW, one_line, scale
from eval.report.figures import shown_difference
from eval.report.naming import level, primary_metric
from eval.wording import words

# What was shown → shape, so that a verdict is not told by colour.
SHAPES = {"better": "triangle-right", "worse": "triangle-left", "equivalent": "diamond", "not-shown": "circle"}


def finding(contrast: Contrast) -> str:
    """Return what a contrast shows, as a code: "better", "worse", "equivalent" or "not-shown"."""
    if contrast.verdict != "not shown":
        return contrast.verdict
    return "equivalent" if contrast.equivalence.shown else "not-shown"


def forest_rows(comparison: Comparison, language: str = "en") -> list[dict[str, Any]]:
    """Return one row per contrast: difference, 95 % interval, 90 % interval of the equivalence test, finding, label."""
    times = scale(comparison, primary_metric(comparison))
    say = words(language)
    return [
        {
            "contrast": f"{one_line(contrast.a)} − {one_line(contrast.b)}",
            "difference": contrast.difference.value * times,
            "low": contrast.difference.low * times,
            "high": contrast.difference.high * times,
            "inner_low": contrast.equivalence.low * times,
            "inner_high": contrast.equivalence.high * times,
            "finding": say(f"charts-finding-{finding(contrast)}"),
            "label": shown_difference(contrast.difference, times, language),
        }
        for contrast in comparison.contrasts
    ]


def forest_words(comparison: Comparison, language: str = "en") -> str:
    """Return the chart in one sentence; empty when no contrast was declared."""
    rows = forest_rows(comparison, language)
    said = "; ".join(f"{row['contrast']} {row['label']}, {row['finding']}" for row in rows)
    return words(language)("charts-forest-words", level=level(comparison, language), said=said) if rows else ""


def forest_chart(comparison: Comparison, language: str = "en", width: int = 780) -> Any:
    """Return an `altair.Chart`: differences on the primary metric, 95 % thin and 90 % thick, the margin shaded.

    Args:
        comparison: what to draw; it must have a contrast.
        language: of the labels, "en" or "fr".
        width: pixels; below `NARROW`, names stand above their line.
    """
    import altair as alt

    rows = forest_rows(comparison, language)
    say = words(language)
    times = scale(comparison, primary_metric(comparison))
    margin = comparison.decision.margin * times
    names = [row["contrast"] for row in rows]
    narrow = width < NARROW
    reach = max([abs(row[end]) for row in rows for end in ("low", "high")] + [2 * margin])
    domain = alt.Scale(domain=[min([row["low"] for row in rows] + [-2 * margin]), reach * 1.02], nice=True)
    title = say("charts-forest-axis" if times != 1.0 else "charts-forest-axis-raw")
    axis = alt.Axis(grid=True, tickCount=5 if narrow else 8, labelExpr="replace(datum.label, '-', '−')")
    x = alt.X("low:Q", scale=domain, title=title, axis=axis)
    vertical = alt.Y("contrast:N", sort=names, title=None, axis=None if narrow else alt.Axis(labelLimit=260))
    base = alt.Chart(alt.Data(values=rows)).encode(y=vertical)
    layers = [
        alt.Chart(alt.Data(values=[{"low": -margin, "high": margin}])).mark_rect(color=GREY, opacity=0.22).encode(x=x, x2="high:Q"),
        alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=INK, opacity=0.7).encode(x=alt.X("zero:Q", scale=domain, title=title)),
        base.mark_rule(color=INK, strokeWidth=1.5).encode(x=x, x2="high:Q"),
        base.mark_rule(color=BLUE, strokeWidth=5, opacity=0.55).encode(
            x=alt.X("inner_low:Q", scale=domain, title=title), x2="inner_high:Q"
        ),
        base.mark_point(filled=True, size=110, color=BLUE, opacity=1, stroke=INK, strokeWidth=1).encode(
            x=alt.X("difference:Q", scale=domain, title=title),
            shape=alt.Shape(
                "finding:N",
                scale=alt.Scale(domain=[say(f"charts-finding-{code}") for code in SHAPES], range=list(SHAPES.values())),
                legend=alt.Legend(title=None, orient="bottom", columns=2 if narrow else 4, symbolFillColor=BLUE),
            ),
        ),
    ]
    if narrow:
        layers.append(base.mark_text(align="left", dy=-15, color=INK, fontSize=12).encode(x=alt.value(0), text="contrast:N"))
        layers.append(
            base.mark_text(align="right", dy=-15, color=INK, fontSize=12, fontWeight=600).encode(x=alt.value(width - 20), text="label:N")
        )
        return alt.layer(*layers).properties(width=width - 20, height=alt.Step(48))
    gutter = 6.4 * max(len(row["label"]) for row in rows)
    plot = width - int(min(6.4 * max(map(len, names)), 260) + gutter) - 40
    layers.append(base.mark_text(align="left", color=INK, fontSize=12).encode(x=alt.value(plot + 12), text="label:N"))
    return alt.layer(*layers).properties(width=plot, height=alt.Step(34))
