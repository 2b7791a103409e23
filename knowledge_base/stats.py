"""Counts that say what a knowledge base is made of. Plain data: shells print it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from foundation.language import tokenize
from knowledge_base.exposure import exposures
from knowledge_base.model import KnowledgeBase


def stats(kb: KnowledgeBase) -> dict[str, Any]:
    """Return counts of documents, words, questions, facts and groups, and how questions spread.

    The values under "split", "kind", "language", "answerable" and "exposure" map a name
    to a number of questions; exposure is that of the test questions to the train split.
    """
    test = kb.split("test")
    return {
        "name": kb.name,
        "fingerprint": kb.fingerprint,
        "documents": len(kb.documents),
        "words": sum(len(tokenize(document.text, document.language or "en")) for document in kb.documents),
        "document_languages": _count(document.language or "unknown" for document in kb.documents),
        "questions": len(kb.questions),
        "facts": len({question.fact for question in kb.questions}),
        "groups": len({question.group for question in kb.questions}),
        "with_evidence": sum(bool(question.evidence) for question in kb.questions),
        "split": _count(question.split or "none" for question in kb.questions),
        "kind": _count(question.kind for question in kb.questions),
        "language": _count(question.language for question in kb.questions),
        "answerable": _count(question.answerable for question in kb.questions),
        "exposure": _count(exposures(test, kb.split("train")).values()),
    }


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
