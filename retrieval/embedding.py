"""Many chunks to one matrix, at the speed of the embedder itself, with a progress bar when it takes long."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.chunking import passage_text
from retrieval.embedders import Embedder, Matrix
from retrieval.model import Chunk

_BLOCK = 512  # chunks per call: few enough for a lively bar, many enough to batch well
_QUIET = 2.0  # seconds before a bar appears


def embed_chunks(embedder: Embedder, chunks: Sequence[Chunk], *, progress: bool = True) -> Matrix:
    """Return float32 [len(chunks), dimension], row i for chunk i.

    Texts go in by length, longest first, so that a batch holds little padding and the
    bar's estimate errs on the long side.
    """
    from tqdm import tqdm

    texts = [passage_text(chunk) for chunk in chunks]
    order = sorted(range(len(texts)), key=lambda position: -len(texts[position]))
    matrix = np.zeros((len(texts), embedder.dimension), dtype=np.float32)
    with tqdm(total=len(texts), desc="Embedding", unit="chunk", disable=not progress, delay=_QUIET, leave=False) as bar:
        for first in range(0, len(order), _BLOCK):
            block = order[first : first + _BLOCK]
            matrix[block] = embedder.encode_passages([texts[position] for position in block])
            bar.update(len(block))
    return matrix
