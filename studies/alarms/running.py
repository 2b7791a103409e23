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
    run (no index, no base folder, a model too large for a processor, memory that ran out) has the status "not run" and a
    reason. KeyboardInterrupt passes through; nothing was written.

    Args:
        context: the adapter and what it was trained on; `say` is told of alarms that were not run.
    """
    from tqdm import tqdm

    found = []
    with ExitStack() as stack:
        bar = stack.enter_context(tqdm(total=len(NAMES) + 1, desc="alarms", file=sys.stderr, disable=not context.progress, leave=False))
        model, reason = None, ""
        bar.set_postfix_str("loading")
        try:
            model = stack.enter_context(plain_model(context))
        except Exception as error:  # as in `_guarded`
            reason = reason_of(error)
        bar.update()
        for name, run in _runs(context, model, reason).items():
            bar.set_postfix_str(name)
            found.append(_guarded(name, run))
            bar.update()
    for alarm in found:
        if alarm.status == "not run":  # those that fired are told by whoever prints the result
            context.say(f"alarm {alarm.name}: not run: {alarm.reason}")
    return tuple(found)


def reason_of(error: Exception) -> str:
    """Return why something was not run, as a sentence: an error of ours says it, of any other the type and the first line do.

    >>> reason_of(ValueError("no such layer\\nTraceback"))
    'it stopped with ValueError: no such layer. Run it again with: ragft adapters check NAME'
    """
    if isinstance(error, RagftError):
        return str(error)
    first = next(iter(str(error).strip().splitlines()), "").rstrip(".")
    return f"it stopped with {type(error).__name__}{f': {first}' if first else ''}. Run it again with: ragft adapters check NAME"


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
    except Exception as error:
        # Any error: out of memory on a GPU, a layer that peft cannot merge. What is mended here is that hours of training, which
        # is done but not installed yet, are not lost to a check that comes after it. The reason keeps the type of the error.
        return not_run(name, reason_of(error))
