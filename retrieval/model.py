"""The nouns of retrieval: Chunk and Hit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chunk:
    """A piece of one document revision: `document.text[start:end] == text`."""

    id: str  # "<document_id>@<start>-<end>"
    document_id: str
    revision: str
    start: int
    end: int
    text: str
    title: str = ""  # the document's title, shown above the passage


@dataclass(frozen=True)
class Hit:
    """A chunk found for a query; rank counts from 1, ties are broken by chunk id."""

    chunk: Chunk
    score: float
    rank: int
