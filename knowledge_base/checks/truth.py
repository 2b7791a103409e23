"""Ambiguity: the same question has one answer in one place and another in another.

No system can be right on such a question except by luck. Within the questions, the
wordings of one fact are compared; across the documents, a sentence that says the same as
the evidence but for the answer is looked up by the words before and after the answer, so
that the work grows with the texts and not with their pairs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from foundation.language import normal_answer
from knowledge_base.checks.each_question import ABSTRACTIVE
from knowledge_base.checks.finding import Finding, shown
from knowledge_base.checks.sameness import contradict
from knowledge_base.model import Document, KnowledgeBase, Question, Span

_SENTENCE = re.compile(r"[^.!?\n|]+(?:[.!?](?!\s|$)[^.!?\n|]*)*[.!?]?")
_CONTEXT = 3  # words beside the answer by which a sentence is looked up
_LEAST = 4  # words that two sentences must share around the answer to say the same
_LONGEST = 6  # words that another answer may have


def facts(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield facts whose questions, in one language, have answers of which none holds another."""
    by_fact: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for question in kb.questions:
        if question.rule is None and ABSTRACTIVE not in question.tags:
            by_fact[question.fact, question.language].append(question)
    for (fact, _), questions in by_fact.items():
        pair = next(((one, other) for one, other in combinations(questions, 2) if contradict(one, other)), None)
        if pair is not None:
            one, other = pair
            said = f"{one.id} {shown(one.text)}: {shown(_said(one))}; {other.id} {shown(other.text)}: {shown(_said(other))}"
            message = f"its questions contradict each other ({said}). Correct one, or give them two facts."
            yield Finding("warning", "fact-contradiction", f"fact {fact}", message)


def documents(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield questions whose evidence stands in another document with another answer in its place."""
    before, after = _sentences(kb)
    for question in kb.questions:
        for span in question.evidence:
            found = _elsewhere(question, span, kb, before, after)
            if found is not None:
                document, sentence = found
                message = (
                    f"is answered differently by document {document.id}: {shown(sentence)}, "
                    f"against {shown(span.quote)} in {span.document_id}. "
                    "Correct one, say which is meant, or declare the documents as versions in kb.toml."
                )
                yield Finding("warning", "document-contradiction", f"question {question.id}", message)
                break


_Sentences = dict[tuple[str, ...], list[tuple[Document, str, tuple[str, ...]]]]


def _sentences(kb: KnowledgeBase) -> tuple[_Sentences, _Sentences]:
    """Every sentence by its first words, and by its last words."""
    before: _Sentences = defaultdict(list)
    after: _Sentences = defaultdict(list)
    for document in kb.documents:
        for match in _SENTENCE.finditer(document.text):
            words = tuple(normal_answer(match[0], document.language or "en"))
            if len(words) > _LEAST:
                before[words[:_CONTEXT]].append((document, match[0], words))
                after[words[-_CONTEXT:]].append((document, match[0], words))
    return before, after


def _elsewhere(question: Question, span: Span, kb: KnowledgeBase, before: _Sentences, after: _Sentences) -> tuple[Document, str] | None:
    for sentence in _SENTENCE.findall(span.quote):
        words = tuple(normal_answer(sentence, question.language))
        for answer in question.answers:
            given = tuple(normal_answer(answer, question.language))
            start = next((n for n in range(len(words) - len(given) + 1) if words[n : n + len(given)] == given), None)
            if start is None or not given:
                continue
            head, tail = words[:start], words[start + len(given) :]
            if len(head) + len(tail) < _LEAST:
                continue
            candidates = before[head[:_CONTEXT]] if len(head) >= _CONTEXT else after[tail[-_CONTEXT:]] if len(tail) >= _CONTEXT else []
            for document, text, other in candidates:
                middle = other[len(head) : len(other) - len(tail)]
                if document.id == span.document_id or not middle or other[: len(head)] != head or other[len(other) - len(tail) :] != tail:
                    continue
                if any(document.id in names and span.document_id in names for names in kb.versions):
                    continue
                if len(middle) <= _LONGEST and not _agrees(middle, question):
                    return document, text
    return None


def _agrees(middle: tuple[str, ...], question: Question) -> bool:
    """Tell whether what stands in the answer's place holds an answer, or is held by one."""
    place = f" {' '.join(middle)} "
    answers = [f" {' '.join(normal_answer(answer, question.language))} " for answer in question.answers]
    return any(place in answer or answer in place for answer in answers)


def _said(question: Question) -> str:
    return " | ".join(question.answers) or question.answerable
