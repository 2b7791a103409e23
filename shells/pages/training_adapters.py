"""The finished adapters on the Train page: a table of them, and the one that is chosen, to take along or to delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from eval.report.figures import plain
from eval.trained import TrainedAdapter
from eval.wording import Words
from eval.wording.numbers import decimal, percent
from finetune.adapters import delete
from foundation.errors import RagftError
from foundation.fingerprint import fingerprint
from shells.adapter_files import Adapter, packed
from shells.pages.markup import disarmed
from shells.pages.training_adapter import draw_adapter
from shells.pages.watching import ARRIVED_OF
from studies.project import Project

_MB = 1e6
_LARGEST = 1e9  # bytes that the page packs: they pass through memory


def draw_adapters(project: Project, adapters: Sequence[Adapter], say: Words) -> None:
    """Draw the table of the finished adapters, the newest first, and the chosen one under it."""
    if not adapters:
        st.info(say("train-none-finished"))
        return
    arrived = st.session_state.pop(ARRIVED_OF["adapter"], None)
    names = [adapter.name for adapter in adapters]
    key = f"adapters {fingerprint([say.language, *names])[:12]}"  # a chosen row is one of that list alone
    event: Any = st.dataframe(
        [_row(adapter, say) for adapter in adapters],
        column_config={field: st.column_config.TextColumn(say(f"train-column-{field}")) for field in _FIELDS},
        column_order=_FIELDS,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [names.index(arrived) if arrived in names else 0], "columns": [], "cells": []}},
        height=min(35 * len(adapters) + 38, 285),
        key=key,
    )
    adapter = adapters[(event.selection.rows or [0])[0]]
    st.subheader(disarmed(adapter.name), anchor=False)
    draw_adapter(adapter, say)
    _take_or_delete(project, adapter, say)


_UNKNOWN = "–"
_FIELDS = ("name", "method", "recipe", "steps", "loss", "validation", "check", "alarms", "created")


def _row(adapter: Adapter, say: Words) -> dict[str, str]:
    """Return the cells of an adapter; what is not known is a dash."""
    found, language = adapter.trained, say.language
    losses = [value for value in (found.loss_start, found.loss_end) if value is not None]
    return {
        "name": plain(adapter.name),
        "method": say(f"train-method-{found.method}") if f"train-method-{found.method}" in say else plain(found.method) or _UNKNOWN,
        "recipe": ", ".join(f"{plain(name)} {percent(share, language)}" for name, share in found.recipe.items()) or _UNKNOWN,
        "steps": decimal(found.steps, language, 0) if found.steps else _UNKNOWN,
        "loss": " → ".join(decimal(value, language, 2) for value in losses) or _UNKNOWN,
        "validation": _UNKNOWN if found.validation_loss is None else decimal(found.validation_loss, language, 2),
        "check": _UNKNOWN if found.check_passed is None else f"{'✓' if found.check_passed else '✗'} {found.check_correct}/{found.checked}",
        "alarms": _alarms(found, say),
        "created": adapter.created[:16].replace("T", " ") or _UNKNOWN,
    }


def _alarms(found: TrainedAdapter, say: Words) -> str:
    if not found.alarms:
        return _UNKNOWN
    fired = sum(alarm.status == "fired" for alarm in found.alarms)
    return say("train-alarms-fired", count=fired) if fired else say("train-alarms-quiet")


def _take_or_delete(project: Project, adapter: Adapter, say: Words) -> None:
    from studies.adapters import systems_using

    with st.container(horizontal=True, vertical_alignment="center"):
        if adapter.trained.method == "full" or adapter.bytes > _LARGEST:
            st.caption(say("train-download-large", folder=disarmed(str(adapter.folder))))
        elif not adapter.problem:
            st.download_button(
                say("train-download"),
                lambda: packed(project, adapter.name),
                file_name=f"{adapter.name}.zip",
                mime="application/zip",
                on_click="ignore",
                icon=":material/download:",
                key=f"take {adapter.name}",
                help=say("train-download-help"),
            )
        with st.popover(say("train-delete"), icon=":material/delete:"):
            st.markdown(say("train-delete-sure", name=disarmed(adapter.name)))
            if users := systems_using(project, adapter.name):
                st.markdown(say("train-delete-used", systems=[f"**{disarmed(name)}**" for name in users]))
            if st.button(say("train-delete-yes"), key=f"delete {adapter.name}", type="primary"):
                try:
                    delete(adapter.folder)
                except RagftError as error:
                    st.error(disarmed(str(error)))
                else:
                    st.rerun()
        st.caption(say("train-megabytes", amount=decimal(adapter.bytes / _MB, say.language, 1)))
