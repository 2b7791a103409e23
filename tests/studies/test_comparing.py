"""A whole comparison through the public door, with a scripted engine in place of the model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from eval.model import Comparison
from foundation.errors import DataError, MismatchError
from studies.comparing import choose_questions, run_comparison, write_reports
from studies.project import Project
from tests.studies.project_files import write_project


def quiet(_: str) -> None:
    """Say nothing."""


def compare(config: Path, run: str | None = None, overrides: tuple[str, ...] = ()) -> tuple[Path, Comparison]:
    project = Project.open(config, overrides)
    folder = run_comparison(project, project.eval_config.systems, run=run, say=quiet, progress=False)
    return folder, write_reports(folder)[0]


def test_systems_are_scored_on_the_same_questions_and_reported(tmp_path: Path) -> None:
    folder, comparison = compare(write_project(tmp_path))
    correct = {result.system: result.metrics["correct"] for result in comparison.systems}
    # The script answers only where the passage stands in the prompt: 6 of 6 with retrieval, none without.
    assert {name: estimate.value for name, estimate in correct.items()} == {"base": 0.0, "few-shot": 0.0, "rag": 1.0}
    assert all(estimate.n == 6 and estimate.clusters == 6 for estimate in correct.values())
    assert (folder / "report.md").read_text().count("rag") > 0
    assert "<html" in (folder / "report.html").read_text()
    assert json.loads((folder / "comparison.json").read_text())["run_id"] == folder.name


def test_the_same_configuration_is_the_same_run_and_is_not_answered_twice(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    folder, first = compare(config)
    before = (folder / "records.jsonl").read_bytes()
    again, second = compare(config)
    assert again == folder
    assert (folder / "records.jsonl").read_bytes() == before
    assert first == second


def test_a_run_cut_short_goes_on_to_an_equal_report(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    folder, whole = compare(config)
    records = (folder / "records.jsonl").read_bytes()
    (folder / "records.jsonl").write_bytes(records[: len(records) * 2 // 3])  # a kill in the middle of a line
    for name in ("comparison.json", "report.md", "report.html", "scores.parquet"):
        (folder / name).unlink()
    _, resumed = compare(config)
    assert [result.metrics for result in resumed.systems] == [result.metrics for result in whole.systems]
    assert resumed.contrasts == whole.contrasts
    assert resumed.examples == whole.examples


def test_another_configuration_is_refused_in_a_named_run(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    compare(config, run="mine")
    with pytest.raises(MismatchError, match=r"eval\.margin"):
        compare(config, run="mine", overrides=("eval.margin=0.1",))


def test_the_report_needs_nothing_but_the_run_folder(tmp_path: Path) -> None:
    folder, whole = compare(write_project(tmp_path / "project"))
    moved = Path(shutil.move(folder, tmp_path / "elsewhere"))
    shutil.rmtree(tmp_path / "project")
    comparison, written = write_reports(moved)
    assert comparison.systems == whole.systems
    assert all(path.exists() for path in written)


def test_one_failing_question_is_an_error_record_and_the_rest_is_answered(tmp_path: Path) -> None:
    rules = [{"pattern": "Which value has the tower", "error": "out of memory"}, {"pattern": "", "answer": "42 km"}]
    _, comparison = compare(write_project(tmp_path, rules=rules))
    for result in comparison.systems:
        assert result.errors == 1
        assert result.metrics["correct"].n == 5


def test_a_changed_document_makes_the_index_stale_and_the_error_says_what_to_run(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    compare(config)
    (tmp_path / "kb" / "documents" / "new.md").write_text("# New\n\nA new page.\n")
    with pytest.raises(MismatchError, match="ragft index update"):
        compare(config)


def test_a_missing_adapter_is_an_error_that_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="ragft train main"):
        compare(write_project(tmp_path), overrides=('eval.systems=["base","finetuned"]',))


def test_fewer_questions_are_spread_over_the_split(tmp_path: Path) -> None:
    project = Project.open(write_project(tmp_path), ["eval.questions=3"])
    assert [question.id for question in choose_questions(project)] == ["bridge-test", "tunnel-test", "station-test"]


def test_few_shot_examples_never_share_a_fact_with_the_test(tmp_path: Path) -> None:
    from studies.fewshot import few_shot_examples

    project = Project.open(write_project(tmp_path))
    assert few_shot_examples(project.knowledge_base.questions) == ()  # every fact of this town is tested
    starter = Project.open(overrides=["knowledge_base.path=starter"], workspace=tmp_path).knowledge_base
    examples = few_shot_examples(starter.questions)
    assert len(examples) == 4
    assert not {question.fact for question in examples} & {question.fact for question in starter.split("test")}
