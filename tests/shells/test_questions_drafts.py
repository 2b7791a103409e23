"""`ragft questions draft | review | gaps` as typed, with piped answers: what is shown, what is written, what goes on later."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from foundation.errors import DataError, InputError
from shells.cli import app
from shells.gap_lines import calibration_lines
from studies.gaps import Calibration

SENTENCES = {"bridge": "The bridge is 42 kilometres long.", "tower": "The tower is 310 metres high.", "tunnel": "The tunnel has 19 lamps."}
RULES = [
    {"pattern": "Statement: The bridge[^?]*\\nBegin", "answer": "How many kilometres long is the bridge?"},
    {"pattern": "Statement: The tower[^?]*\\nBegin", "answer": "How many metres high is the tower?"},
    {"pattern": "Statement: The tunnel[^?]*\\nBegin", "answer": "How many lamps has the tunnel?"},
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    documents = tmp_path / "kb" / "documents"
    documents.mkdir(parents=True)
    for name, sentence in SENTENCES.items():
        (documents / f"{name}.md").write_text(f"# The {name}\n\n{sentence}\n")
    (tmp_path / "kb" / "kb.toml").write_text('name = "town"\nlanguage = "en"\n')
    (tmp_path / "rules.json").write_text(json.dumps(RULES))
    (tmp_path / "ragft.toml").write_text(
        '[knowledge_base]\npath = "kb"\n[retrieval]\nembedder = "hashing"\n'
        f'[model]\nengine = "scripted"\nname = {json.dumps(str(tmp_path / "rules.json"))}\n'
    )
    return tmp_path


def questions(root: Path, *arguments: str, typed: str = "") -> Result:
    """Run `ragft questions …` on the project in `root`."""
    return CliRunner().invoke(app, ["questions", *arguments, "--config", str(root / "ragft.toml")], input=typed)


def rows(root: Path) -> list[dict[str, Any]]:
    path = root / "kb" / "questions.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_draft_then_review_accept_edit_reject_and_skip(root: Path) -> None:
    done = questions(root, "draft")
    assert done.exit_code == 0, done.output
    assert "3 drafts proposed, 0 discarded" in done.output
    assert rows(root) == []

    done = questions(root, "review", typed="a\nx\ne\n\nabout forty\nfr\ns\n")
    assert done.exit_code == 0, done.output
    assert "1 accepted, 1 edited, 0 rejected, 1 left" in done.output
    first, second = rows(root)
    assert first["answers"][0] in SENTENCES[first["evidence"][0]["document_id"]]
    assert (second["answers"], second["language"], second["tags"]) == (["about forty"], "fr", ["abstractive"])
    assert all(row["kind"] == "drafted" and "split" not in row for row in (first, second))

    done = questions(root, "review", typed="r\ntoo easy\n")
    assert "1/1" in done.output
    assert "0 accepted, 0 edited, 1 rejected, 0 left" in done.output
    assert "nothing to review" in questions(root, "review").output
    done = questions(root, "review", "--list")
    assert "0 proposed, 1 accepted, 1 edited, 1 rejected, 0 discarded" in done.output
    assert len(rows(root)) == 2


def test_a_draft_is_shown_with_its_quote_marked_in_its_context(root: Path) -> None:
    (root / "kb" / "documents" / "bridge.md").write_text(
        "# The bridge\n\nBuilt long ago. The bridge is 42 kilometres long. Mind the gap.\n"
    )
    questions(root, "draft")
    shown = questions(root, "review", typed="s\ns\ns\n").output
    assert "Built long ago. >>The bridge is 42 kilometres long.<< Mind the gap." in shown
    assert "answer    42 kilometres" in shown


def test_an_edited_question_of_blanks_is_asked_for_again(root: Path) -> None:
    questions(root, "draft")
    done = questions(root, "review", typed="e\n   \nHow long is it?\n\nen\nq\n")
    assert done.exit_code == 0, done.output
    assert "a question needs words" in done.output and "0 accepted, 1 edited, 0 rejected, 2 left" in done.output
    assert [row["text"] for row in rows(root)] == ["How long is it?"]


@pytest.mark.parametrize("typed", ["a\nq\n", "a\n"])  # quitting, and the end of the input
def test_what_was_decided_before_the_end_is_kept(root: Path, typed: str) -> None:
    questions(root, "draft")
    done = questions(root, "review", typed=typed)
    assert done.exit_code == 0, done.output
    assert "1 accepted, 0 edited, 0 rejected, 2 left" in done.output
    assert len(rows(root)) == 1
    assert "1/2" in questions(root, "review", typed="q\n").output


def test_drafts_whose_sentence_is_gone_are_passed_over(root: Path) -> None:
    questions(root, "draft")
    (root / "kb" / "documents" / "tower.md").write_text("# The tower\n\nIt fell.\n")
    done = questions(root, "review", typed="a\na\n")
    assert "1 drafts rest on sentences that are no longer in the documents" in done.output
    assert len(rows(root)) == 2


def test_the_shipped_sample_is_not_written_into(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["questions", "draft", "--set", "model.engine=scripted", "--workspace", str(tmp_path)])
    assert isinstance(done.exception, DataError)
    assert "ships with the program" in str(done.exception)


def test_a_log_with_personal_data_stops_before_anything_is_drafted(root: Path) -> None:
    (root / "log.csv").write_text("question,answer\nWho is ann@example.org?,A colleague\n")
    for command in (("draft", "--from-log"), ("gaps",)):
        done = questions(root, *command, str(root / "log.csv"))
        assert isinstance(done.exception, DataError)
        assert done.exception.exit_code == 2
        assert "e-mail address: 1, on lines 2" in str(done.exception)
    assert not (root / "kb" / "drafts.jsonl").exists()
    both = questions(root, "draft", "--from-log", str(root / "log.csv"), "--redact", "--allow-personal-data")
    assert isinstance(both.exception, InputError)
    done = questions(root, "draft", "--from-log", str(root / "log.csv"), "--redact")
    assert "1 drafts proposed" in done.output
    assert "ann@example.org" not in (root / "kb" / "drafts.jsonl").read_text()


def test_a_log_without_the_language_is_an_error_and_short_rows_are_told(root: Path) -> None:
    (root / "log.csv").write_text(
        "question,answer,ticket\nHow high is the tower of the town?,310 metres,1\nWho built the bridge over there?,\n"
    )
    done = questions(root, "draft", "--from-log", str(root / "log.csv"), "--language", "fr")
    assert isinstance(done.exception, DataError)
    assert "log.csv has no question in 'fr', nothing was drafted. Its questions by language: en 2." in str(done.exception)
    done = questions(root, "draft", "--from-log", str(root / "log.csv"), "--language", "en")
    assert "2 drafts proposed" in done.output
    assert "1 rows are shorter than the header and were read with empty cells: line 3" in done.output


def test_no_cell_of_the_gaps_is_a_formula(root: Path) -> None:
    (root / "kb" / "documents" / "bridge.md").rename(root / "kb" / "documents" / "=bridge.md")
    (root / "log.csv").write_text("message\nHow long is that bridge?\n")
    done = questions(root, "gaps", str(root / "log.csv"), "--threshold", "2", "--csv", str(root / "gaps.csv"))
    assert done.exit_code == 0, done.output
    with open(root / "gaps.csv", encoding="utf-8-sig", newline="") as stream:
        assert next(csv.DictReader(stream))["nearest_document"] == "'=bridge"


def test_gaps_prints_topics_and_writes_json_and_csv(root: Path) -> None:
    log = root / "log.csv"
    log.write_text("message\nHow many metres high is the tower?\nIs there a swimming pool?\nis there a swimming pool\n=HYPERLINK(1) how?\n")
    done = questions(root, "gaps", str(log))
    assert isinstance(done.exception, DataError)  # no questions to calibrate on
    assert "--threshold" in str(done.exception)
    done = questions(root, "gaps", str(log), "--threshold", "0.3", "--json", str(root / "gaps.json"), "--csv", str(root / "gaps.csv"))
    assert done.exit_code == 0, done.output
    assert "threshold 0.300 (given" in done.output
    assert "3 different questions in the log, 2 of them below the threshold, in 2 topics" in done.output
    assert "1. Is there a swimming pool?" in done.output
    assert json.loads((root / "gaps.json").read_text())["topics"][0]["asked"] == 2
    with open(root / "gaps.csv", encoding="utf-8-sig", newline="") as stream:
        table = list(csv.DictReader(stream))
    assert [(row["topic"], row["times_asked"], row["question"]) for row in table] == [
        ("1", "2", "Is there a swimming pool?"),
        ("2", "1", "'=HYPERLINK(1) how?"),
    ]


def test_the_power_of_the_threshold_is_told_with_it() -> None:
    measured = Calibration(0.4, "rule", answerable=50, without_answer=30, simulated=False, auc=0.61, caught=0.1)
    first, second, third = calibration_lines(measured)
    assert first == "threshold 0.400 (rule; 50 questions)"
    assert second.startswith("On this knowledge base it catches 10% of 30 questions marked unanswerable; AUC 0.61")
    assert third.startswith("That is weak")
    assert len(list(calibration_lines(replace(measured, auc=0.9)))) == 2
    assert "not known" in list(calibration_lines(Calibration(0.4, "given")))[1]
