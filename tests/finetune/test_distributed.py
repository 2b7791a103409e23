"""Several processes, started by accelerate, train as one does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from finetune.adapters import find
from tests.finetune.tiny import build_model

_SCRIPT = """
import sys
from pathlib import Path
from chatbot.config import ModelConfig
from tests.finetune.tiny import learn
model = ModelConfig(name=sys.argv[1], engine="transformers", weights="random", languages=("en",), threads=1)
learn("main", model, Path(sys.argv[2]), failing=True, epochs=10)
"""


@pytest.mark.slow
def test_two_processes_give_the_loss_of_one(tmp_path: Path) -> None:
    model = build_model(tmp_path / "model")
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--main_process_port", "0"]
    launch += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
    losses = {}
    for place, command in (("one", [sys.executable]), ("two", launch)):
        subprocess.run([*command, str(script), str(model), str(tmp_path / place)], env=environment, check=True, timeout=300)
        lines = (find(tmp_path / place, "main") / "curve.jsonl").read_text().splitlines()
        losses[place] = [json.loads(line)["loss"] for line in lines]
    assert losses["two"] == pytest.approx(losses["one"], abs=1e-3) and len(losses["one"]) > 10
