"""Who takes part in the engine benchmark: our engines and the libraries beside them, all on the same weights."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.prompts import KINDS

REFERENCE = "engine-fp32"  # whose answers the others are held against
BASELINES = ("generate-fp32", "generate-bf16")  # what speeds are divided by


@dataclass(frozen=True)
class Setup:
    """What a contestant is built from; paths are text because it travels to another process."""

    folder: str  # the base as a transformers folder
    cache: str  # where our engines keep what they convert
    adapter: str | None  # a PEFT folder
    weights: str | None  # what this contestant alone reads, see benchmarks.weights
    threads: int
    parallel: int  # most prompts worked on at once, where a library asks for it


@dataclass(frozen=True)
class Contestant:
    """One row of the tables."""

    name: str
    target: str  # class in benchmarks.peers
    library: str  # module that must be there
    weights: str | None = None  # a kind of benchmarks.weights; None: the model folder and the adapter themselves
    options: dict[str, Any] = field(default_factory=dict)
    bytes_per_weight: int | None = None  # that one user's every token reads; None: what the file of weights holds
    kinds: tuple[str, ...] = tuple(KINDS)  # of prompts that it is asked

    def missing(self) -> str | None:
        """Return why it cannot take part, or None."""
        return None if importlib.util.find_spec(self.library) else f"{self.library} is not installed"


def _ours(name: str, engine: str, library: str, width: int, **options: Any) -> Contestant:
    return Contestant(name, "Ours", library, None, {"engine": engine, **options}, width)


def _generate(precision: str, width: int) -> tuple[Contestant, Contestant]:
    name, options = f"generate-{'fp32' if width == 4 else 'bf16'}", {"precision": precision}
    return (
        Contestant(name, "Generate", "transformers", None, options, width),
        # only where it matters: the slowest row twice everywhere would cost minutes
        Contestant(f"{name}-merged", "Generate", "transformers", "merged", options, width, ("RAG",)),
    )


CONTESTANTS = (
    _ours(REFERENCE, "transformers", "torch", 4, precision="float32"),
    _ours("engine-bf16", "transformers", "torch", 2, precision="bfloat16"),
    *_generate("float32", 4),
    *_generate("bfloat16", 2),
    _ours("openvino", "openvino", "openvino_genai", 2, prefix_cache=True),
    _ours("openvino-no-cache", "openvino", "openvino_genai", 2, prefix_cache=False),
    _ours("openvino-fp32", "openvino", "openvino_genai", 4, precision="float32", prefix_cache=True),
    Contestant("ctranslate2-fp32", "CTranslate2", "ctranslate2", "ct2-float32"),
    Contestant("ctranslate2-int8", "CTranslate2", "ctranslate2", "ct2-int8_float32"),
    Contestant("llamacpp-q8_0", "LlamaCpp", "xllamacpp", "gguf-Q8_0"),
    Contestant("llamacpp-q4_1", "LlamaCpp", "xllamacpp", "gguf-Q4_1"),
)


def choose(names: Sequence[str] | None, adapted: bool) -> list[Contestant]:
    """Return the named contestants, or all; without an adapter those on merged weights would run twice.

    Raises ValueError for an unknown name.
    """
    if unknown := sorted(set(names or ()) - {one.name for one in CONTESTANTS}):
        raise ValueError(f"unknown contestant {unknown[0]!r}; known: {', '.join(one.name for one in CONTESTANTS)}")
    return [one for one in CONTESTANTS if (not names or one.name in names) and (adapted or one.weights != "merged")]
