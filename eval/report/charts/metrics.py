"""Do the metrics agree on which system is best? Each metric stretched from its worst system to its best, side by side.

A line that crosses another between two metrics is a verdict that depends on the metric: the classic case is an
overlap metric such as ROUGE that prefers a fluent wrong answer.
"""

from __future__ import annotations

from typing import Any

from eval.comparison import Comparison
from eval.report.charts.theme import INK, NARROW, PALETTE, SHAPES, one_line, scale
from eval.report.figures import shown
from eval.report.naming import metric_name, primary_metric
from eval.wording import words


def compared(comparison: Comparison) -> list[str]:
    """Return the metrics that can agree or disagree, the primary one first.

    Those that hold an answer against the gold ones, have a direction and bounds, and on which every system has a mean
    over at least half of the questions that the primary metric scores: another choice of questions is no disagreement.
    """
    primary = primary_metric(comparison)
    asked = {result.system: result.metrics[primary].n for result in comparison.systems if primary in result.metrics}
    names = dict.fromkeys([primary, *comparison.metric_names])
    return [
        name
        for name in names
        if (info := comparison.metric_info.get(name, {})).get("direction") in ("higher", "lower")
        and info.get("high") is not None
        and (name == primary or "answers" in info.get("needs", ("answers",)))
        and len(comparison.systems) > 1
        and all(name in result.metrics and 2 * result.metrics[name].n >= asked.get(result.system, 0) for result in comparison.systems)
    ]


def best(comparison: Comparison, metric: str) -> tuple[str, ...]:
    """Return the systems with the best mean on a metric, ties included."""
    values = {result.system: result.metrics[metric].value for result in comparison.systems if metric in result.metrics}
    lower = comparison.metric_info.get(metric, {}).get("direction") == "lower"
    goal = (min if lower else max)(values.values(), default=0.0)
    return tuple(system for system, value in values.items() if value == goal)


def metrics_rows(comparison: Comparison, language: str = "en") -> list[dict[str, Any]]:
    """Return one row per metric and system: its place from 0 (the worst system) to 1 (the best), and its mean as shown.

    Where all systems are equal on a metric, all stand in the middle. A metric whose best system is none of the
    primary metric's is marked `reversed`.
    """
    rows: list[dict[str, Any]] = []
    names = compared(comparison)
    first = set(best(comparison, names[0])) if names else set()
    for name in names:
        values = {result.system: result.metrics[name].value for result in comparison.systems}
        low, high = min(values.values()), max(values.values())
        lower = comparison.metric_info[name]["direction"] == "lower"
        turned = not first & set(best(comparison, name))
        for system, value in values.items():
            place = 0.5 if high == low else (value - low) / (high - low)
            rows.append(
                {
                    "metric": f"{metric_name(words(language), name)}{' ≠' if turned else ''}",
                    "system": one_line(system),
                    "place": 1 - place if lower and high > low else place,
                    "reversed": turned,
                    "label": shown(value, scale(comparison, name), language),
                }
            )
    return rows


def metrics_words(comparison: Comparison, language: str = "en") -> str:
    """Return in one sentence which metrics put another system first; empty with fewer than two metrics."""
    names = compared(comparison)
    if len(names) < 2:
        return ""
    say = words(language)
    first = best(comparison, names[0])
    turned = [name for name in names[1:] if not set(first) & set(best(comparison, name))]
    if not turned:
        return say("charts-metrics-agree", metrics=[metric_name(say, name) for name in names], systems=[one_line(name) for name in first])
    said = "; ".join(
        say("charts-metrics-one", metric=metric_name(say, name), systems=[one_line(of) for of in best(comparison, name)]) for name in turned
    )
    return say("charts-metrics-differ", primary=metric_name(say, names[0]), systems=[one_line(name) for name in first], said=said)


def metrics_chart(comparison: Comparison, language: str = "en", width: int = 780) -> Any:
    """Return an `altair.Chart`: a row per metric, a shape and colour per system, lines that cross where verdicts turn.

    Args:
        comparison: what to draw; two metrics at least must be comparable.
        language: of the labels, "en" or "fr".
        width: pixels.
    """
    import altair as alt

    rows = metrics_rows(comparison, language)
    say = words(language)
    metrics = list(dict.fromkeys(row["metric"] for row in rows))
    systems = list(dict.fromkeys(row["system"] for row in rows))
    plot = width - int(min(7 * max(map(len, metrics), default=0), 200)) - 46
    colours = alt.Scale(domain=systems, range=[PALETTE[place % len(PALETTE)] for place in range(len(systems))])
    shapes = alt.Scale(domain=systems, range=[SHAPES[place % len(SHAPES)] for place in range(len(systems))])
    legend = alt.Legend(title=None, orient="top", columns=2 if width < NARROW else 6, symbolSize=110)
    axis = alt.Axis(
        values=[0, 1], labelExpr=f"datum.value == 0 ? '{say('charts-worst')}' : '{say('charts-best')}'", grid=True, labelFlush=True
    )
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("place:Q", scale=alt.Scale(domain=[0, 1]), title=None, axis=axis),
        y=alt.Y("metric:N", sort=metrics, title=None),
        color=alt.Color("system:N", scale=colours, legend=legend, sort=systems),
    )
    lines = base.mark_line(strokeWidth=1.5, strokeOpacity=0.5).encode(order=alt.Order("row:Q"))
    for place, metric in enumerate(metrics):
        for row in rows:
            row["row"] = place if row["metric"] == metric else row.get("row", 0)
    dots = base.mark_point(size=110, filled=True, opacity=1).encode(shape=alt.Shape("system:N", scale=shapes, legend=legend, sort=systems))
    best_label = (
        alt.Chart(alt.Data(values=[row for row in rows if row["place"] == 1]))
        .mark_text(align="right", dx=-9, dy=-9, fontSize=11, color=INK)
        .encode(x=alt.X("place:Q", scale=alt.Scale(domain=[0, 1])), y=alt.Y("metric:N", sort=metrics), text="label:N")
    )
    return alt.layer(lines, dots, best_label).properties(width=plot, height=alt.Step(40))
