"""The nouns of a knowledge base: Document, Span, Question, Corpus.

Evidence is spans in documents, never chunk ids: changing the chunker cannot
invalidate a retrieval metric.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, get_args

Answerable = Literal["yes", "no", "unknown"]
Split = Literal["train", "validation", "test"]
Exposure = Literal["verbatim", "paraphrase", "unseen"]
EXPOSURES: Final[tuple[Exposure, ...]] = get_args(Exposure)  # the most exposed first


@dataclass(frozen=True)
class Document:
    """One text of the knowledge base. Offsets everywhere refer to `text` as it stands here."""

    id: str
    revision: str  # fingerprint of the text: a changed text is another revision
    title: str
    text: str
    language: str | None = None
    source: str | None = None
    licence: str | None = None
    updated: str | None = None
    locators: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Span:
    """Half-open character offsets: `document.text[start:end] == quote`, always.

    Spans of one question that share a `part` are alternatives (one fact stated in several
    documents); without a part a span is needed by itself. An answer needs every part.
    """

    document_id: str
    revision: str
    start: int
    end: int
    quote: str
    part: str = ""

    def overlaps(self, document_id: str, start: int, end: int) -> bool:
        """Tell whether [start, end) of a document shares at least one character with this span."""
        return self.document_id == document_id and self.start < end and start < self.end

    def within(self, document_id: str, start: int, end: int) -> bool:
        """Tell whether [start, end) of a document holds this span entirely."""
        return self.document_id == document_id and start <= self.start and self.end <= end


@dataclass(frozen=True)
class Turn:
    """One earlier turn of a dialogue."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Question:
    """One question with what is known of its answer.

    `fact` is the cluster of every interval and test: wordings of one fact are not
    independent. An empty answer list with `answerable="unknown"` is unscored, never
    unanswerable.
    """

    id: str
    text: str
    language: str
    answers: tuple[str, ...] = ()
    answerable: Answerable = "unknown"
    evidence: tuple[Span, ...] = ()
    kind: str = "question"
    tags: tuple[str, ...] = ()
    rule: str | None = None
    fact: str = ""
    group: str = ""
    split: Split | None = None
    history: tuple[Turn, ...] = ()

    @property
    def parts(self) -> tuple[tuple[Span, ...], ...]:
        """The evidence as what is needed: one tuple of alternatives per part, in the order written."""
        groups: dict[str | int, list[Span]] = {}
        for number, span in enumerate(self.evidence):
            groups.setdefault(span.part or number, []).append(span)
        return tuple(tuple(spans) for spans in groups.values())


@dataclass(frozen=True)
class KnowledgeBase:
    """Documents and questions of one folder, loaded and checked."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    fingerprint: str  # over documents and questions
    corpus_fingerprint: str  # over document ids and revisions alone
    ignored: tuple[str, ...] = ()  # files of documents/ that are neither Markdown nor text
    versions: tuple[tuple[str, ...], ...] = ()  # documents declared as versions of one another: they may share text

    @cached_property
    def _by_id(self) -> dict[str, Document]:
        return {document.id: document for document in self.documents}

    def document(self, document_id: str) -> Document:
        """Return a document by id (KeyError when there is none)."""
        return self._by_id[document_id]

    def split(self, name: Split) -> tuple[Question, ...]:
        """Return the questions of one split, in file order."""
        return tuple(question for question in self.questions if question.split == name)
