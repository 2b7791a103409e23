"""What every store must do. Subclass it in a test module and give the fixture `store` (empty)."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from foundation.errors import DataError
from retrieval.memory_store import MemoryStore
from retrieval.model import Chunk
from retrieval.store import Batch, Store, StoredDocument


def batch(rows: dict[str, list[float]], *, removed: tuple[str, ...] = (), manifest: dict[str, str] | None = None) -> Batch:
    """One document per chunk; `rows` maps a name to its vector."""
    documents = tuple(StoredDocument(name, f"r-{name}", f"T {name}") for name in rows)
    chunks = tuple(Chunk(f"{name}@0-4", name, f"r-{name}", 0, 4, f"é-{name}", f"T {name}") for name in rows)
    return Batch(documents, chunks, np.array(list(rows.values()), dtype=np.float32).reshape(len(rows), -1), removed, manifest)


def names(store: Store, query: list[float], k: int) -> list[str]:
    (hits,) = store.search(np.array([query], dtype=np.float32), k)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    return [hit.chunk.document_id for hit in hits]


class StoreConformance:
    """The contract of `retrieval.store.Store`."""

    def test_hits_come_best_first_with_their_chunk_and_score(self, store: Store) -> None:
        given = batch({"a": [1, 0], "b": [0, 1], "c": [0.6, 0.8]})
        store.write(given)
        (first, second), (other, _) = store.search(np.array([[0, 1], [1, 0]], dtype=np.float32), 2)
        assert (first.chunk, first.score, first.rank) == (given.chunks[1], 1.0, 1)
        assert (second.chunk, second.score, second.rank) == (given.chunks[2], 0.8, 2)
        assert other.chunk == given.chunks[0]

    def test_an_empty_store_and_a_large_k(self, store: Store) -> None:
        assert store.search(np.ones((2, 2), dtype=np.float32), 3) == [[], []]
        store.write(batch({"a": [1, 0]}))
        assert names(store, [1, 0], 50) == ["a"]
        assert store.search(np.zeros((0, 2), dtype=np.float32), 3) == []

    def test_ties_go_by_chunk_id_even_beyond_the_cut(self, store: Store) -> None:
        ids = [f"d{number:03d}" for number in range(150)]
        shuffled = np.random.default_rng(3).permutation(ids)
        store.write(batch({"zz": [0.6, 0.8]} | {str(name): [1.0, 0.0] for name in shuffled}))
        assert names(store, [1, 0], 3) == ids[:3]
        assert names(store, [0, 1], 2) == ["zz", "d000"]

    def test_search_is_exact_and_a_batch_changes_nothing(self, store: Store) -> None:
        random = np.random.default_rng(0)
        vectors = random.normal(size=(300, 24)).astype(np.float32)
        vectors[200:250] = vectors[100:150]  # exact duplicates
        reference = MemoryStore()
        given = batch({f"d{number}": list(row) for number, row in enumerate(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))})
        store.write(given)
        reference.write(given)
        queries = given.vectors[::6] + random.normal(scale=0.05, size=(50, 24)).astype(np.float32)
        together = store.search(queries, 7)
        assert together == reference.search(queries, 7)
        assert together == [store.search(query[None, :], 7)[0] for query in queries]

    def test_removed_documents_leave_and_changed_ones_are_replaced(self, store: Store) -> None:
        store.write(batch({"a": [1, 0], "b": [0, 1]}))
        store.write(batch({"a": [0, 1]}, removed=("a",)))
        assert names(store, [1, 0.5], 5) == ["a", "b"]  # both [0, 1] now
        store.delete(["b", "never there"])
        assert names(store, [0, 1], 5) == ["a"]
        assert store.snapshot().documents == {"a": StoredDocument("a", "r-a", "T a")}

    @pytest.mark.parametrize("fault", ["taken", "unpaired", "orphan"])
    def test_a_faulty_batch_changes_nothing(self, store: Store, fault: str) -> None:
        store.write(batch({"a": [1, 0]}, manifest={"made": "once"}))
        before, digest = store.snapshot(), store.digest()
        good = batch({"n": [0, 1], "a": [0, 1]}, manifest={"made": "twice"})
        faulty = {
            "taken": good,
            "unpaired": Batch(good.documents, good.chunks, good.vectors[:1], ("a",), good.manifest),
            "orphan": Batch(good.documents[:1], good.chunks, good.vectors, ("a",), good.manifest),
        }[fault]
        with pytest.raises(DataError):
            store.write(faulty)
        assert (store.snapshot(), store.digest()) == (before, digest)
        assert names(store, [1, 0], 5) == ["a"]

    def test_snapshot_counts_and_keeps_the_manifest(self, store: Store) -> None:
        assert (store.snapshot().generation, store.snapshot().chunks) == (0, 0)
        store.write(batch({"a": [1, 0], "b": [0, 1]}, manifest={"embedder": "é"}))
        store.write(batch({"c": [1, 0]}))
        held = store.snapshot()
        assert (held.generation, held.chunks, held.manifest, sorted(held.documents)) == (2, 3, {"embedder": "é"}, ["a", "b", "c"])

    def test_equal_content_has_an_equal_digest_whatever_way_it_came(self, store: Store) -> None:
        other = MemoryStore()
        other.write(batch({"a": [1, 0], "b": [0, 1]}))
        store.write(batch({"b": [0, 1], "x": [1, 0]}))
        assert store.digest() != other.digest()
        store.write(batch({"a": [1, 0]}, removed=("x",)))
        assert store.digest() == other.digest()
        store.write(batch({"a": [0.8, 0.6]}, removed=("a",)))
        assert store.digest() != other.digest()

    def test_threads_may_share_it(self, store: Store) -> None:
        store.write(batch({"a": [1, 0], "b": [0, 1]}))
        found: list[list[str]] = []
        threads = [threading.Thread(target=lambda: found.append(names(store, [1, 0], 1))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [["a"]] * 8
