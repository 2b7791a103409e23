"""Alarms of a project's adapters on a tiny random model: run after training, and later on an adapter that never had them."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from finetune.adapters import read_manifest
from finetune.model import AdapterManifest, Alarm
from foundation.errors import DataError, TrainingError
from shells.cli import app
from studies.alarms.running import NAMES
from studies.checking import check_adapter
from studies.project import Project
from studies.training import train_adapter
from studies.training_jobs import job_of
from tests.finetune.tiny import build_model
from tests.studies.project_files import FACTS, write_project

SETTINGS = """[finetune]
recipe = "qa"
epochs = 3
learning_rate = 0.01
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two adapters, trained in this order: "plain" without its alarms, "main" with them."""
    folder = tmp_path_factory.mktemp("project")
    config = write_project(folder)
    build_model(folder / "tiny")
    text = config.read_text().replace('"scripted"', '"transformers"\nweights = "random"\nlanguages = ["en"]\nthreads = 1')
    config.write_text(text.replace(str(folder / "rules.json"), str(folder / "tiny")) + SETTINGS)
    return config


@pytest.fixture(scope="module")
def plain(config: Path) -> Path:
    project = Project.open(config, ["finetune.alarms=false"])
    with suppress(TrainingError):  # three passes teach next to nothing, and the adapter is kept
        train_adapter(project, "plain", say=lambda _: None, progress=False)
    assert not project.index_folder.exists(), "nobody asked for an index"
    return project.adapter_folder("plain")


def by_name(manifest: AdapterManifest) -> dict[str, Alarm]:
    return {alarm.name: alarm for alarm in manifest.alarms}


def test_an_adapter_of_bare_questions_is_tried_with_retrieval(config: Path, plain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project, said = Project.open(config), list[str]()
    with suppress(TrainingError):
        train_adapter(project, "main", again=True, say=said.append, progress=False)
    manifest = read_manifest(project.adapter_folder("main"))
    found = by_name(manifest)
    assert tuple(found) == NAMES
    assert found["rag-regression"].status in ("quiet", "fired") and found["rag-regression"].count == len(FACTS)
    assert sum(line.startswith("indexed") for line in said) == 1
    assert "index" not in manifest.fingerprints, "training itself saw none"
    assert not [line for line in said if any(line.startswith(f"alarm {name}: ") and found[name].status == "fired" for name in NAMES)]
    assert "alarms:" not in capsys.readouterr().err, "no bar was asked for"


def test_one_trained_without_alarms_gets_them_later(config: Path, plain: Path) -> None:
    before = read_manifest(plain)
    assert before.alarms == ()
    done = CliRunner().invoke(app, ["adapters", "check", "plain", "--config", str(config)])
    assert done.exit_code == 0, done.exception
    assert all(f" {name} " in done.output for name in NAMES)
    after = read_manifest(plain)
    assert tuple(by_name(after)) == NAMES and "not run" not in {alarm.status for alarm in after.alarms}
    assert replace(after, alarms=()) == before
    figures = {row["measure"]: row for row in by_name(after)["adapter-sanity"].details["figures"]}
    assert figures["other-prompts"]["figure"] == 0 and figures["other-prompts"]["count"] == len(FACTS)
    assert figures["loss-gap"]["fires"] is False
    assert [path.name for path in plain.iterdir() if path.name.startswith(".")] == [], "written whole"


def test_what_has_changed_since_is_left_out_with_its_reason(config: Path, plain: Path) -> None:
    """A question and the index are not what they were: what needs them says so, the rest is measured all the same."""
    questions = config.parent / "kb" / "questions.jsonl"
    written = questions.read_text()
    rows = [json.loads(line) for line in written.splitlines()]
    rows[0]["answers"] = ["43 km"]
    project = Project.open(config, workspace=config.parent / "elsewhere")
    project.index_folder.mkdir(parents=True)  # an index that is none
    project.adapter_folder("plain").parent.mkdir()
    project.adapter_folder("plain").symlink_to(plain)
    try:
        questions.write_text("".join(json.dumps(row) + "\n" for row in rows))
        said: list[str] = []
        found = by_name(check_adapter(project, "plain", say=said.append, progress=False))
    finally:
        questions.write_text(written)
    assert found["rag-regression"].status == "not run" and "ragft index build" in (found["rag-regression"].reason or "")
    assert len([line for line in said if "rag-regression" in line]) == 1
    left_out = found["adapter-sanity"].details["left_out"]
    assert "have changed since" in left_out["loss-gap"] and "have changed since" in left_out["other-prompts"]
    assert found["adapter-sanity"].status != "not run"


def test_an_adapter_that_is_not_there_cannot_be_checked(config: Path) -> None:
    done = CliRunner().invoke(app, ["adapters", "check", "plane", "--config", str(config)])
    assert isinstance(done.exception, DataError) and "ragft train plane" in str(done.exception)


def test_one_trained_on_a_part_of_the_questions_is_checked_as_it_was_trained(config: Path) -> None:
    project = Project.open(config, ["finetune.alarms=false"])
    some = project.knowledge_base.split("train")[:4]
    with suppress(TrainingError):
        train_adapter(project, "part", questions=some, say=lambda _: None, progress=False)
    sanity = by_name(check_adapter(project, "part", say=lambda _: None, progress=False))["adapter-sanity"]
    assert {row["measure"] for row in sanity.details["figures"]} >= {"other-prompts", "loss-gap"}


def test_documents_are_trained_where_there_is_no_question(tmp_path: Path, config: Path) -> None:
    settings = config.read_text().replace('recipe = "qa"', 'recipe = "documents"')
    (tmp_path / "ragft.toml").write_text(settings.replace('path = "kb"', 'path = "texts"'))
    shutil.copytree(config.parent / "kb", tmp_path / "texts")
    (tmp_path / "texts" / "questions.jsonl").write_text("")
    project = Project.open(tmp_path / "ragft.toml", ["finetune.alarms=false"])
    train_adapter(project, "main", say=lambda _: None, progress=False)
    manifest = read_manifest(project.adapter_folder("main"))
    assert manifest.question_ids == () and manifest.coverage.seen["documents"].size == len(FACTS)
    with pytest.raises(DataError, match="no train questions"):
        train_adapter(Project.open(tmp_path / "ragft.toml", ["finetune.recipe=qa"]), "main", say=lambda _: None, progress=False)


def test_a_job_is_that_of_training(config: Path, plain: Path) -> None:
    from finetune.preparing import prepare

    project = Project.open(config)
    job = job_of(project, "plain")
    assert {question.split for question in job.questions} == {"train"} and {question.split for question in job.held_out} == {"test"}
    assert prepare(job).fingerprint(read_manifest(plain).base_fingerprint) == read_manifest(plain).training_fingerprint
