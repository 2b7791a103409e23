"""Edited documents: which quotes are found again, which are not, and what is written. Expected outcomes are by hand."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import DataError
from knowledge_base.anchoring import nearest_passage
from knowledge_base.loading import load
from knowledge_base.rebasing import Rebase, rebase

SMALL = Path(__file__).parents[1] / "data" / "small"  # 18 documents and 120 questions of the shipped sample
SENTENCE = "The bridge carries 42 km of cable."


def make(folder: Path, documents: dict[str, str], *rows: dict[str, object]) -> Path:
    """Write a knowledge base of `documents`; each row is the evidence of one question, its answers beside."""
    (folder / "documents").mkdir(parents=True)
    for name, text in documents.items():
        (folder / "documents" / f"{name}.md").write_text(text)
    lines = [{"id": f"q{number}", "text": "How long is it?", "answers": ["42 km"], **row} for number, row in enumerate(rows)]
    (folder / "questions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "kb.toml").write_text('language = "en"\n')
    return folder


def quote(text: str = SENTENCE, document: str = "bridge", **more: object) -> dict[str, object]:
    return {"evidence": [{"document_id": document, "quote": text, **more}]}


def outcomes(done: Rebase) -> dict[str, str]:
    return {found.question_id: found.outcome for found in done.anchorings}


def edit(folder: Path, name: str, *pairs: tuple[str, str]) -> None:
    path = folder / "documents" / f"{name}.md"
    text = path.read_text()
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text)


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """A copy of a small knowledge base after a year of edits."""
    folder = tmp_path / "kb"
    shutil.copytree(SMALL, folder)
    edit(
        folder,
        "policy-warranty-returns",
        ("# Warranty and returns\n", "# Warranty and returns\n\nThese terms were reviewed by the legal department.\n"),
        ("a warranty of 30 months", "a warranty of 36 months"),
        ("after that please request a new one", "after that, please ask for a new one"),
        ("Parcels for return go to Dock 6", "Parcels for return never go to Dock 6"),
        ("In that case we deduct a restocking fee of 12.5 percent from the credit. ", ""),
    )
    documents = folder / "documents"
    (documents / "procedure-purchase-approval.md").rename(documents / "procedure-pr-05.md")
    edit(folder, "procedure-pr-05", ("A team lead can approve purchases", "A team leader can approve purchases"))
    moving = "For moving house you get 1.5 days of special leave, once in any two years."
    edit(folder, "handbook-annual-leave", (f" {moving}", ""))
    with open(documents / "handbook-remote-work.md", "a") as stream:
        stream.write(f"\n{moving}\n")
    with open(documents / "product-varnel-120.md", "a") as stream:
        stream.write("\nTo repeat it: The Varnel 120 may be lowered to 35 metres at most.\n")
    (documents / "supplier-contract-pellgrave.md").unlink()
    return folder


def test_every_edit_of_the_sample_is_told_apart(edited: Path) -> None:
    rows = [json.loads(line) for line in (SMALL / "questions.jsonl").read_text().splitlines()]
    pellgrave = {row["id"] for row in rows if row["evidence"][0]["document_id"] == "supplier-contract-pellgrave"}
    done = rebase(edited)
    expected = {
        **dict.fromkeys(("q051", "q052"), "answer changed"),  # 30 → 36 months
        **dict.fromkeys(("q053", "q054"), "reworded"),
        "q094": "sense changed",  # never
        "q114": "quote gone",
        **dict.fromkeys(("q077", "q078", "q079", "q080", "q100", "q120"), "other document"),  # renamed, one sentence reworded as well
        "q089": "other document",  # moved to the page on remote work
        **dict.fromkeys(("q001", "q002"), "ambiguous"),  # said twice now
        **dict.fromkeys(pellgrave, "document gone"),
    }
    assert len(pellgrave) > 3
    assert {key: value for key, value in outcomes(done).items() if value != "kept"} == expected
    assert len(done.rewritten) == 2 + 6 + 1
    found = {item.question_id: item for item in done.anchorings}
    assert found["q077"].passage == "A team leader can approve purchases of up to 2,400 EUR alone."
    assert found["q051"].passage == "All Varnel probes carry a warranty of 36 months from the date of invoice."


def test_what_is_written_loads_and_the_rest_stands_byte_for_byte(edited: Path) -> None:
    before = (edited / "questions.jsonl").read_text()
    done = rebase(edited)
    assert done.backup is not None and done.backup.read_text() == before
    lost = {found.line for found in done.lost}
    old, new = before.splitlines(), (edited / "questions.jsonl").read_text().splitlines()
    changed = {number for number, (a, b) in enumerate(zip(old, new, strict=True), start=1) if a != b}
    assert {json.loads(new[number - 1])["id"] for number in changed} == set(done.rewritten)
    with pytest.raises(DataError):
        load(edited)
    (edited / "questions.jsonl").write_text("\n".join(line for number, line in enumerate(new, start=1) if number not in lost))
    kb = load(edited)
    assert all(kb.document(span.document_id).text[span.start : span.end] == span.quote for q in kb.questions for span in q.evidence)
    assert Counter(outcomes(rebase(edited)).values()) == {"kept": len(kb.questions)}


def test_the_folder_before_the_edits_tells_equal_sentences_apart(edited: Path) -> None:
    done = rebase(edited, SMALL)
    assert [found.outcome for found in done.anchorings if found.question_id in ("q001", "q002")] == ["moved", "moved"]
    evidence = json.loads((edited / "questions.jsonl").read_text().splitlines()[0])["evidence"][0]
    text = (edited / "documents" / "product-varnel-120.md").read_text()
    body = text[text.index("# Varnel") :]
    assert body[evidence["start"] :].startswith("The Varnel 120 may be lowered to 35 metres at most. Below that depth")


def test_a_dry_run_and_a_rebase_of_what_stands_write_nothing(edited: Path) -> None:
    before = (edited / "questions.jsonl").read_bytes()
    done = rebase(edited, dry_run=True)
    assert done.rewritten and done.backup is None
    assert (edited / "questions.jsonl").read_bytes() == before
    assert not (edited / "questions.jsonl.bak").exists()


def test_the_nearest_of_equal_sentences_is_taken_when_the_old_offset_is_written(tmp_path: Path) -> None:
    text = f"{SENTENCE} {'x ' * 100}{SENTENCE} end"
    folder = make(tmp_path / "kb", {"bridge": "Preface. " + text}, quote(start=0, end=34), quote(start=235, end=269))
    done = rebase(folder)
    # "Preface. " has 9 characters; the second sentence stood at 34 + 1 + 200 = 235.
    assert [(found.outcome, found.start) for found in done.anchorings] == [("moved", 9), ("moved", 244)]
    rows = [json.loads(line)["evidence"][0] for line in (folder / "questions.jsonl").read_text().splitlines()]
    assert [(row["start"], row["end"]) for row in rows] == [(9, 43), (244, 278)]


def test_one_lost_quote_leaves_the_whole_question_as_it_was(tmp_path: Path) -> None:
    both = {"evidence": [*quote("It was painted green.")["evidence"], *quote("It stands.", "gone")["evidence"]]}  # type: ignore[misc]
    folder = make(tmp_path / "kb", {"bridge": "It was painted green long ago."}, both)
    before = (folder / "questions.jsonl").read_text()
    done = rebase(folder)
    assert outcomes(done) == {"q0": "document gone"} and done.rewritten == ()
    assert (folder / "questions.jsonl").read_text() == before


def test_a_renamed_document_is_known_by_its_text_even_when_its_quote_stands_elsewhere_too(tmp_path: Path) -> None:
    old = make(tmp_path / "old", {"bridge": SENTENCE, "copy": f"Also: {SENTENCE}"}, quote())
    new = make(tmp_path / "new", {"crossing": SENTENCE, "copy": f"Also: {SENTENCE}"}, quote())
    assert outcomes(rebase(new, dry_run=True)) == {"q0": "ambiguous"}
    done = rebase(new, old)
    assert (done.anchorings[0].outcome, done.anchorings[0].document_id) == ("other document", "crossing")


def test_few_words_that_stand_elsewhere_by_chance_are_not_taken_for_the_quote(tmp_path: Path) -> None:
    first = "Wire was spun on site by two crews who worked in turn from May until the first frost, and nobody was hurt in all that time. "
    second = "After the opening, ferries stopped running; their landing stages became gardens, which the town keeps to this day. "
    text = f"{first}It carries 42 km of it. {second}Behind lies a road of 42 km, lined with elms."
    start = text.index("42 km")
    old = make(tmp_path / "old", {"bridge": text}, quote("42 km", start=start))
    new = make(tmp_path / "new", {"bridge": text.replace("It carries 42 km of it. ", "")}, quote("42 km", start=start))
    unchecked = rebase(new, dry_run=True).anchorings[0]
    assert (unchecked.outcome, unchecked.unsure) == ("moved", True)  # nothing but the offset to go by
    assert outcomes(rebase(new, old)) == {"q0": "quote gone"}
    other = make(tmp_path / "other", {"bridge": "It was closed.", "road": "The road is 42 km long."}, quote("42 km"))
    assert outcomes(rebase(other)) == {"q0": "quote gone"}


def test_an_end_that_does_not_fit_its_quote_is_mended(tmp_path: Path) -> None:
    folder = make(tmp_path / "kb", {"bridge": SENTENCE}, quote(start=0, end=30))
    assert outcomes(rebase(folder)) == {"q0": "moved"}
    assert load(folder).questions[0].evidence[0].end == 34


def test_an_exact_copy_elsewhere_does_not_hide_that_the_answer_changed(tmp_path: Path) -> None:
    folder = make(tmp_path / "kb", {"bridge": "The bridge carries 43 km of cable.", "obsolete": SENTENCE}, quote())
    assert outcomes(rebase(folder)) == {"q0": "answer changed"}


def test_a_gold_answer_that_never_stood_in_the_quote_is_held_to_the_figures(tmp_path: Path) -> None:
    free = {"answers": ["forty-two kilometres"]}
    folder = make(tmp_path / "kb", {"bridge": "The bridge carries 43 km of cable."}, quote() | free)
    assert outcomes(rebase(folder)) == {"q0": "sense changed"}
    edit(folder, "bridge", ("43 km of cable", "42 km of cables"))
    assert outcomes(rebase(folder)) == {"q0": "reworded"}


@pytest.mark.parametrize("line", ['{"id": "q0", "evidence": [{"quote": "x"}]}', '{"id": "q0", "evidence": "x"}', "[]", "{"])
def test_a_line_that_is_no_question_is_an_error_with_its_number(tmp_path: Path, line: str) -> None:
    folder = make(tmp_path / "kb", {"bridge": SENTENCE}, quote())
    with open(folder / "questions.jsonl", "a") as stream:
        stream.write(line + "\n")
    with pytest.raises(DataError, match="line 2"):
        rebase(folder)


def test_a_passage_ends_on_whole_words_and_takes_in_what_was_inserted() -> None:
    text = "Note. The bridge, as built, carries 42 km of cable in all its length. More."
    place = nearest_passage("The bridge carries 42 km of cable in all its length.", text)
    assert place is not None
    assert text[place.start : place.end] == "The bridge, as built, carries 42 km of cable in all its length."


@given(st.text(alphabet="ab é.1\n", min_size=1, max_size=30), st.text(alphabet="ab é.1\n", max_size=80))
def test_a_passage_never_cuts_a_word(wanted: str, text: str) -> None:
    place = nearest_passage(wanted, text)
    if place is not None:
        assert 0 <= place.start < place.end <= len(text) and 50 <= place.similarity <= 100
        for border in (place.start, place.end):
            assert not (text[border - 1 : border].isalnum() and border and text[border : border + 1].isalnum())


# Sentences without the letters of the inserted text: no insertion can make another copy of one.
_QUOTES = tuple(f"{word} {number} metres of rope." for number, word in enumerate(("Seven", "Eleven", "Some", "Other", "More"), start=10))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fillers=st.lists(st.text(alphabet="xyz éÉ\n#-'", max_size=40), min_size=6, max_size=6), others=st.data())
def test_edits_outside_of_quotes_never_lose_an_anchor(fillers: list[str], others: st.DataObject, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "kb", ignore_errors=True)
    text = "".join(part for pair in zip(fillers, (*_QUOTES, ""), strict=True) for part in pair)
    folder = make(tmp_path / "kb", {"rope": text + "\nend"}, *(quote(sentence, "rope") for sentence in _QUOTES))
    before = load(folder)
    offsets = [{"start": q.evidence[0].start, "end": q.evidence[0].end} for q in before.questions]
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text().splitlines()]
    for row, offset in zip(rows, offsets, strict=True):
        row["evidence"][0] |= offset
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    new = others.draw(st.lists(st.text(alphabet="xyz éÉ\n#-'", max_size=40), min_size=6, max_size=6))
    (folder / "documents" / "rope.md").write_text(
        "".join(part for pair in zip(new, (*_QUOTES, ""), strict=True) for part in pair) + "\nend"
    )
    done = rebase(folder)
    assert done.lost == ()
    kb = load(folder)  # refuses offsets that do not hold their quote
    assert [q.evidence[0].quote for q in kb.questions] == list(_QUOTES)
    assert all(kb.document("rope").text[q.evidence[0].start : q.evidence[0].end] == q.evidence[0].quote for q in kb.questions)
