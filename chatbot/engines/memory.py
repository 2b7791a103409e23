"""How many prompt tokens a batch may have in the memory that is free: a rule for GPUs.

An estimate, not a measurement; it was not run on a GPU, since none was at hand.
"""

from __future__ import annotations

from typing import Any

SHARE = 0.5  # of the free memory: the rest is for the new tokens, the logits and the allocator's gaps


def batch_tokens(free: int, config: Any, bytes_per_value: int, *, share: float = SHARE) -> int:
    """Return the most prompt tokens, padding included, that a batch may have; at least 1.

    Counts per token the keys and values of all layers, which stay, and the activations of
    one layer, which pass. The result is rounded down to a power of two, so that a few
    megabytes more or less do not change who shares a batch.

    Args:
        free: bytes that are free once the weights are loaded.
        config: a transformers configuration; layers, heads, head size and widths are read from it.
        bytes_per_value: of a key, value or activation, such as 2 for bfloat16.
        share: of `free` that the estimate may fill, between 0 and 1.

    >>> from types import SimpleNamespace
    >>> small = SimpleNamespace(hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4)
    >>> batch_tokens(4_000_000, small, 4)
    256
    """
    hidden, heads = int(config.hidden_size), int(config.num_attention_heads)
    inner = int(_first(config, "intermediate_size", "d_ff", "ffn_dim", "decoder_ffn_dim") or 4 * hidden)
    key_heads = int(_first(config, "num_key_value_heads") or heads)
    size = int(_first(config, "head_dim", "d_kv") or hidden // heads)
    kept = 2 * int(config.num_hidden_layers) * key_heads * size
    passing = 8 * hidden + 3 * inner
    tokens = int(free * share) // ((kept + passing) * bytes_per_value)
    return 1 << max(tokens.bit_length() - 1, 0)


def _first(config: Any, *names: str) -> Any:
    """Return the first of these settings that is there: architectures name them differently."""
    return next((getattr(config, name) for name in names if getattr(config, name, None)), None)
