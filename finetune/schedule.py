"""The learning rate as a function of progress.

Progress is steps done of steps planned, or, under a time budget, seconds gone of seconds
given: then the rate reaches its end just when the time does, however fast the machine.
"""

from __future__ import annotations

import math
from typing import Literal

FLOOR = 0.02  # the last step still moves: a rate of exactly zero would waste it

Schedule = Literal["cosine", "linear", "constant"]


def rate(progress: float, *, warmup: float, schedule: Schedule) -> float:
    """Return the factor in (0, 1] on the peak learning rate at `progress` in [0, 1].

    Rises linearly over the first `warmup` share, then decays to `FLOOR`.
    Source: cosine decay, Loshchilov & Hutter 2017, arXiv 1608.03983.

    >>> rate(0.5, warmup=0.0, schedule="linear")
    0.5
    >>> rate(0.05, warmup=0.1, schedule="cosine")
    0.5
    >>> rate(1.0, warmup=0.1, schedule="cosine")
    0.02
    """
    progress = min(max(progress, 0.0), 1.0)
    if progress < warmup:
        return max(FLOOR, progress / warmup)
    if schedule == "constant":
        return 1.0
    done = (progress - warmup) / (1.0 - warmup)
    left = 1.0 - done if schedule == "linear" else 0.5 * (1.0 + math.cos(math.pi * done))
    return max(FLOOR, left)
