"""Requests on their way through an OpenVINO model: one step for all, and what becomes of those nobody waits for.

Which requests share a model, and what is said of them, is the engine's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatbot.engine import Request
from chatbot.engines.detokenize import Detokenizer
from chatbot.engines.openvino_models import Slot


@dataclass
class Answering:
    """One request on its way: submitted to a model, or waiting for room in the batch."""

    request: Request
    prompt: list[int]
    slot: Slot
    stream: Detokenizer
    handle: Any = None
    tokens: int = 0
    began: float = 0.0  # when submitted
    first: float = 0.0  # when its first token came
    reason: str = ""


def _read(item: Answering) -> list[int]:
    """Return the tokens that came since the last look."""
    tokens: list[int] = []
    while item.handle.can_read():
        for output in item.handle.read().values():
            tokens += output.generated_ids
    return tokens


def take_step(slot: Slot, own: Sequence[Answering]) -> list[list[int]]:
    """Take one step of a model, for whoever has requests in it, and return the new tokens of each of `own`."""
    with slot.lock:
        if slot.pipeline.has_non_finished_requests():
            slot.pipeline.step()
        return [_read(item) for item in own]


def abandon(underway: Sequence[Answering]) -> None:
    """Take requests that nobody waits for out of their models: cancel all, then one step each, at which they are let go."""
    left = [item for item in underway if item.handle is not None and item.reason in ("", "cancelled")]
    for slot in {id(item.slot): item.slot for item in left}.values():
        with slot.lock:
            for item in left:
                if item.slot is slot:
                    item.handle.cancel()
            if slot.pipeline.has_non_finished_requests():
                slot.pipeline.step()


def linear_shapes(config: Any) -> dict[str, tuple[int, ...]]:
    """Return the weight shape (out, in) of each module that an adapter may change, from the configuration alone.

    Not the embedding or the output layer: where the two are one matrix, a merge into it is not what the adapter meant.
    """
    width, inner = config.hidden_size, config.intermediate_size
    head = getattr(config, "head_dim", None) or width // config.num_attention_heads
    queries, keys = head * config.num_attention_heads, head * config.num_key_value_heads
    layer = {
        "self_attn.q_proj": (queries, width),
        "self_attn.k_proj": (keys, width),
        "self_attn.v_proj": (keys, width),
        "self_attn.o_proj": (width, queries),
        "mlp.gate_proj": (inner, width),
        "mlp.up_proj": (inner, width),
        "mlp.down_proj": (width, inner),
    }
    return {f"model.layers.{n}.{name}": shape for n in range(config.num_hidden_layers) for name, shape in layer.items()}
