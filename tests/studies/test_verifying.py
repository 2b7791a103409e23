"""Verification end to end on a tiny random model: two real engines, a real index, a small knowledge base."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.config import ModelConfig
from foundation.errors import ConfigurationError
from studies.project import Project
from studies.verifying import verify
from tests.chatbot import tiny
from tests.studies.project_files import write_project

pytest.importorskip("openvino_genai", reason="the extra `fast` is not installed")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    config = write_project(tmp_path)
    model = tiny.build(tmp_path / "tiny")
    overrides = (
        "model.engine=openvino",
        "model.precision=float32",
        f"model.name={model}",
        "model.weights=random",
        "model.device=cpu",
        "model.max_new_tokens=8",
    )
    return Project.open(config, (*overrides, 'eval.systems=["base", "rag"]'))


def quiet(_: str) -> None:
    """Say nothing."""


def test_a_fast_engine_is_held_against_the_reference_prompt_by_prompt(project: Project) -> None:
    done = verify(project, prompts=12, say=quiet, progress=False)
    row, floor = done.candidate, done.floor
    assert floor is not None
    assert (row.engine, row.precision, row.prompts, row.questions, row.systems) == ("openvino", "float32", 12, 6, ("base", "rag"))
    assert (floor.engine, floor.precision) == ("transformers", "bfloat16")
    assert row.identical > floor.identical  # float32 arithmetic on F16 weights is nearer to float32 than bfloat16 is
    assert row.rouge_l <= 1
    assert row.agreement["correct"].margin == row.agreement["rougeL"].margin == 0.01
    assert row.agreement["token_f1"].margin is None
    assert not done.enough  # twelve prompts prove nothing


def test_an_interrupted_verification_goes_on_and_the_reference_is_answered_once(project: Project) -> None:
    said: list[str] = []
    first = verify(project, prompts=12, floor=False, say=said.append, progress=False)
    folders = {path.name: (path / "records.jsonl").stat().st_mtime_ns for path in (project.workspace / "verify").iterdir()}
    again = verify(project, prompts=12, floor=False, say=said.append, progress=False)
    assert {path.name: (path / "records.jsonl").stat().st_mtime_ns for path in (project.workspace / "verify").iterdir()} == folders
    assert (again.candidate.identical, again.candidate.agreement) == (first.candidate.identical, first.candidate.agreement)
    assert sum("transformers in float32" in line for line in said) == 2


def test_questions_of_other_splits_fill_up_what_the_test_split_lacks(project: Project) -> None:
    done = verify(project, prompts=20, floor=False, say=quiet, progress=False)
    assert done.candidate.questions == 10  # six of the test split, four of the training split


def test_the_reference_is_not_verified_against_itself(project: Project) -> None:
    with pytest.raises(ConfigurationError, match="held against"):
        verify(replace(project, model_config=ModelConfig(engine="transformers")), say=quiet)


def test_a_model_that_the_engine_cannot_run_is_said_before_the_reference_works(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "tiny" / "config.json"
    path.write_text(
        json.dumps({**json.loads(path.read_text()), "rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}})
    )
    with pytest.raises(ConfigurationError, match="cannot run on openvino"):
        verify(project, prompts=12, say=quiet, progress=False)
    assert not (project.workspace / "verify").exists()
