"""The chat page: choose one to four systems, ask, watch their answers come, see what they stand on.

Drawing only. Streamlit runs `page` from top to bottom on every event; the model lives in
`st.cache_resource` under the configuration's fingerprint, the conversation in the session.
"""

from __future__ import annotations

import itertools
from contextlib import closing
from typing import Any

import streamlit as st

from foundation.errors import RagftError
from shells.pages.conversation import MOST, Exchange, Live, Loaded, history
from shells.pages.markup import describe, disarmed, marked
from shells.pages.opening import opened
from shells.pages.replies import cells, show_exchange, show_question, show_reply
from studies.project import Project

_CARET = " ▌"
_WAITING = ":gray[…]"


def page() -> None:
    """Draw the chat page for the configuration that RAGFT_CONFIG names (default: ragft.toml here)."""
    st.title("Ask the knowledge base")
    project, missing = opened()
    systems = _sidebar(project, missing)
    _settle()
    exchanges: list[Exchange] = st.session_state.setdefault("exchanges", [])
    several = len(systems) > 1 or any(len(exchange.replies) > 1 for exchange in exchanges)
    st.set_page_config(layout="wide" if several else "centered")  # once a run: of two different calls Streamlit may keep the first
    for exchange in exchanges:
        show_exchange(exchange)
    question = st.chat_input("Your question", disabled=not systems)
    if not systems:
        st.info("Choose at least one system at the left, then ask.")
    elif not exchanges and not question:
        st.caption("Answers come from the systems chosen at the left. Earlier turns are part of each question until you clear the chat.")
    if systems and question and question.strip():
        _answer(project, systems, question.strip(), exchanges)


def _sidebar(project: Project, missing: dict[str, str]) -> tuple[str, ...]:
    """Draw the choice of systems and return the chosen ones, in the order of the configuration."""
    # "gold" shows the evidence of a known question: a question typed here has none
    ready = [name for name, system in project.systems.items() if name not in missing and system.context != "gold"]
    with st.sidebar:
        st.markdown(f"**Systems**, up to {MOST} side by side")
        chosen = tuple([name for name in ready if _choice(project, name, ready)])
        if refused := st.session_state.pop("refused", None):
            st.warning(f"At most {MOST} systems answer side by side. Clear one of them to add **{disarmed(refused)}**.")
        for sentence in dict.fromkeys(missing.values()):
            names = ", ".join(name for name, said in missing.items() if said == sentence)
            st.info(f"**{disarmed(names)}** cannot be used yet: {disarmed(sentence)}")
        st.button("Clear chat", on_click=_clear, disabled=not st.session_state.get("exchanges"), width="stretch")
        st.button(
            "Reload model and index", on_click=loaded.clear, help="After training or indexing: drops what is in memory.", width="stretch"
        )
        st.caption(_standing(project))
    return chosen


def _choice(project: Project, name: str, ready: list[str]) -> bool:
    """Draw the checkbox of one system and tell whether it is chosen."""
    preferred = "rag" if "rag" in ready else ready[0]
    label = f"{disarmed(name)} :gray[{disarmed(describe(project.systems[name]))}]"
    return bool(st.checkbox(label, name == preferred, key=_key(name), on_change=_refuse_too_many, args=(name, ready)))


def _refuse_too_many(name: str, ready: list[str]) -> None:
    """Take back the choice of `name` when there is no room for it. Runs before the page is drawn anew."""
    if sum(st.session_state.get(_key(other), False) for other in ready) > MOST:
        st.session_state[_key(name)] = False
        st.session_state["refused"] = name


def _key(name: str) -> str:
    return f"system {name}"


def _standing(project: Project) -> str:
    """Return the lines that say what answers: model, engine, knowledge base."""
    info = loaded(project.fingerprint, project).info
    waiting = "auto: settled at the first question" if project.model_config.engine == "auto" else project.model_config.engine
    lines = [
        f"Model: {disarmed(project.model_config.name)}",
        f"Engine: {disarmed(f'{info.engine}, {info.precision}, {info.device}' if info else waiting)}",
        f"Knowledge base: {disarmed(str(project.knowledge_base_config.path))}",
    ]
    return "  \n".join(lines)


def _clear() -> None:
    st.session_state["exchanges"] = []


def _load(fingerprint: str, _project: Project) -> Loaded:
    """Return the loaded project of a configuration. Streamlit hashes `fingerprint` and passes over names with an underscore."""
    return Loaded(_project)


# One entry: a changed configuration lets go of the model of the old one.
loaded: Any = st.cache_resource(show_spinner=False, max_entries=1)(_load)


def _answer(project: Project, systems: tuple[str, ...], question: str, exchanges: list[Exchange]) -> None:
    """Ask, draw the answers as they come, and keep them, even if the user stops them or turns elsewhere."""
    live = st.session_state["live"] = Live(question, systems, {name: history(exchanges, name) for name in systems})
    try:
        show_question(question, len(systems))
        _stream(live, loaded(project.fingerprint, project))
    except RagftError as error:
        live.fail(error)
    finally:
        exchanges.append(live.exchange())
        live.done.set()
    st.rerun()


def _stream(live: Live, shared: Loaded) -> None:
    """Draw each piece as it comes. Any click, Stop too, starts the page anew: `_settle` then stops these answers."""
    places = dict(zip(live.systems, cells(live.systems), strict=True))
    waiting = st.empty()
    st.button("Stop", key="stop", icon=":material/stop_circle:")
    with closing(shared.follow(live)) as grown:
        with waiting, st.spinner("Loading the model, or waiting for a turn. The first answer takes longest."):
            first = next(grown, None)
        for place in places.values():
            place.markdown(_WAITING)
        for system in itertools.chain([first], grown) if first else ():
            _draw(live, system, places[system])


def _draw(live: Live, system: str, place: Any) -> None:
    """Draw what there is of one system: the text so far, or its reply once it is through."""
    if system in live.replies:
        with place.container():
            show_reply(live.replies[system], live.question, system if len(live.systems) == 1 else "")
    else:
        place.markdown(marked(live.texts[system]) + _CARET)


def _settle() -> None:
    """Stop the answers that an earlier run of the page was still making, and wait until they are kept."""
    live: Live | None = st.session_state.get("live")
    if live is not None and not live.done.is_set():
        live.stop()
        with st.spinner("Stopping the answer."):
            live.done.wait()
