"""The main chart: the primary metric of each system with its interval, a panel per exposure where there are several."""

from __future__ import annotations

from typing import Any

from eval.comparison import Comparison
from eval.report.charts.theme import BLUE, INK, NARROW, PANELS, one_line, percent_axis, scale
from eval.report.figures import shown, shown_interval
from eval.report.naming import level, metric_name, primary_metric
from eval.report.tables.slices import slice_name
from eval.wording import words


def primary_rows(comparison: Comparison, language: str = "en") -> list[dict[str, Any]]:
    """Return one row per panel and system, on the shown scale; exposures with too few facts have no panel."""
    primary = primary_metric(comparison)
    times = scale(comparison, primary)
    say = words(language)
    everything = {result.system: result.metrics[primary] for result in comparison.systems if primary in result.metrics}
    panels = [("", max((estimate.n for estimate in everything.values()), default=0), everything)]
    exposures = [piece for piece in comparison.slices if piece.by == "exposure" and not piece.few]
    if len(exposures) > 1:
        panels += [(piece.name, piece.questions, piece.scores) for piece in exposures]
    return [
        {
            "panel": say(
                "charts-panel",
                name=one_line(slice_name("exposure", name, say)) if name else say("charts-all"),
                questions=say("questions", count=n),
            ),
            "system": one_line(result.system),
            "chosen": result.system == comparison.decision.system,
            "value": scores[result.system].value * times,
            "low": scores[result.system].low * times,
            "high": scores[result.system].high * times,
            "label": shown(scores[result.system].value, times, language),
        }
        for name, n, scores in panels
        for result in comparison.systems
        if result.system in scores
    ]


def primary_words(comparison: Comparison, language: str = "en") -> str:
    """Return the chart in one sentence."""
    primary = primary_metric(comparison)
    times = scale(comparison, primary)
    said = "; ".join(
        f"{one_line(result.system)} {shown(estimate.value, times, language)} ({shown_interval(estimate, times, language)})"
        for result in comparison.systems
        if (estimate := result.metrics.get(primary))
    )
    say = words(language)
    metric = metric_name(say, primary)
    return (
        say("charts-primary-words", metric=metric, level=level(comparison, language), said=said)
        if said
        else say("charts-primary-none", metric=metric)
    )


def primary_chart(comparison: Comparison, language: str = "en", width: int = 780) -> Any:
    """Return an `altair.Chart`: bars from zero with 95 % whiskers, the system that the decision names in full colour.

    Args:
        comparison: what to draw.
        language: of the labels, "en" or "fr".
        width: pixels, for all panels of a row together.
    """
    import altair as alt

    rows = primary_rows(comparison, language)
    panels = list(dict.fromkeys(row["panel"] for row in rows))
    systems = list(dict.fromkeys(row["system"] for row in rows))
    side_by_side = 1 if width < NARROW else max(min(PANELS, len(panels)), 1)
    times = scale(comparison, primary_metric(comparison))
    domain = alt.Scale(domain=[0, 100 if times != 1.0 else max([row["high"] for row in rows], default=1.0)])
    longest = max((len(system) for system in systems), default=0)
    plot = (width - min(7 * longest, 220) - 40 - 24 * (side_by_side - 1)) // side_by_side
    base = alt.Chart().encode(y=alt.Y("system:N", sort=systems, title=None))
    axis = alt.Axis(tickCount=5, grid=True, labelExpr=percent_axis(language, times))
    bars = base.mark_bar(color=BLUE, height={"band": 0.62}).encode(
        x=alt.X("value:Q", scale=domain, title=None, axis=axis),
        opacity=alt.condition("datum.chosen", alt.value(1.0), alt.value(0.5 if any(row["chosen"] for row in rows) else 1.0)),
    )
    whiskers = base.mark_errorbar(ticks={"size": 9, "color": INK}, color=INK).encode(
        x=alt.X("low:Q", scale=domain, title=None), x2="high:Q"
    )
    labels = base.mark_text(align="left", dx=7, color=INK, fontSize=13, fontWeight=600).encode(
        x=alt.X("high:Q", scale=domain), text="label:N"
    )
    return (
        alt.layer(bars, whiskers, labels)
        .properties(width=max(plot, 90), height=alt.Step(32))
        .facet(facet=alt.Facet("panel:N", sort=panels, title=None), columns=side_by_side, data=alt.Data(values=rows), spacing=24)
    )
