"""Drafts: a journal beside the question set, and decisions that reach it at once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.errors import DataError, InputError
from knowledge_base.deciding import accept, question_row, reject, settle
from knowledge_base.drafts import FILE_NAME, Draft, Drafter, anchored, append_drafts, read_drafts
from knowledge_base.loading import load
from knowledge_base.model import Document, KnowledgeBase, Span

SENTENCE = "The bridge is 42 km long."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "bridge.md").write_text(f"# Bridge\n\n{SENTENCE}\n")
    return tmp_path


def kb_of(folder: Path) -> KnowledgeBase:
    return load(folder)


def draft(folder: Path, name: str = "d-1", question: str = "How long is the bridge?", answer: str = "42 km") -> Draft:
    document = kb_of(folder).document("bridge")
    start = document.text.index(SENTENCE)
    span = Span("bridge", document.revision, start, start + len(SENTENCE), SENTENCE)
    return Draft(name, question, "en", answer, evidence=(span,), drafter=Drafter("scripted", "m", "f", "p"))


def test_the_last_row_of_a_draft_is_its_state_and_a_torn_tail_is_mended(folder: Path) -> None:
    first, second = draft(folder), draft(folder, "d-2", "How far?")
    append_drafts(folder, [first, second])
    with open(folder / FILE_NAME, "a") as stream:
        stream.write('{"id": "d-3", "quest')
    assert read_drafts(folder) == (first, second)
    append_drafts(folder, [replace(first, status="rejected")])
    assert [(item.id, item.status) for item in read_drafts(folder)] == [("d-1", "rejected"), ("d-2", "proposed")]


def test_a_faulty_line_is_named(folder: Path) -> None:
    (folder / FILE_NAME).write_text('{"id": "d-1", "question": "?", "language": "en", "status": "maybe"}\n')
    with pytest.raises(DataError, match=r"drafts\.jsonl, line 1: field 'status'"):
        read_drafts(folder)


def test_loading_a_knowledge_base_ignores_drafts(folder: Path) -> None:
    before = kb_of(folder)
    append_drafts(folder, [draft(folder)])
    assert kb_of(folder) == before
    assert kb_of(folder).questions == ()


def test_an_accepted_draft_becomes_a_question_that_loads_with_its_evidence(folder: Path) -> None:
    append_drafts(folder, [draft(folder)])
    assert accept(folder, draft(folder)).status == "accepted"
    (question,) = kb_of(folder).questions
    assert (question.text, question.answers, question.answerable, question.kind) == (
        "How long is the bridge?",
        ("42 km",),
        "yes",
        "drafted",
    )
    assert [span.quote for span in question.evidence] == [SENTENCE]
    assert question.tags == ()
    assert read_drafts(folder)[0].status == "accepted"
    assert read_drafts(folder)[0].decided


def test_a_question_file_without_its_last_line_end_is_not_damaged(folder: Path) -> None:
    (folder / "questions.jsonl").write_text('{"id": "mine", "text": "How high is it?"}')
    accept(folder, draft(folder))
    assert [question.id for question in kb_of(folder).questions] == ["mine", "q-1"]


def test_an_edited_answer_that_left_its_quote_is_tagged(folder: Path) -> None:
    done = accept(folder, draft(folder), question="How long is our bridge?", answer="forty-two kilometres")
    assert done.status == "edited"
    (question,) = kb_of(folder).questions
    assert (question.text, question.answers, question.tags) == ("How long is our bridge?", ("forty-two kilometres",), ("abstractive",))


def test_a_question_without_answer_stays_unscored_and_claims_no_evidence(folder: Path) -> None:
    row = question_row(replace(draft(folder, answer=""), log="chat.csv"))
    assert (row["answers"], row["answerable"], row["evidence"], row["tags"]) == ([], "unknown", [], ["log"])


def test_an_empty_question_is_refused_and_nothing_is_written(folder: Path) -> None:
    with pytest.raises(InputError, match="without words"):
        accept(folder, draft(folder), question="  ")
    assert not (folder / "questions.jsonl").exists()


def test_a_rejected_draft_keeps_its_reason_and_no_question(folder: Path) -> None:
    assert reject(folder, draft(folder), " too easy ").reason == "too easy"
    assert read_drafts(folder)[0].status == "rejected"
    assert kb_of(folder).questions == ()


def test_a_kill_between_the_two_writes_of_a_decision_is_mended(folder: Path) -> None:
    append_drafts(folder, [draft(folder)])
    (folder / "questions.jsonl").write_text(json.dumps(question_row(draft(folder))) + "\n")  # the second write never came
    assert [item.status for item in settle(folder, read_drafts(folder))] == ["accepted"]
    assert [item.status for item in read_drafts(folder)] == ["accepted"]
    assert settle(folder, read_drafts(folder)) == ()


def test_evidence_follows_a_document_that_changed_and_a_lost_quote_is_told(folder: Path) -> None:
    proposed = draft(folder)
    moved = Document("bridge", "r2", "Bridge", f"# Bridge\n\nNew: tolls.\n\n{SENTENCE}")
    found = anchored(proposed, {"bridge": moved})
    assert found is not None
    assert moved.text[found.evidence[0].start : found.evidence[0].end] == SENTENCE
    assert found.evidence[0].revision == "r2"
    assert anchored(proposed, {"bridge": replace(moved, text="The bridge is 43 km long.")}) is None
    assert anchored(proposed, {"bridge": replace(moved, text=f"- {SENTENCE} {SENTENCE}")}) is None
    assert anchored(proposed, {}) is None
