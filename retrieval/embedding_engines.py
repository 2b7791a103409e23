"""Which library computes a sentence-transformers model: sentence-transformers itself, or OpenVINO.

Both give the same vectors under the same fingerprint, so the choice may change between
building an index and asking it.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

from foundation.errors import RagftError, UnsupportedError
from foundation.openvino_library import installed
from retrieval.embedder_conversion import converted
from retrieval.embedders import Embedder
from retrieval.openvino_embedder import OpenVinoEmbedder
from retrieval.sentence_embedder import SentenceTransformerEmbedder


def quickest(source: SentenceTransformerEmbedder, cache: Path) -> Embedder:
    """Return `source` in OpenVINO where that is installed and PyTorch has no GPU, else `source` itself.

    A conversion that fails costs one line, not the run.
    """
    if not installed() or _has_accelerator():
        return source
    try:
        return _openvino(source, cache)
    except RagftError as error:
        return _instead(source, error)


def openvino(source: SentenceTransformerEmbedder, cache: Path) -> Embedder:
    """Return `source` in OpenVINO, or `source` itself and one line when its model cannot run there.

    Raises MissingDependencyError without OpenVINO, DataError when the disk refuses.
    """
    try:
        return _openvino(source, cache)
    except UnsupportedError as error:
        return _instead(source, error)


def _openvino(source: SentenceTransformerEmbedder, cache: Path) -> Embedder:
    return OpenVinoEmbedder(source.name, source.fingerprint, converted(source, cache))


def _instead(source: SentenceTransformerEmbedder, error: RagftError) -> Embedder:
    print(f"embedder: sentence-transformers computes, because {error}", file=sys.stderr, flush=True)
    return source


def _has_accelerator() -> bool:
    """Return whether PyTorch has a GPU or the like. A build for processors only is known by its version, without a slow import."""
    if version("torch").endswith("+cpu"):
        return False
    import torch

    return bool(torch.accelerator.is_available())
