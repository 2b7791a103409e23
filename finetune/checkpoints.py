"""The folder of a training under way, and the checkpoints to resume from.

    adapters/.NAME.training/
      plan.json                fingerprint and plan: which training this is
      curve.jsonl              one line a step
      evaluations.jsonl        one line an evaluation
      tensorboard/             the same for TensorBoard
      checkpoint-<step>/       trained weights, those of the best evaluation, optimiser, place in the data; complete, or not there
      adapter/                 what becomes the adapter, once training has ended
      fitted.json              how training went, once it has ended
      trainer/                 what transformers insists on writing

A checkpoint is written elsewhere and renamed into place, and the one before goes afterwards, so a
kill at any moment leaves one to go on from. Only files that we wrote here are read, never a pickle.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.adapters import BOARD, CURVE, EVALUATIONS, adapters_folder
from finetune.model import Evaluation, Step
from foundation.errors import DataError
from foundation.files import append_jsonl, read_json, read_jsonl, write_json, write_text
from foundation.jsonable import from_json, to_json

PLAN, FINISHED, FITTED, SCRATCH = "plan.json", "adapter", "fitted.json", "trainer"
_WEIGHTS, _BEST, _OPTIMISER, _STATE = "weights.safetensors", "best.safetensors", "optimiser.pt", "state.json"


def training_folder(workspace: Path, name: str) -> Path:
    """Return the folder of the training of adapter `name`, hidden beside the finished adapters: one rename puts it there."""
    return adapters_folder(workspace) / f".{name}.training"


@dataclass(frozen=True)
class Checkpoint:
    """Where a training stood after `step` steps."""

    step: int
    state: dict[str, Any]  # plain JSON
    weights: dict[str, Any]  # name → tensor, of what is trained
    best: dict[str, Any] | None  # the same as of the best evaluation; None without early stop
    optimiser: dict[str, Any]  # its state_dict, and the random states


class TrainingFolder:
    """One training under way. `path` need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, plan: Mapping[str, Any]) -> bool:
        """Make the folder ready for the training of `plan`; return whether one of the same fingerprint is gone on with.

        One without a checkpoint yet begins anew, in its folder. A training of another fingerprint that was left here is discarded.
        """
        if self.planned.get("fingerprint") == plan["fingerprint"]:
            return self.under_way
        self.discard()
        try:
            self.path.mkdir(parents=True)
        except OSError as error:
            raise DataError(
                f"cannot write to {self.path.parent}: {error.strerror or error}. Free space or choose another workspace."
            ) from error
        write_json(self.path / PLAN, dict(plan))
        return False

    @property
    def steps(self) -> int:
        """The steps written down by the training that was begun here."""
        return len(self._read(CURVE, Step))

    @property
    def under_way(self) -> bool:
        """Tell whether there is something to go on from: a checkpoint, or files that only lack their end check."""
        return bool(self._checkpoints()) or self.finished() is not None

    @property
    def planned(self) -> dict[str, Any]:
        """The plan of the training that was begun here; empty when there is none, or it cannot be read."""
        try:
            found = read_json(self.path / PLAN, "training plan")
        except DataError:
            return {}
        return found if isinstance(found, dict) else {}

    def discard(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def note(self, step: Step) -> None:
        """Append a step to the curve."""
        append_jsonl(self.path / CURVE, [to_json(step)])

    def note_evaluation(self, evaluation: Evaluation) -> None:
        """Append an evaluation."""
        append_jsonl(self.path / EVALUATIONS, [to_json(evaluation)])

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint and drop the one before.

        Raises DataError when there is no room; the checkpoint before stays.
        """
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import save_file

        new, target = self.path / ".checkpoint", self.path / f"checkpoint-{checkpoint.step}"
        try:
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(parents=True)
            save_file(checkpoint.weights, new / _WEIGHTS)
            if checkpoint.best is not None:
                save_file(checkpoint.best, new / _BEST)
            torch.save(checkpoint.optimiser, new / _OPTIMISER)
            write_json(new / _STATE, checkpoint.state)
            shutil.rmtree(target, ignore_errors=True)
            new.rename(target)
        except (OSError, RuntimeError, SafetensorError, DataError) as error:  # each reports a full disk in its own way
            shutil.rmtree(new, ignore_errors=True)
            raise DataError(
                f"cannot write a checkpoint to {self.path}: {error}. Free room on the disk and run the same command again: "
                "it goes on from the checkpoint before."
            ) from error
        for earlier in self._checkpoints():
            if earlier != target:
                shutil.rmtree(earlier, ignore_errors=True)

    def load(self) -> Checkpoint | None:
        """Return the last checkpoint, None when there is none that can be read."""
        from pickle import UnpicklingError

        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        for folder in reversed(self._checkpoints()):
            try:
                return Checkpoint(
                    int(folder.name.rpartition("-")[2]),
                    read_json(folder / _STATE, "checkpoint"),
                    dict(load_file(folder / _WEIGHTS)),
                    dict(load_file(folder / _BEST)) if (folder / _BEST).is_file() else None,
                    torch.load(folder / _OPTIMISER, map_location="cpu", weights_only=True),
                )
            except (OSError, DataError, SafetensorError, RuntimeError, EOFError, KeyError, UnpicklingError):
                continue
        return None

    def history(self, step: int, *, rewrite: bool) -> tuple[list[Step], list[Evaluation]]:
        """Return steps and evaluations up to `step`; with `rewrite` what came after is forgotten on disk too."""
        steps = [each for each in self._read(CURVE, Step) if each.step <= step]
        evaluations = [each for each in self._read(EVALUATIONS, Evaluation) if each.step <= step]
        for name, rows in ((CURVE, steps), (EVALUATIONS, evaluations)) if rewrite else ():
            write_text(self.path / name, "".join(json.dumps(to_json(row)) + "\n" for row in rows))  # at once: others may read
        return steps, evaluations

    def finished(self) -> Path | None:
        """Return the folder of the adapter files when training has ended, else None."""
        folder = self.path / FINISHED
        return folder if folder.is_dir() else None

    def finish(self, made: Path) -> Path:
        """Put the folder `made`, with the curves, in its place as the finished adapter files; drop the checkpoints; return the place.

        Raises DataError when there is no room.
        """
        target = self.path / FINISHED
        try:
            for name in (CURVE, EVALUATIONS):
                if (self.path / name).is_file():
                    shutil.copyfile(self.path / name, made / name)
            if (self.path / BOARD).is_dir():
                shutil.copytree(self.path / BOARD, made / BOARD, dirs_exist_ok=True)
            made.rename(target)
        except OSError as error:
            raise DataError(f"cannot finish the adapter in {self.path}: {error}. Free room and run the same command again.") from error
        for folder in (*self._checkpoints(), self.path / SCRATCH):
            shutil.rmtree(folder, ignore_errors=True)
        return target

    def _read(self, name: str, kind: type[Any]) -> list[Any]:
        path = self.path / name
        if not path.is_file():
            return []
        rows = read_jsonl(path, "training curve", torn_tail=True)
        return [from_json(kind, row, f"{path}, line {number}") for number, row in rows]

    def _checkpoints(self) -> list[Path]:
        """Return the checkpoints, oldest first."""
        return sorted(self.path.glob("checkpoint-*"), key=lambda folder: int(folder.name.rpartition("-")[2]))
