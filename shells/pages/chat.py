"""The chat page: choose a system, ask, watch the answer come, see what it stands on.

Drawing only. Streamlit runs `page` from top to bottom on every event; the model lives in
`st.cache_resource` under the configuration's fingerprint, the conversation in the session.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Any

import streamlit as st

from chatbot.model import Answer
from foundation.errors import RagftError
from shells.pages.conversation import Exchange, Live, Loaded, describe, disarmed, effort, history, marked
from studies.project import Project

_CARET = " ▌"


def page() -> None:
    """Draw the chat page for the configuration that RAGFT_CONFIG names (default: ragft.toml here)."""
    st.title("Ask the knowledge base")
    try:
        config = os.environ.get("RAGFT_CONFIG")
        project = Project.open(Path(config) if config else None)
        missing = project.missing_adapters()
    except RagftError as error:
        st.error(disarmed(str(error)))
        st.stop()
    system = _sidebar(project, missing)
    _settle()
    exchanges: list[Exchange] = st.session_state.setdefault("exchanges", [])
    for exchange in exchanges:
        _show(exchange)
    question = st.chat_input("Your question")
    if not exchanges and not question:
        st.caption("Answers come from the system chosen at the left. Earlier turns are part of each question until you clear the chat.")
    if question and question.strip():
        _answer(project, system, question.strip(), exchanges)


def _sidebar(project: Project, missing: dict[str, str]) -> str:
    """Draw the choice of systems and return the chosen one."""
    # "gold" shows the evidence of a known question: a question typed here has none
    ready = [name for name, system in project.systems.items() if name not in missing and system.context != "gold"]
    with st.sidebar:
        preferred = ready.index("rag") if "rag" in ready else 0
        captions = [describe(project.systems[name]) for name in ready]
        chosen: str = st.radio("System", ready, index=preferred, captions=captions, key="system")
        for sentence in dict.fromkeys(missing.values()):
            names = ", ".join(name for name, said in missing.items() if said == sentence)
            st.info(f"**{disarmed(names)}** cannot be used yet: {disarmed(sentence)}")
        st.button("Clear chat", on_click=_clear, disabled=not st.session_state.get("exchanges"), width="stretch")
        st.button(
            "Reload model and index", on_click=loaded.clear, help="After training or indexing: drops what is in memory.", width="stretch"
        )
        st.caption(f"Model: {disarmed(project.model_config.name)}  \nKnowledge base: {disarmed(str(project.knowledge_base_config.path))}")
    return chosen


def _clear() -> None:
    st.session_state["exchanges"] = []


def _load(fingerprint: str, _project: Project) -> Loaded:
    """Return the loaded project of a configuration. Streamlit hashes `fingerprint` and passes over names with an underscore."""
    return Loaded(_project)


# One entry: a changed configuration lets go of the model of the old one.
loaded: Any = st.cache_resource(show_spinner=False, max_entries=1)(_load)


def _answer(project: Project, system: str, question: str, exchanges: list[Exchange]) -> None:
    """Ask, draw the answer as it comes, and keep it, even if the user stops it or turns elsewhere."""
    live = st.session_state["live"] = Live(question, system, history(exchanges))
    try:
        with st.chat_message("user"):
            st.markdown(disarmed(question))
        with st.chat_message("assistant"):
            _stream(live, loaded(project.fingerprint, project))
    except RagftError as error:
        live.error = str(error)
    finally:
        exchanges.append(live.exchange())
        live.done.set()
    st.rerun()


def _stream(live: Live, shared: Loaded) -> None:
    """Draw each piece as it comes. Any click, Stop too, starts the page anew: `_settle` then stops this answer."""
    box = st.empty()
    st.button("Stop", key="stop", icon=":material/stop_circle:")
    with closing(shared.texts(live)) as texts:
        with box, st.spinner("Loading the model, or waiting for a turn. The first answer takes longest."):
            first = next(texts, "")
        box.markdown(marked(first) + _CARET)
        for text in texts:
            box.markdown(marked(text) + _CARET)


def _settle() -> None:
    """Stop the answer that an earlier run of the page was still making, and wait until it is kept."""
    live: Live | None = st.session_state.get("live")
    if live is not None and not live.done.is_set():
        live.stop()
        with st.spinner("Stopping the answer."):
            live.done.wait()


def _show(exchange: Exchange) -> None:
    """Draw one finished exchange."""
    with st.chat_message("user"):
        st.markdown(disarmed(exchange.question))
    with st.chat_message("assistant"):
        if exchange.error:
            st.error(disarmed(exchange.error))
        if exchange.answer:
            _show_answer(exchange.answer, exchange.system)


def _show_answer(answer: Answer, system: str) -> None:
    st.markdown(marked(answer.text, len(answer.hits)) if answer.text.strip() else "*(no text)*")
    if answer.hits:
        with st.expander(f"{len(answer.hits)} passages"):
            for number, hit in enumerate(answer.hits, start=1):
                st.markdown(f":blue-badge[{number}] **{disarmed(hit.chunk.title or hit.chunk.document_id)}** · score {hit.score:.3f}")
                st.markdown(disarmed(hit.chunk.text))
    st.caption(f"{disarmed(system)}{' · abstained' if answer.abstained else ''} · {effort(answer)}")
