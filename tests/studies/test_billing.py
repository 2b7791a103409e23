"""The bill of a training, on a tiny random model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from foundation.errors import DataError
from foundation.files import write_json
from foundation.jsonable import to_json
from studies.billing import bill
from studies.project import Project
from tests.finetune.manifests import manifest
from tests.finetune.tiny import build_model
from tests.studies.project_files import write_project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = write_project(tmp_path)
    build_model(tmp_path / "tiny")
    text = config.read_text().replace('engine = "scripted"\n', "").replace(str(tmp_path / "rules.json"), str(tmp_path / "tiny"))
    config.write_text(text + '[finetune]\nrecipe = "qa"\nepochs = 3\nvalidation = 0\n')
    return config


def test_it_counts_what_training_would_do_and_does_nothing(folder: Path) -> None:
    project = Project.open(folder)
    made = bill(project, "main")
    assert made.examples == 6 and made.steps == pytest.approx(6 * 3 / 4, abs=1)  # six facts, three passes, batches of four
    assert made.fits and made.micro_tokens is not None and made.peak_memory is not None and made.peak_memory < made.available
    assert made.tokens <= 18 * made.longest and made.low < made.seconds < made.high
    assert made.minutes == made.seconds / 60
    said = "\n".join(made.lines())
    assert "6 examples a pass" in said and "timed just now" in said and "GB" in said
    assert not (project.workspace / "adapters").exists()


def test_a_budget_is_the_time(folder: Path) -> None:
    made = bill(Project.open(folder, ["finetune.budget=2m"]), "main")
    assert made.budgeted and made.seconds == made.low == made.high == 120


def test_what_cannot_fit_says_what_to_set(folder: Path) -> None:
    made = bill(Project.open(folder, ["finetune.memory=100MB"]), "main")
    assert not made.fits and made.micro_tokens is None and made.peak_memory is None
    assert "finetune.memory=" in made.advice and "does not fit" in "\n".join(made.lines())


def test_the_speed_of_an_earlier_adapter_is_taken(folder: Path) -> None:
    project = Project.open(folder)
    made = manifest(base=project.model_config.name, recipe={"qa": 1.0}, method="lora", precision="float32", tokens_per_second=50.0)
    made = replace(made, name="before", configuration={**made.configuration, "checkpointed": False})
    place = project.adapter_folder("before")
    place.mkdir(parents=True)
    (place / "adapter_model.safetensors").write_bytes(b"")
    write_json(place / "manifest.json", to_json(made))
    found = bill(project, "main")
    assert found.speed == 50.0 and found.speed_source == "what adapter 'before' reached here"
    other = bill(Project.open(folder, ["finetune.method=full"]), "main")
    assert "timed just now" in other.speed_source


def test_without_questions_there_is_no_bill(folder: Path) -> None:
    path = folder.parent / "kb" / "questions.jsonl"
    path.write_text(path.read_text().replace('"train"', '"validation"'))
    with pytest.raises(DataError, match="no train questions"):
        bill(Project.open(folder), "main")
