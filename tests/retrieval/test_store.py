"""Both stores keep the contract; the SQLite one also survives torn files and kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from foundation.errors import DataError
from retrieval.memory_store import MemoryStore
from retrieval.sqlite_store import FILE_NAME, SqliteStore
from retrieval.store import Store
from tests.conformance.store import StoreConformance, batch, names


class TestMemory(StoreConformance):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


class TestSqlite(StoreConformance):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = SqliteStore(tmp_path, create=True)
        yield store
        store.close()


def filled(folder: Path, count: int = 60) -> None:
    store = SqliteStore(folder, create=True)
    vectors = np.random.default_rng(1).normal(size=(count, 32))
    store.write(batch({f"d{number:02d}": list(row) for number, row in enumerate(vectors)}))
    names(store, [1.0] * 32, 1)
    store.close()


@pytest.mark.parametrize("harm", ["missing", "truncated", "foreign", "stale"])
def test_the_faiss_file_is_only_a_cache(tmp_path: Path, harm: str) -> None:
    filled(tmp_path)
    (cache,) = tmp_path.glob("vectors-*.faiss")
    whole = cache.read_bytes()
    if harm == "missing":
        cache.unlink()
    elif harm == "truncated":
        cache.write_bytes(whole[: len(whole) // 2])
    elif harm == "foreign":
        cache.write_bytes(b"not an index")
    else:
        store = SqliteStore(tmp_path)
        store.delete(["d07"])
        store.close()
    store = SqliteStore(tmp_path)
    (hits,) = store.search(np.eye(1, 32, dtype=np.float32), 60)
    store.close()
    assert len(hits) == (59 if harm == "stale" else 60)
    assert "d07" not in {hit.chunk.document_id for hit in hits} or harm != "stale"
    (rebuilt,) = tmp_path.glob("vectors-*.faiss")
    assert (rebuilt.name == cache.name and rebuilt.read_bytes() == whole) != (harm == "stale")


def test_another_process_s_write_is_seen_at_the_next_search(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    reader, writer = SqliteStore(tmp_path), SqliteStore(tmp_path)
    query = [1.0] + [0.0] * 31
    names(reader, query, 1)
    writer.write(batch({"new": [100.0] + [0.0] * 31}))
    assert names(reader, query, 1) == ["new"]
    reader.close()
    writer.close()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.95])
def test_a_truncated_file_says_what_to_run(tmp_path: Path, share: float) -> None:
    filled(tmp_path)
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(DataError, match=r"Run: ragft index build|run: ragft index build"):
        SqliteStore(tmp_path).snapshot()


def test_missing_and_foreign_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"ragft index build"):
        SqliteStore(tmp_path)
    (tmp_path / FILE_NAME).write_text("not a database " * 100, encoding="utf-8")
    with pytest.raises(DataError, match=r"damaged"):
        SqliteStore(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
def test_a_kill_inside_a_write_leaves_the_old_state(tmp_path: Path) -> None:
    filled(tmp_path, 5)
    before = SqliteStore(tmp_path)
    digest = before.digest()
    before.close()
    script = """
        import os, signal, sys
        from pathlib import Path
        from retrieval.sqlite_store import SqliteStore
        store = SqliteStore(Path(sys.argv[1]))
        with store._transaction("IMMEDIATE") as connection:
            connection.execute("DELETE FROM documents")
            os.kill(os.getpid(), signal.SIGKILL)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], check=False, cwd=Path(__file__).parents[2])
    assert killed.returncode == -signal.SIGKILL
    after = SqliteStore(tmp_path)
    assert after.digest() == digest and after.snapshot().chunks == 5
    after.close()
