"""The curves of one training on the page: the loss large, everything else small beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from eval.wording import Words
from eval.wording.numbers import decimal
from finetune.model import Evaluation, Step
from shells.pages.training_charts import SMALL, legend, loss_chart, loss_rows, small_chart, small_rows

_NARROWEST = 230  # pixels of a small chart


def draw_curves(steps: Sequence[Step], evaluations: Sequence[Evaluation], say: Words, *, key: str, live: bool = False) -> None:
    """Draw the curves of a training; what was not measured has no chart.

    Args:
        steps: in their order.
        evaluations: in theirs.
        say: the language.
        key: unique on the page.
        live: they grow: the description of a chart then stays as it is, so that the browser does not draw it anew.
    """
    rows = loss_rows(steps, evaluations, say)
    if not rows:
        st.caption(say("train-no-curves"))
        return
    st.markdown(f"**{say('train-loss-title')}**")
    st.vega_lite_chart(
        rows, loss_chart(say), alt=say("train-loss-title") if live else loss_words(steps, evaluations, say), key=f"{key} loss"
    )
    st.html(legend(rows, say))
    measured = {kind: found for kind in SMALL if (found := small_rows(kind, steps, evaluations, say))}
    grid = st.grid(3, min_column_width=_NARROWEST)
    for kind, found in measured.items():
        with grid.cell():
            title = say(f"train-measure-{kind}")
            st.markdown(f"**{title}** :gray[{found[-1]['said']}]")
            alt = title if live else say("train-small-words", measure=title, first=found[0]["said"], last=found[-1]["said"])
            st.vega_lite_chart(found, small_chart(kind, say), alt=alt, key=f"{key} {kind}")


def loss_words(steps: Sequence[Step], evaluations: Sequence[Evaluation], say: Words) -> str:
    """Return what the chart of the loss shows, in words, for those who cannot see it."""
    parts = []
    if steps:
        first, last = (decimal(step.loss, say.language, 2) for step in (steps[0], steps[-1]))
        parts.append(say("train-loss-words", first=first, last=last, steps=steps[-1].step))
    checked = [one.validation_loss for one in evaluations if one.validation_loss is not None]
    if checked:
        first, last, best = (decimal(value, say.language, 2) for value in (checked[0], checked[-1], min(checked)))
        parts.append(say("train-validation-words", first=first, last=last, best=best))
    return " ".join(parts)
