"""The form of the Train page: what to train, on which examples, how, how long. Drawing only.

It begins with what the configuration says; what a filled-in form means as a command is decided in `training_command`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

import streamlit as st

from eval.wording import Words
from eval.wording.numbers import percent
from finetune.config import FinetuneConfig, Method
from shells.pages.training_command import ADVANCED, LIMITS, RECIPES, Limit, Wanted, amount_of, limit_of
from studies.project import Project

_KEY: Final = "train"  # what the keys of the form begin with
_STEPS: Final[dict[Limit, float]] = {"budget": 1.0, "tokens": 10_000.0, "epochs": 1.0}
# What the buttons beside a number go down to; a configuration may say less.
_LEAST: Final[dict[Limit, float]] = {"budget": 0.5, "tokens": 100.0, "epochs": 0.1}
_LIGHTEST: Final = 0.01  # weight of a recipe
_PACES: Final = {"learning_rate": 1e-4, "alpha": 1.0, "checkpoint_seconds": 10.0}  # of the buttons beside a number; shares go by 0.05
_NARROWEST: Final = 290  # pixels of a recipe


def ask(project: Project, existing: Sequence[str], say: Words) -> Wanted:
    """Draw the form and return what is asked for as it stands.

    Args:
        project: its [finetune] section is what the form begins with.
        existing: names of the finished adapters.
        say: the language.
    """
    config = project.finetune_config
    left, right = st.columns([2, 1])
    name = left.text_input(
        say("train-name"), "main", key=f"{_KEY} name", persist_state="session", max_chars=64, help=say("train-name-help")
    )
    seeds = right.number_input(say("train-seeds"), 1, 20, 1, key=f"{_KEY} seeds", persist_state="session", help=say("train-seeds-help"))
    if name.strip() in existing:
        st.caption(say("train-name-taken", name=name.strip()))
    recipe = _recipe(config, say)
    method = st.segmented_control(
        say("train-method"),
        list(get_args(Method)),
        default=config.method,
        required=True,
        format_func=lambda code: say(f"train-method-{code}"),
        help="  \n".join(f"**{say(f'train-method-{code}')}**: {say(f'train-method-{code}-means')}" for code in get_args(Method)),
        key=f"{_KEY} method",
        persist_state="session",
    )
    limit, amount = _length(config, say)
    with st.expander(say("train-advanced"), icon=":material/tune:", type="compact"):
        advanced = _advanced(config, say)
    return Wanted(name.strip(), recipe, str(method or config.method), limit, amount, int(seeds), advanced)


def _recipe(config: FinetuneConfig, say: Words) -> dict[str, float]:
    """Draw a box and a weight for each recipe, and return the weights of those that are ticked."""
    st.markdown(say("train-recipe"), help=say("train-recipe-help"))
    chosen: dict[str, float] = {}
    names = [*RECIPES, *(name for name in config.recipe if name not in RECIPES)]
    grid = st.grid(2, min_column_width=_NARROWEST, gap="xsmall", vertical_alignment="center")
    for name in names:
        with grid.cell(), st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            key = f"{_KEY} recipe {name}"
            means = say(f"train-recipe-{name}") if f"train-recipe-{name}" in say else None
            ticked = st.checkbox(f"`{name}`", name in config.recipe, key=key, persist_state="session", help=means, width="content")
            if ticked:
                weight = config.recipe.get(name, 1.0)
                chosen[name] = st.number_input(
                    say("train-weight", recipe=name),
                    min(_LIGHTEST, weight),
                    None,
                    weight,
                    0.5,
                    format="%g",
                    key=f"{key} weight",
                    persist_state="session",
                    label_visibility="collapsed",
                    width=130,
                )
    whole = sum(chosen.values())
    if chosen:
        st.caption(
            say("train-shares", shares=", ".join(f"{name} {percent(weight / whole, say.language)}" for name, weight in chosen.items()))
        )
    else:
        st.caption(f":red[{say('train-no-recipe')}]")
    return chosen


def _length(config: FinetuneConfig, say: Words) -> tuple[Limit, float]:
    """Draw what ends training and how much of it there is."""
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    chosen: Any = left.segmented_control(
        say("train-length"),
        list(LIMITS),
        default=limit_of(config),
        required=True,
        format_func=lambda code: say(f"train-length-{code}"),
        help=say("train-length-help"),
        key=f"{_KEY} limit",
        persist_state="session",
    )
    limit: Limit = chosen or limit_of(config)
    configured = amount_of(config, limit)
    amount = right.number_input(
        say(f"train-amount-{limit}"),
        min(_LEAST[limit], configured),
        None,
        configured,
        _STEPS[limit],
        format="%g",
        key=f"{_KEY} amount {limit}",
        persist_state="session",
    )
    return limit, amount


def _advanced(config: FinetuneConfig, say: Words) -> dict[str, Any]:
    """Draw the rest of [finetune], a group under another, and return its values."""
    found: dict[str, Any] = {}
    for group, keys in ADVANCED.items():
        st.markdown(f"**{say(f'train-group-{group}')}**")
        grid = st.grid(3, min_column_width=200, gap="small", vertical_alignment="bottom")
        for key in keys:
            with grid.cell():
                found[key] = _field(config, key, say)
    return found


def _field(config: FinetuneConfig, key: str, say: Words) -> Any:
    """Draw one setting as its type asks for, and return its value; of an empty one, None."""
    value, kind = getattr(config, key), FinetuneConfig.model_fields[key].annotation
    label, shared = (
        say(f"train-set-{key.replace('_', '-')}"),
        {"key": f"{_KEY} set {key}", "help": f"`finetune.{key}`", "persist_state": "session"},
    )
    options = _options(kind)
    if kind is bool:
        return st.checkbox(label, value, **shared)
    if options:
        return st.selectbox(label, options, options.index(value), format_func=lambda one: str(one).lower(), **shared)
    if isinstance(value, str) or str in get_args(kind):
        return st.text_input(label, value or "", **shared).strip() or None
    if kind is float:
        return st.number_input(label, 0.0, None, float(value), _PACES.get(key, 0.05), format="%g", **shared)
    if type(None) in get_args(kind):  # to be emptied, a field must not begin with a number of its own: the session gives it
        st.session_state.setdefault(shared["key"], value)
        return st.number_input(label, 0, None, None, **shared)
    return st.number_input(label, 0, None, value, **shared)


def _options(kind: Any) -> list[Any]:
    """Return what can be chosen of a setting that takes one of a few values.

    >>> _options(FinetuneConfig.model_fields["gradient_checkpointing"].annotation), _options(int)
    (['auto', True, False], [])
    """
    found: list[Any] = []
    for part in get_args(kind):
        found += get_args(part) or ([True, False] if part is bool else [part] if isinstance(part, str) else [])
    return found
