"""A whole comparison through the public door, with a scripted engine in place of the model."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from eval.comparison import Comparison
from foundation.errors import DataError, MismatchError
from studies.choosing import choose_questions
from studies.comparing import run_comparison
from studies.project import Project
from studies.reporting import write_reports
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


def test_how_a_server_is_reached_does_not_name_the_run_and_what_it_answers_does(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    folder, _ = compare(config)
    before = (folder / "records.jsonl").read_bytes()
    again, _ = compare(config, overrides=("model.timeout=9", "model.retries=0", "model.concurrency=2", "model.api_key_env=MY_KEY"))
    assert again == folder and (folder / "records.jsonl").read_bytes() == before
    assert compare(config, overrides=("model.max_new_tokens=9",))[0] != folder


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
    assert resumed.questions == whole.questions


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


def test_other_few_shot_examples_are_another_run(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    example = {"id": "pier", "text": "How long is the pier?", "language": "en", "answers": ["90 m"], "split": "train", "fact": "pier"}
    path = tmp_path / "kb" / "questions.jsonl"
    rows = path.read_text()
    path.write_text(rows + json.dumps(example) + "\n")
    compare(config, run="mine")
    path.write_text(rows + json.dumps({**example, "answers": ["91 m"]}) + "\n")
    with pytest.raises(MismatchError, match=r"fingerprints\.examples"):
        compare(config, run="mine")
    compare(config, run="theirs", overrides=('eval.systems=["base","rag"]',))  # nobody is shown the example
    path.write_text(rows + json.dumps(example) + "\n")
    compare(config, run="theirs", overrides=('eval.systems=["base","rag"]',))


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


def test_thinning_keeps_the_share_of_each_kind_and_language_and_the_order_of_the_file(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    rows = [
        {"id": f"{kind}-{language}-{number}", "text": f"{kind} {language} {number}?", "language": language, "kind": kind, "answers": ["x"]}
        for number in range(20)
        for kind, language, many in (("common", "en", 20), ("common", "fr", 8), ("rare", "en", 4))
        if number < many
    ]
    for row in rows:
        row["split"] = "test"
    (tmp_path / "kb" / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    chosen = choose_questions(Project.open(config, ["eval.questions=16"]))
    assert Counter((q.kind, q.language) for q in chosen) == {("common", "en"): 10, ("common", "fr"): 4, ("rare", "en"): 2}
    order = [str(row["id"]) for row in rows]
    assert [q.id for q in chosen] == sorted((q.id for q in chosen), key=order.index)


def test_gold_and_documents_are_compared_like_any_other_system(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    _, comparison = compare(config, overrides=('eval.systems=["base","rag","gold","documents"]', "retrieval.k=1"))
    found = {result.system: result for result in comparison.systems}
    assert found["base"].metrics["correct"].value == 0.0
    assert found["gold"].metrics["correct"].value == 1.0  # the script answers when the sentence is in the prompt
    assert "recall@k" not in found["gold"].metrics and found["documents"].metrics["recall@k"].n == 6
    pairs = {(contrast.a, contrast.b): contrast for contrast in comparison.contrasts}
    assert set(pairs) == {("rag", "base"), ("gold", "base"), ("gold", "rag"), ("documents", "rag")}
    assert pairs["gold", "base"].kind == "controlled" and pairs["gold", "base"].differs == ("context",)


def test_few_shot_examples_never_share_a_fact_with_the_test(tmp_path: Path) -> None:
    from studies.fewshot import few_shot_examples

    project = Project.open(write_project(tmp_path))
    assert few_shot_examples(project.knowledge_base.questions) == ()  # every fact of this town is tested
    sample = Project.open(workspace=tmp_path).knowledge_base
    examples = few_shot_examples(sample.questions)
    assert Counter(question.language for question in examples) == {"en": 4, "fr": 4}
    assert all(question.answers and not question.rule and not question.history for question in examples)
    assert not {question.fact for question in examples} & {question.fact for question in sample.split("test")}


def test_a_named_run_goes_on_with_the_engine_that_it_was_begun_with(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    folder, _ = compare(config, run="mine")
    begun = json.loads((folder / "manifest.json").read_text())
    assert begun["configuration"]["model"]["engine"] == "scripted"
    # "auto" would choose the reference and fail on a model that is a list of rules; the run says what it was begun with.
    again, _ = compare(config, run="mine", overrides=("model.engine=auto",))
    assert again == folder
