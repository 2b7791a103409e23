"""SQuAD-style files become folders that load, with every answer standing where the evidence says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from foundation.errors import DataError
from knowledge_base.checking import check
from knowledge_base.loading import load
from knowledge_base.squad import import_squad

CONTEXT = "The pump is red. The valve is red too.\r\nSome cafe\u0301 \r\nis open."


def squad(*qas: dict[str, Any], context: str = CONTEXT, title: str = "Pumps_and valves") -> dict[str, Any]:
    return {"version": "v2.0", "data": [{"title": title, "paragraphs": [{"context": context, "qas": list(qas)}]}]}


def qa(name: str, *answers: tuple[str, int], **more: Any) -> dict[str, Any]:
    return {"id": name, "question": f"{name}?", "answers": [{"text": text, "answer_start": start} for text, start in answers], **more}


def written(folder: Path, data: Any) -> Path:
    path = folder / "set.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_answers_impossible_questions_and_the_folder(tmp_path: Path) -> None:
    second_red = CONTEXT.index("red too")
    file = written(
        tmp_path,
        squad(
            qa("one", ("red", second_red)),
            qa("many", ("red", 12), ("is red", second_red - 3), ("is red", second_red - 3)),
            qa("never", is_impossible=True),
            qa("open", (" is open", CONTEXT.index(" \r\nis") + 2)),
            qa("blank"),
        ),
    )
    summary = import_squad(file, tmp_path / "kb", "en")
    assert (summary.articles, summary.documents, summary.questions, summary.unanswerable) == (1, 1, 5, 1)
    kb = load(tmp_path / "kb")
    (document,) = kb.documents
    assert (document.id, document.title, document.language) == ("pumps-and-valves-001", "Pumps and valves", "en")
    assert document.text == "The pump is red. The valve is red too.\nSome café\nis open."
    one, many, never, opened, blank = kb.questions
    assert (one.evidence[0].start, one.evidence[0].quote, one.answers) == (30, "red", ("red",))
    assert (many.answers, [span.quote for span in many.evidence]) == (("red", "is red"), ["is red"])  # two of three marked it
    assert (never.answerable, never.answers, blank.answerable) == ("no", (), "unknown")
    assert (opened.evidence[0].start, opened.answers) == (document.text.index("is open"), ("is open",))
    assert {question.group for question in kb.questions} == {"pumps-and-valves"}
    assert (tmp_path / "kb" / "originals" / "set.json").read_bytes() == file.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kb", "set.json"]  # no temporary folder is left


def test_a_wrong_start_is_mended_when_the_place_is_clear(tmp_path: Path) -> None:
    summary = import_squad(written(tmp_path, squad(qa("q", ("valve", 3)))), tmp_path / "kb", "en")
    assert summary.moved == 1
    assert load(tmp_path / "kb").questions[0].evidence[0].start == CONTEXT.index("valve")


@pytest.mark.parametrize("answer", [("red", 3), ("blue", 12), ("", 0)])
def test_an_answer_that_stands_nowhere_or_anywhere_is_refused(tmp_path: Path, answer: tuple[str, int]) -> None:
    with pytest.raises(DataError, match=r"for questions bad. Mend"):
        import_squad(written(tmp_path, squad(qa("good", ("pump", 4)), qa("bad", answer, answer))), tmp_path / "kb", "en")
    assert not (tmp_path / "kb").exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "not valid JSON"),
        ([], "found a list"),
        ({"rows": []}, "the key 'data' is missing"),
        ({"data": [{"title": "x"}]}, r"data\[0\]: the key 'paragraphs' is missing"),
        ({"data": [{"paragraphs": [{"qas": []}]}]}, "the key 'context' is missing"),
        ({"data": [{"paragraphs": [{"context": 3}]}]}, "'context' must be of type str"),
        ({"data": [{"paragraphs": [{"context": "x"}]}]}, "the key 'qas' is missing"),
        (squad({"id": "a"}), "the key 'question' is missing"),
        (squad({"id": "a", "question": " ", "answers": []}), "without text"),
        (squad({"question": "a?", "answers": []}), "the key 'id' is missing"),
        (squad({"id": "a", "question": "a?"}), "the key 'answers' is missing"),
        (squad({"id": "a", "question": "a?", "answers": [{"text": "red"}]}), "the key 'answer_start' is missing"),
        (squad(qa("a", ("pump", 4)), qa("a", ("pump", 4))), "'a' occurs twice"),
        ({"data": []}, "holds no paragraph"),
    ],
)
def test_foreign_json_says_what_is_missing(tmp_path: Path, data: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        import_squad(written(tmp_path, data), tmp_path / "kb", "en")
    assert not (tmp_path / "kb").exists()


def test_targets_and_languages_that_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, squad(qa("q", ("pump", 4))))
    with pytest.raises(DataError, match=r"two-letter code"):
        import_squad(file, tmp_path / "kb", "english")
    (tmp_path / "kb").mkdir()
    import_squad(file, tmp_path / "kb", "en")  # an empty folder is taken
    before = sorted((tmp_path / "kb").rglob("*"))
    with pytest.raises(DataError, match=r"not empty"):
        import_squad(file, tmp_path / "kb", "en")
    assert sorted((tmp_path / "kb").rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "language", "documents", "questions", "moved"), [("xquad_en_a", "en", 120, 612, 0), ("piaf_fr_a", "fr", 399, 2025, 2)]
)
def test_public_sets(public_data: Path, tmp_path: Path, name: str, language: str, documents: int, questions: int, moved: int) -> None:
    # Counted from the JSON itself; two PIAF answers start one letter before their answer_start.
    summary = import_squad(public_data / f"{name}.json", tmp_path / "kb", language)
    assert (summary.documents, summary.questions, summary.moved) == (documents, questions, moved)
    kb = load(tmp_path / "kb")
    assert all(
        kb.document(span.document_id).text[span.start : span.end] == span.quote for question in kb.questions for span in question.evidence
    )
    assert all(question.evidence[0].quote == question.answers[0] for question in kb.questions)
    assert not [finding for finding in check(kb) if finding.severity == "error"]
