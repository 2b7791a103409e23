"""One finished run on the Compare page: the decision first, then what it rests on, part by part.

Words and figures come from the report's own view of the comparison, in its language; nothing is computed here.
A part is drawn only while it is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st

from eval.comparison import Comparison
from eval.report import render
from eval.report.json_page import read_comparison
from eval.report.parts import Sentences
from eval.report.rendering import FORMATS
from eval.report.view import View, build_view
from eval.wording import LANGUAGES, words
from foundation.errors import RagftError
from shells.jobs import Jobs
from shells.pages.inspecting import inspect
from shells.pages.markup import disarmed
from shells.pages.run_figures import differences, scores, slices, why
from shells.pages.watching import ARRIVED, is_running, launch
from studies.project import Project
from studies.reporting import file_name

LANGUAGE: Final = "language"  # keys of the session
_RUN: Final = "run"
# What is looked at → the key of its name in the language of the report.
_PARTS: Final = {
    "scores": "report-section-scores",
    "contrasts": "report-section-contrasts",
    "slices": "report-section-slices",
    "why": "report-section-why",
    "questions": "html-questions",
}
_TAKE: Final = "take"
_COLOURS: Final[dict[str, Any]] = {"not enough evidence": "orange", "equivalent": "blue"}
_MIME: Final = {
    "markdown": "text/markdown",
    "html": "text/html",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "questions-csv": "text/csv",
    "json": "application/json",
}


@dataclass(frozen=True)
class _Read:
    comparison: Comparison
    views: dict[str, View]  # by language


def explore(project: Project, jobs: Jobs, runs: dict[str, Path]) -> None:
    """Draw one of the finished `runs`, by name, the latest first; one that cannot be read can be scored again."""
    arrived = st.session_state.pop(ARRIVED, None)
    if arrived in runs:
        st.session_state[_RUN] = arrived
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        name = st.selectbox("Run", list(runs), key=_RUN, width=360, persist_state="session") or next(iter(runs))
        language = choose_language("Language of the report")
    folder = runs[name]
    try:
        read = _read(str(folder), (folder / "comparison.json").stat().st_mtime_ns)
    except (RagftError, OSError) as error:
        st.warning(disarmed(str(error)))
        if is_running(jobs, name):
            st.caption("It is being scored.")
        elif st.button("Score this run again", icon=":material/refresh:", type="primary", help="No model is asked again."):
            _score_again(project, jobs, name)
        return
    comparison, view, say = read.comparison, read.views[language], words(language)
    _decision(comparison, view)
    part = st.segmented_control(
        "Part",
        [*_PARTS, _TAKE],
        default="scores",
        required=True,
        format_func=lambda code: say(_PARTS[code]) if code in _PARTS else "Downloads",
        label_visibility="collapsed",
        key="part",
        persist_state="session",
    )
    if part == "questions":
        inspect(comparison, language)
    elif part == _TAKE:
        _downloads(comparison, folder, language)
    else:
        {"scores": scores, "contrasts": differences, "slices": slices, "why": why}[str(part)](comparison, view, language)


def choose_language(label: str) -> str:
    """Draw the choice of the language that is kept for all pages, and return its code."""
    chosen = st.segmented_control(
        label,
        list(LANGUAGES),
        default="en",
        required=True,
        format_func=LANGUAGES.__getitem__,
        key=LANGUAGE,
        persist_state="session",
    )
    return str(chosen or "en")


def _load(folder: str, _changed: int) -> _Read:
    comparison = read_comparison(Path(folder) / "comparison.json")
    return _Read(comparison, {language: build_view(comparison, language) for language in LANGUAGES})


# A resource, not data: it is shared as it is, and not copied at every click. The next run is read in a moment.
_read: Any = st.cache_resource(show_spinner="Reading the run.", max_entries=2)(_load)


def _score_again(project: Project, jobs: Jobs, name: str) -> None:
    try:
        launch(project, jobs, ["report", str((project.workspace / "runs" / name).resolve())], name)
    except RagftError as error:
        st.error(disarmed(str(error)))
        return
    st.rerun()


def _decision(comparison: Comparison, view: View) -> None:
    """Draw what may be decided and what would change it; on what it stands and what it holds for is folded away."""
    with st.container(border=True, key="decision"):
        st.badge(view.badge, color=_COLOURS.get(comparison.decision.verdict, "green"))
        st.subheader(disarmed(view.verdict), anchor=False)
        if view.settle.items:
            st.markdown(f"**{disarmed(view.settle.title)}**")
            _list(view.settle)
        with st.container(gap="xxsmall"):
            for sentences, icon in ((view.stands_on, ":material/fact_check:"), (view.care, ":material/warning:")):
                if sentences.items:
                    with st.expander(f"{disarmed(sentences.title)} ({len(sentences.items)})", icon=icon, type="compact"):
                        _list(sentences)
            with st.expander(disarmed(view.scope.title), icon=":material/info:", type="compact"):
                st.markdown("  \n".join(f":gray[{disarmed(name)}:] {disarmed(value)}" for name, value in view.scope.items))


def _list(sentences: Sentences) -> None:
    st.markdown("\n".join(f"- {disarmed(' '.join(item.split(chr(10))))}" for item in sentences.items))


def _downloads(comparison: Comparison, folder: Path, language: str) -> None:
    """Draw a button per format. A file is made when it is asked for: a page of 600 questions takes some seconds."""
    for name in FORMATS:
        entry = FORMATS.entry(name)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                name,
                lambda name=name: _bytes(render(comparison, name, language)),
                file_name=f"{folder.name}-{file_name(name, language)}",
                mime=_MIME.get(name, "application/octet-stream"),
                on_click="ignore",
                icon=":material/download:",
                key=f"take {name}",
                width=180,
            )
            st.markdown(disarmed(entry.summary))
    st.caption(f"The same on the command line: `ragft report {folder.name} --format all --language {language}`")


def _bytes(page: str | bytes) -> bytes:
    return page if isinstance(page, bytes) else page.encode("utf-8")
