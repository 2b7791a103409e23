"""What the demo trains on: what it asks about, and an even share of the rest."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from studies.choosing import choose_questions
from studies.demo import run_demo, training_questions
from studies.importing import import_answers
from studies.project import Project
from tests.studies.project_files import write_project


def test_the_demo_trains_on_the_facts_that_it_asks_and_on_some_others(tmp_path: Path) -> None:
    project = Project.open(overrides=["eval.questions=60"], workspace=tmp_path)
    asked = {question.fact for question in choose_questions(project)}
    split = project.knowledge_base.split("train")
    chosen = training_questions(project)
    on_asked = [question for question in chosen if question.fact in asked]
    assert {question.id for question in on_asked} == {question.id for question in split if question.fact in asked}
    assert len(chosen) == len(on_asked) + len(on_asked) // 4 < len(split)
    order = [question.id for question in split]
    assert [question.id for question in chosen] == sorted((question.id for question in chosen), key=order.index)
    assert set(Counter(question.kind for question in chosen)) == set(Counter(question.kind for question in split))
    assert {question.split for question in chosen} == {"train"}


def test_a_small_knowledge_base_is_trained_on_whole(tmp_path: Path) -> None:
    small = Path(__file__).parents[1] / "data" / "small"
    project = Project.open(overrides=[f"knowledge_base.path={small}"], workspace=tmp_path)
    assert training_questions(project) == project.knowledge_base.split("train")


def test_a_first_question_without_an_answer_does_not_stop_it(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    questions = tmp_path / "kb" / "questions.jsonl"
    nobody = {"id": "nobody", "text": "Who owns the moon?", "answerable": "no", "split": "test"}
    written = [row for row in questions.read_text().splitlines() if json.loads(row)["split"] == "train"]
    questions.write_text("\n".join([json.dumps(nobody), *written]))
    said: list[str] = []
    run_demo(Project.open(config, ('eval.systems=["base","rag"]',)), say=said.append)
    assert any("expected: no answer is written down" in line for line in said)


def test_imported_answers_take_part_and_are_trained_for_by_nobody(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    (tmp_path / "answers.csv").write_text("id,answer\nbridge-test,42 km\n")
    import_answers(Project.open(config), tmp_path / "answers.csv", "ours")
    done = run_demo(Project.open(config, ('eval.systems=["base","rag","ours"]',)), say=lambda _: None)
    assert {result.system: result.missing for result in done.comparison.systems} == {"base": 0, "rag": 0, "ours": 5}
