"""The bill of a training, on a tiny random model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from foundation.errors import DataError, TrainingError
from foundation.files import write_json
from foundation.jsonable import to_json
from studies.billing import bill
from studies.project import Project
from studies.training import train_adapter
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


def _write_earlier_adapter(project: Project, speed: float) -> None:
    """Write the manifest of an adapter "before", trained at `speed` tokens per second."""
    made = manifest(base=project.model_config.name, recipe={"qa": 1.0}, method="lora", precision="float32", tokens_per_second=speed)
    made = replace(made, name="before", configuration={**made.configuration, "checkpointed": False})
    place = project.adapter_folder("before")
    place.mkdir(parents=True)
    (place / "adapter_model.safetensors").write_bytes(b"")
    write_json(place / "manifest.json", to_json(made))


def test_it_counts_what_training_would_do_and_does_nothing(folder: Path) -> None:
    project = Project.open(folder)
    made = bill(project, "main")
    assert made.examples == 6 and made.steps == pytest.approx(6 * 3 / 4, abs=1)  # six facts, three passes, batches of four
    assert made.fits and made.micro_tokens is not None and made.peak_memory is not None and made.peak_memory < made.available
    assert made.tokens <= 18 * made.longest and made.low < made.seconds < made.high
    assert made.minutes == made.seconds / 60
    said = "\n".join(made.lines())
    assert "6 examples a pass" in said and "timed just now" in said and "GB" in said and "6 facts in 1.0 wordings each" in said
    assert not (project.workspace / "adapters").exists()


def test_a_budget_is_the_time(folder: Path) -> None:
    made = bill(Project.open(folder, ["finetune.budget=2m"]), "main")
    assert made.budgeted and made.seconds == made.low == made.high == 120
    said = "\n".join(made.lines())
    assert "time: 2 min, the budget, alarms aside" in said and "between" not in said


def test_of_tokens_and_a_budget_the_smaller_is_billed(folder: Path) -> None:
    _write_earlier_adapter(Project.open(folder), 50.0)
    few = bill(Project.open(folder, ["finetune.budget=1h", "finetune.tokens=1000"]), "main")
    assert not few.budgeted and few.tokens == 1000 and few.seconds == pytest.approx(1000 / 50 + 20)  # 20 s for all but training
    assert few.low < few.seconds < few.high < 3600 and "the budget" not in "\n".join(few.lines())
    many = bill(Project.open(folder, ["finetune.budget=2m", "finetune.tokens=100000"]), "main")
    assert many.budgeted and many.seconds == 120 and many.tokens == 50 * 100
    assert many.steps < bill(Project.open(folder, ["finetune.tokens=100000"]), "main").steps
    assert "as the budget allows" in many.lines()[0] and "2 min, the budget" in "\n".join(many.lines())


def test_an_adapter_that_is_paid_for_is_recognised(folder: Path) -> None:
    project = Project.open(folder, ["finetune.tokens=200", "finetune.alarms=false"])
    assert not bill(project, "main").paid
    with pytest.raises(TrainingError, match="taught nothing"):  # two steps: it is kept all the same
        train_adapter(project, "main", say=lambda _: None, progress=False)
    made = bill(project, "main")
    assert made.paid and "nothing to pay" in made.lines()[0]
    assert not bill(project, "other").paid
    assert not bill(Project.open(folder, ["finetune.tokens=200", "finetune.seed=1"]), "main").paid


def test_what_cannot_fit_says_what_to_set(folder: Path) -> None:
    made = bill(Project.open(folder, ["finetune.memory=100MB"]), "main")
    assert not made.fits and made.micro_tokens is None and made.peak_memory is None
    assert "finetune.memory=" in made.advice and "does not fit" in "\n".join(made.lines())


def test_the_speed_of_an_earlier_adapter_is_taken(folder: Path) -> None:
    project = Project.open(folder)
    _write_earlier_adapter(project, 50.0)
    found = bill(project, "main")
    assert found.speed == 50.0 and found.speed_source == "what adapter 'before' reached here"
    other = bill(Project.open(folder, ["finetune.method=full"]), "main")
    assert "timed just now" in other.speed_source


def test_without_questions_there_is_no_bill(folder: Path) -> None:
    path = folder.parent / "kb" / "questions.jsonl"
    path.write_text(path.read_text().replace('"train"', '"validation"'))
    with pytest.raises(DataError, match="no train questions"):
        bill(Project.open(folder), "main")
