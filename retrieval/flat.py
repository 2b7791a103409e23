"""One flat FAISS file: exact inner products over all vectors, derived from the SQLite store.

It is a cache: its name carries the generation that it was made from, and a file that is
missing, stale, torn or of another size is built again from the vectors in the store,
without embedding anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundation.errors import DataError
from foundation.files import write_atomically
from retrieval.embedders import Matrix

_MARGIN = 16  # candidates fetched beyond k
_NOISE = 1e-5  # FAISS scores closer than this may change places when computed exactly


class FlatIndex:
    """Vectors by number, in memory, searched by FAISS and scored again in float64."""

    def __init__(self, faiss_index: Any) -> None:
        self._index = faiss_index

    @classmethod
    def of(cls, numbers: NDArray[np.int64], vectors: Matrix) -> FlatIndex:
        """Return an index over `vectors` (float32 [n, d]), each known by its number."""
        import faiss

        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors), numbers)
        return cls(index)

    @classmethod
    def read(cls, path: Path, count: int, dimension: int) -> FlatIndex | None:
        """Return the index in `path`, or None when it is absent, unreadable or not of this size."""
        import faiss

        if not path.is_file():
            return None
        try:
            index = faiss.read_index(str(path))
        except RuntimeError:  # what FAISS raises for a torn file
            return None
        return cls(index) if index.ntotal == count and index.d == dimension and isinstance(index, faiss.IndexIDMap2) else None

    def save(self, path: Path) -> None:
        """Write the index to `path`, atomically. A folder that may not be written is no fault: the file is a cache."""
        import faiss

        data = faiss.serialize_index(self._index)
        try:
            write_atomically(path, lambda stream: _write(stream, data))
        except DataError:
            return

    def candidates(self, queries: Matrix, k: int) -> Iterator[list[tuple[int, float]]]:
        """Yield per query (number, exact score) of every vector that can be among the best k, ties at the cut included."""
        total = int(self._index.ntotal)
        wanted = min(total, k + _MARGIN)
        if not wanted:
            yield from ([] for _ in queries)
            return
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        scores, numbers = self._index.search(queries, wanted)
        for row, query in enumerate(queries):
            found, best = numbers[row], scores[row]
            while len(found) < total and best[-1] >= best[k - 1] - _NOISE:  # a tie may go on beyond what was fetched
                best, found = (part[0] for part in self._index.search(query[None, :], min(total, 4 * len(found))))
            vectors = self._index.reconstruct_batch(found).astype(np.float64)
            exact = (vectors * query.astype(np.float64)).sum(axis=1)  # not BLAS: the same whatever else is in the batch
            yield list(zip(found.tolist(), exact.tolist(), strict=True))


def _write(stream: Any, data: Any) -> None:
    stream.write(data.tobytes())
