"""An embedder without a model: words hashed into a vector. Deterministic and instant.

It behaves like a real one (texts that share words are near, long texts are cut off,
rows have length 1), so tests and the studies of other parts come in by the front door.
It knows no synonyms: as a baseline it shows what word overlap alone is worth.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from foundation.fingerprint import fingerprint
from foundation.language import tokenize
from retrieval.embedders import Embedder, Matrix

_VERSION = 1  # raise when a vector changes: it is part of the fingerprint
_FULL_WEIGHT_LENGTH = 6  # "the" and "is" say less than "turbidity": words count by length up to here


class HashingEmbedder:
    """Signed hashed bag of words.

    Source: Weinberger et al. 2009, Feature Hashing for Large Scale Multitask Learning,
    arXiv 0902.2206.
    """

    tokenizer = None

    def __init__(self, dimension: int = 512, token_limit: int = 256) -> None:
        self.name = "hashing"
        self.dimension = dimension
        self.token_limit = token_limit
        self.fingerprint = fingerprint("hashing", _VERSION, dimension, token_limit)

    def count_tokens(self, text: str) -> int:
        """Return the number of words of `text`."""
        return len(tokenize(text))

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """Return float32 [n, dimension] with rows of length 1."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """Return float32 [n, dimension] with rows of length 1; a text without words points along the first axis."""
        matrix = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word, count in sorted(Counter(tokenize(text)[: self.token_limit]).items()):
                bucket, sign = _place(word, self.dimension)
                matrix[row, bucket] += sign * (1 + np.log(count)) * min(len(word), _FULL_WEIGHT_LENGTH) / _FULL_WEIGHT_LENGTH
            if not matrix[row].any():
                matrix[row, 0] = 1.0
        lengths: Matrix = np.linalg.norm(matrix, axis=1, keepdims=True)
        return matrix / lengths


def shipped(name: str, cache: Path) -> Embedder:
    """Return the hashing embedder; it needs neither name nor cache."""
    return HashingEmbedder()


@lru_cache(maxsize=1 << 16)
def _place(word: str, dimension: int) -> tuple[int, float]:
    digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    return (number >> 1) % dimension, 1.0 if number & 1 else -1.0
