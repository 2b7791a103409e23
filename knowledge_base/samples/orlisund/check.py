"""Audit the Orlisund sample against its table of facts: `python check.py`, here or from anywhere.

`ragft kb check` knows any knowledge base; this knows what this one promises. Every question is
traced to one row of facts.csv, every row to the sentences that state it, and the second state of
the knowledge base (../orlisund-changed) to the answers that follow from it. Prints each fault and
the counts; exits with 1 when there is a fault.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foundation.language import normal_answer, tokenize
from knowledge_base.loading import load
from knowledge_base.model import KnowledgeBase, Question
from knowledge_base.rules import holds

HERE = Path(__file__).resolve().parent
WORDS = (150, 800)  # of a document
AT_LEAST = {
    "paraphrase": 840,
    "unseen": 120,
    "two-documents": 60,
    "unanswerable": 100,
    "changed": 60,
    "style": 80,
    "injection": 30,
    "follow-up": 40,
}


@dataclass(frozen=True)
class Fact:
    """One row of facts.csv; `values` are the right answers by language, the canonical one first."""

    id: str
    kind: str
    subject: str
    values: dict[str, tuple[str, ...]]
    value_after: str
    documents: tuple[str, ...]


def read_facts() -> dict[str, Fact]:
    """Return the facts of facts.csv by id; ValueError when two rows share one."""
    facts: dict[str, Fact] = {}
    with open(HERE / "facts.csv", newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["fact"] in facts:
                raise ValueError(f"facts.csv has two rows for {row['fact']}")
            values = {"en": _forms(row["value"], row["also"]), "fr": _forms(row["value_fr"], row["also_fr"])}
            documents = tuple(name for name in row["documents"].split("; ") if name)
            facts[row["fact"]] = Fact(row["fact"], row["kind"], row["subject"], values, row["value_after"], documents)
    return facts


def problems() -> Iterator[str]:
    """Yield every disagreement between the table, the documents and the questions."""
    facts, now, later = read_facts(), load(HERE), load(HERE.with_name("orlisund-changed"))
    by_fact: dict[str, list[Question]] = defaultdict(list)
    for question in now.questions:
        by_fact[question.fact].append(question)
    for name in sorted(set(facts) ^ set(by_fact)):
        yield f"{name}: {'has no question' if name in facts else 'is not in facts.csv'}"
    for fact in facts.values():
        for question in by_fact[fact.id]:
            yield from _question(fact, question)
        yield from _documents(fact, by_fact[fact.id])
        yield from _undeclared(fact, now)
    yield from _after(facts, now, later)
    for document in now.documents:
        words = len(document.text.split())
        if not WORDS[0] <= words <= WORDS[1]:
            yield f"{document.id}: {words} words"
    kinds = Counter(question.kind for question in now.questions)
    yield from (f"{kind}: {kinds[kind]} questions of {count}" for kind, count in AT_LEAST.items() if kinds[kind] < count)


def _question(fact: Fact, question: Question) -> Iterator[str]:
    if question.kind in ("style", "injection") and question.rule is None:
        yield f"{question.id}: has no rule"
    for answer in question.answers if question.rule is not None else ():
        if not holds(question.rule or "", answer):
            yield f"{question.id}: its answer {answer!r} fails its own rule"
    if question.kind == "style":
        return  # its answer is one example of many: the rule is what is scored
    right = fact.values[question.language]
    if question.kind == "unanswerable":
        if right or fact.documents or question.answerable != "no":
            yield f"{question.id}: is unanswerable, and something answers it"
    elif question.kind == "changed" and question.answerable == "no":
        if right or fact.documents or not fact.value_after:
            yield f"{question.id}: is documented later only, and the table says otherwise"
    elif question.kind in ("injection", "follow-up", "changed"):
        if not set(question.answers) & set(right):
            yield f"{question.id}: answers {question.answers}, the table says {right}"
    elif question.answers != right:
        yield f"{question.id}: answers {question.answers}, the table says {right}"


def _documents(fact: Fact, questions: list[Question]) -> Iterator[str]:
    quotes = {(span.document_id, span.quote) for question in questions for span in question.evidence}
    named = {document for document, _ in quotes}
    if named != set(fact.documents):
        yield f"{fact.id}: the table names {', '.join(fact.documents)}, the evidence {', '.join(sorted(named))}"
    tags = {tag for question in questions for tag in question.tags}
    if ("head" in tags) != (len(named) >= 3 and fact.kind in ("paraphrase", "unseen")):
        yield f"{fact.id}: is stated in {len(named)} documents and {'' if 'head' in tags else 'not '}tagged head"
    if fact.kind in ("paraphrase", "unseen"):
        for document, quote in quotes:
            value = fact.values["fr" if document.endswith("-fr") else "en"][:1]
            if not any(_stands(form, quote) for form in value):
                yield f"{fact.id}: {document} does not state {value}: {quote!r}"


def _undeclared(fact: Fact, kb: KnowledgeBase) -> Iterator[str]:
    """Yield documents that state the value of the subject on one line and are not in the table."""
    if fact.kind not in ("paraphrase", "unseen"):
        return
    subject = set(tokenize(fact.subject, "en")) - {"orlisund", "the", "of", "a"}
    for document in kb.documents:
        value = next(iter(fact.values[document.language or "en"]), "")
        if document.id in fact.documents or not value or len(normal_answer(value)) < 2:
            continue  # a single word or number stands in many places and means many things
        for line in document.text.splitlines():
            if subject and subject <= set(tokenize(line, "en")) and _stands(value, line):
                yield f"{fact.id}: {document.id} states it too: {line.strip()!r}"


def _after(facts: dict[str, Fact], now: KnowledgeBase, later: KnowledgeBase) -> Iterator[str]:
    changed = {question.id: question for question in now.questions if question.kind == "changed"}
    if set(changed) != {question.id for question in later.questions}:
        yield "orlisund-changed: its questions are not the changed ones of this folder"
    for question in later.questions:
        before = changed.get(question.id)
        if before is None:
            continue
        if before.text != question.text or before.fact != question.fact:
            yield f"{question.id}: another question in orlisund-changed"
        if set(before.answers) & set(question.answers) or (not before.answers and not question.answers):
            yield f"{question.id}: the answer did not change"
        said = question.answers[0] if question.answers else "(not documented)"
        if said != facts[question.fact].value_after:
            yield f"{question.id}: {said!r} afterwards, the table says {facts[question.fact].value_after!r}"


def _forms(value: str, also: str) -> tuple[str, ...]:
    return tuple(form for form in [value, *also.split(" | ")] if form)


def _stands(value: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None


def main() -> int:
    """Print what is wrong and what there is; return the exit code."""
    found = list(problems())
    for line in found:
        print(line)
    kb = load(HERE)
    print(f"{len(kb.documents)} documents, {len(kb.questions)} questions, {len(read_facts())} facts, {len(found)} faults")
    print(dict(sorted(Counter(question.kind for question in kb.questions).items())))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
