"""The index: documents cut, embedded and stored, kept in step with them, and searched.

It is derived from the knowledge base and may be deleted. Opening it checks that it fits
corpus, embedder and chunking, so an answer can never rest on passages of another time.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from foundation.errors import InputError
from foundation.jsonable import from_json
from knowledge_base.model import Document
from retrieval.chunking import Chunker
from retrieval.config import RetrievalConfig
from retrieval.embedders import Embedder
from retrieval.embedding import embed_chunks
from retrieval.manifest import Manifest, check_corpus, check_fit, manifest_for
from retrieval.model import Hit
from retrieval.place import current, new_build, take_over
from retrieval.sqlite_store import SqliteStore
from retrieval.store import Batch, Snapshot, StoredDocument


@dataclass(frozen=True)
class BuildSummary:
    """What a build made."""

    documents: int
    chunks: int
    seconds: float


@dataclass(frozen=True)
class UpdateSummary:
    """What an update did, in documents; only added and changed ones were embedded."""

    added: int
    changed: int
    removed: int
    unchanged: int
    chunks_embedded: int
    seconds: float


class Index:
    """An opened index. It is the retriever that a chatbot takes: `search(queries, k)`."""

    def __init__(self, store: SqliteStore, embedder: Embedder, config: RetrievalConfig, snapshot: Snapshot) -> None:
        self._store = store
        self._embedder = embedder
        self._config = config
        self._snapshot = snapshot
        self._digest: str | None = None  # reading all vectors takes a while: only when asked for

    @staticmethod
    def build(
        folder: Path, documents: Sequence[Document], embedder: Embedder, config: RetrievalConfig, *, progress: bool = True
    ) -> BuildSummary:
        """Index all `documents` in `folder`, in place of what was there once all is done.

        Raises DataError for no documents or an unwritable folder, ConfigurationError when
        chunks would not fit the embedder; the old index then stays.
        """
        started = time.perf_counter()
        manifest = manifest_for(documents, embedder, config)
        batch = _batch(documents, embedder, config, manifest, removed=(), progress=progress)
        build = new_build(folder)
        try:
            store = SqliteStore(build, create=True)
            try:
                store.write(batch)
                store.search(batch.vectors[:1], 1)  # derives the FAISS file now, not at the first question
            finally:
                store.close()
            take_over(folder, build)
        except BaseException:  # an interrupt too must leave no half-made build behind
            shutil.rmtree(build, ignore_errors=True)
            raise
        return BuildSummary(len(documents), len(batch.chunks), time.perf_counter() - started)

    @classmethod
    def open(cls, folder: Path, embedder: Embedder, documents: Sequence[Document] | None, config: RetrievalConfig) -> Index:
        """Return the index in `folder`, checked against embedder, chunking and `documents`.

        `documents` None leaves the corpus unchecked, as an update needs it. Raises
        MismatchError naming the command that mends it, DataError when there is no index
        or it is damaged.
        """
        store = SqliteStore(current(folder))
        try:
            snapshot = store.snapshot()
            manifest = from_json(Manifest, dict(snapshot.manifest), f"the manifest of the index in {folder} (run: ragft index build)")
            check_fit(manifest, embedder, config)
            if documents is not None:
                check_corpus(manifest, documents)
        except BaseException:
            store.close()
            raise
        return cls(store, embedder, config, snapshot)

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """Return per query its best `k` chunks, rank from 1, ties by chunk id; fewer when the index is smaller."""
        if k < 1:
            raise InputError(f"k = {k}: ask for at least one passage.")
        return self._store.search(self._embedder.encode_queries(queries), k) if queries else []

    def update(self, documents: Sequence[Document], *, progress: bool = True) -> UpdateSummary:
        """Bring the index in step with `documents`: embed what is new or changed, remove what is gone.

        One transaction at the end: a killed update leaves the index as it was.
        """
        started = time.perf_counter()
        manifest = manifest_for(documents, self._embedder, self._config)
        held = self._store.snapshot().documents
        wanted = {document.id: StoredDocument(document.id, document.revision, document.title) for document in documents}
        fresh = [document for document in documents if held.get(document.id) != wanted[document.id]]
        gone = [name for name in held if name not in wanted]
        changed = [document.id for document in fresh if document.id in held]
        batch = _batch(fresh, self._embedder, self._config, manifest, removed=(*gone, *changed), progress=progress)
        if fresh or gone:
            self._store.write(batch)
        self._snapshot, self._digest = self._store.snapshot(), None
        return UpdateSummary(
            added=len(fresh) - len(changed),
            changed=len(changed),
            removed=len(gone),
            unchanged=len(documents) - len(fresh),
            chunks_embedded=len(batch.chunks),
            seconds=time.perf_counter() - started,
        )

    @property
    def fingerprint(self) -> str:
        """Over manifest, chunks and the exact vectors.

        Vectors of one text may differ in their last bit between a fresh build and an
        update, because the embedder batches differently; the fingerprint then differs too.
        """
        if self._digest is None:
            self._digest = self._store.digest()
        return self._digest

    def stats(self) -> dict[str, Any]:
        """Return what the index holds and what it was made with, as plain data."""
        return {
            "documents": len(self._snapshot.documents),
            "chunks": self._snapshot.chunks,
            "generation": self._snapshot.generation,
            "fingerprint": self.fingerprint,
            **dict(self._snapshot.manifest),
        }

    def close(self) -> None:
        """Release the files."""
        self._store.close()


def _batch(
    documents: Sequence[Document],
    embedder: Embedder,
    config: RetrievalConfig,
    manifest: Manifest,
    *,
    removed: tuple[str, ...],
    progress: bool,
) -> Batch:
    """Cut and embed `documents` into one write."""
    chunks = tuple(chunk for found in Chunker(embedder, config).cut(documents) for chunk in found)
    return Batch(
        documents=tuple(StoredDocument(document.id, document.revision, document.title) for document in documents),
        chunks=chunks,
        vectors=embed_chunks(embedder, chunks, progress=progress),
        removed=removed,
        manifest=asdict(manifest),
    )
