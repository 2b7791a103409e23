"""`ragft estimate` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from foundation.errors import RagftError
from shells.cli import app


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["estimate", *arguments])


def test_it_prints_parts_time_and_what_fits() -> None:
    done = run("mistralai/Mistral-7B-Instruct-v0.3", "-d", "T4", "-d", "H100", "--rows", "4", "--length", "512", "--tokens", "100000")
    assert done.exit_code == 0, done.output
    assert "7,248.0 M parameters" in done.output
    assert "T4" in done.output and "H100" in done.output
    assert "NO" in done.output and "yes" in done.output
    assert "--set finetune.method=qlora" in done.output
    assert "100,000 tokens" in done.output


def test_examples_and_epochs_make_the_tokens() -> None:
    assert "12,800 tokens" in run("gpt2", "-d", "L4", "--length", "64", "--examples", "100", "--epochs", "2").output


def test_examples_alone_are_passed_over_once() -> None:
    assert "6,400 tokens" in run("gpt2", "-d", "L4", "--length", "64", "--examples", "100").output


@pytest.mark.parametrize("here", ["here", "HERE", "all"])
def test_this_machine_computes_on_what_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)  # a GPU that must not be asked for anything
    path = tmp_path / "ragft.toml"
    path.write_text('[model]\ndevice = "cpu"\n')
    done = run("gpt2", "-d", here, "--config", str(path))
    assert done.exit_code == 0, done.exception
    assert "1,000 tokens" in done.output


def test_settings_come_from_the_configuration_and_flags_win(tmp_path: Path) -> None:
    path = tmp_path / "ragft.toml"
    path.write_text('[finetune]\nmethod = "full"\n')
    assert "full, float32" in run("gpt2", "-d", "L4", "--config", str(path)).output
    assert "qlora, bfloat16" in run("gpt2", "-d", "L4", "--config", str(path), "--method", "qlora", "--precision", "bfloat16").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gpt3",), "Did you mean 'gpt2'"),
        (("gpt2", "-d", "H10O"), "Did you mean 'H100'"),
        (("gpt2", "-d", "L4", "--rows", "-1"), "--rows must be above 0"),
        (("gpt2", "-d", "L4", "--tokens", "0"), "--tokens must be above 0"),
        (("gpt2", "-d", "L4", "--epochs", "nan", "--examples", "5"), "--epochs must be above 0"),
        (("gpt2", "-d", "L4", "--tokens", "5", "--examples", "5"), "give one of them"),
        (("gpt2", "-d", "L4", "--epochs", "3"), "--examples, is needed"),
        (("gpt2", "-d", "L4", "--epochs", "3", "--tokens", "5"), "--examples, is needed"),
        (("gpt2", "-d", "L4", "--length", "8", "--answer", "9"), "a part of its row"),
        (("gpt2", "-d", "L4", "--method", "lorra"), "method"),
    ],
)
def test_bad_input_is_one_clear_error(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert isinstance(done.exception, RagftError) and done.exception.exit_code == 2
    assert said in str(done.exception)
