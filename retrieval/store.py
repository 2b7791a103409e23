"""The store seam: where chunks and vectors live, and exact search over them.

The door is small on purpose: one write that happens whole or not at all, one delete,
one search, one snapshot of what is held. Chunking, embedding and deciding what is stale
are `retrieval.index`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from retrieval.embedders import Matrix
from retrieval.model import Chunk, Hit

SCORE_DECIMALS = 6  # scores equal to here are ties: float32 noise below it depends on the batch


@dataclass(frozen=True)
class StoredDocument:
    """What a store keeps of a document, to tell later whether it changed."""

    id: str
    revision: str
    title: str


@dataclass(frozen=True)
class Batch:
    """One write: `removed` documents go first, then `documents` come in with their chunks, and `manifest` replaces the old."""

    documents: tuple[StoredDocument, ...] = ()
    chunks: tuple[Chunk, ...] = ()
    vectors: Matrix = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))  # float32 [len(chunks), d], unit rows
    removed: tuple[str, ...] = ()
    manifest: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Snapshot:
    """What a store holds at one moment. `generation` grows by one with every write."""

    generation: int
    manifest: Mapping[str, Any]
    documents: Mapping[str, StoredDocument]
    chunks: int


class Store(Protocol):
    """What every store does. Implementations pass tests/conformance/store.py."""

    def write(self, batch: Batch) -> None:
        """Apply the whole batch in one transaction; after an error nothing of it is there."""

    def delete(self, document_ids: Sequence[str]) -> None:
        """Remove documents with their chunks; unknown ids are passed over."""

    def search(self, matrix: Matrix, k: int) -> list[list[Hit]]:
        """Return per row the k chunks of highest inner product, exactly; ties go by chunk id."""

    def snapshot(self) -> Snapshot:
        """Return what is held now."""

    def digest(self) -> str:
        """Return 16 hex digits over manifest, chunks and vectors: equal content, equal digest."""

    def close(self) -> None:
        """Release files; the store is not used afterwards."""


def rank(scored: Sequence[tuple[Chunk, float]], k: int) -> list[Hit]:
    """Return the best k as hits: by score rounded to six decimals, then by chunk id."""
    rounded = [(chunk, round(float(score), SCORE_DECIMALS)) for chunk, score in scored]
    rounded.sort(key=lambda pair: (-pair[1], pair[0].id))
    return [Hit(chunk, score, position) for position, (chunk, score) in enumerate(rounded[:k], start=1)]
