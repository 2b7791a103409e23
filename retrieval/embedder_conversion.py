"""A sentence-transformers model as an OpenVINO model: converted once, checked against its source, kept in the model cache.

The whole of it is converted, from token ids to unit vectors: encoder, pooling and what
follows. Beside the model stand its tokenizer and prompts, so that PyTorch is not needed
afterwards. Encoding texts with it is `retrieval.openvino_embedder`'s business.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from foundation.errors import DataError, UnsupportedError
from foundation.files import write_json
from foundation.fingerprint import fingerprint
from foundation.openvino_library import load
from retrieval.openvino_embedder import FACTS, MODEL, TOKENIZER, Facts, OpenVinoEmbedder
from retrieval.sentence_embedder import SentenceTransformerEmbedder

_CONVERTER: Final = 1  # raise it when the same model would be converted otherwise
_TOLERANCE: Final = 1e-5  # per number of a unit vector: rounding in float32 makes about 3e-7
# Of several lengths and scripts, with what tokenizers stumble over; the last is longer than most models read.
_CHECKED: Final = ("The pump weighs 12 kg.", "", "  L'été,\n la pompe est ARRÊTÉE.  ", "東京 🎉 naïve—café", "why? " * 40, "valve " * 600)
_PASSAGE_PROMPTS: Final = ("document", "passage", "corpus")  # names that sentence-transformers looks for, in its order


def converted(source: SentenceTransformerEmbedder, cache: Path) -> Path:
    """Return the folder in `cache` with the OpenVINO model of `source`, made when it is not there.

    Raises MissingDependencyError without OpenVINO, UnsupportedError when the model cannot
    be converted or would give other vectors, DataError when the disk refuses.
    """
    from filelock import FileLock

    load("the openvino embedder")
    folder = cache / "openvino"
    target = folder / f"embedder-{fingerprint(source.fingerprint, version('openvino'), _CONVERTER)}"
    if target.is_dir():  # renamed into place whole, so what is there is complete
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{target.name}.lock"):
            if not target.is_dir():
                with tempfile.TemporaryDirectory(dir=folder, prefix=".making.") as scratch:
                    made = Path(scratch) / "model"
                    made.mkdir()
                    print(f"Converting {source.name} once for openvino (a few seconds) …", file=sys.stderr, flush=True)
                    _convert(source, made)
                    made.rename(target)
    except OSError as error:
        raise DataError(
            f"cannot write to the model cache {folder}: {error.strerror or error}. Free space or choose another folder."
        ) from error
    return target


def _convert(source: SentenceTransformerEmbedder, made: Path) -> None:
    """Write model, tokenizer and facts to `made`, and check them against the source."""
    from sentence_transformers import SentenceTransformer

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tracing: the check below says whether the trace is right
            model = SentenceTransformer(str(source.folder), device="cpu", local_files_only=True, trust_remote_code=False)
            _write(model, made)
            apart = _disagreement(OpenVinoEmbedder(source.name, source.fingerprint, made), model)
    except Exception as error:  # whatever the code of a foreign model raises: sentence-transformers itself may still run it
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UnsupportedError(f"{source.name} cannot be converted for openvino: {reason}") from error
    if not apart <= _TOLERANCE:  # NaN too
        raise UnsupportedError(f"{source.name} gives other vectors after conversion for openvino (by {apart:.1e})")


def _write(model: Any, made: Path) -> None:
    import torch

    openvino = load("the openvino embedder")

    class Whole(torch.nn.Module):  # type: ignore[misc]  # torch is not followed, so its base reads as Any
        """Token ids and mask to unit vectors, as `SentenceTransformer.encode` does it."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            if "token_type_ids" in model.tokenizer.model_input_names:
                features["token_type_ids"] = torch.zeros_like(input_ids)
            return torch.nn.functional.normalize(self.model(features)["sentence_embedding"], p=2, dim=1)

    example = torch.ones((2, 9), dtype=torch.int64)  # any ids and shape: both sizes stay free
    with torch.no_grad():
        graph = openvino.convert_model(Whole().eval(), example_input={"input_ids": example, "attention_mask": example})
    openvino.save_model(graph, str(made / MODEL), compress_to_fp16=False)  # halves would be other vectors
    (made / TOKENIZER).write_text(model.tokenizer.backend_tokenizer.to_str(), encoding="utf-8")
    facts = Facts(
        dimension=int(model.get_embedding_dimension()),
        token_limit=int(model.max_seq_length),
        pad_id=int(model.tokenizer.pad_token_id or 0),
        query_prompt=_prompt(model, ("query",)),
        passage_prompt=_prompt(model, _PASSAGE_PROMPTS),
    )
    write_json(made / FACTS, asdict(facts))


def _prompt(model: Any, names: Sequence[str]) -> str:
    """Return the prompt that sentence-transformers puts before a text for the first of `names` that the model has, else its default."""
    name = next((name for name in names if name in model.prompts), model.default_prompt_name)
    return str(model.prompts.get(name) or "")


def _disagreement(embedder: OpenVinoEmbedder, model: Any) -> float:
    """Return the largest difference between any number of `embedder`'s vectors and `model`'s on texts of all sorts."""
    queries = np.asarray(model.encode_query(list(_CHECKED), normalize_embeddings=True, show_progress_bar=False))
    passages = np.asarray(model.encode_document(list(_CHECKED), normalize_embeddings=True, show_progress_bar=False))
    ours = np.concatenate([embedder.encode_queries(_CHECKED), embedder.encode_passages(_CHECKED)])
    return float(np.abs(ours - np.concatenate([queries, passages])).max())
