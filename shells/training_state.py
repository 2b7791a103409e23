"""How the trainings of a workspace stand that have not ended, read from their folders alone; and how to give one up.

A training that runs writes into `adapters/.NAME.training/`: what it plans, one line per optimiser step, one per
evaluation. A reader comes at any moment: a line that is being written is passed over, and steps that were done
again after a kill replace the earlier ones. How anything is shown is the pages' business.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from finetune.adapters import CURVE, EVALUATIONS, adapters_folder, check_name
from finetune.checkpoints import PLAN, TrainingFolder, training_folder
from finetune.model import Evaluation, Step
from foundation.errors import DataError
from foundation.files import read_json, read_jsonl
from foundation.jsonable import from_json

_FOLDER: Final = re.compile(r"\.(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,63})\.training")
_WINDOW: Final = 10  # a smoothed point looks back over a tenth of the curve
_FRESH: Final = 30.0  # seconds: who wrote so recently is probably still at work
_PATIENCE: Final = 1.0  # seconds to wait for a lock: one who only looks holds it for an instant

T = TypeVar("T", Step, Evaluation)


@dataclass(frozen=True)
class Plan:
    """What a training set out to do; it ends at whichever limit comes first."""

    steps: int | None = None  # as many as it is thought to take
    tokens: int | None = None
    seconds: float | None = None  # of training; None without a time budget
    evaluations: int = 0
    recipe: dict[str, float] = field(default_factory=dict)
    method: str = "lora"


@dataclass(frozen=True)
class Training:
    """A training that has not ended, as its folder tells it."""

    name: str  # of the adapter
    folder: Path
    plan: Plan | None  # None while it has not said what it will do
    steps: tuple[Step, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    touched: float = 0.0  # when something was last written, seconds since 1970
    ended: bool = False  # trained to its end; the adapter is being checked

    @property
    def at_work(self) -> bool:
        """Tell whether a process is training: it has just written something, or holds the lock."""
        return time.time() - self.touched < _FRESH or self.held

    @property
    def held(self) -> bool:
        """Tell whether a process holds the lock; that something was written lately says nothing where a process has just ended."""
        return _locked(self.folder)

    @property
    def share(self) -> float:
        """Return how much of the plan is done, 0 to 1, by the limit that is nearest."""
        return share_done(self.plan, self.steps)


def _locked(folder: Path) -> bool:
    """Tell whether a process holds the lock of a training, the one of `finetune.training`.

    No system tells who holds such a lock, so it is taken, and given back at once: who wants it in that instant has to try for longer.
    """
    from filelock import FileLock, Timeout

    path = folder.with_suffix(".lock")
    if not path.exists():
        return False
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
        lock.release()
    except (Timeout, OSError):
        return True
    return False


def share_done(plan: Plan | None, steps: Sequence[Step]) -> float:
    """Return how much of a plan is done, 0 to 1: of tokens and seconds the nearest counts; steps are a forecast, for want of these.

    >>> done = [Step(n, 2.0, 1e-3, 3.0 * n, {}, 500) for n in range(1, 11)]
    >>> share_done(Plan(steps=40), done), share_done(Plan(steps=9, seconds=60.0), done), share_done(Plan(tokens=2_500), done)
    (0.25, 0.5, 1.0)
    >>> share_done(None, done), share_done(Plan(), done)
    (0.0, 0.0)
    """
    if plan is None or not steps:
        return 0.0
    last = steps[-1]
    shares = [sum(step.tokens for step in steps) / plan.tokens] if plan.tokens else []
    shares += [last.seconds / plan.seconds] if plan.seconds else []
    shares = shares or ([last.step / plan.steps] if plan.steps else [])
    return min(1.0, max(shares, default=0.0))


def seconds_left(plan: Plan | None, steps: Sequence[Step]) -> float | None:
    """Return the seconds of training that are left at the pace so far; None while nothing tells.

    >>> seconds_left(Plan(steps=40), [Step(n, 2.0, 1e-3, 3.0 * n, {}, 500) for n in range(1, 11)])
    90.0
    """
    done = share_done(plan, steps)
    return steps[-1].seconds * (1 - done) / done if done > 0 else None


def tokens_per_second(steps: Sequence[Step], last: int = 20) -> float | None:
    """Return the tokens per second over the last steps; None for fewer than two steps, whose time is not known.

    >>> tokens_per_second([Step(n, 2.0, 1e-3, 2.0 * n, {}, 500) for n in range(1, 11)])
    250.0
    """
    window = steps[-last - 1 :]
    took = window[-1].seconds - window[0].seconds if len(window) > 1 else 0.0
    return sum(step.tokens for step in window[1:]) / took if took > 0 else None


def smoothed(values: Sequence[float], weight: float | None = None) -> list[float]:
    """Return the exponential moving average of values, free of the pull of its start.

    Args:
        values: of the steps, in order.
        weight: of what came before, 0 to 1; None looks back over a tenth of the values, as the report does.

    Source: the bias correction of Kingma and Ba 2014, Adam, section 3.

    >>> smoothed([2.0, 2.0, 2.0]), [round(value, 3) for value in smoothed([3.0, 1.0], 0.5)]
    ([2.0, 2.0, 2.0], [3.0, 1.667])
    """
    weight = max(0.0, 1 - _WINDOW / len(values)) if weight is None and values else weight or 0.0
    found, mean, mass = [], 0.0, 0.0
    for value in values:
        mean, mass = weight * mean + (1 - weight) * value, weight * mass + (1 - weight)
        found.append(round(mean / mass, 12))
    return found


def newest(entries: Sequence[T]) -> tuple[T, ...]:
    """Return the entries in the order of their steps; what was done again after a kill replaces what came after that step before.

    >>> [step.seconds for step in newest([Step(n, 2.0, 1e-3, s, {}, 9) for n, s in [(1, 1.0), (2, 2.0), (3, 3.0), (2, 2.5)]])]
    [1.0, 2.5]
    """
    found: list[T] = []
    for entry in entries:
        while found and found[-1].step >= entry.step:
            found.pop()
        found.append(entry)
    return tuple(found)


def read_entries(kind: type[T], path: Path) -> tuple[T, ...]:
    """Return the whole lines of a curve as `Step`s or `Evaluation`s; none where there is no file yet.

    Raises DataError for a line that is none.
    """
    if not path.is_file():
        return ()
    rows = read_jsonl(path, "training curve", torn_tail=True)
    return newest([from_json(kind, row, f"{path}, line {number}") for number, row in rows])


def read_curves(folder: Path) -> tuple[tuple[Step, ...], tuple[Evaluation, ...]]:
    """Return the steps and evaluations that a folder keeps, of a training or of an adapter.

    Raises DataError for a line that is none.
    """
    return read_entries(Step, folder / CURVE), read_entries(Evaluation, folder / EVALUATIONS)


def unfinished(workspace: Path) -> tuple[Training, ...]:
    """Return the trainings that have not ended, running or not, by name."""
    folder = adapters_folder(workspace)
    found = [(match["name"], path) for path in folder.glob(".*.training") if (match := _FOLDER.fullmatch(path.name)) and path.is_dir()]
    return tuple(read_training(name, path) for name, path in sorted(found))


def read_training(name: str, folder: Path) -> Training:
    """Return a training as its folder tells it now; what cannot be read yet is left out."""
    files = [folder / PLAN, folder / CURVE, folder / EVALUATIONS]
    touched = max((path.stat().st_mtime for path in (folder, *files) if path.exists()), default=0.0)
    try:
        plan = from_json(Plan, read_json(files[0], "training plan"), str(files[0])) if files[0].is_file() else None
        return Training(name, folder, plan, *read_curves(folder), touched, TrainingFolder(folder).finished() is not None)
    except DataError:  # of another version, or damaged: its owner, `ragft train`, says what is to be done
        return Training(name, folder, None, touched=touched)


def discard(workspace: Path, name: str) -> None:
    """Delete what an unfinished training of adapter `name` left, never a finished adapter.

    Raises ConfigurationError for a name that is none, DataError while a process trains it.
    """
    from filelock import FileLock, Timeout

    folder = training_folder(workspace, check_name(name))
    try:
        with FileLock(folder.with_suffix(".lock"), timeout=_PATIENCE):  # the one that `finetune.training` holds
            TrainingFolder(folder).discard()
    except Timeout:
        raise DataError(f"adapter {name!r} is being trained by another process. Stop that first.") from None
    except OSError as error:
        raise DataError(f"cannot delete {folder}: {error.strerror or error}. Close what uses it and try again.") from error
