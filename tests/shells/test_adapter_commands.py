"""`ragft adapters` and the options of `ragft train` and `ragft compare`, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from foundation.errors import ConfigurationError, DataError
from foundation.files import write_json
from foundation.jsonable import to_json
from shells.cli import app
from tests.finetune.manifests import manifest
from tests.studies.project_files import write_project


@pytest.fixture
def config(tmp_path: Path) -> Path:
    written = write_project(tmp_path)
    for name, changes in {"main": {"recipe": "mix"}, "good": {}}.items():
        folder = tmp_path / "workspace" / "adapters" / name
        folder.mkdir(parents=True)
        (folder / "adapter_model.safetensors").write_bytes(bytes(2 << 20))
        write_json(folder / "manifest.json", {**to_json(manifest(name=name)), **changes})
    return written


def ragft(config: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, [*arguments, "--config", str(config)], input=typed)


def test_list_has_a_line_per_adapter_also_of_an_earlier_version(config: Path) -> None:
    done = ragft(config, "adapters", "list")
    assert done.exit_code == 0
    head, good, old = done.output.splitlines()
    assert head.split()[:3] == ["name", "base", "recipe"]
    assert " ".join(good.split()) == "good scripted qa=1,raft=0.5 lora 2026-01-02 03:04 2 MB passed 5/6 not run 0"
    assert "mix" in old
    assert old.endswith("unreadable: train again")


def test_an_empty_workspace_says_how_to_begin(tmp_path: Path) -> None:
    done = ragft(write_project(tmp_path), "adapters", "list")
    assert "no adapters" in done.output
    assert "ragft train" in done.output


def test_show_tells_what_a_person_wants_to_know(config: Path) -> None:
    done = ragft(config, "adapters", "show", "good")
    assert done.exit_code == 0, done.exception
    for part in ("qa=1,raft=0.5", "30 steps, 3,000 tokens", "4.00 → 0.14", "5 of 6", "one question was too long", "alarms: none were run"):
        assert part in done.output
    assert "1..30" in done.output  # the axis of the chart
    assert "verdict" in done.output


def test_show_of_an_earlier_version_is_one_error(config: Path) -> None:
    done = ragft(config, "adapters", "show", "main")
    assert isinstance(done.exception, DataError)
    assert "ragft train main" in str(done.exception)


def test_delete_asks_and_minds_the_answer(config: Path, tmp_path: Path) -> None:
    folder = tmp_path / "workspace" / "adapters" / "good"
    assert "nothing was deleted" in ragft(config, "adapters", "delete", "good", typed="n\n").output
    assert folder.exists()
    assert ragft(config, "adapters", "delete", "good", typed="y\n").exit_code == 0
    assert not folder.exists()


def test_delete_refuses_what_systems_use_unless_told(config: Path, tmp_path: Path) -> None:
    done = ragft(config, "adapters", "delete", "main", typed="y\n")
    assert isinstance(done.exception, ConfigurationError)
    assert "finetuned, rag+finetuned" in str(done.exception)
    assert (tmp_path / "workspace" / "adapters" / "main").exists()
    assert ragft(config, "adapters", "delete", "main", "--yes").exit_code == 0
    assert not (tmp_path / "workspace" / "adapters" / "main").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "--seeds", "2", "--kfold", "2"], "one of them"),
        (["train", "--kfold", "7"], "The most is --kfold 6"),
        (["train", "--kfold", "1"], "at least 2"),
        (["train", "other", "--kfold", "2"], "no system uses"),
        (["train", "--method", "lorra"], "method"),
        (["compare", "--kfold", "7", "-s", "base", "-s", "finetuned"], "The most is --kfold 6"),
        (["compare", "--kfold", "2", "-s", "base", "-s", "rag"], "Leave --kfold away"),
        (["compare", "--kfold", "2", "--seeds", "2"], "leave --seeds and --reuse away"),
        (["compare", "--split", "tests"], "split"),
        (["adapters", "merge", "good", "out", "--precision", "float16"], "bfloat16"),
        (["adapters", "show", "goof"], "Did you mean 'good'"),
    ],
)
def test_wrong_input_is_one_error(config: Path, arguments: list[str], said: str) -> None:
    done = ragft(config, *arguments)
    assert done.exit_code != 0
    assert said in f"{done.exception} {done.output}"


def test_a_process_that_trains_beside_the_first_prints_nothing(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "1")
    assert ragft(config, "train", "--dry-run").output == ""
