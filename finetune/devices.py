"""Which part of a training this process does, when `accelerate launch` started several.

Every process draws the same step and takes each so-many-th example of it; gradients are summed
before the optimiser moves. So the loss is that of one process, whatever their number.
"""

from __future__ import annotations

import os
from collections.abc import Iterable


def rank() -> int:
    """Return the number of this process, from 0; 0 also when it is the only one."""
    return int(os.environ.get("RANK", "0"))


def world() -> int:
    """Return the number of processes."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def take_own_gpu() -> None:
    """Make "cuda" mean this process's own GPU; without one, nothing."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())


def sum_over_processes(tensors: Iterable[object]) -> None:
    """Replace each tensor by its sum over the processes; nothing happens where there is only one."""
    import torch

    if world() == 1:
        return
    for tensor in tensors:
        torch.distributed.all_reduce(tensor)


def from_first(value: float) -> float:
    """Return the first process's `value` in all of them."""
    import torch

    if world() == 1:
        return value
    place = "cuda" if torch.distributed.get_backend() == "nccl" else "cpu"
    shared = torch.tensor([value], dtype=torch.float64, device=place)
    torch.distributed.broadcast(shared, 0)
    return float(shared)
