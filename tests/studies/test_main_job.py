"""The demo on the real model; the same comparison again, killed with kill -9 half-way and resumed to an equal report."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
CONFIG = f"""[knowledge_base]
path = "{ROOT / "tests" / "data" / "small"}"
[model]
batch_size = 4
max_new_tokens = 24
[eval]
questions = 8
resamples = 500
permutations = 500
[finetune]
recipe = "qa"
alarms = false
epochs = 6
"""


def command(*arguments: str) -> list[str]:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from shells.cli import main; main()"
    return [sys.executable, "-c", code, *arguments]


def without_times(value: Any) -> Any:
    """Drop what may differ between two equal runs: times, and the name of the folder."""
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in {"created", "run_id", "throughput", "latency", "provenance"}}
    if isinstance(value, list):
        return [without_times(item) for item in value]
    return value


def test_a_killed_comparison_of_five_systems_resumes_to_an_equal_report(tmp_path: Path, smollm: Path, minilm: Path) -> None:
    (tmp_path / "ragft.toml").write_text(CONFIG)
    environment = {**os.environ, "RAGFT_MODELS": str(smollm.parent.resolve())}
    for words in (("train",), ("demo", "--questions", "8")):  # passes, not a budget: a slow machine trains as much as a fast one
        done = subprocess.run(command(*words), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=900)
        assert done.returncode == 0, done.stderr
    assert "peak resident memory" in done.stdout
    (whole_run,) = (tmp_path / "workspace/runs").iterdir()

    compare = ("compare", "--run", "killed", "--set", "finetune.budget=7m")
    with subprocess.Popen(command(*compare), cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL) as process:
        records = tmp_path / "workspace/runs/killed/records.jsonl"
        while process.poll() is None and not (records.exists() and records.read_bytes().count(b"\n") >= 20):
            time.sleep(0.2)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    with open(records, "ab") as stream:
        stream.write(b'{"question_id": "q0')  # what a kill in the middle of a write leaves
    done = subprocess.run(command(*compare), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr
    killed, whole = (json.loads((folder / "comparison.json").read_text()) for folder in (records.parent, whole_run))
    assert len(whole["systems"]) == 5
    assert without_times(killed) == without_times(whole)
