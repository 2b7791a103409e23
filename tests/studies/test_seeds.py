"""Several training seeds: an adapter and a run for each, and one report of them all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.runs import RunFolder
from finetune.describing import question_fingerprint
from foundation.errors import ConfigurationError, DataError, MismatchError
from foundation.files import write_json
from foundation.jsonable import to_json
from studies.project import Project
from studies.reporting import write_reports
from studies.seeds import run_seeds, seeded, train_seeds
from tests.finetune.manifests import manifest
from tests.studies.project_files import write_project

SYSTEMS = ("base", "finetuned")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Three adapters as `ragft train --seeds 3 --seed 4` leaves them."""
    opened = Project.open(write_project(tmp_path), ['eval.systems=["base","finetuned"]'])
    trained = opened.knowledge_base.split("train")
    plain = manifest(
        base_fingerprint=opened.engine.info().model_fingerprint,
        question_ids=tuple(question.id for question in trained),
        question_fingerprints={question.id: question_fingerprint(question) for question in trained},
    )
    for name, seed in seeded("main", 4, 3).items():
        folder = opened.adapter_folder(name)
        folder.mkdir(parents=True)
        (folder / "adapter_model.safetensors").write_bytes(b"")
        # whatever comes of training differs with the seed
        made = replace(plain, name=name, seed=seed, adapter_fingerprint=str(seed), training_fingerprint=f"t{seed}", seconds=10.0 + seed)
        made = replace(made, curve=plain.curve[: 30 - seed], peak_memory=seed, configuration={**plain.configuration, "seed": seed})
        write_json(folder / "manifest.json", to_json(made))
    return opened


def test_each_seed_is_asked_and_one_report_pools_them(project: Project) -> None:
    said: list[str] = []
    folders = run_seeds(project, SYSTEMS, 3, say=said.append, progress=False)
    assert len(set(folders)) == 3
    assert [RunFolder.open(folder).manifest.systems[1]["adapter"] for folder in folders] == ["main", "main-seed5", "main-seed6"]
    assert sum("taken over" in line and "base" in line for line in said) == 2  # the base answers once
    comparison, written = write_reports(folders[0], others=folders[1:])
    assert comparison.plan["training_seeds"] == {"main": [4, 5, 6]}
    (finetuned,) = (result for result in comparison.systems if result.system == "finetuned")
    assert sorted(finetuned.seeds) == ["4", "5", "6"]
    assert all(path.is_file() for path in written)
    assert not [
        warning for warning in comparison.warnings if warning.key in ("pooling-differences", "cautions-one-seed", "cautions-reused")
    ]


def test_the_same_command_again_asks_nothing_twice(project: Project) -> None:
    first = run_seeds(project, SYSTEMS, 2, run="mine", say=lambda _: None, progress=False)
    assert [folder.name for folder in first] == ["mine", "mine-2"]
    before = [(folder / "records.jsonl").stat().st_mtime_ns for folder in first]
    assert run_seeds(project, SYSTEMS, 2, run="mine", say=lambda _: None, progress=False) == first
    assert [(folder / "records.jsonl").stat().st_mtime_ns for folder in first] == before


def test_a_seed_that_was_not_trained_is_told_with_the_command_that_trains_it(project: Project) -> None:
    with pytest.raises(DataError, match=r"main-seed7.*ragft train main --seeds 4"):
        run_seeds(project, SYSTEMS, 4, say=lambda _: None)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"recipe": {"qa": 1.0}}, r"recipe\.raft"),
        ({"configuration": {"rank": 8, "learning_rate": 1e-3}}, r"configuration\.rank: 4 → 8"),
        ({"fingerprints": {"corpus": "another"}}, r"fingerprints\.corpus"),
        ({"base_fingerprint": "another"}, "base_fingerprint"),
        ({"seed": 9}, "seed: 6 wanted, 9 found"),
    ],
)
def test_an_adapter_that_was_trained_otherwise_is_refused_before_anything_is_asked(
    project: Project, changes: dict[str, Any], told: str
) -> None:
    path = project.adapter_folder("main-seed6") / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(MismatchError, match=rf"'main-seed6' was trained otherwise than 'main' .*{told}.*ragft train main --seeds 3"):
        run_seeds(project, SYSTEMS, 3, say=lambda _: None)
    assert not (project.workspace / "runs").exists()
    assert len(run_seeds(project, SYSTEMS, 2, say=lambda _: None, progress=False)) == 2  # without that seed it goes


def test_processes_that_train_together_cannot_train_several_adapters(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ConfigurationError, match=r"--seeds trains several adapters.*2 processes.*without accelerate launch"):
        train_seeds(project, "main", 3, say=lambda _: None)


def test_without_an_adapter_there_is_no_training_seed(project: Project) -> None:
    with pytest.raises(ConfigurationError, match="Leave --seeds away"):
        run_seeds(project, ("base", "rag"), 2, say=lambda _: None)
    with pytest.raises(ConfigurationError, match="at least one"):
        seeded("main", 0, 0)
