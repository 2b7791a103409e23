"""The jobs on the Compare page: how far each is, what it printed last, and the buttons to stop it or to go on.

A job is a process of its own (`shells.jobs`), so nothing is lost when the page is closed or the app restarted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from foundation.errors import RagftError
from shells.jobs import Job, Jobs, State
from shells.pages.markup import disarmed
from shells.pages.opening import config_file
from shells.pages.run_state import progress, stage
from studies.project import Project

ARRIVED: Final = "arrived"  # key of the session: the run that has just been finished, to be looked at next
_WATCHED: Final = "watched"  # the runs that were running when the page was drawn last
_EVERY: Final = 2.0  # seconds between two looks at what runs
_WORDS: Final[dict[State, tuple[str, str]]] = {
    "running": ("blue", "running"),
    "failed": ("red", "failed"),
    "interrupted": ("orange", "stopped"),
    "lost": ("red", "gone"),
}
_SAID: Final[dict[State, str]] = {
    "failed": "It ended with an error. What was answered before is kept.",
    "interrupted": "What was answered is kept.",
    "lost": "Its process is gone without a word, as after a kill or a restart of the machine. What was answered is kept.",
}


def launch(project: Project, jobs: Jobs, arguments: Sequence[str], run: str) -> None:
    """Start a command of the line on this project as a job that makes `run`.

    Raises DataError when its folder cannot be written.
    """
    config = config_file()
    where = ["--workspace", str(project.workspace.resolve())] + (["--config", str(config.resolve())] if config else [])
    jobs.start(arguments[0], [*arguments, *where], about={"run": run})


def is_running(jobs: Jobs, run: str) -> bool:
    """Tell whether a job that makes `run` is running."""
    return any(job.about.get("run") == run and jobs.state(job) == "running" for job in jobs.all())


def watch(project: Project, jobs: Jobs) -> None:
    """Draw the latest job of each run unless it is finished; while one runs, they are drawn anew every two seconds."""
    latest: dict[str, Job] = {}
    for job in jobs.all():
        latest.setdefault(job.about.get("run", job.id), job)
    states = {name: jobs.state(job) for name, job in latest.items()}
    running = [name for name in latest if states[name] == "running"]
    done = [name for name in st.session_state.get(_WATCHED, ()) if states.get(name) == "finished"]
    if done:
        st.session_state[ARRIVED] = done[0]
    st.session_state[_WATCHED] = running
    shown = {name: job for name, job in latest.items() if states[name] != "finished"}
    if shown:
        st.fragment(_draw, run_every=_EVERY if running else None)(project, jobs, shown, running, next(iter(latest)))


def _draw(project: Project, jobs: Jobs, shown: dict[str, Job], running: list[str], newest: str) -> None:
    states = {name: jobs.state(job) for name, job in shown.items()}
    if any(states[name] != "running" for name in running):
        st.rerun()  # the whole page: there is something new to look at
    for name in running:
        _running(project, jobs, name, shown[name])
    others = [name for name in shown if name not in running]
    if others:
        title = f"{len(others)} run{'' if len(others) == 1 else 's'} not finished"
        with st.expander(title, icon=":material/error:", expanded=newest in others):
            for name in others:
                _ended(jobs, name, shown[name], states[name])


def _running(project: Project, jobs: Jobs, name: str, job: Job) -> None:
    done, total = progress(project.workspace / "runs" / name)
    with st.container(border=True, key=f"job {name}"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(_heading(name, "running", job))
        if right.button("Stop", key=f"stop {job.id}", icon=":material/stop_circle:", help="What was answered is kept.", width="stretch"):
            jobs.cancel(job)
        st.progress(min(done / total, 1.0) if total else 0.0, text=stage(done, total))


def _ended(jobs: Jobs, name: str, job: Job, state: State) -> None:
    left, again, away = st.columns([4, 1, 1], vertical_alignment="center")
    left.markdown(f"{_heading(name, state, job)}  \n{_SAID[state]}")
    if again.button("Go on", key=f"again {job.id}", icon=":material/play_arrow:", width="stretch"):
        try:
            jobs.start(job.arguments[0], job.arguments, about=job.about)
        except RagftError as error:
            st.error(disarmed(str(error)))
            return
        st.rerun()
    if away.button("Forget", key=f"away {job.id}", help="Takes it from this list. The run's folder stays.", width="stretch"):
        jobs.forget(job)
        st.rerun()
    if said := jobs.log(job):
        st.code(said, language=None, wrap_lines=True)


def _heading(name: str, state: State, job: Job) -> str:
    colour, word = _WORDS[state]
    return f"**{disarmed(name)}** :{colour}-badge[{word}] :gray[{job.created[:16].replace('T', ' ')} UTC]"
