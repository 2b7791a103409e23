"""Who shares a batch. A pure function of the request list, so that a run can be repeated to the byte.

Padding changes floating-point sums in the last digits, and a last digit can turn a greedy
choice; so a batch must hold the same requests each time. Requests stay in the order given
(an evaluation that resumes at a batch border meets the same batches again).
"""

from __future__ import annotations

from collections.abc import Sequence


def plan_batches(adapters: Sequence[str | None], lengths: Sequence[int], batch_size: int, batch_tokens: int) -> list[list[int]]:
    """Return the batches as lists of request indices.

    Args:
        adapters: of each request; requests of one adapter are batched together, adapters in order of first appearance.
        lengths: prompt tokens of each request.
        batch_size: most requests of a batch.
        batch_tokens: most prompt tokens of a batch, padding included; a single longer prompt gets a batch of its own.

    >>> plan_batches([None, "a", None, None], [10, 10, 10, 10], batch_size=2, batch_tokens=100)
    [[0, 2], [3], [1]]
    >>> plan_batches([None] * 3, [10, 10, 60], batch_size=16, batch_tokens=100)
    [[0, 1], [2]]
    """
    batches: list[list[int]] = []
    for adapter in dict.fromkeys(adapters):
        batch: list[int] = []
        longest = 0
        for index, length in enumerate(lengths):
            if adapters[index] != adapter:
                continue
            longest = max(longest, length)
            if batch and (len(batch) == batch_size or (len(batch) + 1) * longest > batch_tokens):
                batches.append(batch)
                batch, longest = [], length
            batch.append(index)
        if batch:
            batches.append(batch)
    return batches
