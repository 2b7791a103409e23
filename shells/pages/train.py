"""The Train page: fill in, see the bill, start a training as a job, watch it, look at what it made.

Drawing only. A training is a process of its own (`shells.jobs`): it goes on when the page is closed, and stopping it
keeps what stands in its last checkpoint.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from eval.wording import Words, words
from finetune.adapters import check_name
from foundation.errors import RagftError
from shells.adapter_files import finished
from shells.jobs import Jobs
from shells.pages.exploring import LANGUAGE, choose_language
from shells.pages.markup import disarmed
from shells.pages.opening import config_file, opened
from shells.pages.training_adapters import draw_adapters
from shells.pages.training_bill import draw_bill
from shells.pages.training_command import Wanted, arguments, command_line, overrides
from shells.pages.training_form import ask
from shells.pages.training_live import watch_trainings
from shells.pages.watching import ARRIVED_OF, is_running, launch
from studies.project import Project

_WIDE: Final = 1120  # pixels: longer lines are hard to read
_PART: Final = "train part"
_NEW, _MADE = "new", "adapters"


def page() -> None:
    """Draw the page for the configuration that RAGFT_CONFIG names (default: ragft.toml here)."""
    st.set_page_config(layout="wide")
    with st.container(width=_WIDE):
        say = words(st.session_state.get(LANGUAGE) or "en")
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            st.title(say("train-title"), anchor=False, width="content")
            say = words(choose_language(say("train-language")))
        project, _ = opened()
        jobs = Jobs(project.workspace)
        watch_trainings(project, jobs, say)
        adapters = finished(project.workspace)
        if st.session_state.get(ARRIVED_OF["adapter"]):
            st.session_state[_PART] = _MADE  # what has just come is shown
        st.session_state.setdefault(_PART, _NEW)
        part = st.segmented_control(
            say("train-part"),
            [_NEW, _MADE],
            required=True,
            format_func=lambda code: say(f"train-part-{code}", count=len(adapters)),
            label_visibility="collapsed",
            key=_PART,
            persist_state="session",
        )
        if part == _MADE:
            draw_adapters(project, adapters, say)
        else:
            _new(project, jobs, [adapter.name for adapter in adapters], say)


def _new(project: Project, jobs: Jobs, existing: list[str], say: Words) -> None:
    """Draw the form, the command that it comes to, the bill, and the button that starts it."""
    wanted = ask(project, existing, say)
    try:
        check_name(wanted.name)
        given = arguments(wanted, project.finetune_config)
        asked = Project.open(config_file(), overrides(wanted, project.finetune_config), workspace=project.workspace)
    except RagftError as error:
        st.error(disarmed(str(error)))
        return
    st.caption(say("train-command"))
    st.code(command_line(given, config_file()), language="bash", wrap_lines=True)
    if is_running(jobs, wanted.name, "adapter"):
        st.warning(say("train-running-already", name=disarmed(wanted.name)))
    elif draw_bill(asked, wanted, say):
        _start(project, jobs, wanted, given, say)


def _start(project: Project, jobs: Jobs, wanted: Wanted, given: list[str], say: Words) -> None:
    try:
        launch(project, jobs, given, wanted.name, "adapter")
    except RagftError as error:
        st.error(disarmed(str(error)))
        return
    st.toast(say("train-started", name=disarmed(wanted.name)), icon=":material/play_arrow:")
    st.rerun()
