"""A later comparison takes over what an earlier one answered, and says so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.comparison import Comparison
from finetune.describing import question_fingerprint
from foundation.errors import MismatchError
from foundation.files import write_json
from foundation.jsonable import to_json
from studies.comparing import run_comparison
from studies.importing import import_answers
from studies.project import Project
from studies.reporting import write_reports
from tests.studies.project_files import told, write_project
from tests.studies.test_adapters import manifest_of


def compare(config: Path, systems: tuple[str, ...], reuse: Path | None = None, *overrides: str) -> tuple[Path, Comparison]:
    project = Project.open(config, (f"eval.systems={json.dumps(systems)}", *overrides))
    folder = run_comparison(project, systems, reuse=reuse, say=lambda _: None, progress=False)
    return folder, write_reports(folder)[0]


def train(config: Path, questions: int) -> None:
    """Put an adapter where `ragft train` would, having seen the first `questions` of the train split."""
    project = Project.open(config)
    trained = {question.id: question_fingerprint(question) for question in project.knowledge_base.split("train")[:questions]}
    manifest = replace(manifest_of(project), question_ids=tuple(trained), question_fingerprints=trained)
    folder = project.adapter_folder("main")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_model.safetensors").write_bytes(b"")
    write_json(folder / "manifest.json", to_json(manifest))


def asked_of(folder: Path) -> list[str]:
    """The exposure of each question of a run."""
    return [json.loads(line)["exposure"] for line in (folder / "questions.jsonl").read_text().splitlines()]


def lines(folder: Path) -> list[str]:
    return (folder / "records.jsonl").read_text().splitlines()


def test_an_imported_system_joins_without_the_others_being_asked_again(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    earlier, before = compare(config, ("base", "rag"))
    (tmp_path / "answers.csv").write_text("id,answer\nbridge-test,42 km\n")
    import_answers(Project.open(config), tmp_path / "answers.csv", "ours")
    later, after = compare(config, ("base", "rag", "ours"), earlier, 'eval.contrasts=["ours - rag"]')
    # Byte for byte, wall times included: asked again, they would differ in these.
    assert lines(later)[:12] == lines(earlier) and len(lines(later)) == 18
    assert [result.metrics for result in after.systems[:2]] == [result.metrics for result in before.systems]
    assert any(f"base and rag are those of {before.run_id}" in warning for warning in told(after))
    assert not any("are those of" in warning for warning in told(before))


def test_only_whole_batches_are_taken_and_the_run_goes_on_from_there(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    earlier, _ = compare(config, ("base", "rag"))
    (earlier / "records.jsonl").write_text("\n".join(lines(earlier)[:9]) + "\n")  # rag: one batch of two, and half of the next
    later, comparison = compare(config, ("base", "few-shot", "rag"), earlier)
    assert lines(later)[:8] == lines(earlier)[:8]
    assert [result.metrics["correct"].n for result in comparison.systems] == [6, 6, 6]
    again, _ = compare(config, ("base", "few-shot", "rag"))
    assert again == later


def test_a_fine_tuned_system_joins_and_the_exposure_is_that_to_its_training_questions(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    earlier, before = compare(config, ("base", "rag"))
    train(config, questions=2)
    later, after = compare(config, ("base", "rag", "finetuned"), earlier)
    assert lines(later)[:12] == lines(earlier) and len(lines(later)) == 18
    # Without an adapter the whole train split counts as seen; the adapter saw two of its six facts.
    assert [asked_of(folder).count("unseen") for folder in (earlier, later)] == [0, 4]
    assert {one.name for one in before.slices if one.by == "exposure"} == {"paraphrase"}
    assert {one.name: one.questions for one in after.slices if one.by == "exposure"} == {"paraphrase": 2, "unseen": 4}


def test_an_adapter_that_was_trained_anew_costs_only_the_answers_of_the_systems_that_use_it(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    train(config, questions=6)
    earlier, _ = compare(config, ("base", "finetuned"))
    train(config, questions=5)
    later, comparison = compare(config, ("base", "rag", "finetuned"), earlier)
    assert lines(later)[:6] == lines(earlier)[:6] and not set(lines(later)[6:]) & set(lines(earlier))
    assert any("answers of base are those of" in warning for warning in told(comparison))
    again, comparison = compare(config, ("base", "finetuned"), later)
    assert lines(again) == [*lines(later)[:6], *lines(later)[12:]]
    assert any("answers of base and finetuned are those of" in warning for warning in told(comparison))


def test_the_first_retrieving_system_joins_those_that_read_no_index(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    earlier, _ = compare(config, ("base", "gold"))
    later, comparison = compare(config, ("base", "gold", "rag"), earlier)
    assert lines(later)[:12] == lines(earlier)
    assert [result.metrics["correct"].n for result in comparison.systems] == [6, 6, 6]


def test_a_system_without_a_whole_batch_is_not_said_to_be_taken_over(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    earlier, _ = compare(config, ("base", "rag"))
    (earlier / "records.jsonl").write_text("\n".join(lines(earlier)[:7]) + "\n")  # of rag, half a batch
    _, comparison = compare(config, ("base", "few-shot", "rag"), earlier)
    assert any("answers of base are those of" in warning for warning in told(comparison))
    (earlier / "records.jsonl").write_text(lines(earlier)[0] + "\n")
    _, comparison = compare(config, ("base", "gold"), earlier)
    assert not any("are those of" in warning for warning in told(comparison))


def test_answers_to_other_questions_or_of_another_set_up_are_refused(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    earlier, _ = compare(config, ("base",))
    with pytest.raises(MismatchError, match=r"eval\.questions"):
        compare(config, ("base", "few-shot"), earlier, "eval.questions=3")
    with pytest.raises(MismatchError, match="max_new_tokens"):
        compare(config, ("base", "few-shot"), earlier, "model.max_new_tokens=8")
