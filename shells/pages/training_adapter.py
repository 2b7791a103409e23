"""One finished adapter on the Train page: what came of its training, its alarms, its curves, and what it was made of.

Words, figures and tables are those of the report (`eval.report.tables.training`), so page and report cannot disagree.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

import streamlit as st

from eval.report.figures import plain
from eval.report.parts import ABSENT
from eval.trained import TrainedAdapter
from eval.wording import Words
from shells.adapter_files import Adapter, curves
from shells.pages.markup import disarmed
from shells.pages.run_figures import draw_tables
from shells.pages.training_curves import draw_curves

_COLOURS: Final = {"good": "green", "unclear": "gray"}  # of a verdict
_TONES: Final = {"good": "green", "bad": "red"}  # of an alarm


def draw_adapter(adapter: Adapter, say: Words) -> None:
    """Draw an adapter; of one made by an earlier version, what is known, and what is not."""
    if adapter.problem:
        st.warning(f"{say('train-unusable')} {disarmed(adapter.problem)}")
    _check(adapter.trained, say)
    _verdict(adapter.trained, say)
    _alarms(adapter.trained, say)
    steps, evaluations = curves(adapter)
    draw_curves(steps, evaluations, say, key=f"curves {adapter.name}")
    _tables(adapter, say)
    if adapter.missing:
        st.caption(say("train-missing", fields=", ".join(f"`{name}`" for name in adapter.missing)))


def _check(found: TrainedAdapter, say: Words) -> None:
    """Draw whether the training questions came back right at the end."""
    if found.check_passed is None:
        st.caption(say("train-check-unknown"))
        return
    colour, icon = ("green", "check") if found.check_passed else ("red", "close")
    said = say("train-check", correct=found.check_correct, asked=found.checked, system=disarmed(found.check_system))
    st.markdown(f":{colour}-badge[:material/{icon}: {say('train-check-passed' if found.check_passed else 'train-check-failed')}] {said}")


def _verdict(found: TrainedAdapter, say: Words) -> None:
    from eval.report.tables.training import advised, figures_said, verdict_said

    if found.verdict is None:
        return
    st.markdown(f":{_COLOURS.get(found.verdict.code, 'orange')}-badge[:material/show_chart:] {disarmed(verdict_said(found.verdict, say))}")
    if figures := figures_said(found.verdict, say):
        st.caption(disarmed(figures))
    if advice := advised(found.verdict, say):
        st.markdown("\n".join(f"- {disarmed(piece)}" for piece in advice))


def _alarms(found: TrainedAdapter, say: Words) -> None:
    """Draw one line per alarm, those that fired first, each with its figure and what it means."""
    from eval.report.tables.alarms import alarms

    table = alarms(_alone(found), say)
    if not table.rows:
        st.caption(say("train-no-alarms"))
        return
    st.markdown(f"**{disarmed(table.title)}**", help=disarmed(table.note))
    for name, status, figure, threshold, meaning, action in table.rows:
        measured = [disarmed(part) for part in (figure.text, figure.detail, threshold.text) if part and part != ABSENT]
        badge = f":{_TONES.get(status.tone, 'gray')}-badge[{disarmed(status.text)}]"
        line = f"{badge} **{disarmed(name.text)}** {' · '.join(measured)}  \n{disarmed(meaning.text)}"
        st.markdown(f"{line} {disarmed(action.text)}" if status.tone == "bad" else line)


def _alone(found: TrainedAdapter) -> Any:
    """Return what the tables of a report read of a comparison, for one adapter alone."""
    return SimpleNamespace(training=(found,))


def _tables(adapter: Adapter, say: Words) -> None:
    from eval.report.tables.alarms import figures
    from eval.report.tables.training import bill

    draw_tables([table for make in (figures, bill) if (table := make(_alone(adapter.trained), say)).rows])
    if adapter.answers:
        with st.expander(say("train-answers", count=len(adapter.answers)), icon=":material/quiz:", type="compact"):
            names = {key: say(f"train-answer-{key}") for key in ("question", "base", "trained")}
            st.dataframe(
                [
                    {
                        "✓": "✓" if one.get("correct") else "✗",
                        names["question"]: plain(one.get("question_id", "")),
                        names["base"]: plain(one.get("base", "")),
                        names["trained"]: plain(one.get("trained", "")),
                    }
                    for one in adapter.answers
                ],
                hide_index=True,
            )
