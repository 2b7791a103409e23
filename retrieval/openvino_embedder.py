"""A sentence-transformers model computed by OpenVINO: the same vectors, sooner, and without loading PyTorch.

It computes in float32, so its vectors differ from those of sentence-transformers only in
the last bits, as those of two batches do; it therefore carries the same fingerprint, and an
index of the one serves the other. bfloat16 is not offered: its vectors depend on the texts
that share a batch. Turning a model into OpenVINO's format is `retrieval.embedder_conversion`'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from foundation.errors import DataError
from foundation.files import read_json
from foundation.jsonable import from_json
from foundation.openvino_library import load
from retrieval.embedders import Matrix

MODEL: Final = "model.xml"
TOKENIZER: Final = "tokenizer.json"
FACTS: Final = "embedder.json"
_BATCH: Final = 32  # texts, as in sentence-transformers


@dataclass(frozen=True)
class Facts:
    """What the files of the model and its tokenizer do not say."""

    dimension: int
    token_limit: int
    pad_id: int
    query_prompt: str
    passage_prompt: str


class OpenVinoEmbedder:
    """A converted sentence-transformers model, in float32. The model is loaded at the first text, not before."""

    def __init__(self, name: str, fingerprint: str, folder: Path) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.folder = folder
        self._one_at_a_time = Lock()  # a compiled model minds one thread

    @cached_property
    def _facts(self) -> Facts:
        path = self.folder / FACTS
        return from_json(Facts, read_json(path, "converted embedder"), f"{path} (delete its folder to have it made again)")

    @cached_property
    def _model(self) -> Any:
        properties = {"INFERENCE_PRECISION_HINT": "f32", "ENABLE_CPU_PINNING": False}  # pinned, it would fight a training for one core
        try:
            return load("the openvino embedder").Core().compile_model(str(self.folder / MODEL), "CPU", properties)
        except RuntimeError as error:
            raise DataError(
                f"the converted embedder in {self.folder} does not load: {error}. Delete that folder to have it converted again, "
                "or set retrieval.embedding_engine=sentence-transformers."
            ) from error

    @cached_property
    def _cutting(self) -> Any:
        """The tokenizer as the model reads texts: cut at the limit, marks around them."""
        cutting = self._read_tokenizer()
        cutting.enable_truncation(self._facts.token_limit)
        return cutting

    @cached_property
    def tokenizer(self) -> Any:
        """The model's own `tokenizers.Tokenizer`, told neither to cut nor to pad."""
        whole = self._read_tokenizer()
        whole.no_truncation()
        return whole

    def _read_tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        found = Tokenizer.from_file(str(self.folder / TOKENIZER))
        found.no_padding()
        return found

    @property
    def dimension(self) -> int:
        """Columns of every matrix."""
        return self._facts.dimension

    @property
    def token_limit(self) -> int:
        """Tokens of one text that are read, the marks around it included."""
        return self._facts.token_limit

    def count_tokens(self, text: str) -> int:
        """Return the tokens of `text`, without the marks around it."""
        return len(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """Return float32 [n, dimension] with rows of length 1, with the model's query prompt if it has one."""
        return self._encode(self._facts.query_prompt, texts)

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """Return float32 [n, dimension] with rows of length 1, with the model's document prompt if it has one."""
        return self._encode(self._facts.passage_prompt, texts)

    def _encode(self, prompt: str, texts: Sequence[str]) -> Matrix:
        matrix = np.zeros((len(texts), self.dimension), dtype=np.float32)
        tokens = [found.ids for found in self._cutting.encode_batch([prompt + text for text in texts])]
        order = sorted(range(len(tokens)), key=lambda row: -len(tokens[row]))  # neighbours of one length need little padding
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            ids = np.full((len(rows), len(tokens[rows[0]])), self._facts.pad_id, dtype=np.int64)
            mask = np.zeros_like(ids)
            for line, row in enumerate(rows):
                ids[line, : len(tokens[row])] = tokens[row]
                mask[line, : len(tokens[row])] = 1
            with self._one_at_a_time:
                matrix[rows] = self._model([ids, mask])[0]
        return matrix
