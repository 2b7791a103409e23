"""A training that is cut short goes on as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import ModelConfig
from finetune.adapters import find, list_adapters, read_manifest
from finetune.checkpoints import Checkpoint, TrainingFolder, training_folder
from foundation.errors import DataError
from foundation.fingerprint import fingerprint_file
from tests.finetune.tiny import build_model, learn

_SCRIPT = """
import json
import sys
from pathlib import Path
from chatbot.config import ModelConfig
from tests.finetune.tiny import learn
model = ModelConfig(name=sys.argv[1], engine="transformers", weights="random", languages=("en",), threads=1)
learn("main", model, Path(sys.argv[2]), failing=True, **json.loads(sys.argv[3]))
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelConfig:
    folder = build_model(tmp_path_factory.mktemp("tiny"))
    return ModelConfig(name=str(folder), engine="transformers", weights="random", languages=("en",), threads=1)


def started(tiny: ModelConfig, workspace: Path, epochs: float, **changes: Any) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    settings = {"epochs": epochs, "checkpoint_seconds": 0, "dropout": 0.1, **changes}
    command = [sys.executable, "-c", _SCRIPT, tiny.name, str(workspace), json.dumps(settings)]
    heard = signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever started the tests in the background may have had it ignored
    try:
        return subprocess.Popen(command, env=environment)
    finally:
        signal.signal(signal.SIGINT, heard)


def until_step(workspace: Path, step: int) -> None:
    """Wait until the training in `workspace` has noted `step`."""
    curve = training_folder(workspace, "main") / "curve.jsonl"
    for _ in range(1200):
        if curve.is_file() and len(curve.read_bytes().splitlines()) >= step:
            return
        time.sleep(0.05)
    raise AssertionError("the training never got there")


def losses(workspace: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (find(workspace, "main") / "curve.jsonl").read_text().splitlines()]


def test_killed_training_goes_on_to_the_same_bytes(tiny: ModelConfig, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"failing": True, "epochs": 60, "dropout": 0.1}
    learn("main", tiny, tmp_path / "whole", checkpoint_seconds=0, **settings)
    for step in (5, 21):
        process = started(tiny, tmp_path / "killed", 60)
        until_step(tmp_path / "killed", step)
        process.kill()
        process.wait()
        assert list_adapters(tmp_path / "killed") == ()
    said: list[str] = []
    learn("main", tiny, tmp_path / "killed", checkpoint_seconds=0, say=said.append, **settings)
    assert any("going on" in line for line in said)
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")
    kinds = [fingerprint_file(find(tmp_path / place, "main") / "adapter_model.safetensors") for place in ("whole", "killed")]
    assert kinds[0] == kinds[1]


def test_a_kill_before_the_first_checkpoint_forgets_what_was_evaluated_till_then(tiny: ModelConfig, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"epochs": 12, "checkpoint_seconds": 3600, "early_stop": "loss", "watched": 1, "dropout": 0.0}
    process = started(tiny, tmp_path, **settings)
    until_step(tmp_path, 3)
    process.kill()
    process.wait()
    noted = training_folder(tmp_path, "main") / "evaluations.jsonl"
    first = json.loads(noted.read_text().splitlines()[0])
    noted.write_text(json.dumps({**first, "validation_loss": 0.0}) + "\n")  # nothing that comes could be better
    said: list[str] = []
    manifest = learn("main", tiny, tmp_path, failing=True, say=said.append, **settings)
    assert any("is begun anew: no checkpoint had been written yet" in line for line in said)
    assert not any("going on" in line for line in said)
    assert manifest.evaluations[0].step == 0 and manifest.evaluations[0].validation_loss == pytest.approx(first["validation_loss"])
    assert manifest.best_step != 0


def test_an_interrupt_keeps_a_checkpoint_and_the_earlier_adapter(tiny: ModelConfig, tmp_path: Path) -> None:
    earlier = learn("main", tiny, tmp_path, recipe="qa")
    process = started(tiny, tmp_path, 400)
    until_step(tmp_path, 3)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) != 0
    assert read_manifest(find(tmp_path, "main")).adapter_fingerprint == earlier.adapter_fingerprint
    folder = TrainingFolder(training_folder(tmp_path, "main"))
    kept = folder.load()
    assert kept is not None and kept.step >= 3
    assert len(folder.history(kept.step, rewrite=False)[0]) == kept.step


def test_two_trainings_of_one_name_do_not_meet(tiny: ModelConfig, tmp_path: Path) -> None:
    process = started(tiny, tmp_path, 400)
    try:
        until_step(tmp_path, 1)
        with pytest.raises(DataError, match="being trained by another process"):
            learn("main", tiny, tmp_path)
    finally:
        process.kill()
        process.wait()


def test_a_training_of_other_settings_starts_anew(tiny: ModelConfig, tmp_path: Path) -> None:
    process = started(tiny, tmp_path, 400)
    until_step(tmp_path, 3)
    process.kill()
    process.wait()
    said: list[str] = []
    manifest = learn("main", tiny, tmp_path, recipe="qa", say=said.append)
    assert any("is begun anew: it was of other data, settings or versions" in line for line in said)
    assert manifest.recipe == {"qa": 1.0} and manifest.check.passed


def test_a_damaged_checkpoint_is_passed_over(tiny: ModelConfig, tmp_path: Path) -> None:
    folder = TrainingFolder(tmp_path / ".main.training")
    assert not folder.begin({"fingerprint": "f"})
    import torch

    folder.save(Checkpoint(1, {"feed": {"qa": [4, 100]}}, {"w": torch.ones(2)}, None, {"optimiser": {}}))
    loaded = folder.load()
    assert loaded is not None and loaded.state == {"feed": {"qa": [4, 100]}} and loaded.weights["w"].tolist() == [1.0, 1.0]
    for file in (folder.path / "checkpoint-1").iterdir():
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert folder.load() is None
    assert folder.begin({"fingerprint": "f"}) and not folder.begin({"fingerprint": "g"})
    assert not folder.begin({"fingerprint": "g"})  # the same again, and nothing to go on from


@pytest.mark.slow
def test_ten_kills_at_random_moments_cost_nothing(tiny: ModelConfig, tmp_path: Path) -> None:
    learn("main", tiny, tmp_path / "whole", failing=True, epochs=400, checkpoint_seconds=0, dropout=0.1)
    drawn = random.Random(0)
    for _ in range(10):
        process = started(tiny, tmp_path / "killed", 400)
        time.sleep(drawn.uniform(5.0, 9.0))  # start-up takes four or so
        process.kill()
        process.wait()
    learn("main", tiny, tmp_path / "killed", failing=True, epochs=400, checkpoint_seconds=0, dropout=0.1)
    assert losses(tmp_path / "killed") == pytest.approx(losses(tmp_path / "whole"), abs=1e-4)


def test_a_full_disk_keeps_the_checkpoint_before(tmp_path: Path) -> None:
    import resource

    script = """
import resource, signal, sys
from pathlib import Path
import torch
from finetune.checkpoints import Checkpoint, TrainingFolder
from foundation.errors import DataError
folder = TrainingFolder(Path(sys.argv[1]))
folder.begin({"fingerprint": "f"})
folder.save(Checkpoint(1, {}, {"w": torch.ones(4)}, None, {"optimiser": {}}))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # the system refuses larger files, as a full disk would
try:
    folder.save(Checkpoint(2, {}, {"w": torch.ones(100_000)}, None, {"optimiser": {}}))
except DataError as error:
    print(error)
print(folder.load().step)
"""
    assert resource.RLIM_INFINITY  # the module is there
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / ".main.training")], capture_output=True, text=True, check=False)
    assert "Free room on the disk" in done.stdout and done.stdout.splitlines()[-1] == "1", done.stderr
    assert [path.name for path in (tmp_path / ".main.training").glob("*checkpoint*")] == ["checkpoint-1"]


def test_settings_of_memory_that_were_changed_win_on_resuming(tiny: ModelConfig, tmp_path: Path) -> None:
    process = started(tiny, tmp_path, 60)
    until_step(tmp_path, 5)
    process.kill()
    process.wait()
    manifest = learn("main", tiny, tmp_path, failing=True, epochs=60, dropout=0.1, checkpoint_seconds=0, micro_tokens=128)
    assert manifest.configuration["micro_tokens"] == 128 and manifest.curve[0].step == 1
