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

from chatbot.engines.passes import Passes


@dataclass(frozen=True)
class Step:
    """One new token per row; `tokens[row]` is None where the row was done before."""

    tokens: tuple[int | None, ...]
    seconds: float
    prefill: bool


def greedy(
    passes: Passes,
    prompts: Sequence[Sequence[int]],
    *,
    pad: int,
    stops: frozenset[int],
    limits: Sequence[int],
    alive: Callable[[int], bool],
) -> Iterator[Step]:
    """Yield steps until every row met a stop token, its limit, or is no longer alive.

    Args:
        passes: the model.
        prompts: token ids per row.
        pad: id of the padding token, which rows that are done go on with.
        stops: ids that end a row.
        limits: most new tokens per row, at least 1.
        alive: asked before each step whether a row is still wanted.
    """
    import torch

    running = [True] * len(prompts)
    tokens: list[int] = []
    made = 0
    while True:
        running = [on and alive(row) for row, on in enumerate(running)]
        if not any(running):
            return
        started = time.perf_counter()
        with torch.inference_mode():
            logits = passes.go_on(tokens) if made else passes.begin(prompts)
            chosen: list[int] = logits.argmax(-1).tolist()
        made += 1
        yield Step(
            tuple(token if on else None for token, on in zip(chosen, running, strict=True)), time.perf_counter() - started, made == 1
        )
        running = [on and token not in stops and made < limit for on, token, limit in zip(running, chosen, limits, strict=True)]
        tokens = [token if on else pad for token, on in zip(chosen, running, strict=True)]
