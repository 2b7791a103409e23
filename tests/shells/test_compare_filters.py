"""Which questions the Compare page shows, and how it reads the state of runs: by hand, and as properties."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.comparison import Inspected, Output
from foundation.errors import ConfigurationError
from shells.pages.filters import OUTCOMES, Wanted, chosen_questions, mark, pairs, spans
from shells.pages.run_state import finished_runs, progress, run_name
from studies.comparing import run_comparison
from studies.project import Project
from tests.report.sample import comparison
from tests.studies.project_files import write_project


def asked(name: str, rag: Output, finetuned: Output, **given: object) -> Inspected:
    told = {"language": "en", "kind": "fact", "exposure": "unseen", "answers": ("42",), **given}
    return Inspected(question_id=name, text=f"Question {name}?", outputs=(rag, finetuned), **told)  # type: ignore[arg-type]


def output(system: str, correct: float | None, **given: object) -> Output:
    return Output(system, text=str(given.pop("text", "something")), correct=correct, **given)  # type: ignore[arg-type]


QUESTIONS = (
    asked("both", output("rag", 1.0), output("finetuned", 1.0), kind="list"),
    asked("rag", output("rag", 1.0), output("finetuned", 0.0, cause="hallucinated"), tags=("north", "south")),
    asked("finetuned", output("rag", 0.0, cause="not retrieved"), output("finetuned", 1.0), exposure="verbatim"),
    asked("abstains", output("rag", 0.0, abstained=True), output("finetuned", 1.0, abstained=True), language="fr", answers=()),
    asked("broken", output("rag", None, error="out of memory"), output("finetuned", None, missing=True)),
    asked("half", output("rag", 0.0, cause="hallucinated"), output("finetuned", None, text="ÉTÉ")),
)


def found(wanted: Wanted) -> list[str]:
    return [question.question_id for question in chosen_questions(QUESTIONS, wanted)]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), ["both", "rag", "finetuned", "abstains", "broken", "half"]),
        (Wanted(pair=("rag", "finetuned")), ["rag"]),
        (Wanted(pair=("finetuned", "rag")), ["finetuned", "abstains"]),
        (Wanted(kinds=["list"]), ["both"]),
        (Wanted(exposures=["verbatim", "paraphrase"]), ["finetuned"]),
        (Wanted(languages=["fr"]), ["abstains"]),
        (Wanted(tags=["south"]), ["rag"]),
        (Wanted(causes=["hallucinated"]), ["rag", "half"]),
        (Wanted(causes=["hallucinated"], of="rag"), ["half"]),
        (Wanted(outcomes={"rag": "abstained"}), ["abstains"]),
        (Wanted(outcomes={"rag": "error"}), ["broken"]),
        (Wanted(outcomes={"finetuned": "missing"}), ["broken"]),
        (Wanted(outcomes={"finetuned": "unscored"}), ["half"]),
        (Wanted(outcomes={"rag": "wrong", "finetuned": "right"}), ["finetuned", "abstains"]),
        (Wanted(text=" QUESTION Both"), ["both"]),
        (Wanted(text="été"), ["half"]),
        (Wanted(text="42"), ["both", "rag", "finetuned", "broken", "half"]),
        (Wanted(text="nowhere"), []),
        (Wanted(outcomes={"nobody": "right"}), []),
    ],
)
def test_each_filter_lets_through_what_it_names(wanted: Wanted, expected: list[str]) -> None:
    assert found(wanted) == expected


def test_the_marks_are_those_of_the_reports() -> None:
    assert ["".join(mark(output) for output in question.outputs) for question in QUESTIONS] == ["✓✓", "✓✗", "✗✓", "○✓", "!·", "✗·"]


systems = st.sampled_from(["rag", "finetuned"])
wanted = st.builds(
    Wanted,
    text=st.sampled_from(["", "question", "a"]),
    kinds=st.sets(st.sampled_from(["fact", "list"])),
    causes=st.sets(st.sampled_from(["hallucinated", "not retrieved"])),
    of=st.none() | systems,
    outcomes=st.dictionaries(systems, st.sampled_from(OUTCOMES)),
)


@given(wanted, st.sampled_from(OUTCOMES))
def test_a_further_filter_never_adds_a_question_and_keeps_the_order(some: Wanted, outcome: str) -> None:
    fewer = chosen_questions(chosen_questions(QUESTIONS, some), Wanted(outcomes={"rag": outcome}))  # type: ignore[dict-item]
    places = [QUESTIONS.index(question) for question in fewer]
    assert places == sorted(places)
    assert set(found(some)) >= {question.question_id for question in fewer}


@given(st.text("ab. "), st.lists(st.text("ab. ")))
def test_marked_quotes_stand_in_the_passage_and_do_not_overlap(passage: str, quotes: list[str]) -> None:
    marked = spans(passage, quotes)
    assert all(passage[start:end] in quotes and start < end for start, end in marked)
    assert all(first[1] <= second[0] for first, second in pairwise(marked))


def test_what_is_asked_for_most_sets_retrieval_against_training() -> None:
    assert pairs(comparison())[:2] == [("rag", "finetuned"), ("finetuned", "rag")]
    assert len(pairs(comparison())) == len(set(pairs(comparison()))) <= 6


@pytest.mark.parametrize("name", ["../x", "a/b", "", "  ", ".hidden", "x" * 65, "C:\\run", "été"])
def test_a_run_is_named_by_a_file_name(name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot name a run"):
        run_name(name)


def test_the_progress_of_a_run_is_read_from_its_folder(tmp_path: Path) -> None:
    assert progress(tmp_path / "none") == (0, 0)
    project = Project.open(write_project(tmp_path))
    folder = run_comparison(project, ["base", "rag"], run="one", say=lambda _: None, progress=False)
    assert progress(folder) == (12, 12)
    lines = (folder / "records.jsonl").read_text().splitlines(keepends=True)
    (folder / "records.jsonl").write_text("".join(lines[:5]) + lines[5][:20])  # torn by a kill
    assert progress(folder) == (5, 12)
    (folder / "manifest.json").write_text(json.dumps({"id": "half"}))
    assert progress(folder) == (0, 0)


def test_finished_runs_are_those_with_a_comparison_the_latest_first(tmp_path: Path) -> None:
    assert finished_runs(tmp_path) == {}
    for place, name in enumerate(("old", "new", "running")):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        if name != "running":
            (folder / "comparison.json").write_text("{}")
            os.utime(folder / "comparison.json", (1_000 + place, 1_000 + place))
    assert list(finished_runs(tmp_path)) == ["new", "old"]
