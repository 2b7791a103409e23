"""Documents and questions whose text is in another language than the one declared for them.

A wrong language means a wrong tokenizer, stemmer and abstention phrase. A short question
full of names is no evidence: only a clear guess that no function word of the declared
language contradicts is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from foundation.identification import CLEAR, CODES, function_words, identify
from knowledge_base.checks.finding import Finding, shown
from knowledge_base.model import KnowledgeBase

_SAMPLE = 2000  # characters of a document that are enough to tell


def languages(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield documents and questions that are clearly not in their declared language."""
    documents = [(f"document {document.id}", document.language or "", document.text[:_SAMPLE]) for document in kb.documents]
    questions = [(f"question {question.id}", question.language, question.text) for question in kb.questions]
    texts = [entry for entry in [*documents, *questions] if entry[1] in CODES]  # of the others we cannot tell
    for (where, declared, text), guess in zip(texts, identify([text for _, _, text in texts]), strict=True):
        if guess.code not in (None, declared) and guess.confidence >= CLEAR and not function_words(text).get(declared):
            yield _finding(where, declared, str(guess.code), text)
        elif where.startswith("document ") and guess.code not in (None, declared) and guess.confidence >= CLEAR:
            counts = function_words(text)  # a document quotes: a few words of the declared language do not make it so
            if counts.get(str(guess.code), 0) > 3 * counts.get(declared, 0):
                yield _finding(where, declared, str(guess.code), text)


def _finding(where: str, declared: str, code: str, text: str) -> Finding:
    kind = where.split(" ")[0]
    message = f"is declared {declared!r} and reads as {code!r}: {shown(text)}. Mend its 'language', or the text."
    return Finding("warning", f"{kind}-language", where, message)
