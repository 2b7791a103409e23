"""An adapter that does not fit what is asked of it is refused before the first answer."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from finetune.describing import question_fingerprint
from finetune.model import AdapterManifest
from foundation.errors import MismatchError
from foundation.files import write_json
from foundation.jsonable import to_json
from studies.adapters import fitting_adapters, systems_using
from studies.comparing import run_comparison
from studies.project import Project
from tests.finetune.manifests import manifest
from tests.studies.project_files import write_project

SYSTEMS = ("base", "finetuned")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.open(write_project(tmp_path), ['eval.systems=["base","finetuned"]'])


def manifest_of(project: Project) -> AdapterManifest:
    """What `ragft train main` would have written for the train split, without the training."""
    trained = project.knowledge_base.split("train")
    return manifest(
        base_fingerprint=project.engine.info().model_fingerprint,
        question_ids=tuple(question.id for question in trained),
        question_fingerprints={question.id: question_fingerprint(question) for question in trained},
    )


def install(project: Project, made: AdapterManifest) -> None:
    folder = project.adapter_folder("main")
    folder.mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(b"")
    write_json(folder / "manifest.json", to_json(made))


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


def test_the_systems_of_an_adapter_are_known(project: Project) -> None:
    assert systems_using(project, "main") == ("finetuned", "rag+finetuned")
    assert systems_using(project, "other") == ()
