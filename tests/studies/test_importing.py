"""The answers of a bot from elsewhere: file → import → compare → report. Expected figures are worked out by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from eval.comparison import Comparison
from eval.imported import read_imported
from foundation.errors import ConfigurationError, DataError, MismatchError, UnknownNameError
from studies.comparing import run_comparison
from studies.importing import Import, import_answers
from studies.project import Project
from studies.reporting import write_reports
from tests.studies.project_files import said, told, write_project

# Four of the six test questions have an answer: two are right, one is wrong, one abstains.
ANSWERS = """question_id,question,answer,latency,completion_tokens,sources
bridge-test,,It has a value of 42 km [1].,1.5,9,bridge
,which VALUE  has the tower,310 metres,"2,5",,"tower.md; Intranet"
,Which value has the tunnel?,9 minutes,,,
harbour-test,,  ,,,
,Which value has the moon?,1,,,
station-test,,I don't know.,0.5,,
station-test,,I don't know.,0.5,,
bridge-train,,42 km,1,,
"""
SYSTEMS = 'eval.systems=["base","rag","ours"]'
CONTRASTS = 'eval.contrasts=["ours - rag","rag - base"]'


def bring(config: Path, text: str = ANSWERS, name: str = "answers.csv", **options: bool) -> Import:
    file = config.parent / name
    file.write_text(text, encoding="utf-8")
    return import_answers(Project.open(config), file, "ours", **options)


def compare(config: Path, *overrides: str) -> tuple[Path, Comparison]:
    project = Project.open(config, (SYSTEMS, CONTRASTS, *overrides))
    folder = run_comparison(project, project.eval_config.systems, say=lambda _: None, progress=False)
    return folder, write_reports(folder)[0]


def test_an_import_counts_what_it_matched_and_lists_what_not(tmp_path: Path) -> None:
    done = bring(write_project(tmp_path))
    assert done.manifest.counts == {"rows": 8, "answers": 5, "unmatched": 1, "blank": 1, "repeated": 1}
    assert done.per_split == {"test": (4, 6), "train": (1, 6)}
    assert [(row.line, row.text) for row in done.matched.unmatched] == [(6, "Which value has the moon?")]
    assert done.matched.blank == (5,)
    assert done.matched.unknown_sources == ("Intranet",)
    assert done.folder == tmp_path / "workspace" / "imported" / "ours"


def test_an_imported_system_is_scored_on_what_it_answered_and_the_rest_is_not_wrong(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    bring(config)
    _, comparison = compare(config)
    results = {result.system: result for result in comparison.systems}
    ours = results["ours"]
    assert (ours.metrics["correct"].value, ours.metrics["correct"].n) == (0.5, 4)  # bridge and tower of four
    assert (ours.missing, ours.errors, ours.abstentions) == (2, 0, 1)
    assert results["rag"].metrics["correct"].n == 6
    contrast = comparison.contrasts[0]
    # Paired on four questions: rag has all of them right, so two ties and two losses; two questions are left out.
    assert (contrast.wins, contrast.ties, contrast.losses, contrast.dropped) == (0, 2, 2, 2)
    assert contrast.difference.value == -0.5


def test_what_nobody_measured_is_not_applicable_and_never_zero(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    bring(config)
    folder, comparison = compare(config, "eval.latency=2")
    ours = next(result for result in comparison.systems if result.system == "ours")
    assert not {"recall@k", "mrr"} & ours.metrics.keys()
    assert ours.throughput == {}
    assert ours.metrics["completion_tokens"].value == 9.0 and "prompt_tokens" not in ours.metrics  # one row of the file says so
    # The file's own seconds: 0.5, 1.5 and 2.5, their median 1.5. It was not asked again for --latency.
    assert (ours.latency["p50"], ours.latency["questions"]) == (1.5, 3.0)
    assert ours.citations == {"with": 1, "without": 2, "wrong": 1}  # bridge; tunnel and station; the tower's "Intranet"
    cells = [line.split("|")[-2].strip() for line in (folder / "report.md").read_text().splitlines() if line.startswith("| prompt tokens")]
    assert cells[0] == "n/a"  # the row after it counts what was not scored


def test_without_columns_for_them_sources_and_times_are_not_applicable_either(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    bring(config, "id,answer\nbridge-test,42 km\n")
    _, comparison = compare(config)
    ours = next(result for result in comparison.systems if result.system == "ours")
    assert (ours.citations, ours.latency) == ({}, {}) and not {"prompt_tokens", "completion_tokens"} & ours.metrics.keys()


def test_the_report_names_the_file_and_puts_no_difference_down_to_rag(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    bring(config)
    folder, comparison = compare(config)
    kinds = {(contrast.a, contrast.b): contrast.kind for contrast in comparison.contrasts}
    assert kinds == {("ours", "rag"): "bundled", ("rag", "base"): "controlled"}
    for page in ("report.md", "report.html"):
        text = (folder / page).read_text()
        assert "imported from answers.csv" in text and "not generated here" in text
        assert "4 of 6" in text
    assert any("put down to neither retrieval nor fine-tuning" in sentence for sentence in said(comparison))


def test_what_is_not_answered_does_not_count_as_a_question_without_a_known_answer(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    bring(config)
    _, comparison = compare(config)
    assert not any("could not be scored" in warning for warning in told(comparison))
    assert any("answers to 4 of 6 questions" in warning for warning in told(comparison))


def test_a_torn_run_goes_on_and_is_reported_from_its_folder_alone(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    bring(config)
    folder, whole = compare(config)
    records = (folder / "records.jsonl").read_bytes()
    (folder / "records.jsonl").write_bytes(records[:-20])
    again, resumed = compare(config)
    assert again == folder
    assert (folder / "records.jsonl").read_bytes()[-200:] == records[-200:]
    assert resumed.contrasts == whole.contrasts
    moved = Path(shutil.move(folder, tmp_path / "elsewhere"))
    shutil.rmtree(tmp_path / "workspace" / "imported")
    assert write_reports(moved)[0].systems == whole.systems


def test_the_same_file_again_is_the_same_run_and_another_one_must_be_asked_for(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    bring(config)
    first, _ = compare(config)
    bring(config)
    assert compare(config)[0] == first
    other = ANSWERS.replace("9 minutes", "7 minutes")
    with pytest.raises(DataError, match="--replace"):
        bring(config, other)
    assert read_imported(tmp_path / "workspace", "ours").answers["tunnel-test"].text == "9 minutes"
    bring(config, other, replace=True)
    second, comparison = compare(config)
    assert second != first
    assert comparison.systems[2].metrics["correct"].value == 0.75


def test_other_runs_are_the_same_with_and_without_an_import(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    project = Project.open(config)
    before = run_comparison(project, ("base",), say=lambda _: None, progress=False)
    bring(config)
    assert run_comparison(Project.open(config), ("base",), say=lambda _: None, progress=False) == before


def test_two_different_answers_to_one_question_are_an_error_with_their_lines(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    with pytest.raises(DataError, match="line 2 and line 9 answer bridge-test differently"):
        bring(config, ANSWERS.replace("bridge-train", "bridge-test"))
    assert not (tmp_path / "workspace" / "imported").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question,reponse_du_bot\nx,y\n", "no answer column"),
        ("answer\ny\n", "no question id or question column"),
        ("id,answer\nq1,y\n", "answers no question"),
        ("id,answer\nbridge-test,\n", "answers no question"),
        ("id,answer,latency\nbridge-test,42 km,fast\n", "line 2: seconds is 'fast'"),
        ("id,answer,latency\nbridge-test,42 km,inf\n", "line 2: seconds is 'inf'"),
        ('id,answer,prompt_tokens\ntower-test,1,\nbridge-test,42 km,"1,234"\n', "line 3: prompt_tokens is '1,234'"),
        ("id,answer,output_tokens\nbridge-test,42 km,1.5\n", "line 2: completion_tokens is '1.5'"),
        ("id,answer,output_tokens\nbridge-test,42 km,-1\n", "line 2: completion_tokens is '-1'"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_leaves_nothing(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        bring(write_project(tmp_path), text)
    assert not (tmp_path / "workspace" / "imported").exists()


@pytest.mark.parametrize(("cell", "tokens"), [("1 234", 1234), ('"1,234,567"', 1234567), ("80.0", 80), ("1’234", 1234)])
def test_whole_numbers_are_read_as_tables_write_them(tmp_path: Path, cell: str, tokens: int) -> None:
    done = bring(write_project(tmp_path), f"id,answer,prompt_tokens\nbridge-test,42 km,{cell}\n")
    assert done.matched.answers[0].prompt_tokens == tokens


def test_cells_that_hold_no_number_in_a_columnar_file_are_empty_cells(tmp_path: Path) -> None:
    nan = float("nan")
    cells = {"id": ["bridge-test", "tower-test"], "answer": [nan, 310.0], "prompt_tokens": [3.0, nan], "sources": [[], ["tower"]]}
    config = write_project(tmp_path)
    parquet.write_table(pyarrow.table(cells), tmp_path / "answers.parquet")
    done = import_answers(Project.open(config), tmp_path / "answers.parquet", "ours")
    (answer,) = done.matched.answers
    assert (answer.question_id, answer.text, answer.prompt_tokens, done.matched.blank, done.unit) == (
        "tower-test",
        "310.0",
        None,
        (1,),
        "row",
    )


def test_places_are_named_by_what_the_table_counts(tmp_path: Path) -> None:
    rows = [{"id": "bridge-test", "answer": "42 km"}, {"id": "bridge-test", "answer": "9 km"}]
    with pytest.raises(DataError, match="entry 1 and entry 2 answer bridge-test"):
        bring(write_project(tmp_path), json.dumps(rows), "answers.json")


def test_a_broken_import_is_healed_by_replacing_it(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    done = bring(config)
    (done.folder / "manifest.json").write_text('{"system": "ours"')
    with pytest.raises(DataError, match="--replace"):
        bring(config)
    assert bring(config, replace=True).manifest.counts["answers"] == 5
    assert compare(config)[1].systems[2].system == "ours"


def test_an_id_with_the_words_of_another_question_is_not_taken(tmp_path: Path) -> None:
    done = bring(write_project(tmp_path), "id,question,answer\nbridge-test,Which value has the tower?,1\ntower-test,,2\n")
    assert [answer.question_id for answer in done.matched.answers] == ["tower-test"]
    assert done.matched.unmatched[0].reason == "question bridge-test has other words in this knowledge base"


def test_json_lines_are_read_with_lists_of_sources(tmp_path: Path) -> None:
    rows = [{"id": "bridge-test", "answer": "42 km", "prompt_tokens": 80, "sources": ["The bridge", "tower"]}]
    done = bring(write_project(tmp_path), "".join(json.dumps(row) + "\n" for row in rows), "answers.jsonl")
    (answer,) = done.matched.answers
    assert [citation.document_id for citation in answer.citations] == ["bridge", "tower"]
    assert (answer.prompt_tokens, answer.completion_tokens) == (80, None)


def test_names_that_are_taken_or_unknown_are_refused(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    bring(config)
    with pytest.raises(ConfigurationError, match="configured system"):
        import_answers(Project.open(config), tmp_path / "answers.csv", "rag")
    with pytest.raises(ConfigurationError, match="cannot name"):
        import_answers(Project.open(config), tmp_path / "answers.csv", "../ours")
    with pytest.raises(UnknownNameError, match="Did you mean 'ours'"):
        run_comparison(Project.open(config), ("base", "our"), say=lambda _: None, progress=False)
    config.write_text(config.read_text() + '[systems.ours]\ncontext = "none"\n')
    with pytest.raises(ConfigurationError, match="configured and imported"):
        run_comparison(Project.open(config), ("base", "ours"), say=lambda _: None, progress=False)


def test_a_question_that_changed_since_the_import_stops_the_comparison(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    bring(config)
    questions = tmp_path / "kb" / "questions.jsonl"
    questions.write_text(questions.read_text().replace("Which value has the bridge?", "Which colour has the bridge?"))
    with pytest.raises(MismatchError, match="bridge-test"):
        compare(config)


def test_a_damaged_import_says_how_to_mend_it(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    done = bring(config)
    with open(done.folder / "answers.jsonl", "a") as stream:
        stream.write("{}\n")
    with pytest.raises(DataError, match="ragft run import"):
        compare(config)


def test_a_file_as_french_excel_saves_it_is_read(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    file = tmp_path / "réponses.csv"
    file.write_bytes("Question;Réponse;Latence\nWhich value has the bridge?;« 42 km » – à peu près;1,25\n".encode("cp1252"))
    done = import_answers(Project.open(config), file, "ours")
    assert (done.manifest.encoding, done.matched.answers[0].text, done.matched.answers[0].seconds) == (
        "cp1252",
        "« 42 km » – à peu près",
        1.25,
    )


def test_questions_in_the_same_words_share_an_answer_and_a_follow_up_needs_its_id(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    extra = [
        {"id": "again", "text": "which value has the bridge", "answers": ["42 km"], "split": "test"},
        {
            "id": "later",
            "text": "And the tower?",
            "answers": ["310 metres"],
            "history": [{"role": "user", "text": "Bridge?"}],
            "split": "test",
        },
    ]
    with open(tmp_path / "kb" / "questions.jsonl", "a") as stream:
        stream.write("".join(json.dumps(row) + "\n" for row in extra))
    done = bring(config, "question,answer\nWhich value has the bridge?,42 km\nAnd the tower?,310 metres\n")
    assert [answer.question_id for answer in done.matched.answers] == ["bridge-test", "again"]
    assert "later" in done.matched.unmatched[0].reason
    by_id = bring(config, "id,answer\nlater,310 metres\n", replace=True)
    assert [answer.question_id for answer in by_id.matched.answers] == ["later"]
