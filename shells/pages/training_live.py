"""Trainings that have not ended, on the Train page: live figures and curves, Stop, and what becomes of one that stands still.

Everything is read from the folder that the training writes (`shells.training_state`); it is a process of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import streamlit as st

from eval.wording import Words
from eval.wording.numbers import count, decimal, percent
from foundation.errors import RagftError
from shells.jobs import Job, Jobs, State
from shells.pages.markup import disarmed
from shells.pages.training_curves import draw_curves
from shells.pages.watching import follow, latest, start_again
from shells.training_state import Training, discard, seconds_left, tokens_per_second, unfinished
from studies.project import Project

_COLOURS: Final[dict[State, str]] = {"running": "blue", "failed": "red", "interrupted": "orange", "lost": "red", "finished": "green"}
_GB: Final = 1e9  # bytes, as the report has them


def watch_trainings(project: Project, jobs: Jobs, say: Words) -> None:
    """Draw every training that runs, stands still or failed; while one runs, anew every two seconds."""
    workspace = project.workspace

    def draw(shown: dict[str, Job], states: Mapping[str, State]) -> None:
        found = {training.name: training for training in unfinished(workspace)}
        running = [name for name in shown if states[name] == "running"]
        for name in running:
            _running(jobs, name, shown[name], _parts(name, found), say)
        taken = {training.name for name in running for training in _parts(name, found)}
        for name in [name for name in shown if name not in running]:
            _standing(project, jobs, name, shown[name], states[name], found.get(name), say)
        for name, training in found.items():
            if name not in taken and name not in shown:
                _unowned(project, training, say)

    follow(jobs, "adapter", draw, always=True)


def _parts(name: str, found: Mapping[str, Training]) -> list[Training]:
    """Return the trainings of a job: several where it trains more than one seed, the one that was written to last in front."""
    own = [training for training in found.values() if re.fullmatch(rf"{re.escape(name)}(-seed\d+)?", training.name)]
    return sorted(own, key=lambda training: training.touched, reverse=True)


def _running(jobs: Jobs, name: str, job: Job, parts: list[Training], say: Words) -> None:
    training = next(iter(parts), None)
    with st.container(border=True, key=f"training {name}"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(_heading(training.name if training else name, "running", job, say))
        if right.button(
            say("train-stop"), key=f"stop {job.id}", icon=":material/stop_circle:", help=say("train-stop-help"), width="stretch"
        ):
            jobs.cancel(job)
        st.progress(training.share if training else 0.0, text=stage(training, say))
        if training and training.steps:
            _figures(training, say)
            draw_curves(training.steps, training.evaluations, say, key=f"live {name}", live=True)
        elif said := jobs.log(job, 3):
            st.code(said, language=None, wrap_lines=True)


def stage(training: Training | None, say: Words) -> str:
    """Return what a training is at, in one line."""
    if training is not None and training.ended:
        return say("train-stage-ending")
    if training is None or not training.steps:
        return say("train-stage-preparing")
    spent, left = training.steps[-1].seconds, seconds_left(training.plan, training.steps)
    parts = [percent(training.share, say.language), say("train-stage-step", step=training.steps[-1].step, of=_planned(training) or "none")]
    parts.append(say("train-stage-spent", spent=duration(spent)))
    parts += [say("train-stage-left", left=duration(left))] if left is not None else []
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """Return a duration as both languages write it, in whole seconds or, from an hour on, minutes.

    >>> duration(16.8), duration(223), duration(4_000)
    ('17 s', '3 min 43 s', '1 h 06 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60:02} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02} min"


def _planned(training: Training) -> int | None:
    """Return the steps of the plan where it goes by them."""
    plan = training.plan
    return plan.steps if plan and not plan.tokens and not plan.seconds else None


def _figures(training: Training, say: Words) -> None:
    """Draw the latest figures side by side; a measure that is not taken has none."""
    last = training.steps[-1]
    checked = training.evaluations[-1] if training.evaluations else None
    figures = {"loss": decimal(last.loss, say.language, 3)}
    if checked and checked.validation_loss is not None:
        figures["validation-loss"] = decimal(checked.validation_loss, say.language, 3)
    if checked and checked.score is not None:
        figures["score"] = percent(checked.score, say.language)
    if speed := tokens_per_second(training.steps):
        figures["speed"] = count(speed, say.language)
    figures["tokens"] = count(sum(step.tokens for step in training.steps), say.language)
    if last.memory:
        figures["memory"] = say("train-gb", amount=decimal(last.memory / _GB, say.language, 2))
    with st.container(horizontal=True):
        for name, value in figures.items():
            st.metric(say(f"train-measure-{name}"), value, width="content")


def _standing(project: Project, jobs: Jobs, name: str, job: Job, state: State, training: Training | None, say: Words) -> None:
    """Draw a training of this page that stands still: take it up again, or let it go."""
    with st.container(border=True, key=f"training {name}"):
        st.markdown(f"{_heading(name, state, job, say)}  \n{say(f'train-said-{state}')} {_kept(training, say)}")
        with st.container(horizontal=True):
            if st.button(
                say("train-resume" if training else "train-again"), key=f"again {job.id}", icon=":material/play_arrow:", type="primary"
            ):
                start_again(jobs, job)
            if training:
                _discard(project, jobs, training, say)
            elif st.button(say("train-forget"), key=f"away {job.id}", help=say("train-forget-help")):
                jobs.forget(job)
                st.rerun()
        if said := jobs.log(job):
            with st.expander(say("train-log"), icon=":material/terminal:", type="compact", expanded=state == "failed"):
                st.code(said, language=None, wrap_lines=True)
        _past(training, say)


def _unowned(project: Project, training: Training, say: Words) -> None:
    """Draw a training that was not started here: it may be at work, else it goes on under its own command."""
    at_work = training.at_work
    with st.container(border=True, key=f"training {training.name}"):
        colour, word = ("blue", say("train-state-elsewhere")) if at_work else ("orange", say("train-state-lost"))
        st.markdown(f"**{disarmed(training.name)}** :{colour}-badge[{word}]")
        if not at_work:
            st.markdown(_kept(training, say))
        if at_work:
            st.progress(training.share, text=stage(training, say))
        st.caption(say("train-elsewhere" if at_work else "train-command-again"))
        if at_work:
            st.button(say("train-look-again"), key=f"look {training.name}", icon=":material/refresh:")
        else:
            _discard(project, None, training, say)
        _past(training, say)


def _past(training: Training | None, say: Words) -> None:
    if training and training.steps:
        with st.expander(say("train-curves"), icon=":material/show_chart:", type="compact"):
            draw_curves(training.steps, training.evaluations, say, key=f"past {training.name}")


def _kept(training: Training | None, say: Words) -> str:
    """Say what of a training is kept."""
    if training is None:
        return ""
    return say("train-kept", steps=training.steps[-1].step) if training.steps else say("train-kept-nothing")


def _discard(project: Project, jobs: Jobs | None, training: Training, say: Words) -> None:
    """Draw the button that deletes what was trained, behind a question."""
    with st.popover(say("train-discard"), icon=":material/delete:"):
        st.markdown(say("train-discard-sure", name=disarmed(training.name)))
        if st.button(say("train-discard-yes"), key=f"discard {training.name}", type="primary"):
            try:
                discard(project.workspace, training.name)
            except RagftError as error:
                st.error(disarmed(str(error)))
                return
            if jobs and (job := latest(jobs, "adapter").get(training.name)):
                jobs.forget(job)
            st.rerun()


def _heading(name: str, state: State, job: Job, say: Words) -> str:
    word = say(f"train-state-{state}")
    return f"**{disarmed(name)}** :{_COLOURS[state]}-badge[{word}] :gray[{job.created[:16].replace('T', ' ')} UTC]"
