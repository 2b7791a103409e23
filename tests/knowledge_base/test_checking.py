"""Each doubtful thing gives its finding, and a good knowledge base gives none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from knowledge_base.checking import check
from knowledge_base.loading import assemble, load
from knowledge_base.model import Document, KnowledgeBase, Question, Span
from knowledge_base.stats import stats

DOCUMENT = Document("pump", "r1", "Pump", "The pump weighs 12 kg.", "en")
SPAN = Span("pump", "r1", 9, 21, "weighs 12 kg")
TRAIN = Question("q1", "How heavy is the pump?", "en", ("12 kg",), "yes", (SPAN,), fact="f1", group="pump", split="train")
TEST = replace(TRAIN, id="q2", text="What does the pump weigh?", split="test")


def base(*questions: Question, documents: tuple[Document, ...] = (DOCUMENT,), ignored: tuple[str, ...] = ()) -> KnowledgeBase:
    return assemble("plant", documents, questions, ignored)


def test_nothing_to_say_of_a_good_one() -> None:
    assert check(base(TRAIN, TEST)) == ()
    assert check(load("orlisund")) == ()


@pytest.mark.parametrize(
    ("change", "severity", "message"),
    [
        ({"evidence": (replace(SPAN, quote="weighs 13 kg"),)}, "error", "does not match"),
        ({"evidence": (replace(SPAN, document_id="pmp"),)}, "error", "does not exist"),
        ({"answerable": "no"}, "error", "unanswerable and has answers"),
        ({"answers": ()}, "error", "neither answer nor rule"),
        ({"evidence": ()}, "warning", "has no evidence"),
        ({"answers": ("13 kg",)}, "warning", "none of its answers"),
        ({"answers": (), "answerable": "unknown"}, "note", "1 of 2 have no answer"),
        ({"text": "how heavy is the Pump"}, "warning", "same words as q1. Keep one"),
        ({"text": "how heavy is the Pump", "fact": "f2"}, "warning", "has the words of q1 and another fact"),
        ({"text": "How heavy is this pump?", "fact": "f2"}, "none", ""),  # 89 % alike: below the bar
        ({"split": "train"}, "warning", "2 train and 0 test"),
    ],
)
def test_each_doubt_has_its_finding(change: dict[str, Any], severity: str, message: str) -> None:
    found = check(base(TRAIN, replace(TEST, **change)))
    if severity == "none":
        assert found == ()
    else:
        assert [finding.severity for finding in found if message in finding.message] == [severity]


def test_findings_on_documents_splits_and_leaks() -> None:
    empty, twin = Document("empty", "r0", "E", ""), replace(DOCUMENT, id="twin")
    messages = [finding.message for finding in check(base(documents=(DOCUMENT, empty, twin), ignored=("plan.pdf",)))]
    assert [
        part for part in ("no text", "same text as pump", "neither Markdown", "there are none") if any(part in text for text in messages)
    ] == [
        "no text",
        "same text as pump",
        "neither Markdown",
        "there are none",
    ]
    many = [replace(TRAIN, id=f"t{n}", text=f"Question about part {n}?") for n in range(9)]
    assert any("out of balance" in finding.message for finding in check(base(*many, TEST)))
    leak = replace(TEST, text="How heavy was the pump?", fact="f2")
    trained = replace(TRAIN, text="How heavy is the pump of the northern site in Brannholt today?")
    near = replace(leak, text="How heavy was the pump of the northern site in Brannholt today?")
    assert any("would count as unseen" in finding.message for finding in check(base(trained, near)))


def test_errors_come_first() -> None:
    severities = [finding.severity for finding in check(base(replace(TRAIN, evidence=()), replace(TEST, answers=())))]
    assert severities == sorted(severities, key=["error", "warning", "note"].index) and "error" in severities


def test_stats_count() -> None:
    counts = stats(base(TRAIN, TEST, replace(TEST, id="q3", text="Is it red?", fact="f2", answers=(), answerable="unknown", evidence=())))
    assert counts["documents"] == 1 and counts["words"] == 5  # the, pump, weighs, 12, kg
    assert counts["split"] == {"test": 2, "train": 1}
    assert counts["exposure"] == {"paraphrase": 1, "unseen": 1}
    assert counts["answerable"] == {"unknown": 1, "yes": 2}
    assert (counts["questions"], counts["facts"], counts["groups"], counts["with_evidence"]) == (3, 2, 1, 2)
