"""`run_alarms`: all five, one after the other, each with a verdict or with the reason why it was not run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from finetune.model import Alarm
from foundation.errors import RagftError
from studies.alarms.context import AlarmContext
from studies.alarms.figures import not_run
from studies.alarms.forgetting import forgetting
from studies.alarms.leak import leak
from studies.alarms.plain_model import PlainModel, plain_model
from studies.alarms.rag_regression import rag_regression
from studies.alarms.sanity import adapter_sanity
from studies.alarms.unknown_share import unknown_share

NAMES: Final = ("leak", "forgetting", "rag-regression", "unknown-share", "adapter-sanity")


def run_alarms(context: AlarmContext) -> tuple[Alarm, ...]:
    """Return the five alarms of a finished adapter, in the order of `NAMES`; none is ever missing.

    About a minute on two cores for the embedded model: the base is loaded once beside the engine, in float32. What cannot be
    run (no index, no base folder, a model too large for a processor) has the status "not run" and a reason.
    KeyboardInterrupt passes through; nothing was written.

    Args:
        context: the adapter and what it was trained on.
    """
    from tqdm import tqdm

    found = []
    with ExitStack() as stack:
        bar = stack.enter_context(tqdm(total=len(NAMES) + 1, desc="alarms", file=sys.stderr, disable=not context.progress, leave=False))
        model, reason = None, ""
        bar.set_postfix_str("loading")
        try:
            model = stack.enter_context(plain_model(context))
        except RagftError as error:
            reason = str(error)
        bar.update()
        for name, run in _runs(context, model, reason).items():
            bar.set_postfix_str(name)
            found.append(_guarded(name, run))
            bar.update()
    for alarm in found:
        if alarm.status != "quiet":
            context.say(said(alarm))
    return tuple(found)


def said(alarm: Alarm) -> str:
    """Return an alarm as one plain line.

    >>> said(Alarm("leak", "fired", "member-share", 0.1, 0.05, 0.2, 0.02, 40))
    'alarm leak: member-share 0.1 (0.05 to 0.2), beyond 0.02; see docs/alarms.md'
    """
    if alarm.figure is None:
        return f"alarm {alarm.name}: not run: {alarm.reason}"
    interval = f"{alarm.figure:.3g} ({alarm.low:.3g} to {alarm.high:.3g}), beyond {alarm.threshold:.3g}"
    return f"alarm {alarm.name}: {alarm.measure} {interval}; see docs/alarms.md"


def _runs(context: AlarmContext, model: PlainModel | None, reason: str) -> dict[str, Callable[[], Alarm]]:
    """Return what runs each alarm; adapter-sanity last, for it merges the model."""
    return {
        "leak": lambda: leak(context, model, reason),
        "forgetting": lambda: forgetting(context, model, reason),
        "rag-regression": lambda: rag_regression(context, model, reason),
        "unknown-share": lambda: unknown_share(context),
        "adapter-sanity": lambda: adapter_sanity(context, model, reason),
    }


def _guarded(name: str, run: Callable[[], Alarm]) -> Alarm:
    try:
        return run()
    except RagftError as error:  # one that cannot be run must not take the others along
        return not_run(name, str(error))
