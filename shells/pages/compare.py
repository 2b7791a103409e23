"""The Compare page: start a run as a job, watch it, look at what it showed, take the report along.

Drawing only. A run is a process of its own (`shells.jobs`): it goes on when the page is closed, and
stopping it keeps what was answered. What a run showed is read from its folder (`shells.pages.exploring`).
"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from eval.wording import words
from foundation.errors import RagftError
from shells.jobs import Jobs
from shells.pages.exploring import LANGUAGE, explore
from shells.pages.markup import describe, disarmed
from shells.pages.opening import opened
from shells.pages.run_state import finished_runs, run_name
from shells.pages.watching import is_running, launch, watch
from studies.project import Project

_WIDE = 1120  # pixels: longer lines are hard to read
_STARTED = "started"  # key of the session: how many runs this page has started
_USUAL = 60  # questions: some minutes with the embedded model


def page() -> None:
    """Draw the page for the configuration that RAGFT_CONFIG names (default: ragft.toml here)."""
    st.set_page_config(layout="wide")
    with st.container(width=_WIDE):
        st.title(words(st.session_state.get(LANGUAGE) or "en")("report-title"), anchor=False)
        project, missing = opened()
        jobs = Jobs(project.workspace)
        with st.sidebar:
            _start(project, missing, jobs)
        watch(project, jobs)
        runs = finished_runs(project.workspace)
        if runs:
            explore(project, jobs, runs)
        else:
            st.info("No run is finished yet. Choose systems and a number of questions at the left, and start one.")


def _start(project: Project, missing: dict[str, str], jobs: Jobs) -> None:
    """Draw the form that starts a run."""
    ready = [name for name in project.systems if name not in missing]
    usual = [name for name in project.eval_config.systems if name in ready]
    with st.form("start", border=False):
        st.markdown("**New comparison**")
        systems = st.pills(
            "Systems",
            ready,
            selection_mode="multi",
            default=usual,
            help="  \n".join(f"**{disarmed(name)}**: {disarmed(describe(project.systems[name]))}" for name in ready),
            key="systems",
        )
        questions = st.number_input(
            "Questions",
            1,
            None,
            project.eval_config.questions or _USUAL,
            help="Of the test split: an even share of every kind and language.",
        )
        key = f"name {st.session_state.setdefault(_STARTED, 0)}"  # each start has a name of its own
        st.session_state.setdefault(key, f"page-{datetime.now():%m%d-%H%M%S}")
        name = st.text_input("Name", key=key, help="Of the run's folder. The name of a run that was stopped takes it up again.")
        pressed = st.form_submit_button("Start", type="primary", icon=":material/play_arrow:", disabled=not ready, width="stretch")
    for sentence in dict.fromkeys(missing.values()):
        names = ", ".join(name for name, said in missing.items() if said == sentence)
        st.caption(f"**{disarmed(names)}** cannot be asked yet: {disarmed(sentence)}")
    if pressed:
        try:
            _launch(project, jobs, list(systems), questions, run_name(name))
        except RagftError as error:
            st.error(disarmed(str(error)))


def _launch(project: Project, jobs: Jobs, systems: list[str], questions: int, name: str) -> None:
    if not systems:
        st.warning("Choose at least one system.")
    elif is_running(jobs, name):
        st.warning(f"**{disarmed(name)}** is running already. Wait for it, stop it, or give another name.")
    else:
        chosen = [part for system in systems for part in ("--system", system)]
        launch(project, jobs, ["compare", "--run", name, "--questions", str(questions), *chosen], name)
        st.session_state[_STARTED] += 1
        st.toast(f"**{disarmed(name)}** is started: watch it at the top of the page.", icon=":material/play_arrow:")
