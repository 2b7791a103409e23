"""The kill benchmark on a tiny random model: real processes, really killed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmarks.kills import Killed, Trained, Trial, killed, largest_difference, main, table, undisturbed
from foundation.errors import DataError
from tests.benchmarks.test_finetuning_figures import write_knowledge_base
from tests.finetune.tiny import build_model


def tiny_settings(root: Path, tokens: int) -> list[str]:
    return [
        f"knowledge_base.path={write_knowledge_base(root / 'kb')}",
        f"model.name={build_model(root / 'model')}",
        "model.weights=random",
        "model.engine=transformers",
        "retrieval.embedder=hashing",
        "finetune.recipe=qa",
        f"finetune.tokens={tokens}",
        "finetune.checkpoint_seconds=0.2",
        "finetune.alarms=false",
    ]


def test_a_trial_that_resumed_elsewhere_is_told_apart() -> None:
    same, other = (Killed(1.0, 5, Trained(2.0, 9, 1.0), difference, 0.0) for difference in (5e-5, 2e-4))
    assert same.same and not other.same
    lines = table(Trained(9.0, 9, 1.0), [same, other]).splitlines()
    assert lines[-2].endswith("| yes |") and lines[-1].endswith("| NO |")


def test_the_largest_difference_of_a_weight_is_found_and_other_weights_are_refused(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    for name, weights in {"a": {"w": [1.0, 2.0]}, "b": {"w": [1.25, 1.0]}, "c": {"v": [1.0, 2.0]}}.items():
        (tmp_path / name).mkdir()
        save_file({key: torch.tensor(values) for key, values in weights.items()}, tmp_path / name / "adapter_model.safetensors")
    assert largest_difference(tmp_path / "a", tmp_path / "b") == 1.0
    with pytest.raises(DataError, match="same weights"):
        largest_difference(tmp_path / "a", tmp_path / "c")


def test_a_training_that_cannot_begin_is_said_with_its_log(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"exit code .*log\.txt"):
        undisturbed(tmp_path, ["finetune.rank=none"])


@pytest.mark.slow
def test_a_killed_training_goes_on_to_the_same_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tiny_settings(tmp_path, 60_000)
    whole, trained = undisturbed(tmp_path / "w", settings)
    assert trained.steps > 20
    steps = []
    for number in (1, 2):
        found = killed(whole, trained, number, seed=1)
        assert found.same, found
        assert found.resumed.steps == trained.steps
        steps.append(found.step)
    kept = killed(whole, trained, 1, seed=1)  # read, not run again
    assert kept.step == steps[0]
    # While it trains, for certain: killed as soon as steps are written down.
    trial = Trial(tmp_path / "w" / "early", tuple(settings))
    process = trial.start()
    curve = trial.workspace / "adapters" / ".killed.training" / "curve.jsonl"
    while not (curve.is_file() and curve.read_text().count("\n") > 5):
        assert process.poll() is None, "training ended before it was killed"
    os.killpg(process.pid, 9)
    process.wait()
    resumed = trial.finish()
    assert resumed.steps == trained.steps
    assert resumed.loss == pytest.approx(trained.loss, abs=1e-4)
    assert largest_difference(trial.adapter, whole.adapter) < 1e-4


@pytest.mark.slow
def test_the_command_prints_its_table_and_writes_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = [part for text in tiny_settings(tmp_path, 20_000) for part in ("--set", text)]
    out = tmp_path / "kills.json"
    assert main(["--workspace", str(tmp_path / "w"), "--kills", "1", "--out", str(out), *settings]) == 0
    assert "| 1 |" in capsys.readouterr().out
    plain = json.loads(out.read_text())
    assert len(plain["kills"]) == 1 and plain["kills"][0]["same"] is True and plain["kills"][0]["loss_difference"] <= 1e-4
