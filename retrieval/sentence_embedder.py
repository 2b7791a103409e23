"""Any sentence-transformers model as an embedder: the shipped MiniLM, a folder, or a hub id."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from foundation.errors import DataError
from foundation.fingerprint import fingerprint, fingerprint_file
from retrieval.embedders import Embedder, Matrix

_WANTED = ("*.json", "*.txt", "*.model", "*.safetensors")  # no pickled weights, no remote code
_UNWANTED = ("onnx/*", "openvino/*")


class SentenceTransformerEmbedder:
    """A sentence-transformers folder. The model is loaded at the first text, not before."""

    def __init__(self, name: str, folder: Path) -> None:
        if not (folder / "modules.json").is_file():
            raise DataError(f"{folder} holds no sentence-transformers model (no modules.json). Give the folder that model.save() wrote.")
        self.name = name
        self.folder = folder

    @cached_property
    def _model(self) -> Any:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as library_logging

        library_logging.disable_progress_bar()  # of reading weights: a second's work
        logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
        try:
            return SentenceTransformer(str(self.folder), local_files_only=True, trust_remote_code=False)
        except (OSError, ValueError) as error:
            raise DataError(f"the embedder in {self.folder} does not load: {error}. Fetch it again.") from error

    @cached_property
    def fingerprint(self) -> str:
        """Over every file that shapes a vector: weights, tokenizer, pooling, prompts."""
        files = sorted(path for path in self.folder.rglob("*") if path.suffix in {".json", ".txt", ".model", ".safetensors"})
        return fingerprint([(path.relative_to(self.folder).as_posix(), fingerprint_file(path)) for path in files])

    @cached_property
    def dimension(self) -> int:
        """Columns of every matrix."""
        return int(self._model.get_embedding_dimension())

    @cached_property
    def token_limit(self) -> int:
        """Tokens of one text that are read, the two marks around it included."""
        return int(self._model.max_seq_length)

    @cached_property
    def tokenizer(self) -> Any:
        """The model's own `tokenizers.Tokenizer`, copied and told neither to cut nor to pad."""
        from tokenizers import Tokenizer

        copy = Tokenizer.from_str(self._model.tokenizer.backend_tokenizer.to_str())
        copy.no_truncation()  # left on, every long text would count as the limit
        copy.no_padding()
        return copy

    def count_tokens(self, text: str) -> int:
        """Return the word pieces of `text`, without the marks around it."""
        return len(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """Return float32 [n, dimension] with rows of length 1, with the model's query prompt if it has one."""
        return self._encode(self._model.encode_query, texts)

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """Return float32 [n, dimension] with rows of length 1, with the model's document prompt if it has one."""
        return self._encode(self._model.encode_document, texts)

    def _encode(self, encode: Any, texts: Sequence[str]) -> Matrix:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.asarray(encode(list(texts), normalize_embeddings=True, show_progress_bar=False), dtype=np.float32)


def shipped(name: str, cache: Path) -> Embedder:
    """Return a shipped model by its registered name, fetched into `cache` when it is not there."""
    from foundation.weights import fetch

    return SentenceTransformerEmbedder(name, fetch(name, cache))


def other(name: str) -> Embedder:
    """Return the model in a local folder, or that of a hub id (downloaded once by huggingface_hub)."""
    if Path(name).is_dir():
        return SentenceTransformerEmbedder(name, Path(name))
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        folder = snapshot_download(name, allow_patterns=list(_WANTED), ignore_patterns=list(_UNWANTED))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise DataError(
            f"embedder {name!r} is no local folder and the hub did not give it: {error}. Check the name and the network."
        ) from error
    return SentenceTransformerEmbedder(name, Path(folder))
