"""Trainings as their folders tell them: torn lines, steps done again, limits, and what may be deleted."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from finetune.model import Evaluation, Step
from foundation.errors import ConfigurationError, DataError
from foundation.jsonable import to_json
from shells.training_state import discard, newest, read_training, smoothed, unfinished

STEPS = [Step(n, 3.0 - n / 10, 1e-3, 2.0 * n, {"qa": 4}, 100) for n in range(1, 6)]


def write_training(workspace: Path, name: str = "main", *, plan: object = None, steps: list[Step] = STEPS) -> Path:
    folder = workspace / "adapters" / f".{name}.training"
    folder.mkdir(parents=True)
    (folder / "plan.json").write_text(json.dumps({"fingerprint": "x", "steps": 20, "method": "lora"} if plan is None else plan))
    (folder / "curve.jsonl").write_text("".join(json.dumps(to_json(step)) + "\n" for step in steps))
    (folder / "evaluations.jsonl").write_text(json.dumps(to_json(Evaluation(0, 0.0, 3.0, 3.1))) + "\n")
    return folder


def test_a_training_is_read_while_its_last_line_is_being_written(tmp_path: Path) -> None:
    folder = write_training(tmp_path)
    with open(folder / "curve.jsonl", "a") as file:
        file.write('{"step": 6, "loss": 2.4, "lear')
    (training,) = unfinished(tmp_path)
    assert training.name == "main"
    assert training.steps == tuple(STEPS)
    assert training.evaluations == (Evaluation(0, 0.0, 3.0, 3.1),)
    assert training.share == 0.25  # 5 of 20 steps
    assert training.at_work


@pytest.mark.parametrize("broken", [{"steps": "many"}, [], "x"])
def test_a_plan_that_is_none_leaves_a_training_that_tells_nothing(tmp_path: Path, broken: object) -> None:
    training = read_training("main", write_training(tmp_path, plan=broken))
    assert training.plan is None
    assert training.share == 0.0


def test_only_folders_of_trainings_count(tmp_path: Path) -> None:
    write_training(tmp_path, "main-seed1")
    for other in ("main", ".main.previous", ".main.deleted-1", "..training"):
        (tmp_path / "adapters" / other).mkdir()
    (tmp_path / "adapters" / ".file.training").write_text("")
    assert [training.name for training in unfinished(tmp_path)] == ["main-seed1"]
    assert unfinished(tmp_path / "nothing") == ()


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=5))
def test_steps_done_again_after_kills_give_the_curve_of_one_training(parts: list[tuple[int, int]]) -> None:
    written: list[Step] = []
    for part, (first, count) in enumerate([(1, 30), *parts]):  # each part goes on from a checkpoint, and comes so far
        start = min(first, written[-1].step + 1) if written else 1
        written += [replace(STEPS[0], step=start + n, seconds=float(part)) for n in range(count)]
    found = newest(written)
    assert [step.step for step in found] == list(range(1, written[-1].step + 1))
    latest = {step.step: step.seconds for step in written}  # the last one written under a number is the one that counts
    assert all(step.seconds == latest[step.step] for step in found)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=50))
def test_a_smoothed_curve_stays_within_its_values(values: list[float]) -> None:
    found = smoothed(values)
    assert len(found) == len(values)
    assert all(min(values) - 1e-9 <= value <= max(values) + 1e-9 for value in found)


def test_a_training_is_at_work_while_it_writes_or_holds_its_lock(tmp_path: Path) -> None:
    folder = write_training(tmp_path)
    assert read_training("main", folder).at_work
    for path in (*folder.iterdir(), folder):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert not read_training("main", folder).at_work
    with FileLock(tmp_path / "adapters" / ".main.lock"):
        assert read_training("main", folder).at_work
    assert not read_training("main", folder).at_work


def test_looking_at_a_training_keeps_nobody_from_it(tmp_path: Path) -> None:
    folder = write_training(tmp_path)
    (tmp_path / "adapters" / ".main.lock").touch()
    long_ago = replace(read_training("main", folder), touched=1e9)  # so the lock has to tell
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            _ = long_ago.at_work

    onlooker = threading.Thread(target=look)
    onlooker.start()
    try:
        for _ in range(30):
            folder.mkdir(exist_ok=True)
            discard(tmp_path, "main")  # takes the lock, as training does
    finally:
        stop.set()
        onlooker.join()
    assert not folder.exists()


def test_discarding_spares_the_finished_adapter_and_a_training_at_work(tmp_path: Path) -> None:
    folder = write_training(tmp_path)
    finished = tmp_path / "adapters" / "main"
    finished.mkdir()
    with FileLock(tmp_path / "adapters" / ".main.lock"), pytest.raises(DataError, match="is being trained"):
        discard(tmp_path, "main")
    assert folder.is_dir()
    discard(tmp_path, "main")
    assert not folder.exists() and finished.is_dir()
    with pytest.raises(ConfigurationError):
        discard(tmp_path, "../main")
