"""The shape of a model, read from its configuration alone: what memory and time are computed from.

No weights are read. What a shape costs is the business of the neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from foundation.errors import DataError

Family = Literal["llama", "gemma2", "gpt2", "t5"]  # which tensors a layer keeps: see `finetune.estimating.activations`

_FAMILIES: Mapping[str, Family] = {
    **dict.fromkeys(("llama", "mistral", "qwen2", "qwen3", "smollm3", "phi3", "gemma", "granite", "olmo2", "stablelm"), "llama"),
    "gemma2": "gemma2",
    "gpt2": "gpt2",
    **dict.fromkeys(("t5", "mt5"), "t5"),
}


@dataclass(frozen=True)
class Architecture:
    """The numbers of a transformer that decide what training it costs.

    `layers` are those of the decoder, or of the encoder where there are both; `decoder_layers` is 0 without an encoder.
    """

    family: Family
    model_type: str
    hidden: int
    inner: int  # width inside the feed-forward part
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    tied: bool  # input and output embeddings are one matrix
    gated: bool  # three matrices in the feed-forward part, not two
    decoder_layers: int = 0
    positions: int = 0  # learned positions; 0 where they are computed
    biased: bool = False  # query, key and value have a bias

    @property
    def attention_width(self) -> int:
        """Return the width of all query heads together."""
        return self.heads * self.head_size

    @property
    def matrices(self) -> tuple[tuple[int, int], ...]:
        """Return (inputs, outputs) of every linear layer but the output embedding: what LoRA on all linear layers adapts."""
        hidden, wide, narrow = self.hidden, self.attention_width, self.kv_heads * self.head_size
        forward = ((hidden, self.inner),) * (2 if self.gated else 1) + ((self.inner, hidden),)
        if self.family == "gpt2":
            return (((hidden, 3 * hidden), (hidden, hidden), *forward)) * self.layers
        attention = ((hidden, wide), (hidden, narrow), (hidden, narrow), (wide, hidden))
        return (attention + forward) * self.layers + (attention * 2 + forward) * self.decoder_layers

    @property
    def linear_parameters(self) -> int:
        """Return the weights of all `matrices`."""
        return sum(inputs * outputs for inputs, outputs in self.matrices)

    @property
    def parameters(self) -> int:
        """Return the number of parameters, norms and biases included."""
        hidden = self.hidden
        embeddings = self.vocabulary * hidden * (1 if self.tied else 2)
        if self.family == "gpt2":
            return embeddings + self.positions * hidden + self.linear_parameters + self.layers * (9 * hidden + self.inner) + 2 * hidden
        if self.family == "t5":
            norms = (2 * self.layers + 3 * self.decoder_layers + 2) * hidden
            return embeddings + self.linear_parameters + norms + 2 * 32 * self.heads  # 32 buckets of relative positions, twice
        norms = (4 if self.family == "gemma2" else 2) * self.layers * hidden + hidden
        biases = self.layers * (self.heads + 2 * self.kv_heads) * self.head_size if self.biased else 0
        heads = 2 * self.layers * self.head_size if self.model_type == "qwen3" else 0
        return embeddings + self.linear_parameters + norms + biases + heads

    def adapter_parameters(self, rank: int) -> int:
        """Return the weights of LoRA matrices of `rank` on all linear layers."""
        return sum(rank * (inputs + outputs) for inputs, outputs in self.matrices)


def read_architecture(config: Any, name: str = "the model", *, like: Family | None = None) -> Architecture:
    """Return the architecture that a transformers configuration describes.

    Args:
        config: a transformers configuration, or the mapping that config.json holds.
        name: what messages call it.
        like: the family that a model of an unknown kind is taken for; None refuses it.

    Raises DataError when it is of a kind that is not known here, or lacks a number.

    >>> read_architecture({"model_type": "gpt2"}).parameters
    124439808
    """
    values = dict(config) if isinstance(config, Mapping) else config.to_dict()
    if isinstance(values.get("text_config"), Mapping):
        values = dict(values["text_config"])
    kind = str(values.get("model_type", ""))
    family = _FAMILIES.get(kind, like)
    if family is None:
        said = f"is of kind {kind!r}" if kind else "does not say its model_type"
        raise DataError(f"{name} {said}: memory and time can be estimated for {', '.join(sorted(_FAMILIES))}.")
    read = {"gpt2": _gpt2, "t5": _t5}.get(family, _llama)
    return read(_Numbers(values, name), family, kind)


class _Numbers:
    """Numbers by any of several names, and an error that names what is missing."""

    def __init__(self, values: Mapping[str, Any], name: str) -> None:
        self.values, self.name = values, name

    def number(self, *keys: str, default: int | None = None) -> int:
        """Return the first of `keys` that there is."""
        found = next((self.values[key] for key in keys if self.values.get(key) is not None), default)
        if isinstance(found, bool) or not isinstance(found, int) or found < 1:
            fault = f"has no {keys[0]}" if found is None else f"has {keys[0]} {found!r}, which is no count"
            raise DataError(f"the configuration of {self.name} {fault}. Get its config.json again, or give another model.")
        return found


def _llama(of: _Numbers, family: Family, kind: str) -> Architecture:
    heads, hidden = of.number("num_attention_heads"), of.number("hidden_size")
    return Architecture(
        family,
        kind,
        hidden,
        of.number("intermediate_size"),
        of.number("num_hidden_layers"),
        heads,
        of.number("num_key_value_heads", default=heads),
        of.number("head_dim", default=max(1, hidden // heads)),
        of.number("vocab_size"),
        tied=bool(of.values.get("tie_word_embeddings", kind in ("gemma", "gemma2"))),
        gated=True,
        biased=kind == "qwen2" or bool(of.values.get("attention_bias")),
    )


def _gpt2(of: _Numbers, family: Family, kind: str) -> Architecture:
    hidden, heads = of.number("n_embd", default=768), of.number("n_head", default=12)
    return Architecture(
        family,
        kind,
        hidden,
        of.number("n_inner", default=4 * hidden),
        of.number("n_layer", default=12),
        heads,
        heads,
        max(1, hidden // heads),
        of.number("vocab_size", default=50257),
        tied=bool(of.values.get("tie_word_embeddings", True)),
        gated=False,
        positions=of.number("n_positions", default=1024),
    )


def _t5(of: _Numbers, family: Family, kind: str) -> Architecture:
    layers, heads = of.number("num_layers"), of.number("num_heads")
    return Architecture(
        family,
        kind,
        of.number("d_model"),
        of.number("d_ff"),
        layers,
        heads,
        heads,
        of.number("d_kv"),
        of.number("vocab_size"),
        tied=bool(of.values.get("tie_word_embeddings", True)),
        gated=str(of.values.get("feed_forward_proj", "relu")).startswith("gated"),
        decoder_layers=of.number("num_decoder_layers", default=layers),
    )
