"""The primary metric in some of the questions, as small multiples: a panel per slice, those with few facts in grey and without interval."""

from __future__ import annotations

from typing import Any

from eval.comparison import Comparison
from eval.report.charts.theme import BLUE, GREY, INK, NARROW, PANELS, one_line, percent_axis, scale
from eval.report.figures import shown, shown_interval
from eval.report.naming import primary_metric
from eval.report.tables.slices import ordered, slice_name
from eval.wording import words


def slices_rows(comparison: Comparison, by: str, language: str = "en") -> list[dict[str, Any]]:
    """Return one row per slice and system of one kind of slice, on the shown scale; few facts have no interval."""
    times = scale(comparison, primary_metric(comparison))
    say = words(language)
    return [
        {
            "panel": say(
                "charts-panel-few" if piece.few else "charts-panel",
                name=one_line(slice_name(by, piece.name, say)),
                questions=say("questions", count=piece.questions),
            ),
            "system": one_line(result.system),
            "few": piece.few,
            "value": estimate.value * times,
            "low": (estimate.value if piece.few else estimate.low) * times,
            "high": (estimate.value if piece.few else estimate.high) * times,
            "label": shown(estimate.value, times, language),
        }
        for piece in ordered(comparison, by)
        for result in comparison.systems
        if (estimate := piece.scores.get(result.system))
    ]


def slices_words(comparison: Comparison, by: str, language: str = "en") -> str:
    """Return the panels of one kind of slice in one sentence; empty without any."""
    times = scale(comparison, primary_metric(comparison))
    say = words(language)
    said = []
    for piece in ordered(comparison, by):
        figures = ", ".join(
            f"{one_line(system)} {shown(estimate.value, times, language)}"
            + ("" if piece.few else f" ({shown_interval(estimate, times, language)})")
            for system, estimate in piece.scores.items()
        )
        said.append(
            say("charts-slice-few" if piece.few else "charts-slice", name=one_line(slice_name(by, piece.name, say)), figures=figures)
        )
    return say("charts-slices-words", by=say(f"report-table-by-{by}"), said="; ".join(said)) if said else ""


def slices_chart(comparison: Comparison, by: str, language: str = "en", width: int = 780) -> Any:
    """Return an `altair.Chart`: a panel per slice, a dot with its 95 % interval per system.

    Args:
        comparison: what to draw; it must have a slice of this kind.
        by: "exposure", "kind", "tag", "language" or "length".
        language: of the labels, "en" or "fr".
        width: pixels for a row of panels.
    """
    import altair as alt

    rows = slices_rows(comparison, by, language)
    panels = list(dict.fromkeys(row["panel"] for row in rows))
    systems = list(dict.fromkeys(row["system"] for row in rows))
    times = scale(comparison, primary_metric(comparison))
    side_by_side = 1 if width < NARROW else max(min(PANELS, len(panels)), 1)
    names = min(7 * max(map(len, systems)), 200)
    plot = min(max((width - names - 50 - 26 * (side_by_side - 1)) // side_by_side, 90), 330)
    domain = alt.Scale(domain=[0, 100 if times != 1.0 else max(row["high"] for row in rows)])
    base = alt.Chart().encode(y=alt.Y("system:N", sort=systems, title=None, axis=alt.Axis(labelLimit=200)))
    axis = alt.Axis(values=[0, 50, 100], grid=True, labelExpr=percent_axis(language, times)) if times != 1.0 else alt.Axis(tickCount=3)
    few = alt.condition("datum.few", alt.value(GREY), alt.value(BLUE))
    whiskers = base.mark_rule(color=INK, strokeWidth=1.5).encode(x=alt.X("low:Q", scale=domain, title=None, axis=axis), x2="high:Q")
    dots = base.mark_point(size=80, filled=True, opacity=1).encode(
        x=alt.X("value:Q", scale=domain),
        color=few,
        shape=alt.Shape("few:N", scale=alt.Scale(domain=[False, True], range=["circle", "diamond"]), legend=None),
    )
    labels = base.mark_text(align="left", dx=7, fontSize=11).encode(
        x=alt.X("high:Q", scale=domain), text="label:N", color=alt.condition("datum.few", alt.value(GREY), alt.value(INK))
    )
    return (
        alt.layer(whiskers, dots, labels)
        .properties(width=plot, height=alt.Step(22))
        .facet(facet=alt.Facet("panel:N", sort=panels, title=None), columns=side_by_side, data=alt.Data(values=rows), spacing=26)
    )
