"""What is doubtful in a knowledge base that loads: findings, each with what to do about it.

Faults that prevent loading (a quote that does not stand in its document, two questions
of one id) are raised by `knowledge_base.loading.load`; a knowledge base that was made
in memory is held to the same rules here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from foundation.language import normal_answer
from knowledge_base.exposure import leaks, normal_text
from knowledge_base.model import KnowledgeBase, Question

Severity = Literal["error", "warning", "note"]
_ORDER = {"error": 0, "warning": 1, "note": 2}
_BALANCE = (0.2, 0.8)  # outside these shares of train in train + test, one side is too small to use


@dataclass(frozen=True)
class Finding:
    """One thing to look at. Errors make results wrong, warnings make them doubtful, notes inform."""

    severity: Severity
    where: str  # a document, a question, or "questions" for the whole set
    message: str


def check(kb: KnowledgeBase) -> tuple[Finding, ...]:
    """Return everything that is doubtful, errors first; empty when there is nothing to say."""
    found = [*_documents(kb), *_each_question(kb), *_duplicates(kb), *_leaks(kb), *_splits(kb)]
    return tuple(sorted(found, key=lambda finding: _ORDER[finding.severity]))


def _documents(kb: KnowledgeBase) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for document in kb.documents:
        if not document.text.strip():
            yield Finding("warning", f"document {document.id}", "holds no text. Remove it, or convert its original again.")
        elif (other := first.setdefault(document.revision, document.id)) != document.id:
            yield Finding(
                "warning", f"document {document.id}", f"has the same text as {other}. Keep one: both take up places in every search."
            )
    for name in kb.ignored:
        yield Finding(
            "warning", f"documents/{name}", "is neither Markdown nor text and was passed over. Convert it, or move it to originals/."
        )


def _each_question(kb: KnowledgeBase) -> Iterator[Finding]:
    known = {document.id: document for document in kb.documents}
    unscored = 0
    for question in kb.questions:
        where = f"question {question.id}"
        for span in question.evidence:
            document = known.get(span.document_id)
            if document is None:
                yield Finding("error", where, f"its evidence names document {span.document_id!r}, which does not exist.")
            elif document.text[span.start : span.end] != span.quote:
                yield Finding("error", where, f"its evidence does not match the text of {span.document_id!r}. Quote it again.")
        if question.answerable == "no" and question.answers:
            yield Finding("error", where, "is marked unanswerable and has answers. Remove one of the two.")
        if question.answerable == "yes" and not question.answers and question.rule is None:
            yield Finding("error", where, "is marked answerable and has neither answer nor rule. Add an answer, or mark it unknown.")
        if question.answerable == "yes" and not question.evidence and question.rule is None:
            yield Finding(
                "warning", where, "has no evidence, so retrieval is not measured on it. Quote the sentence that holds the answer."
            )
        if question.answers and question.evidence and not _stands_in_quotes(question):
            yield Finding(
                "warning",
                where,
                "none of its answers stands in its evidence. Right for a free answer; for an extracted one, check the quote.",
            )
        unscored += question.answerable == "unknown" and question.rule is None
    if unscored:
        yield Finding("note", "questions", f"{unscored} of {len(kb.questions)} have no answer and stay unscored.")


def _stands_in_quotes(question: Question) -> bool:
    """Tell whether some answer stands in some quote as whole normalised words."""
    quotes = [f" {' '.join(normal_answer(span.quote, question.language))} " for span in question.evidence]
    return any(f" {' '.join(normal_answer(answer, question.language))} " in quote for answer in question.answers for quote in quotes)


def _duplicates(kb: KnowledgeBase) -> Iterator[Finding]:
    same: dict[str, list[Question]] = defaultdict(list)
    for question in kb.questions:
        if not question.history:  # the same words mean another thing after another dialogue
            same[normal_text(question.text, question.language)].append(question)
    for first, *others in same.values():
        for other in others:
            if other.fact == first.fact:
                yield Finding("warning", f"question {other.id}", f"asks the same in the same words as {first.id}. Keep one.")
            else:
                yield Finding(
                    "warning",
                    f"question {other.id}",
                    f"has the words of {first.id} and another fact. Say in the text what differs, or give both one fact.",
                )


def _leaks(kb: KnowledgeBase) -> Iterator[Finding]:
    for leak in leaks(kb.split("train"), kb.split("test")):
        yield Finding(
            "warning",
            f"question {leak.test_id}",
            f"is nearly ({leak.similarity:.0f} %) training question {leak.training_id} under another fact: "
            "it would count as unseen. Give both one fact, or reword it.",
        )


def _splits(kb: KnowledgeBase) -> Iterator[Finding]:
    if not kb.questions:
        yield Finding("note", "questions", "there are none: chatting works, comparing needs a questions.jsonl.")
        return
    sizes = Counter(question.split for question in kb.questions)
    train, test = sizes["train"], sizes["test"]
    if not train or not test:
        yield Finding("warning", "questions", f"{train} train and {test} test questions: training needs the first, comparing the second.")
    elif not _BALANCE[0] <= train / (train + test) <= _BALANCE[1]:
        yield Finding(
            "warning",
            "questions",
            f"{train} train and {test} test questions are out of balance. Write 'split' for some, or set test_share in kb.toml.",
        )
