"""questions.jsonl under several programs: each waits for the other, and none loses what the other wrote."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from foundation.errors import DataError
from knowledge_base.deciding import accept
from knowledge_base.drafts import Draft
from knowledge_base.importing import import_questions
from knowledge_base.question_file import append_rows, changing
from knowledge_base.rebasing import rebase

SENTENCE = "The bridge is 42 km long."
FIRST = {"id": "q1", "text": "How long is it?", "answers": ["42 km"], "evidence": [{"document_id": "bridge", "quote": SENTENCE}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kb" / "documents").mkdir(parents=True)
    (tmp_path / "kb" / "kb.toml").write_text('language = "en"\n')
    (tmp_path / "kb" / "documents" / "bridge.md").write_text("# Bridge\n\nThe bridge is some 42 km long.\n")  # reworded: to be rebased
    (tmp_path / "kb" / "questions.jsonl").write_text(json.dumps(FIRST) + "\n")
    (tmp_path / "new.csv").write_text("question,answer\nHow wide is it?,9 m\n")
    return tmp_path / "kb"


def imported(folder: Path) -> None:
    path = folder / "questions.jsonl"
    path.write_text(path.read_text().replace(SENTENCE, "The bridge is some 42 km long."))  # what is imported into must be sound
    import_questions(folder.parent / "new.csv", folder)


def accepted(folder: Path) -> None:
    accept(folder, Draft("d-7", "How wide is it?", "en", "9 m"))


def rebased(folder: Path) -> None:
    rebase(folder)


@pytest.mark.parametrize(("change", "rows"), [(imported, 3), (accepted, 3), (rebased, 2)])
def test_whoever_changes_the_file_waits_for_the_other_and_keeps_its_rows(change: Callable[[Path], None], rows: int, folder: Path) -> None:
    other = {"id": "q2", "text": "How old is it?", "language": "en", "answers": ["9"]}
    waiting = threading.Thread(target=change, args=(folder,))
    with changing(folder) as path:
        before = path.read_text().count("\n")
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive() and path.read_text().count("\n") == before == 1
        append_rows(path, [other])
    waiting.join(60)
    written = [json.loads(line) for line in (folder / "questions.jsonl").read_text().splitlines()]
    assert len(written) == len({row["id"] for row in written}) == rows
    assert other in written
    assert written[0]["evidence"][0]["quote"] == ("The bridge is 42 km long." if change is accepted else "The bridge is some 42 km long.")


def test_waiting_ends_with_a_clear_error_and_a_new_folder_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    with changing(folder), pytest.raises(DataError, match="being changed by another ragft"), changing(folder, patience=0.1):
        raise AssertionError("two hold the file at once")
    with changing(tmp_path / "a" / "new"):
        pass
    assert not (tmp_path / "a" / "new").exists()


def test_a_draft_that_two_people_accept_becomes_one_question(folder: Path) -> None:
    accepted(folder)
    before = (folder / "questions.jsonl").read_bytes()
    with pytest.raises(DataError, match="question q-7 is there already"):
        accepted(folder)
    assert (folder / "questions.jsonl").read_bytes() == before
