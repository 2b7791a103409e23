"""Trainings that have not ended, on the Train page: live figures and curves, Stop, and what becomes of one that stands still.

Everything is read from the folder that the training writes (`shells.training_state`); it is a process of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from eval.wording import Words
from eval.wording.numbers import count, decimal, percent
from finetune.checkpoints import TrainingFolder
from foundation.errors import RagftError
from shells.adapter_files import Adapter, finished
from shells.jobs import Job, Jobs, State
from shells.pages.markup import disarmed
from shells.pages.training_curves import draw_curves
from shells.pages.watching import follow, start_again
from shells.training_state import Training, discard, seconds_left, tokens_per_second, unfinished
from studies.project import Project

_COLOURS: Final[dict[State, str]] = {"running": "blue", "failed": "red", "interrupted": "orange", "lost": "red", "finished": "green"}
_GB: Final = 1e9  # bytes, as the report has them


def watch_trainings(project: Project, jobs: Jobs, say: Words) -> None:
    """Draw every training that runs, stands still or failed; while one runs, anew every two seconds."""
    workspace = project.workspace

    def draw(shown: dict[str, Job], states: Mapping[str, State]) -> None:
        left = {training.name: training for training in unfinished(workspace)}
        adapters = finished(workspace) if any(states[name] != "running" for name in shown) else ()
        current = {name: job for name, job in shown.items() if states[name] == "running" or not _is_outdated(jobs, name, job, adapters)}
        # A training goes to the job that is at work on it, else to the one that was started for it alone.
        for name in sorted(current, key=lambda name: (states[name] != "running", _seeds(current[name]))):
            job, parts = current[name], _parts(name, current[name], left)
            for training in parts:
                del left[training.name]
            if states[name] == "running":
                _running(jobs, name, job, parts, say)
            elif elsewhere := next((part for part in parts if part.held), None):
                _unowned(project, elsewhere, say)
            else:
                _standing(project, jobs, name, job, states[name], next(iter(parts), None), say)
        for training in left.values():
            _unowned(project, training, say)

    follow(jobs, "adapter", draw, always=True)


def _seeds(job: Job) -> int:
    """Return how many adapters a job trains, one after the other."""
    return int(job.arguments[job.arguments.index("--seeds") + 1]) if "--seeds" in job.arguments else 1


def _makes(job: Job, name: str, adapter: str) -> bool:
    """Tell whether the job of `name` trains `adapter`: with several seeds those after the first are called after it."""
    return adapter == name or (_seeds(job) > 1 and re.fullmatch(rf"{re.escape(name)}-seed\d+", adapter) is not None)


def _parts(name: str, job: Job, found: Mapping[str, Training]) -> list[Training]:
    """Return the trainings of a job: several where it trains more than one seed, the one that was written to last in front."""
    own = [training for training in found.values() if _makes(job, name, training.name)]
    return sorted(own, key=lambda training: training.touched, reverse=True)


def _is_outdated(jobs: Jobs, name: str, job: Job, adapters: Sequence[Adapter]) -> bool:
    """Tell whether all that a job was to make is finished, the last of it after the job had ended: nothing is left to take up."""
    made = [adapter.created for adapter in adapters if _makes(job, name, adapter.name) and adapter.created >= job.created]
    return len(made) >= _seeds(job) and max(made) > jobs.ended(job)


def _running(jobs: Jobs, name: str, job: Job, parts: list[Training], say: Words) -> None:
    training = next(iter(parts), None)
    with st.container(border=True, key=f"training {name}"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(_heading(training.name if training else name, "running", job, say))
        asked = jobs.is_stopping(job)
        right.button(
            say("train-stopping" if asked else "train-stop"),
            key=f"stop {job.id}",
            icon=":material/stop_circle:",
            help=say("train-stop-help"),
            disabled=asked,
            on_click=jobs.cancel,  # before the page is drawn, so that the button says at once that it was heard
            args=(job,),
            width="stretch",
        )
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
        st.markdown(
            f"{_heading(training.name if training else name, state, job, say)}  \n{say(f'train-said-{state}')} {_kept(training, say)}"
        )
        with st.container(horizontal=True):
            if st.button(
                say("train-resume" if training else "train-again"), key=f"again {job.id}", icon=":material/play_arrow:", type="primary"
            ):
                start_again(jobs, job)
            if training:
                _discard(project, training, say, jobs, job)
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
            _discard(project, training, say)
        _past(training, say)


def _past(training: Training | None, say: Words) -> None:
    if training and training.steps:
        with st.expander(say("train-curves"), icon=":material/show_chart:", type="compact"):
            draw_curves(training.steps, training.evaluations, say, key=f"past {training.name}")


def _kept(training: Training | None, say: Words) -> str:
    """Say what of a training is kept."""
    if training is None:
        return ""
    if not training.steps:
        return say("train-kept-nothing")
    step = training.steps[-1].step
    return say("train-kept" if TrainingFolder(training.folder).under_way else "train-kept-anew", steps=step)


def _discard(project: Project, training: Training, say: Words, jobs: Jobs | None = None, job: Job | None = None) -> None:
    """Draw the button that deletes what was trained, behind a question; the job that trained it is forgotten with it."""
    with st.popover(say("train-discard"), icon=":material/delete:"):
        st.markdown(say("train-discard-sure", name=disarmed(training.name)))
        if st.button(say("train-discard-yes"), key=f"discard {training.name}", type="primary"):
            try:
                discard(project.workspace, training.name)
            except RagftError as error:
                st.error(disarmed(str(error)))
                return
            if jobs and job:
                jobs.forget(job)
            st.rerun()


def _heading(name: str, state: State, job: Job, say: Words) -> str:
    word = say(f"train-state-{state}")
    return f"**{disarmed(name)}** :{_COLOURS[state]}-badge[{word}] :gray[{job.created[:16].replace('T', ' ')} UTC]"
