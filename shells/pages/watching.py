"""The jobs on a page: how far each is, what it printed last, and the buttons to stop it or to go on.

A job is a process of its own (`shells.jobs`), so nothing is lost when the page is closed or the app restarted.
`follow` looks after jobs of any kind; what stands here below it is how the Compare page draws its runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

import streamlit as st

from foundation.errors import RagftError
from shells.jobs import Job, Jobs, State
from shells.pages.markup import disarmed
from shells.pages.opening import config_file
from shells.pages.run_state import progress, stage
from studies.project import Project

Kind = Literal["run", "adapter"]  # what a job makes: the key under which it remembers the name
ARRIVED: Final = "arrived"  # key of the session: the run that has just been finished, to be looked at next
ARRIVED_OF: Final[dict[Kind, str]] = {"run": ARRIVED, "adapter": "arrived adapter"}
_WATCHED: Final[dict[Kind, str]] = {"run": "watched", "adapter": "watched adapters"}  # those that were running when the page was drawn last
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


def launch(project: Project, jobs: Jobs, arguments: Sequence[str], name: str, kind: Kind = "run") -> None:
    """Start a command of the line on this project as a job that makes the run, or the adapter, `name`.

    Raises DataError when its folder cannot be written.
    """
    config = config_file()
    where = ["--workspace", str(project.workspace.resolve())] + (["--config", str(config.resolve())] if config else [])
    jobs.start(arguments[0], [*arguments, *where], about={kind: name})


def is_running(jobs: Jobs, name: str, kind: Kind = "run") -> bool:
    """Tell whether a job that makes `name` is running."""
    return any(job.about.get(kind) == name and jobs.state(job) == "running" for job in jobs.all())


def latest(jobs: Jobs, kind: Kind = "run") -> dict[str, Job]:
    """Return the latest job of each run, or of each adapter, by its name; a job that does not say what it makes counts as a run."""
    found: dict[str, Job] = {}
    for job in jobs.all():
        name = job.about.get(kind) or (job.id if kind == "run" and not job.about else None)
        if name:
            found.setdefault(name, job)
    return found


def follow(jobs: Jobs, kind: Kind, draw: Callable[[dict[str, Job], Mapping[str, State]], None], *, always: bool = False) -> None:
    """Call `draw` with the latest jobs that are not finished and their states; while one runs, anew every two seconds.

    When one ends, the whole page is drawn anew, and the name of what is finished stands in the session under ARRIVED_OF.

    Args:
        jobs: of the workspace.
        kind: what the jobs make.
        draw: draws them; it is a fragment of the page.
        always: call it also when there is no such job.
    """
    found = latest(jobs, kind)
    states = {name: jobs.state(job) for name, job in found.items()}
    running = [name for name in found if states[name] == "running"]
    done = [name for name in st.session_state.get(_WATCHED[kind], ()) if states.get(name) == "finished"]
    if done:
        st.session_state[ARRIVED_OF[kind]] = done[0]
    st.session_state[_WATCHED[kind]] = running
    shown = {name: job for name, job in found.items() if states[name] != "finished"}

    def drawn() -> None:
        now = {name: jobs.state(job) for name, job in shown.items()}
        if any(now[name] != "running" for name in running):
            st.rerun()  # the whole page: there is something new to look at
        draw(shown, now)

    if shown or always:
        st.fragment(drawn, run_every=_EVERY if running else None)()


def watch(project: Project, jobs: Jobs) -> None:
    """Draw the latest job of each run unless it is finished."""
    newest = next(iter(latest(jobs)), None)

    def draw(shown: dict[str, Job], states: Mapping[str, State]) -> None:
        for name in [name for name in shown if states[name] == "running"]:
            _running(project, jobs, name, shown[name])
        others = [name for name in shown if states[name] != "running"]
        if others:
            title = f"{len(others)} run{'' if len(others) == 1 else 's'} not finished"
            with st.expander(title, icon=":material/error:", expanded=newest in others):
                for name in others:
                    _ended(jobs, name, shown[name], states[name])

    follow(jobs, "run", draw)


def _running(project: Project, jobs: Jobs, name: str, job: Job) -> None:
    done, total = progress(project.workspace / "runs" / name)
    with st.container(border=True, key=f"job {name}"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(_heading(name, "running", job))
        stopping = jobs.is_stopping(job)
        right.button(
            "Stopping" if stopping else "Stop",
            key=f"stop {job.id}",
            icon=":material/stop_circle:",
            help="What was answered is kept.",
            disabled=stopping,
            on_click=jobs.cancel,  # before the page is drawn, so that the button says at once that it was heard
            args=(job,),
            width="stretch",
        )
        st.progress(min(done / total, 1.0) if total else 0.0, text=stage(done, total))


def start_again(jobs: Jobs, job: Job) -> None:
    """Start the same command anew, and draw the page again; an error is shown instead."""
    try:
        jobs.start(job.arguments[0], job.arguments, about=job.about)
    except RagftError as error:
        st.error(disarmed(str(error)))
        return
    st.rerun()


def _ended(jobs: Jobs, name: str, job: Job, state: State) -> None:
    left, again, away = st.columns([4, 1, 1], vertical_alignment="center")
    left.markdown(f"{_heading(name, state, job)}  \n{_SAID[state]}")
    if again.button("Go on", key=f"again {job.id}", icon=":material/play_arrow:", width="stretch"):
        start_again(jobs, job)
    if away.button("Forget", key=f"away {job.id}", help="Takes it from this list. The run's folder stays.", width="stretch"):
        jobs.forget(job)
        st.rerun()
    if said := jobs.log(job):
        st.code(said, language=None, wrap_lines=True)


def _heading(name: str, state: State, job: Job) -> str:
    colour, word = _WORDS[state]
    return f"**{disarmed(name)}** :{colour}-badge[{word}] :gray[{job.created[:16].replace('T', ' ')} UTC]"
