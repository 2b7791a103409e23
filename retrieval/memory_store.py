"""A store in memory, searched by plain numpy: the reference that others are compared with, and the fake of tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from typing import Any

import numpy as np

from foundation.errors import DataError
from foundation.fingerprint import LENGTH
from retrieval.embedders import Matrix
from retrieval.model import Chunk, Hit
from retrieval.store import Batch, Snapshot, StoredDocument, rank


class MemoryStore:
    """Everything in dictionaries; gone with the process."""

    def __init__(self) -> None:
        self._generation = 0
        self._manifest: Mapping[str, Any] = {}
        self._documents: dict[str, StoredDocument] = {}
        self._chunks: dict[str, tuple[Chunk, Matrix]] = {}

    def write(self, batch: Batch) -> None:
        """Apply the whole batch; after an error nothing of it is there."""
        check_batch(batch)
        gone = set(batch.removed)
        documents = {name: document for name, document in self._documents.items() if name not in gone}
        chunks = {name: pair for name, pair in self._chunks.items() if pair[0].document_id not in gone}
        for document in batch.documents:
            if document.id in documents:
                raise DataError(f"document {document.id} is already stored. Remove it in the same batch.")
            documents[document.id] = document
        for chunk, vector in zip(batch.chunks, batch.vectors, strict=True):
            if chunk.id in chunks:
                raise DataError(f"chunk {chunk.id} is already stored. Remove its document in the same batch.")
            chunks[chunk.id] = (chunk, vector.copy())
        self._documents, self._chunks = documents, chunks
        self._manifest = self._manifest if batch.manifest is None else dict(batch.manifest)
        self._generation += 1

    def delete(self, document_ids: Sequence[str]) -> None:
        """Remove documents with their chunks; unknown ids are passed over."""
        self.write(Batch(removed=tuple(document_ids)))

    def search(self, matrix: Matrix, k: int) -> list[list[Hit]]:
        """Return per row the k chunks of highest inner product; ties go by chunk id."""
        held = list(self._chunks.values())
        return [
            rank([(chunk, float(vector.astype(np.float64) @ query.astype(np.float64))) for chunk, vector in held], k) for query in matrix
        ]

    def snapshot(self) -> Snapshot:
        """Return what is held now."""
        return Snapshot(self._generation, dict(self._manifest), dict(self._documents), len(self._chunks))

    def digest(self) -> str:
        """Return 16 hex digits over manifest, chunks and vectors."""
        pairs = (self._chunks[name] for name in sorted(self._chunks))
        return content_digest(self._manifest, ((chunk, vector.tobytes()) for chunk, vector in pairs))

    def close(self) -> None:
        """Nothing is open."""


def check_batch(batch: Batch) -> None:
    """Raise DataError when vectors and chunks do not go together, or a chunk has no document."""
    if len(batch.chunks) != len(batch.vectors):
        raise DataError(f"{len(batch.chunks)} chunks came with {len(batch.vectors)} vectors. Embed each chunk once.")
    known = {document.id for document in batch.documents}
    for chunk in batch.chunks:
        if chunk.document_id not in known:
            raise DataError(f"chunk {chunk.id} belongs to document {chunk.document_id!r}, which is not in the batch.")


def content_digest(manifest: Mapping[str, Any], rows: Iterable[tuple[Chunk, bytes]]) -> str:
    """Return 16 hex digits over manifest, chunks (given in the order of their ids) and vector bytes."""
    digest = hashlib.sha256(json.dumps(dict(manifest), sort_keys=True, ensure_ascii=False).encode())
    for chunk, vector in rows:
        digest.update(json.dumps(astuple(chunk), ensure_ascii=False).encode())
        digest.update(vector)
    return digest.hexdigest()[:LENGTH]
