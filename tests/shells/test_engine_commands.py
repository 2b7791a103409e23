"""`ragft engine` in a real process, and the lines that a verification prints."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.verified import Agreement, Verification
from shells.engine_lines import verification_lines
from studies.verifying import Verified

ROW = Verification(
    model="m",
    model_fingerprint="0" * 16,
    engine="openvino",
    version="openvino-genai 1",
    precision="bfloat16",
    prompts=1000,
    questions=200,
    systems=("base", "rag"),
    knowledge_base="town",
    identical=0.971,
    rouge_l=0.989,
    speedup=6.7,
    agreement={
        "correct": Agreement(-0.001, -0.005, 0.003, 0.01),
        "rougeL": Agreement(0.002, -0.001, 0.005, 0.01),
        "token_f1": Agreement(0.0, -0.02, 0.02, None),
    },
)


def ragft(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `ragft` in a process of its own, with the sources of this checkout."""
    root = Path(__file__).resolve().parents[2]
    code = f"import sys; sys.path.insert(0, {str(root)!r}); from shells.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *arguments], cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


def test_list_shows_each_engine_with_what_it_can(tmp_path: Path) -> None:
    done = ragft("engine", "list", "--set", "model.engine=scripted", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.split()}
    assert "logprobs" in lines["transformers"]
    assert "logprobs" not in lines["openvino"]
    assert "scripted, as configured" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "openvin"], "Did you mean 'openvino'"),
        (["--engine", "transformers"], "held against"),
        (["--engine", "openai"], "a server cannot be verified"),
        (["--precision", "float17"], "precision"),
    ],
)
def test_wrong_engine_or_precision_is_one_clear_error_before_anything_is_asked(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = ragft("engine", "verify", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_lines_give_shares_intervals_margins_and_the_verdict() -> None:
    floor = replace(ROW, engine="transformers", identical=0.93)
    lines = list(verification_lines(Verified(ROW, floor, enough=True)))
    text = "\n".join(lines)
    assert "97.1%" in text and "93.0%" in text and "6.7 ×" in text
    assert "-0.0010 [-0.0050, +0.0030] (±0.01)" in text
    assert lines[-1].startswith("Verified: openvino in bfloat16")


def test_lines_name_the_metric_that_may_differ() -> None:
    broken = replace(ROW, agreement={**ROW.agreement, "correct": Agreement(-0.008, -0.015, -0.001, 0.01)})
    assert "Not verified: correct may" in list(verification_lines(Verified(broken, None, enough=True)))[-1]
    assert "too few" in list(verification_lines(Verified(ROW, None, enough=False)))[-1]
