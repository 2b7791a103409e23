"""What a system is shown before it answers: nothing, retrieved passages, the evidence itself, or whole documents.

All three ways of showing text give hits, so that prompts, citations and metrics treat them alike.
`gold` is perfect retrieval: it tells what a system would answer if search never failed.
`documents` asks whether cutting into passages was needed at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from chatbot.model import Context
from foundation.errors import ConfigurationError, InputError
from knowledge_base.model import Document, Question, Span
from retrieval.model import Chunk, Hit

READS_INDEX: tuple[Context, ...] = ("retrieval", "documents")
_DEPTH = 32  # passages looked at to rank documents: beyond them a document is not among the likely ones


class Retriever(Protocol):
    """What a chatbot asks for passages; `retrieval.index.Index` is one."""

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """Return at most `k` hits per query, best first."""


class Cutter(Protocol):
    """What cuts documents into passages; `retrieval.chunking.Chunker` is one."""

    def cut(self, documents: Sequence[Document]) -> list[list[Chunk]]:
        """Return the chunks of each document, in order."""


def search_query(question: Question) -> str:
    """Return what is searched for a question: its own words, after the user's last ones in a dialogue.

    A follow-up ("And for the 120S?") names its subject only in what was said before.

    >>> from knowledge_base.model import Turn
    >>> said = (Turn("user", "How deep may a Varnel 120 go?"), Turn("assistant", "35 metres."))
    >>> search_query(Question("q", "And the 120S?", "en", history=said))
    'How deep may a Varnel 120 go? And the 120S?'
    """
    earlier = [turn.text for turn in question.history if turn.role == "user"]
    return " ".join([*earlier[-1:], question.text])


def gold_hits(questions: Sequence[Question], documents: Mapping[str, Document], cutter: Cutter) -> list[list[Hit]]:
    """Return per question the passages that hold its evidence, one for each part of it.

    Of a part stated in several documents the first in the question's language is taken. A
    passage is the chunk that retrieval could have found; a quote that lies across a border
    brings both neighbours. A question without evidence gets no passage. Raises InputError
    for evidence in a document that is not there.
    """
    chosen = [[_in_language(part, question.language, documents) for part in question.parts] for question in questions]
    names = sorted({span.document_id for spans in chosen for span in spans})
    chunks = dict(zip(names, cutter.cut([documents[name] for name in names]), strict=True))
    found = []
    for spans in chosen:
        holding = [chunk for span in spans for chunk in _holding(span, chunks[span.document_id])]
        found.append([Hit(chunk, 1.0, rank) for rank, chunk in enumerate(dict.fromkeys(holding), start=1)])
    return found


def document_hits(
    queries: Sequence[str], retriever: Retriever, documents: Mapping[str, Document], budget: int, count_tokens: Callable[[str], int]
) -> list[list[Hit]]:
    """Return per query whole documents, that of the best passage first, within `budget` tokens.

    A document that does not fit ends the list; the first is cut to the budget instead, since
    nothing is worse than nothing. Titles count. Raises ConfigurationError when the index
    names a document that is not there.
    """
    return [_whole(hits, documents, budget, count_tokens) for hits in retriever.search(queries, _DEPTH)]


def _in_language(part: Sequence[Span], language: str, documents: Mapping[str, Document]) -> Span:
    for span in part:
        if span.document_id not in documents:
            raise InputError(f"evidence names document {span.document_id!r}, which is not in this knowledge base.")
    return next((span for span in part if documents[span.document_id].language == language), part[0])


def _holding(span: Span, chunks: Sequence[Chunk]) -> list[Chunk]:
    touching = [chunk for chunk in chunks if span.overlaps(chunk.document_id, chunk.start, chunk.end)]
    return [chunk for chunk in touching if span.within(chunk.document_id, chunk.start, chunk.end)][:1] or touching


def _whole(hits: Sequence[Hit], documents: Mapping[str, Document], budget: int, count_tokens: Callable[[str], int]) -> list[Hit]:
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(hit.chunk.document_id, hit.score)
    shown: list[Hit] = []
    for name, score in best.items():
        if name not in documents:
            raise ConfigurationError(f"the index holds document {name!r}, which the knowledge base has not. Run: ragft index update")
        chunk = _as_chunk(documents[name])
        tokens = _tokens(chunk, count_tokens)
        if tokens > budget and shown:
            break
        if tokens > budget:
            chunk = _cut(chunk, budget, count_tokens)
        shown.append(Hit(chunk, score, len(shown) + 1))
        budget -= tokens
        if budget <= 0:
            break
    return shown


def _as_chunk(document: Document) -> Chunk:
    end = len(document.text)
    return Chunk(f"{document.id}@0-{end}", document.id, document.revision, 0, end, document.text, document.title)


def _tokens(chunk: Chunk, count_tokens: Callable[[str], int]) -> int:
    return count_tokens(f"{chunk.title} {chunk.text}")


def _cut(chunk: Chunk, budget: int, count_tokens: Callable[[str], int]) -> Chunk:
    """Return the longest beginning of `chunk` within `budget` tokens, found by halving."""
    low, high = 0, len(chunk.text)
    while low < high:
        middle = (low + high + 1) // 2
        if _tokens(replace(chunk, text=chunk.text[:middle]), count_tokens) <= budget:
            low = middle
        else:
            high = middle - 1
    return replace(chunk, id=f"{chunk.document_id}@0-{low}", end=low, text=chunk.text[:low])
