"""The curves of a training as TensorBoard event files, written while it runs: `tensorboard --logdir workspace/adapters`.

A training that was killed goes on in the same folder: what it had written beyond its last checkpoint is hidden, so each step is
there once. What is measured, and when, is the trainer's business.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from finetune.model import Evaluation, Step
from foundation.errors import DataError, MissingDependencyError

if TYPE_CHECKING:
    from torch.utils.tensorboard.writer import SummaryWriter

EVENTS: Final = "events.out.tfevents.*"
_GB: Final = 1e9
_FLUSH: Final = 5  # seconds until what was written can be seen


class Board:
    """Writes the event files of one training. Nothing is on disk before the first step or evaluation."""

    def __init__(self, folder: Path) -> None:
        """Write into `folder`, which need not exist; MissingDependencyError without the package tensorboard."""
        try:
            from torch.utils.tensorboard import SummaryWriter  # noqa: F401 - asked now, before hours are spent
        except ImportError as error:
            raise MissingDependencyError(f"writing TensorBoard's event files (library {error.name})", "board") from error
        self._folder = folder
        self._writer: SummaryWriter | None = None
        self._newest = -1  # step that was written last

    def step(self, step: Step, tokens_per_second: float) -> None:
        """Write the scalars of an optimiser step: loss, learning rate, gradient norm, speed, memory, examples by recipe."""
        scalars: dict[str, float | None] = {
            "train/loss": step.loss,
            "learning_rate": step.learning_rate,
            "grad_norm": step.grad_norm,
            "tokens_per_second": tokens_per_second,
            "seconds": step.seconds,
            "memory_gb": step.memory / _GB if step.memory else None,
            **{f"examples/{name}": float(count) for name, count in step.examples.items()},
        }
        self._write(step.step, scalars)

    def evaluation(self, evaluation: Evaluation) -> None:
        """Write the scalars of an evaluation: both losses, and the share of generated answers that are correct."""
        scalars = {
            "validation/loss": evaluation.validation_loss,
            "validation/answers": evaluation.score,
            "train/loss_evaluated": evaluation.train_loss,
        }
        self._write(evaluation.step, scalars)

    def close(self) -> None:
        """Write what is pending to disk. The board can be written to again."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            with suppress(OSError):  # a full disk: its writing thread has stopped, and the curve beside it tells the same
                writer.close()

    def _write(self, step: int, scalars: dict[str, float | None]) -> None:
        try:
            writer = self._at(step)
            for name, value in scalars.items():
                if value is not None:
                    writer.add_scalar(name, value, step)
        except OSError as error:
            raise DataError(
                f"cannot write to {self._folder}: {error.strerror or error}. Free room on the disk and run the same command again: "
                "it goes on from the last checkpoint."
            ) from error

    def _at(self, step: int) -> SummaryWriter:
        """Return the writer for `step`; one that goes back gets a new file, which hides what was written from there on."""
        from torch.utils.tensorboard import SummaryWriter

        if step < self._newest:
            self.close()
        if self._writer is None:
            resumed = any(self._folder.glob(EVENTS)) if self._folder.is_dir() else False
            again = step < self._newest or self._newest < 0  # a board that was only closed goes on where it was
            self._writer = SummaryWriter(str(self._folder), purge_step=step if resumed and again else None, flush_secs=_FLUSH)
        self._newest = step
        return self._writer
