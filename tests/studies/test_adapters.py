"""An adapter that does not fit what is asked of it is refused before the first answer."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.prompts import fingerprint_templates
from finetune.describing import question_fingerprint
from finetune.model import AdapterManifest, Coverage, EndCheck
from foundation.errors import MismatchError
from foundation.files import write_json
from foundation.jsonable import to_json
from studies.adapters import fitting_adapters
from studies.comparing import run_comparison
from studies.project import Project
from tests.studies.project_files import write_project

SYSTEMS = ("base", "finetuned")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.open(write_project(tmp_path), ['eval.systems=["base","finetuned"]'])


def manifest_of(project: Project) -> AdapterManifest:
    """What `ragft train main` would have written for the train split, without the training."""
    trained = project.knowledge_base.split("train")
    return AdapterManifest(
        name="main",
        created="2026-01-01T00:00:00+00:00",
        base="scripted",
        base_fingerprint=project.engine.info().model_fingerprint,
        weights="random",
        adapter_fingerprint="0" * 16,
        recipe="closed-book",
        configuration={},
        fingerprints={"prompts": fingerprint_templates()},
        question_ids=tuple(question.id for question in trained),
        question_fingerprints={question.id: question_fingerprint(question) for question in trained},
        seed=0,
        seconds=1.0,
        training_seconds=1.0,
        tokens=1,
        tokens_per_second=1.0,
        steps=1,
        loss_start=1.0,
        loss_end=0.5,
        coverage=Coverage(True, 60.0, 6, 0, 1.0, 0.0),
        check=EndCheck(True, "finetuned", 6, 6, 6),
    )


def install(project: Project, manifest: AdapterManifest) -> None:
    folder = project.adapter_folder("main")
    folder.mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(b"")
    write_json(folder / "manifest.json", to_json(manifest))


def compare(project: Project) -> Path:
    return run_comparison(project, SYSTEMS, say=lambda _: None, progress=False)


def test_exposure_is_taken_from_what_the_adapter_saw(project: Project) -> None:
    whole = manifest_of(project)
    some = dict(list(whole.question_fingerprints.items())[:2])
    install(project, replace(whole, question_fingerprints=some))
    rows = [json.loads(line) for line in (compare(project) / "questions.jsonl").read_text().splitlines()]
    assert [row["exposure"] for row in rows] == ["paraphrase"] * 2 + ["unseen"] * 4


def test_an_adapter_of_other_prompts_is_refused(project: Project) -> None:
    install(project, replace(manifest_of(project), fingerprints={"prompts": "other"}))
    with pytest.raises(MismatchError, match=r"other prompt templates.*ragft train main"):
        compare(project)


def test_an_adapter_of_another_knowledge_base_is_refused(project: Project) -> None:
    install(project, replace(manifest_of(project), question_fingerprints={"bridge-train": "other"}))
    with pytest.raises(MismatchError, match=r"none of the questions.*ragft train main"):
        compare(project)


def test_an_adapter_of_another_base_is_refused(project: Project) -> None:
    install(project, replace(manifest_of(project), base="other", base_fingerprint="other"))
    with pytest.raises(MismatchError, match="other"):
        compare(project)


def test_an_adapter_trained_under_another_chat_template_is_refused(project: Project) -> None:
    install(project, replace(manifest_of(project), configuration={"chat_template": "alpaca"}))
    with pytest.raises(MismatchError, match=r"model\.chat_template alpaca"):
        run_comparison(project, SYSTEMS, say=lambda _: None, progress=False)


def test_which_chat_template_a_server_applies_is_not_ours_to_compare(project: Project) -> None:
    install(project, replace(manifest_of(project), configuration={"chat_template": "alpaca"}))
    served = replace(project, model_config=project.model_config.model_copy(update={"engine": "openai"}))
    assert list(fitting_adapters(served, SYSTEMS)) == ["main"]
