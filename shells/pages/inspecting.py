"""Every question of a run on the Compare page: filters, the list of those that pass, and one with all that was said to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from eval.comparison import Comparison, Inspected, Output
from eval.report.charts.theme import cause_name
from eval.report.examples_view import question_view
from eval.report.figures import plain
from eval.report.parts import OutputView, PassageGroup, QuestionView
from eval.report.tables.slices import slice_name
from eval.wording import Words, words
from foundation.fingerprint import fingerprint
from shells.pages.filters import OUTCOMES, Outcome, Wanted, chosen_questions, mark, pairs, spans
from shells.pages.markup import disarmed, highlighted, marked

_COLOURS: Final = {"good": "green", "bad": "red"}
_FILTER: Final = "filter"  # what the keys of all filters begin with
_NARROWEST: Final = 260  # pixels of a cell
_LONG: Final = 1_500  # characters of an answer that gets a scroll bar of its own


def inspect(comparison: Comparison, language: str) -> None:
    """Draw the filters, the questions that pass them, and the one that is chosen, the first to begin with."""
    say = words(language)
    wanted = _filters(comparison, say)
    found = chosen_questions(comparison.questions, wanted)
    with st.container(horizontal=True, vertical_alignment="center"):
        counted = say("html-count", shown=len(found), total=len(comparison.questions))
        st.caption(f"{counted} :blue-badge[:material/filter_list: {len(wanted)}]" if len(wanted) else counted, width="content")
        if wanted.text or wanted.pair or len(wanted):
            st.button(say("html-filter-reset"), on_click=_reset, type="tertiary", key="reset")
    if not found:
        st.info(say("html-none-found"))
        return
    # The key changes with the list: a chosen row is one of that list alone.
    key = f"list {fingerprint([comparison.run_id, *(question.question_id for question in found)])[:12]}"
    event: Any = st.dataframe(
        [_row(question) for question in found],
        column_config={
            "question": st.column_config.TextColumn(say("report-kind-question").capitalize(), width=430),
            **{f"of {r.system}": st.column_config.TextColumn(plain(r.system), width=_room(r.system)) for r in comparison.systems},
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0], "columns": [], "cells": []}},
        height=285,
        key=key,
    )
    rows = event.selection.rows or [0]
    _question(found[rows[0]], comparison, say)


def _filters(comparison: Comparison, say: Words) -> Wanted:
    """Draw what is asked for most in sight, and the rest behind a button that tells how many are set."""
    known = pairs(comparison)
    pair = None
    if known:
        pair = st.pills(
            say("html-presets"),
            range(len(known)),
            format_func=lambda place: say("html-preset", a=plain(known[place][0]), b=plain(known[place][1])),
            key=f"{_FILTER} pair {fingerprint(known)[:8]}",
            persist_state="page",
        )
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    text = left.text_input(say("html-filter-search"), key=f"{_FILTER} text", persist_state="page", icon=":material/search:")
    with right.popover(say("html-filters"), icon=":material/filter_list:", width="stretch"):
        asked = _more(comparison, say)
    return Wanted(text=text, pair=known[pair] if pair is not None else None, **asked)


def _reset() -> None:
    """Take every filter back. Runs before the page is drawn anew."""
    for key, value in st.session_state.items():
        if str(key).startswith(f"{_FILTER} "):
            st.session_state[key] = [] if isinstance(value, list) else "" if isinstance(value, str) and str(key).endswith(" text") else None


def _more(comparison: Comparison, say: Words) -> dict[str, Any]:
    """Draw the filters that divide these questions, and return what is asked of them."""
    questions, systems = comparison.questions, [result.system for result in comparison.systems]
    asked: dict[str, Any] = {}
    for by, field in (("kind", "kinds"), ("exposure", "exposures"), ("language", "languages")):
        asked[field] = _several(by, sorted({str(getattr(question, by)) for question in questions}), say)
    asked["tags"] = _several("tag", sorted({tag for question in questions for tag in question.tags}), say)
    causes = sorted({output.cause for question in questions for output in question.outputs if output.cause})
    if causes:
        left, right = st.columns([2, 1])
        with left:
            asked["causes"] = _several("cause", causes, say)
        asked["of"] = right.selectbox(
            say("html-filter-cause-system"),
            systems,
            None,
            placeholder=say("html-filter-any-system"),
            key=f"{_FILTER} cause of",
            persist_state="page",
        )
    asked["outcomes"] = {}
    places = st.columns(2)
    for number, system in enumerate(systems):
        chosen: Outcome | None = places[number % 2].selectbox(
            f"{plain(system)} {say('html-filter-state')}",
            OUTCOMES,
            None,
            placeholder=say("html-any-state"),
            format_func=lambda code: say(f"html-{code}"),
            key=f"{_FILTER} outcome {system}",
            persist_state="page",
        )
        if chosen:
            asked["outcomes"][system] = chosen
    return asked


def _several(by: str, codes: Sequence[str], say: Words) -> list[str]:
    """Draw a choice of several `codes`, named in the language of the report; of fewer than two there is nothing to choose."""
    if len(codes) < 2:
        return []

    def name(code: str) -> str:
        return cause_name(code, say.language) if by == "cause" else slice_name(by, code, say)

    key = f"{_FILTER} {by} {fingerprint(codes)[:8]}"  # another run has other codes
    return list(
        st.multiselect(say(f"html-filter-{by}"), codes, format_func=name, placeholder=say(f"html-any-{by}"), key=key, persist_state="page")
    )


def _row(question: Inspected) -> dict[str, str]:
    return {
        "question": plain(question.text),
        **{f"of {output.system}": mark(output) for output in question.outputs},
    }


def _room(system: str) -> int:
    """Return the pixels of a column, so that its heading can be read."""
    return min(max(56, 18 + 8 * len(system)), 140)


def _question(question: Inspected, comparison: Comparison, say: Words) -> None:
    view = question_view(question, comparison, say)
    st.markdown(f"#### {disarmed(' '.join(view.question.split(chr(10))))}")
    about = (*view.about, slice_name("language", view.language, say), view.tally)
    st.caption(" · ".join(disarmed(part) for part in dict.fromkeys(about) if part))
    st.markdown(f"**{disarmed(_gold(question, view, say))}**")
    grid = st.grid(min(3, len(view.outputs)), min_column_width=_NARROWEST, border=True)
    for output, shown in zip(question.outputs, view.outputs, strict=True):
        with grid.cell():
            _answer(output, shown)
    for group in view.passages:
        _passages(group, question)


def _gold(question: Inspected, view: QuestionView, say: Words) -> str:
    if question.answers:
        return view.gold_words
    unscored = all(output.correct is None for output in question.outputs)
    return say("html-gold-none" if unscored else "html-gold-abstain")


def _answer(output: Output, shown: OutputView) -> None:
    colour = _COLOURS.get(shown.tone, "gray")
    st.markdown(f"**{disarmed(shown.system)}** :{colour}-badge[{shown.mark} {disarmed(shown.word)}]")
    text = "".join(piece.text for piece in shown.pieces)
    with st.container(height=320 if len(text) > _LONG else "content", border=False):
        st.markdown(marked(text, len(output.passages)))
    if shown.cause:
        st.caption(f"**{disarmed(shown.cause)}**  \n{disarmed(shown.why)}")


def _passages(group: PassageGroup, question: Inspected) -> None:
    """Draw passages with the evidence marked, where it stands in them word for word."""
    with st.expander(disarmed(group.said), icon=":material/article:"):
        for number, passage in enumerate(group.passages, start=1):
            st.markdown(f":blue-badge[{number}] **{disarmed(passage.title or passage.document_id)}**")
            st.markdown(highlighted(passage.text, spans(passage.text, [plain(quote) for quote in question.evidence])))
