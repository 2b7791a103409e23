"""What a training will take, before it starts: the bill on the page, and the button that accepts it.

The figures come from `studies.billing`; they are asked for by a button, as they need the tokenizer, and hold for the
settings that they were made for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from eval.wording import Words
from eval.wording.numbers import count, decimal
from foundation.errors import RagftError
from shells.pages.markup import disarmed
from shells.pages.training_command import Wanted
from shells.pages.training_live import duration
from studies.project import Project

if TYPE_CHECKING:
    from studies.billing import Bill

_BILL = "train bill"  # key of the session: what was asked, and its bill or the error


def draw_bill(project: Project, wanted: Wanted, say: Words) -> bool:
    """Draw the bill of what is wanted, once it is asked for, and return whether the start was pressed.

    Args:
        project: with the settings of the form.
        wanted: the form.
        say: the language.
    """
    asked = (project.fingerprint, wanted.name, wanted.seeds)
    made = st.session_state.get(_BILL)
    current = made is not None and made[0] == asked
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            say("train-bill"),
            icon=":material/receipt_long:",
            type="secondary" if current else "primary",
            key="bill",
            help=say("train-bill-help"),
        ):
            with st.spinner(say("train-bill-making")):
                made = st.session_state[_BILL] = (asked, *_made(project, wanted.name))
            st.rerun()
        start = st.button(
            say("train-start"), icon=":material/play_arrow:", type="primary" if current else "secondary", key="start", disabled=not current
        )
        if not current:
            st.caption(say("train-bill-stale" if made else "train-bill-first"), width="content")
    if current:
        _, bill, error = made
        if error:
            st.warning(f"{say('train-bill-none')} {disarmed(error)}")
        else:
            _show(bill, wanted.seeds, say)
    return bool(start)


def _made(project: Project, name: str) -> tuple[Bill | None, str]:
    """Return the bill and no error, or no bill and the error."""
    from studies.billing import bill

    try:
        return bill(project, name), ""
    except RagftError as error:
        return None, str(error)


def _show(bill: Bill, seeds: int, say: Words) -> None:
    """Draw a bill: whether it fits, the three figures that matter, and the rest as the command line has it."""
    room = bill.disk <= bill.disk_free
    with st.container(border=True):
        badges = [_badge(bill.fits, "memory", say), _badge(room, "disk", say)]
        st.markdown(" ".join(badges))
        if bill.advice:
            st.markdown(disarmed(bill.advice))
        with st.container(horizontal=True):
            st.metric(say("train-bill-time"), duration(bill.seconds), width="content")
            peak = "–" if bill.peak_memory is None else _gigabytes(bill.peak_memory, say)
            st.metric(say("train-bill-memory", free=_gigabytes(bill.available, say)), peak, width="content")
            st.metric(say("train-bill-disk", free=_gigabytes(bill.disk_free, say)), _gigabytes(bill.disk, say), width="content")
            st.metric(say("train-measure-tokens"), count(bill.tokens, say.language), width="content")
        notes = [] if bill.low == bill.high else [say("train-bill-between", low=duration(bill.low), high=duration(bill.high))]
        notes += [say("train-bill-seeds", count=seeds)] if seeds > 1 else []
        st.caption(" ".join([*notes, say("train-bill-alarms")]))
        with st.expander(say("train-bill-words"), icon=":material/terminal:", type="compact"):
            st.code("\n".join(bill.lines()), language=None, wrap_lines=True)


def _badge(fits: bool, what: str, say: Words) -> str:
    colour, icon = ("green", "check") if fits else ("red", "close")
    return f":{colour}-badge[:material/{icon}: {say(f'train-bill-fits-{what}' if fits else f'train-bill-short-{what}')}]"


def _gigabytes(size: int, say: Words) -> str:
    return say("train-gb", amount=decimal(size / 1e9, say.language, 2))
