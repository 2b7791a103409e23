"""How the answers to one question are drawn: one below the question, several side by side in cells that wrap on a narrow screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from chatbot.model import Answer
from shells.pages.conversation import Exchange, Reply
from shells.pages.highlight import support
from shells.pages.markup import disarmed, effort, highlighted, marked

_NARROWEST = 180  # pixels of a cell, so that four stand beside the sidebar of a screen 1280 wide
_WIDE = 736  # pixels of the text column of Streamlit's centered layout: longer lines are hard to read


def show_question(question: str, answers: int = 1) -> None:
    """Draw the user's words once, as wide as the answers below them."""
    with st.container(width=_WIDE if answers == 1 else "stretch"), st.chat_message("user"):
        st.markdown(disarmed(question))


def cells(systems: Sequence[str]) -> list[Any]:
    """Return a place to draw in for each system, under its name when there are several."""
    if len(systems) == 1:
        return [st.container(width=_WIDE).chat_message("assistant").empty()]
    grid = st.grid(len(systems), min_column_width=_NARROWEST, border=True)
    places = []
    for system in systems:
        with grid.cell():
            st.markdown(f"**{disarmed(system)}**")
            places.append(st.empty())
    return places


def show_exchange(exchange: Exchange) -> None:
    """Draw one finished exchange."""
    show_question(exchange.question, len(exchange.replies))
    _show_replies(exchange.replies, exchange.question)


def _show_replies(replies: Mapping[str, Reply], question: str) -> None:
    errors = {reply.error for reply in replies.values()}
    if len(errors) == 1 and None not in errors and all(reply.answer is None for reply in replies.values()):
        with st.container(width=_WIDE), st.chat_message("assistant"):
            st.error(disarmed(str(errors.pop())))  # what stopped all is said once
        return
    for place, (system, reply) in zip(cells(list(replies)), replies.items(), strict=True):
        with place.container():
            show_reply(reply, question, system if len(replies) == 1 else "")
    if len(replies) > 1:
        st.caption("Answered together: times and speeds are those of the whole batch and no measure of one system.")


def show_reply(reply: Reply, question: str, system: str = "") -> None:
    """Draw what came of one system; `system` names it in the last line, where no heading does."""
    if reply.answer:
        _show_answer(reply.answer, question, system)
    if reply.error:
        st.error(disarmed(reply.error))


def _show_answer(answer: Answer, question: str, system: str) -> None:
    st.markdown(marked(answer.text, len(answer.hits)) if answer.text.strip() else "*(no text)*")
    if answer.hits:
        plural = "" if len(answer.hits) == 1 else "s"
        label = f"{len(answer.hits)} passage{plural}, {len({citation.number for citation in answer.citations})} cited"
        # A cell is too narrow to read passages in: there they open over the page, not within it.
        with st.expander(label) if system else st.popover(label, width="stretch"):
            _show_passages(answer, question)
    st.caption(" · ".join([*([disarmed(system)] if system else []), *(["abstained"] if answer.abstained else []), effort(answer)]))


def _show_passages(answer: Answer, question: str) -> None:
    """Draw the passages, the cited ones first, with the sentences marked that their citations rest on."""
    cited = {citation.number for citation in answer.citations}
    if cited:
        st.caption("Marked: the sentences that share most words with the answer.")
    for number, hit in sorted(enumerate(answer.hits, start=1), key=lambda item: item[0] not in cited):
        badge = f":blue-badge[{number}]" if number in cited else f":gray-badge[{number}]"
        st.markdown(f"{badge} **{disarmed(hit.chunk.title or hit.chunk.document_id)}** · score {hit.score:.3f}")
        spans = support(answer.text, number, hit.chunk.text, question) if number in cited else ()
        st.markdown(highlighted(hit.chunk.text, spans))
