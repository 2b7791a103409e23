"""What the machine can do at best: matrix products in float32 and bfloat16, and memory, through torch.

An engine's speed means little without them: near the peak there is nothing left to gain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from finetune.estimating.devices import fastest

_SIDES = (2048, 4096)  # of square matrices; which one a library likes best differs
_MEBIBYTES = 512  # per array, far more than any cache holds


@dataclass(frozen=True)
class Peaks:
    """The best of several tries."""

    float32: float  # GFLOP/s
    bfloat16: float  # GFLOP/s
    memory: float  # GB/s, reads and writes together

    def best(self, other: Peaks | None) -> Peaks:
        """Return the higher of each."""
        if other is None:
            return self
        return Peaks(max(self.float32, other.float32), max(self.bfloat16, other.bfloat16), max(self.memory, other.memory))


def measure(threads: int, tries: int = 3) -> Peaks:
    """Return the peaks with `threads` threads; takes a few seconds."""
    import torch

    torch.set_num_threads(threads)
    return Peaks(_product(torch.float32, tries), _product(torch.bfloat16, tries), _memory(tries))


def _product(dtype: object, tries: int) -> float:
    import torch

    best = 0.0
    for side in _SIDES:
        left, right = (torch.rand(side, side).to(dtype) for _ in range(2))
        best = max(best, 2 * side**3 / fastest(partial(torch.mm, left, right), tries) / 1e9)
    return best


def _memory(tries: int) -> float:
    """Return the better of reading alone (what decoding does) and of copying."""
    import torch

    source = torch.ones(_MEBIBYTES * 2**20 // 4)
    target = torch.empty_like(source)
    size = _MEBIBYTES * 2**20
    return max(size / fastest(source.sum, tries), 2 * size / fastest(lambda: target.copy_(source), tries)) / 1e9
