"""The curves of a training: its loss, smoothed, the losses taken on the same questions each time, and the answers beside them.

One figure per adapter. Smoothing is the business of `eval.training`.
"""

from __future__ import annotations

from typing import Any

from eval.report.charts.theme import DASHES, INK, NARROW, PALETTE, SHAPES, percent_axis
from eval.report.tables.training import figures_said
from eval.trained import TrainedAdapter
from eval.wording import words

_SERIES = ("train", "train-same", "validation")  # the order of colours, dashes and shapes


def training_rows(one: TrainedAdapter, language: str = "en") -> list[dict[str, Any]]:
    """Return one row per point of each curve of losses; those taken between steps are marked as points."""
    say = words(language)
    names = {key: say(f"training-chart-{key}") for key in _SERIES}
    rows = [{"step": point.step, "loss": point.smoothed, "series": names["train"], "point": False} for point in one.curve]
    for key, pick in (("train-same", "train_loss"), ("validation", "validation_loss")):
        rows += [
            {"step": seen.step, "loss": loss, "series": names[key], "point": True}
            for seen in one.evaluations
            if (loss := getattr(seen, pick)) is not None
        ]
    return rows


def answer_rows(one: TrainedAdapter) -> list[dict[str, Any]]:
    """Return the share of validation answers that are right at each evaluation, in percent."""
    return [{"step": seen.step, "right": 100 * seen.score} for seen in one.evaluations if seen.score is not None]


def training_words(one: TrainedAdapter, adapter: str, language: str = "en") -> str:
    """Return the curves in one sentence; empty without any."""
    if one.verdict is None or not (training_rows(one) or answer_rows(one)):
        return ""
    said = figures_said(one.verdict, words(language)).rstrip(".")
    last = max([point.step for point in one.curve] + [seen.step for seen in one.evaluations])
    return words(language)("training-chart-words", adapter=adapter, steps=last, said=said[:1].lower() + said[1:])


def training_chart(one: TrainedAdapter, language: str = "en", width: int = 780) -> Any:
    """Return an `altair` chart: losses over steps, and beside them the validation answers that are right, where any were asked.

    Args:
        one: what to draw; it must have a curve or an evaluation.
        language: of the labels, "en" or "fr".
        width: pixels for the whole; below a narrow screen's the panels stand one under the other.
    """
    import altair as alt

    say, rows, answers = words(language), training_rows(one, language), answer_rows(one)
    last = max([row["step"] for row in [*rows, *answers]])
    narrow = width < NARROW
    whole = width - 90
    sides = [whole] if narrow or not answers or not rows else [round(0.56 * (whole - 90)), round(0.44 * (whole - 90))]
    present = [name for key in _SERIES if (name := say(f"training-chart-{key}")) in {row["series"] for row in rows}]
    places = [_SERIES.index(key) for key in _SERIES if say(f"training-chart-{key}") in present]
    x = alt.X("step:Q", title=say("training-chart-step"), scale=alt.Scale(domain=[0, last]), axis=alt.Axis(tickCount=5, format="d"))
    legend = alt.Legend(title=None, orient="bottom", columns=1 if narrow else 3, symbolType="stroke", symbolStrokeWidth=3, symbolSize=300)
    color = alt.Color("series:N", scale=alt.Scale(domain=present, range=[PALETTE[place] for place in places]), legend=legend)
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=present, range=[DASHES[place] for place in places]), legend=legend)
    decimals = "replace(datum.label, '.', ',')" if language == "fr" else "datum.label"
    y = alt.Y("loss:Q", title=say("training-chart-loss"), scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5, labelExpr=decimals))
    base = alt.Chart(alt.Data(values=rows)).encode(x=x, y=y)
    losses = alt.layer(
        base.mark_line(strokeWidth=2.5).encode(color=color, strokeDash=dash),
        *(
            base.mark_point(size=70, filled=True, opacity=1, color=PALETTE[place], shape=SHAPES[place])
            .transform_filter(alt.FieldEqualPredicate(field="series", equal=name))
            .transform_filter("datum.point")
            for place, name in zip(places, present, strict=True)
        ),
        *_kept(one, language),
    ).properties(width=sides[0], height=220)
    right = alt.Y(
        "right:Q",
        title=say("training-chart-answers"),
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], labelExpr=percent_axis(language, 100.0)),
    )
    scored = alt.Chart(alt.Data(values=answers)).encode(x=x, y=right)
    share = alt.layer(
        scored.mark_line(strokeWidth=2.5, color=PALETTE[3]),
        scored.mark_point(size=80, filled=True, opacity=1, color=PALETTE[3], shape=SHAPES[3]),
        *_kept(one, language),
    ).properties(width=sides[-1], height=220)
    panels = [*([losses] if rows else []), *([share] if answers else [])]
    if len(panels) == 1:
        return panels[0]
    return alt.vconcat(*panels, spacing=20) if narrow else alt.hconcat(*panels, spacing=36)


def _kept(one: TrainedAdapter, language: str) -> list[Any]:
    """Return the line at the step whose weights were kept, with its label; nothing when those were the last."""
    import altair as alt

    if one.best_step is None:
        return []
    data = alt.Data(values=[{"step": one.best_step}])
    line = alt.Chart(data).mark_rule(color=INK, strokeDash=[2, 3], opacity=0.8).encode(x="step:Q")
    label = alt.Chart(data).mark_text(align="left", dx=4, dy=8, color=INK, fontSize=11)
    said = alt.value(words(language)("training-chart-kept"))
    return [line, label.encode(x="step:Q", y=alt.value(0), text=said)]
