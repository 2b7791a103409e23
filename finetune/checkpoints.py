"""The folder of a training under way, and the checkpoints to resume from.

    adapters/.NAME.training/
      plan.json                fingerprint and plan: which training this is
      curve.jsonl              one line a step
      evaluations.jsonl        one line an evaluation
      tensorboard/             the same for TensorBoard
      checkpoint-<step>/       trained weights, optimiser, place in the data; complete, or not there
      best/                    the weights of the best evaluation
      adapter/                 what becomes the adapter, once training has ended
      fitted.json              how training went, once it has ended
      trainer/                 what transformers insists on writing

A checkpoint is written elsewhere and renamed into place, and the one before goes afterwards, so a
kill at any moment leaves one to go on from. Only files that we wrote here are read, never a pickle.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.adapters import CURVE, EVALUATIONS, adapters_folder
from finetune.model import Evaluation, Step
from foundation.errors import DataError
from foundation.files import append_jsonl, read_json, read_jsonl, write_json
from foundation.jsonable import from_json, to_json

PLAN, BEST, FINISHED, FITTED, SCRATCH = "plan.json", "best", "adapter", "fitted.json", "trainer"
_WEIGHTS, _OPTIMISER, _STATE = "weights.safetensors", "optimiser.pt", "state.json"


def training_folder(workspace: Path, name: str) -> Path:
    """Return the folder of the training of adapter `name`, hidden beside the finished adapters: one rename puts it there."""
    return adapters_folder(workspace) / f".{name}.training"


@dataclass(frozen=True)
class Checkpoint:
    """Where a training stood after `step` steps."""

    step: int
    state: dict[str, Any]  # plain JSON
    weights: dict[str, Any]  # name → tensor, of what is trained
    optimiser: dict[str, Any]  # its state_dict, and the random state


class TrainingFolder:
    """One training under way. `path` need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, plan: Mapping[str, Any]) -> bool:
        """Make the folder ready for the training of `plan`; return whether one of the same fingerprint is gone on with.

        A training of another fingerprint that was left here is discarded.
        """
        if self.planned.get("fingerprint") == plan["fingerprint"]:
            return True
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

    def save(self, step: int, state: Mapping[str, Any], weights: Mapping[str, Any], optimiser: Mapping[str, Any]) -> None:
        """Write the checkpoint of `step` and drop the one before.

        Raises DataError when there is no room; the checkpoint before stays.
        """
        import torch
        from safetensors.torch import save_file

        new, target = self.path / ".checkpoint", self.path / f"checkpoint-{step}"
        try:
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(parents=True)
            save_file(dict(weights), new / _WEIGHTS)
            torch.save(dict(optimiser), new / _OPTIMISER)
            write_json(new / _STATE, dict(state))
            shutil.rmtree(target, ignore_errors=True)
            new.rename(target)
        except (OSError, RuntimeError) as error:  # torch and safetensors report a full disk as either
            shutil.rmtree(new, ignore_errors=True)
            raise DataError(
                f"cannot write a checkpoint to {self.path}: {error}. Free room on the disk and run the same command again: "
                "it goes on from the checkpoint before."
            ) from error
        for earlier in self._checkpoints():
            if earlier != target:
                shutil.rmtree(earlier, ignore_errors=True)

    def save_best(self, weights: Mapping[str, Any]) -> None:
        """Write the weights of the best evaluation so far."""
        from safetensors.torch import save_file

        (self.path / BEST).mkdir(exist_ok=True)
        new = self.path / BEST / f".{_WEIGHTS}"
        save_file(dict(weights), new)
        new.rename(self.path / BEST / _WEIGHTS)

    def best(self) -> dict[str, Any]:
        """Return the weights of the best evaluation."""
        from safetensors.torch import load_file

        return dict(load_file(self.path / BEST / _WEIGHTS))

    def load(self) -> Checkpoint | None:
        """Return the last checkpoint, None when there is none that can be read."""
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        for folder in reversed(self._checkpoints()):
            try:
                return Checkpoint(
                    int(folder.name.rpartition("-")[2]),
                    read_json(folder / _STATE, "checkpoint"),
                    dict(load_file(folder / _WEIGHTS)),
                    torch.load(folder / _OPTIMISER, map_location="cpu", weights_only=True),
                )
            except (OSError, DataError, SafetensorError, RuntimeError, EOFError, KeyError):
                continue
        return None

    def history(self, step: int, *, rewrite: bool) -> tuple[list[Step], list[Evaluation]]:
        """Return steps and evaluations up to `step`; with `rewrite` what came after is forgotten on disk too."""
        steps = [each for each in self._read(CURVE, Step) if each.step <= step]
        evaluations = [each for each in self._read(EVALUATIONS, Evaluation) if each.step <= step]
        for name, rows in ((CURVE, steps), (EVALUATIONS, evaluations)) if rewrite else ():
            (self.path / name).unlink(missing_ok=True)
            if rows:
                append_jsonl(self.path / name, [to_json(row) for row in rows])
        return steps, evaluations

    def finished(self) -> Path | None:
        """Return the folder of the adapter files when training has ended, else None."""
        folder = self.path / FINISHED
        return folder if folder.is_dir() else None

    def finish(self, made: Path) -> Path:
        """Put the folder `made` in its place as the finished adapter files, drop the checkpoints, and return the place."""
        target = self.path / FINISHED
        made.rename(target)
        for folder in (*self._checkpoints(), self.path / BEST, self.path / SCRATCH):
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
