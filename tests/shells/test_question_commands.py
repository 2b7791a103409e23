"""`ragft questions import`, `ragft kb check` and `ragft kb stats` as a user sees them."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from foundation.errors import DataError, UnknownNameError
from shells.cli import app

PUMP = "---\ntitle: Pump\nlanguage: en\n---\n\nThe pump weighs 12 kg. It is red.\n"


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    (tmp_path / "kb" / "documents").mkdir(parents=True)
    (tmp_path / "kb" / "documents" / "pump.md").write_text(PUMP, encoding="utf-8")
    return tmp_path / "kb"


def ran(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == code, done.output
    return done.stdout


def test_import_then_check_then_stats(tmp_path: Path, kb: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_bytes(
        "Question;Réponse;Citation\nHow heavy is the pump?;12 kg;weighs 12 kg\nIs it blue?;;\nHow old is it?;9;aged\n".encode("cp1252")
    )
    said = ran("questions", "import", path, "--into", kb)
    assert "3 rows read (CSV, cp1252, delimiter semicolon)" in said
    assert "3 questions imported" in said and "languages: en 3" in said
    assert "1 questions have no answer: unknown" in said
    assert "line 4: 'aged' does not stand in any document" in said
    assert f"Next: ragft kb check {kb}" in said
    checked = ran("kb", "check", kb)
    assert "warnings: 2\n" in checked and "no-evidence: 1\n" in checked and "question q0003 (line 3): has no evidence" in checked
    assert "1 documents, 3 questions: 0 errors, 2 warnings, 1 note\n" in checked
    stats = ran("kb", "stats", kb)
    assert "questions: 3" in stats


def test_without_a_folder_the_shipped_sample_is_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "q.csv").write_text("question,answer\nWhy?,b\n")
    with pytest.raises(DataError, match="ships with the program"):
        CliRunner().invoke(app, ["questions", "import", "q.csv"], catch_exceptions=False)
    assert [path.name for path in tmp_path.iterdir()] == ["q.csv"]


def test_findings_as_json_and_by_code(kb: Path) -> None:
    row = {
        "id": "q1",
        "text": "How heavy is the pump?",
        "answers": ["12 kg"],
        "evidence": [{"document_id": "pump", "quote": "weighs 13 kg"}],
    }
    (kb / "questions.jsonl").write_text(json.dumps(row) + "\n{\n", encoding="utf-8")
    found = json.loads(ran("kb", "check", kb, "--json", code=2))
    assert [(each["severity"], each["code"], each["where"], each["line"]) for each in found[:2]] == [
        ("error", "quote-mismatch", "question q1", 1),
        ("error", "not-json", "questions.jsonl, line 2", 2),
    ]
    assert [each["code"] for each in json.loads(ran("kb", "check", kb, "--json", "--only", "not-json", code=2))] == ["not-json"]
    with pytest.raises(UnknownNameError, match="Did you mean 'not-json'"):
        CliRunner().invoke(app, ["kb", "check", str(kb), "--only", "not-jsn"], catch_exceptions=False)


def test_stats_say_what_the_sample_can_show() -> None:
    said = ran("kb", "stats", "orlisund")
    assert "The smallest difference between two systems" in said and "paraphrase" in said and "power 80 %" in said


def test_a_shipped_sample_is_rebased_for_show_only(tmp_path: Path) -> None:
    assert "quotes of" in ran("kb", "rebase", "orlisund", "--dry-run")
    refused = CliRunner().invoke(app, ["kb", "rebase", "orlisund"])
    assert isinstance(refused.exception, DataError) and "ships with the program" in str(refused.exception)


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_all_accounted_for(tmp_path: Path) -> None:
    lines = [f"How heavy is part {number}?,{number} kg" for number in range(90_000)]
    lines += [f"how heavy is PART {number},{number} kg" for number in range(5_000)]  # copies
    lines += [f"How old is part {number}?," for number in range(3_000)]  # answer unknown
    lines += [f",{number} kg" for number in range(2_000)]  # no question
    random.Random(0).shuffle(lines)
    (tmp_path / "big.csv").write_text("question,answer\n" + "\n".join(lines) + "\n")
    said = ran("questions", "import", tmp_path / "big.csv", "--into", tmp_path / "kb")
    assert "100000 rows read" in said and "93000 questions imported" in said
    assert "5000 rows repeat another row" in said and "3000 questions have no answer" in said
    assert "2000 rows without a question were left out" in said and "and 1990 more" in said
    rows = [json.loads(line) for line in (tmp_path / "kb" / "questions.jsonl").read_text().splitlines()]
    assert len({row["id"] for row in rows}) == len(rows) == 93_000
    assert sorted(int(row["answers"][0].split()[0]) for row in rows if row["answers"]) == list(range(90_000))
