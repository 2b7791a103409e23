"""The curves of a training as Vega-Lite charts, and the rows behind them. Nothing is drawn here.

A chart and its rows are apart: while a training runs, the chart stays as it is and its rows grow, so that the browser
moves a line on instead of drawing all anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final, Literal

from eval.report.charts.theme import PALETTE, specification
from eval.wording import Words
from eval.wording.numbers import decimal, percent
from finetune.model import Evaluation, Step
from shells.training_state import smoothed, tokens_per_second

Small = Literal["score", "learning-rate", "grad-norm", "speed", "memory"]
SMALL: Final[tuple[Small, ...]] = ("score", "learning-rate", "grad-norm", "speed", "memory")
SERIES: Final = ("train", "train-same", "validation")
COLOURS: Final = dict(zip(SERIES, PALETTE, strict=False))  # those of the report
_SIGNS: Final = {"train": "━", "train-same": "■", "validation": "▲"}
_MOST: Final = 400  # points of a line: more are not told apart
_GB: Final = 1e9  # bytes, as the report has them
_HIGH: Final = 260  # pixels
_LOW: Final = 140
_FRENCH: Final = "replace(datum.label, '.', ',')"


def thinned(items: Sequence[Any], most: int = _MOST) -> list[Any]:
    """Return at most `most` of the items, evenly spread, the last among them.

    >>> thinned(range(10), 4), thinned([1, 2], 4)
    ([0, 3, 6, 9], [1, 2])
    """
    if len(items) <= most:
        return list(items)
    return [items[round(place * (len(items) - 1) / (most - 1))] for place in range(most)]


def loss_rows(steps: Sequence[Step], evaluations: Sequence[Evaluation], say: Words) -> list[dict[str, Any]]:
    """Return one row per point: the loss of a step, the same smoothed, and what the evaluations found."""
    smooth = smoothed([step.loss for step in steps])
    rows = []
    for step, mean in thinned(list(zip(steps, smooth, strict=True))):
        rows.append(_row(step.step, mean, say("training-chart-train"), say))
        rows[-1]["raw"] = step.loss
    for series, field in (("train-same", "train_loss"), ("validation", "validation_loss")):
        name = say(f"training-chart-{series}")
        rows += [_row(one.step, value, name, say) for one in evaluations if (value := getattr(one, field)) is not None]
    return rows


def _row(step: int, value: float, series: str, say: Words) -> dict[str, Any]:
    return {"step": step, "value": value, "series": series, "said": decimal(value, say.language, 3), "raw": None}


def loss_chart(say: Words) -> dict[str, Any]:
    """Return the chart of the loss, whose rows are given beside it: single steps faint, their mean and the evaluations strong."""
    import altair as alt

    names = {series: say(f"training-chart-{series}") for series in SERIES}
    colour = alt.Color("series:N", scale=alt.Scale(domain=list(names.values()), range=[COLOURS[series] for series in SERIES]), legend=None)
    shape = alt.Shape("series:N", scale=alt.Scale(domain=list(names.values()), range=["circle", "square", "triangle-up"]), legend=None)
    x = alt.X(
        "step:Q", title=say("training-chart-step"), scale=alt.Scale(domainMin=0, nice=False), axis=alt.Axis(tickMinStep=1, format="d")
    )
    scale = alt.Scale(zero=False, nice=True)
    y = alt.Y("value:Q", title=say("training-chart-loss"), scale=scale, axis=_axis(say))
    tips = [
        alt.Tooltip("series:N", title=" "),
        alt.Tooltip("step:Q", title=say("training-chart-step")),
        alt.Tooltip("said:N", title=say("training-chart-loss")),
    ]
    base: Any = alt.Chart()
    first = alt.FieldEqualPredicate(field="series", equal=names["train"])
    raw = base.transform_filter(first).mark_line(strokeWidth=1, opacity=0.3, color=COLOURS["train"])
    raw = raw.encode(x=x, y=alt.Y("raw:Q", title=say("training-chart-loss"), scale=scale))
    line = base.mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour)
    steps = base.transform_filter(first).mark_point(opacity=0, size=60).encode(x=x, y=y, tooltip=tips)
    dots = base.transform_filter(alt.LogicalNotPredicate(**{"not": first})).mark_point(filled=True, size=70, opacity=1)
    dots = dots.encode(x=x, y=y, color=colour, shape=shape, tooltip=tips)
    return specification(alt.layer(raw, line, steps, dots).properties(height=_HIGH))


def legend(rows: Sequence[dict[str, Any]], say: Words) -> str:
    """Return the legend of the loss as a line of HTML, which breaks where the screen ends; only what is drawn is named."""
    drawn = {row["series"] for row in rows}
    names = [(series, say(f"training-chart-{series}")) for series in SERIES]
    parts = [
        f'<span style="white-space: nowrap"><span style="color: {COLOURS[series]}">{_SIGNS[series]}</span> {escape(name)}</span>'
        for series, name in names
        if name in drawn
    ]
    return f'<div style="display: flex; flex-wrap: wrap; column-gap: 1.5rem; font-size: 0.875rem">{"".join(parts)}</div>'


def small_rows(kind: Small, steps: Sequence[Step], evaluations: Sequence[Evaluation], say: Words) -> list[dict[str, Any]]:
    """Return one row per point of a small chart; empty where it was not measured."""
    found: list[tuple[int, float | None]]
    if kind == "score":
        found = [(one.step, one.score) for one in evaluations]
    elif kind == "speed":
        found = [(steps[end].step, tokens_per_second(steps[: end + 1])) for end in thinned(range(len(steps)), 120)]
    else:
        value = _OF[kind]
        found = [(step.step, value(step)) for step in thinned(steps)]
    return [{"step": step, "value": value, "said": said(kind, value, say)} for step, value in found if value is not None]


_OF: Final[dict[Small, Callable[[Step], float | None]]] = {
    "learning-rate": lambda step: step.learning_rate,
    "grad-norm": lambda step: step.grad_norm,
    "memory": lambda step: step.memory / _GB if step.memory else None,
}


def said(kind: Small, value: float, say: Words) -> str:
    """Return a value of a small chart in words."""
    if kind == "score":
        return percent(value, say.language)
    if kind == "learning-rate":
        return f"{value:.1e}".replace(".", "," if say.language == "fr" else ".")
    if kind == "memory":
        return say("train-gb", amount=decimal(value, say.language, 2))
    return decimal(value, say.language, 0 if kind == "speed" else 2)


def small_chart(kind: Small, say: Words) -> dict[str, Any]:
    """Return a chart of one measure over the steps; its rows are given beside it."""
    import altair as alt

    share = kind == "score"
    place = PALETTE[2 + SMALL.index(kind) % 4]
    form = {"learning-rate": ".0e", "score": "%", "memory": "~g", "speed": "d"}.get(kind, "~s")
    scale = alt.Scale(domain=[0, 1]) if share else alt.Scale(zero=True, nice=True)
    x = alt.X("step:Q", title=None, scale=alt.Scale(domainMin=0, nice=False), axis=alt.Axis(tickCount=4, tickMinStep=1, format="d"))
    y = alt.Y("value:Q", title=None, scale=scale, axis=_axis(say, form, ticks=3))
    tips = [alt.Tooltip("step:Q", title=say("training-chart-step")), alt.Tooltip("said:N", title=say(f"train-measure-{kind}"))]
    chart: Any = alt.Chart()
    line = chart.mark_line(
        strokeWidth=2, color=place, point={"filled": True, "size": 40, "color": place} if share else {"opacity": 0, "size": 40}
    )
    return specification(line.encode(x=x, y=y, tooltip=tips).properties(height=_LOW))


def _axis(say: Words, form: str = "~g", ticks: int = 5) -> Any:
    import altair as alt

    more = {"labelExpr": _FRENCH} if say.language == "fr" else {}
    return alt.Axis(format=form, tickCount=ticks, **more)
