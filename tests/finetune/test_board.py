"""TensorBoard event files, read back by TensorBoard's own reader: scalars, and a training that goes on after a kill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from finetune.board import Board
from finetune.model import Evaluation, Step

pytest.importorskip("tensorboard", reason="TensorBoard is not installed")


def step(number: int, loss: float = 1.0, *, grad_norm: float | None = 0.5, memory: int = 2_000_000_000) -> Step:
    return Step(number, loss, 1e-3, 10.0 * number, {"qa": 3, "raft": 1}, 400, grad_norm, memory)


def scalars(folder: Path) -> dict[str, list[tuple[int, Any]]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    reader = EventAccumulator(str(folder))
    reader.Reload()
    return {tag: [(event.step, pytest.approx(event.value)) for event in reader.Scalars(tag)] for tag in reader.Tags()["scalars"]}


def test_everything_that_was_measured_is_there_by_step(tmp_path: Path) -> None:
    board = Board(tmp_path / "tensorboard")
    board.evaluation(Evaluation(0, 0.0, None, 3.0))
    board.step(step(1, 2.5), 120.0)
    board.step(step(2, 2.0, grad_norm=None, memory=0), 130.0)
    board.evaluation(Evaluation(2, 20.0, 1.9, 2.1, 0.25, 40))
    board.close()
    assert scalars(tmp_path / "tensorboard") == {
        "train/loss": [(1, 2.5), (2, 2.0)],
        "train/loss_evaluated": [(2, 1.9)],
        "validation/loss": [(0, 3.0), (2, 2.1)],
        "validation/answers": [(2, 0.25)],
        "learning_rate": [(1, 1e-3), (2, 1e-3)],
        "grad_norm": [(1, 0.5)],
        "tokens_per_second": [(1, 120.0), (2, 130.0)],
        "seconds": [(1, 10.0), (2, 20.0)],
        "memory_gb": [(1, 2.0)],
        "examples/qa": [(1, 3.0), (2, 3.0)],
        "examples/raft": [(1, 1.0), (2, 1.0)],
    }


def test_a_training_that_was_killed_goes_on_from_its_checkpoint_with_each_step_once(tmp_path: Path) -> None:
    killed = Board(tmp_path)
    for number in range(1, 8):
        killed.step(step(number, 10.0), 100.0)
    killed.evaluation(Evaluation(5, 50.0, None, 9.0))
    killed.close()  # what a kill leaves is a prefix of this
    resumed = Board(tmp_path)  # its last checkpoint was after step 4
    for number in range(5, 9):
        resumed.step(step(number, 1.0), 100.0)
    resumed.close()
    found = scalars(tmp_path)
    assert found["train/loss"] == [(1, 10.0), (2, 10.0), (3, 10.0), (4, 10.0), (5, 1.0), (6, 1.0), (7, 1.0), (8, 1.0)]
    assert found.get("validation/loss", []) == []  # taken after step 5, which is trained again


def test_a_step_back_within_one_board_hides_what_was_written_from_there_on(tmp_path: Path) -> None:
    board = Board(tmp_path)
    for number, loss in ((1, 5.0), (2, 5.0), (3, 5.0), (2, 4.0), (3, 4.0)):
        board.step(step(number, loss), 100.0)
    board.close()
    assert scalars(tmp_path)["train/loss"] == [(1, 5.0), (2, 4.0), (3, 4.0)]


def test_a_closed_board_can_go_on_and_nothing_is_lost(tmp_path: Path) -> None:
    board = Board(tmp_path)
    board.step(step(1), 100.0)
    board.close()
    board.evaluation(Evaluation(1, 10.0, None, 2.0))
    board.step(step(2), 100.0)
    board.close()
    found = scalars(tmp_path)
    assert [number for number, _ in found["train/loss"]] == [1, 2]
    assert found["validation/loss"] == [(1, 2.0)]


def test_nothing_is_on_disk_before_the_first_step(tmp_path: Path) -> None:
    Board(tmp_path / "new").close()
    assert not (tmp_path / "new").exists()
