"""The store that ships: one SQLite file (WAL) is the only truth, one FAISS file is derived from it.

A write is one transaction, so a killed one leaves what was there before. Readers in
other processes see the new generation at their next search. A file that is truncated or
not SQLite's gives one DataError that says how to get a good one.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from foundation.errors import DataError
from retrieval.embedders import Matrix
from retrieval.flat import FlatIndex
from retrieval.memory_store import check_batch, content_digest
from retrieval.model import Chunk, Hit
from retrieval.store import Batch, Snapshot, StoredDocument, rank

FILE_NAME = "store.sqlite"
_WAIT = 30.0  # seconds that a write waits for another process's
_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, revision TEXT NOT NULL, title TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (
    number INTEGER PRIMARY KEY,  -- the id in the FAISS file
    id TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    revision TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL,
    title TEXT NOT NULL,
    vector BLOB NOT NULL  -- float32, little endian
);
CREATE INDEX IF NOT EXISTS chunks_by_document ON chunks (document_id);
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT OR IGNORE INTO meta VALUES ('generation', '0'), ('manifest', '{}');
"""
_FIELDS = 'id, document_id, revision, start, "end", text, title'


class SqliteStore:
    """Chunks and vectors in `folder`/store.sqlite. Safe to share between threads."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._flat: tuple[int, FlatIndex] | None = None  # with the generation that it stands for
        path = folder / FILE_NAME
        if not create and not path.is_file():
            raise DataError(f"the index in {folder} has no {FILE_NAME}. Run: ragft index build")
        with self._mended():
            self._connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
            try:
                self._prepare(create)
            except sqlite3.Error:
                self._connection.close()
                raise

    def _prepare(self, create: bool) -> None:
        if create:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(_SCHEMA)
        self._connection.execute("PRAGMA foreign_keys = ON")
        verdict = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)

    def write(self, batch: Batch) -> None:
        """Apply the whole batch in one transaction; after an error nothing of it is there."""
        check_batch(batch)
        rows = [
            (chunk.id, chunk.document_id, chunk.revision, chunk.start, chunk.end, chunk.text, chunk.title, vector.astype("<f4").tobytes())
            for chunk, vector in zip(batch.chunks, batch.vectors, strict=True)
        ]
        with self._transaction("IMMEDIATE") as connection:
            connection.executemany("DELETE FROM documents WHERE id = ?", [(name,) for name in batch.removed])
            documents = [(document.id, document.revision, document.title) for document in batch.documents]
            connection.executemany("INSERT INTO documents VALUES (?, ?, ?)", documents)
            connection.executemany(f"INSERT INTO chunks ({_FIELDS}, vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            if batch.manifest is not None:
                connection.execute(
                    "UPDATE meta SET value = ? WHERE key = 'manifest'", (json.dumps(dict(batch.manifest), ensure_ascii=False),)
                )
            connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")

    def delete(self, document_ids: Sequence[str]) -> None:
        """Remove documents with their chunks; unknown ids are passed over."""
        self.write(Batch(removed=tuple(document_ids)))

    def search(self, matrix: Matrix, k: int) -> list[list[Hit]]:
        """Return per row the k chunks of highest inner product, exactly; ties go by chunk id."""
        with self._transaction("DEFERRED") as connection:  # one transaction: vectors and texts of one generation
            flat = self._current_flat(connection)
            if flat is None:
                return [[] for _ in matrix]
            return [
                rank([(_chunk(self._row(connection, number)), score) for number, score in candidates], k)
                for candidates in flat.candidates(matrix, k)
            ]

    def snapshot(self) -> Snapshot:
        """Return what is held now."""
        with self._transaction("DEFERRED") as connection:
            manifest = json.loads(self._meta(connection, "manifest"))
            documents = {
                row[0]: StoredDocument(*row) for row in connection.execute("SELECT id, revision, title FROM documents ORDER BY id")
            }
            chunks = int(connection.execute("SELECT COUNT(*) FROM chunks").fetchone()[0])
            return Snapshot(int(self._meta(connection, "generation")), manifest, documents, chunks)

    def digest(self) -> str:
        """Return 16 hex digits over manifest, chunks and vectors. Reads everything."""
        with self._transaction("DEFERRED") as connection:
            manifest = json.loads(self._meta(connection, "manifest"))
            rows = connection.execute(f"SELECT {_FIELDS}, vector FROM chunks ORDER BY id")
            return content_digest(manifest, ((_chunk(row[:-1]), row[-1]) for row in rows))

    def close(self) -> None:
        """Close the file; SQLite then folds its log into it."""
        with self._lock:
            self._connection.close()

    def _current_flat(self, connection: sqlite3.Connection) -> FlatIndex | None:
        """The FAISS index of this generation: from memory, else from its file, else from the vectors."""
        generation = int(self._meta(connection, "generation"))
        if self._flat is not None and self._flat[0] == generation:
            return self._flat[1]
        count, size = connection.execute("SELECT COUNT(*), MAX(LENGTH(vector)) FROM chunks").fetchone()
        if not count:
            return None
        path = self._folder / f"vectors-{generation}.faiss"
        flat = FlatIndex.read(path, count, size // 4)
        if flat is None:
            pairs = connection.execute("SELECT number, vector FROM chunks ORDER BY number").fetchall()
            numbers = np.array([number for number, _ in pairs], dtype=np.int64)
            flat = FlatIndex.of(numbers, np.frombuffer(b"".join(vector for _, vector in pairs), dtype="<f4").reshape(count, -1))
            flat.save(path)
            for old in self._folder.glob("vectors-*.faiss"):
                if old != path:
                    old.unlink(missing_ok=True)
        self._flat = (generation, flat)
        return flat

    @staticmethod
    def _meta(connection: sqlite3.Connection, key: str) -> Any:
        return connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0]

    @staticmethod
    def _row(connection: sqlite3.Connection, number: int) -> tuple[Any, ...]:
        row: tuple[Any, ...] = connection.execute(f"SELECT {_FIELDS} FROM chunks WHERE number = ?", (number,)).fetchone()
        return row

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._mended():
            self._connection.execute(f"BEGIN {kind}")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _mended(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise DataError(
                f"the index in {self._folder} refused a write: {error}. Remove a document in the same batch that replaces it."
            ) from error
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise DataError(f"the index in {self._folder} is being written by another process. Wait for it and try again.") from error
            raise DataError(
                f"the index in {self._folder} cannot be used: {error}. Check the disk and permissions, or run: ragft index build"
            ) from error
        except sqlite3.DatabaseError as error:
            raise DataError(f"the index in {self._folder} is damaged ({error}). Your documents are safe. Run: ragft index build") from error


def _chunk(row: Sequence[Any]) -> Chunk:
    return Chunk(*row)
