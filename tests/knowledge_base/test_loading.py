"""A folder becomes a KnowledgeBase, and each fault in it becomes one clear error."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import DataError
from foundation.fingerprint import fingerprint
from knowledge_base.checking import check_folder
from knowledge_base.documents import clean_text, read_document, write_document
from knowledge_base.folder import sample_names
from knowledge_base.loading import load
from knowledge_base.model import Document, KnowledgeBase

PUMP = "---\ntitle: Pump\nlanguage: en\nupdated: 2026-02-24\nowner: ops\n---\n\n# The pump\n\nThe pump weighs 12 kg. It is red.\n"


def make(folder: Path, rows: list[Any] | str = "", kb: str = 'name = "plant"\n', **documents: str) -> Path:
    """Write a knowledge base; rows are dictionaries, or the raw text of questions.jsonl."""
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    for name, text in (documents or {"pump": PUMP}).items():
        (folder / "documents" / f"{name}.md").write_text(text, encoding="utf-8")
    if rows:
        lines = rows if isinstance(rows, str) else "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / "questions.jsonl").write_text(lines, encoding="utf-8")
    (folder / "kb.toml").write_text(kb, encoding="utf-8")
    return folder


def row(**changes: Any) -> dict[str, Any]:
    return {
        "id": "q1",
        "text": "How heavy is the pump?",
        "answers": ["12 kg"],
        "evidence": [{"document_id": "pump", "quote": "weighs 12 kg"}],
    } | changes


def loaded(folder: Path, *rows: dict[str, Any]) -> KnowledgeBase:
    return load(make(folder, list(rows)))


def test_front_matter_is_read_and_offsets_start_after_it(tmp_path: Path) -> None:
    kb = loaded(tmp_path, row())
    document = kb.document("pump")
    assert document.text == "# The pump\n\nThe pump weighs 12 kg. It is red."
    assert (document.title, document.language, document.updated, document.metadata) == ("Pump", "en", "2026-02-24", {"owner": "ops"})
    assert document.revision == fingerprint(document.text)
    span = kb.questions[0].evidence[0]
    assert document.text[span.start : span.end] == span.quote == "weighs 12 kg"
    assert kb.name == "plant"


def test_text_files_subfolders_and_foreign_files(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "documents" / "site" / "north").mkdir(parents=True)
    (tmp_path / "documents" / "site" / "north" / "gate.txt").write_text("---\nA gate.\n", encoding="utf-8")
    (tmp_path / "documents" / "plan.pdf").write_bytes(b"%PDF")
    (tmp_path / "documents" / ".hidden.md").write_text("no", encoding="utf-8")
    kb = load(tmp_path)
    assert [document.id for document in kb.documents] == ["pump", "site/north/gate"]
    assert kb.document("site/north/gate").text == "---\nA gate."  # a text file has no front matter
    assert kb.ignored == ("plan.pdf",)
    with pytest.raises(KeyError):
        kb.document("plan")


def test_title_without_front_matter_is_the_first_heading(tmp_path: Path) -> None:
    kb = load(make(tmp_path, a="Intro.\n\n## Rules of the house ##\n", b="nothing"))
    assert [document.title for document in kb.documents] == ["Rules of the house", "b"]


@pytest.mark.parametrize(
    ("written", "answers", "expected"),
    [
        (True, ["12 kg"], "yes"),
        (False, [], "no"),
        ("unknown", ["12 kg"], "unknown"),
        (None, ["12 kg"], "yes"),
        (None, [], "unknown"),
        (None, ["  "], "unknown"),
    ],
)
def test_an_empty_answer_is_unknown_never_unanswerable(tmp_path: Path, written: Any, answers: list[str], expected: str) -> None:
    kb = loaded(tmp_path, row(answerable=written, answers=answers))
    assert kb.questions[0].answerable == expected


def test_decomposed_letters_and_windows_line_ends_match(tmp_path: Path) -> None:
    folder = make(tmp_path, [row(evidence=[{"document_id": "cafe", "quote": "cafe\u0301 noir"}])], cafe="Un cafe\u0301 noir.\r\nFin.\r\n")
    (span,) = load(folder).questions[0].evidence
    assert (span.start, span.end, span.quote) == (3, 12, "café noir")


def test_a_start_settles_which_of_two_places_is_meant(tmp_path: Path) -> None:
    folder = make(tmp_path, [row(evidence=[{"document_id": "d", "quote": "red", "start": 9, "end": 12}])], d="It's red, red.")
    with pytest.raises(DataError, match=r"reads ' re'"):
        load(folder)
    make(tmp_path, [row(evidence=[{"document_id": "d", "quote": "red", "start": 10, "end": 13}])])
    assert load(folder).questions[0].evidence[0].start == 10


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": "  "}, "line 1, question 'q1': the question has no text"),
        ({"evidence": 5}, "field 'evidence'"),
        ({"rule": "shouts: yes"}, "its rule cannot be used: 'shouts' is no demand"),
        ({"id": ""}, "has no id"),
        ({"anwsers": ["x"]}, "unknown key 'anwsers'. Did you mean 'answers'"),
        ({"evidence": [{"document_id": "pump", "qoute": "x"}]}, "Did you mean 'quote'"),
        ({"evidence": [{"document_id": "pmp", "quote": "x"}]}, "does not exist. Did you mean 'pump'"),
        ({"evidence": [{"document_id": "pump", "quote": "weighs 13 kg"}]}, "does not stand in document 'pump'"),
        ({"evidence": [{"document_id": "pump", "quote": "pump"}]}, "stands more than once"),
        ({"evidence": [{"document_id": "pump", "quote": ""}]}, "is empty"),
        ({"evidence": [{"document_id": "pump", "quote": "It is", "start": 3}]}, "at 3 document 'pump' reads"),
        ({"evidence": [{"document_id": "pump", "quote": "# The", "start": -1}]}, "evidence does not match"),
        ({"evidence": [{"document_id": "pump", "quote": "# The", "start": 0, "end": 9}]}, "ends at 9, but its quote ends at 5"),
        ({"split": "tset"}, "field 'split'"),
        ({"answers": "12 kg"}, "field 'answers'"),
        ({"answerable": "maybe"}, "answerable"),
    ],
)
def test_a_faulty_question_names_file_line_and_question(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        loaded(tmp_path, row(**change))
    assert message in str(caught.value)
    assert f"{tmp_path / 'questions.jsonl'}, line 1" in str(caught.value)


def test_ids_are_unique(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"line 2: question id 'q1' is already taken by line 1"):
        loaded(tmp_path, row(), row())
    (tmp_path / "documents" / "pump.txt").write_text("Another.", encoding="utf-8")
    with pytest.raises(DataError, match=r"two documents have the id 'pump'"):
        load(make(tmp_path, [row()]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": "q1",\n', "line 1: not valid JSON"),
        ('["q1"]\n', "line 1: expected one JSON object"),
        ('{"id": "q1", "text": "\\ud83d?"}\n', "line 1: not valid JSON .half of a character"),
        ("[" * 100_000 + "\n", "line 1: not valid JSON .lists or objects nested too deeply"),
    ],
)
def test_broken_question_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(make(tmp_path, text))


def test_missing_empty_and_wrong_folders(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"neither a folder nor a shipped sample. Did you mean 'orlisund'"):
        load("orlisnd")
    with pytest.raises(DataError, match=r"no documents/ folder"):
        load(tmp_path)
    (tmp_path / "documents").mkdir()
    with pytest.raises(DataError, match=r"no Markdown"):
        load(tmp_path)
    (tmp_path / "questions.jsonl").write_text('{"id": "q1", "text": "How deep?", "language": "en", "answers": ["3 m"]}\n', encoding="utf-8")
    (tmp_path / "documents" / "scan.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(DataError, match=r"no Markdown"):  # somebody meant this to be a document
        load(tmp_path)
    (tmp_path / "file.md").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match=r"is a file"):
        load(tmp_path / "file.md")


def test_documents_that_are_not_text(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "documents" / "scan.md").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(DataError, match=r"scan\.md is not UTF-8"):
        load(tmp_path)
    (tmp_path / "documents" / "scan.md").write_bytes(b"a\x00b")
    with pytest.raises(DataError, match=r"scan\.md is not text"):
        load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
@pytest.mark.parametrize("closed", [".", "documents", "documents/deep"])
def test_unreadable_folder(tmp_path: Path, closed: str) -> None:
    make(tmp_path)
    (tmp_path / "documents" / "deep").mkdir()
    (tmp_path / closed).chmod(0)
    try:
        with pytest.raises(DataError, match=r"permissions"):
            load(tmp_path)
    finally:
        (tmp_path / closed).chmod(0o755)


@pytest.mark.parametrize(("matter", "message"), [("a: b: c", "line 2: the front matter"), ("just words", "'key: value' lines")])
def test_broken_front_matter(tmp_path: Path, matter: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(make(tmp_path, x=f"---\n{matter}\n---\n\nText."))


@pytest.mark.parametrize(
    ("kb", "message"), [("name = ", "not valid TOML"), ('langage = "fr"', "Did you mean 'language'"), ('language = "french"', "language")]
)
def test_broken_kb_file(tmp_path: Path, kb: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        load(make(tmp_path, kb=kb))
    assert "kb.toml" in str(caught.value)


def test_language_is_declared_inherited_or_detected(tmp_path: Path) -> None:
    fr = "Le produit est livré dans un délai de dix jours."
    kb = load(make(tmp_path, [row(text=fr, evidence=[])], d=fr))
    assert (kb.documents[0].language, kb.questions[0].language) == ("fr", "fr")
    kb = load(make(tmp_path, [row(text=fr, evidence=[], language="en")], kb='language = "de"'))
    assert (kb.documents[0].language, kb.questions[0].language) == ("de", "en")
    assert kb.name == tmp_path.name


def test_fingerprints_follow_content(tmp_path: Path) -> None:
    first = loaded(tmp_path / "a", row())
    assert loaded(tmp_path / "b", row()).fingerprint == first.fingerprint
    reworded = loaded(tmp_path / "c", row(text="What does the pump weigh?"))
    assert reworded.corpus_fingerprint == first.corpus_fingerprint and reworded.fingerprint != first.fingerprint
    assert load(make(tmp_path / "a", pump=PUMP + "More.\n")).corpus_fingerprint != first.corpus_fingerprint


def test_the_shipped_sample_loads() -> None:
    assert sample_names() == ("orlisund", "orlisund-changed")
    kb = load("orlisund")
    for question in kb.questions:
        for span in question.evidence:
            assert kb.document(span.document_id).text[span.start : span.end] == span.quote


@given(st.text(), st.text(min_size=1))
def test_a_written_document_reads_back(tmp_path_factory: pytest.TempPathFactory, raw: str, title: str) -> None:
    folder = tmp_path_factory.mktemp("round")
    text = clean_text(raw.replace("\x00", ""))
    assert clean_text(text) == text
    title = " ".join("".join(letter for letter in title if letter.isprintable()).split()) or "t"
    document = Document(
        id="deep/er", revision=fingerprint(text), title=clean_text(title), text=text, language="en", metadata={"k": [1, "é"]}
    )
    assert read_document(write_document(document, folder), folder) == document


def test_questions_alone_are_a_knowledge_base_without_documents(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text('{"id": "q1", "text": "How deep?", "language": "en", "answers": ["3 m"]}\n', encoding="utf-8")
    found = load(tmp_path)
    assert found.documents == () and [question.id for question in found.questions] == ["q1"]
    codes = {finding.code for finding in check_folder(tmp_path).findings}
    assert "no-documents" in codes and "no-evidence" not in codes


@pytest.mark.parametrize(("words", "noted"), [(11, False), (12, True)])
def test_answers_that_no_system_gives_word_for_word_are_noted(tmp_path: Path, words: int, noted: bool) -> None:
    rows = [{"id": f"q{n}", "text": f"How is part {n} made?", "language": "en", "answers": ["word " * words]} for n in range(3)]
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert any(finding.code == "answers-long" for finding in check_folder(tmp_path).findings) is noted
