"""Greedy decoding of one batch, a step at a time, with prefill and decode timed apart.

`model.generate` gives a batch only when its last row is done; answering needs each token as
it comes, a stop for one row, and two timings. The tokens are those of
`generate(do_sample=False)`; a test holds the two side by side. Rows that are done stay in
the batch until the last one is: dropping them would change the shapes that the others'
arithmetic runs in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """One new token per row; `tokens[row]` is None where the row was done before."""

    tokens: tuple[int | None, ...]
    seconds: float
    prefill: bool


def greedy(
    forward: Callable[..., Any],
    prompts: Sequence[Sequence[int]],
    *,
    pad: int,
    stops: frozenset[int],
    limits: Sequence[int],
    alive: Callable[[int], bool],
) -> Iterator[Step]:
    """Yield steps until every row met a stop token, its limit, or is no longer alive.

    Args:
        forward: the model; called with input_ids [rows, n], attention_mask, position_ids, past_key_values, logits_to_keep.
        prompts: token ids per row; padded on the left to the longest.
        pad: id of the padding token.
        stops: ids that end a row.
        limits: most new tokens per row, at least 1.
        alive: asked before each step whether a row is still wanted.
    """
    import torch

    width = max(len(prompt) for prompt in prompts)
    ids = torch.tensor([[pad] * (width - len(prompt)) + list(prompt) for prompt in prompts])  # [rows, width]
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    past: Any = None
    running = [True] * len(prompts)
    made = 0
    while True:
        running = [on and alive(row) for row, on in enumerate(running)]
        if not any(running):
            return
        started = time.perf_counter()
        with torch.inference_mode():
            out = forward(
                input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=past, use_cache=True, logits_to_keep=1
            )
            chosen = out.logits[:, -1].argmax(-1)  # [rows]
        past, made = out.past_key_values, made + 1
        tokens = chosen.tolist()
        yield Step(
            tuple(token if on else None for token, on in zip(tokens, running, strict=True)), time.perf_counter() - started, made == 1
        )
        running = [on and token not in stops and made < limit for on, token, limit in zip(running, tokens, limits, strict=True)]
        ids = torch.where(torch.tensor(running), chosen, pad).unsqueeze(-1)
        mask = torch.cat([mask, mask.new_ones(len(prompts), 1)], dim=-1)
        positions = positions[:, -1:] + 1
