"""How much memory this process has taken."""

from __future__ import annotations

import sys


def peak_memory() -> int:
    """Return the most bytes taken so far: of the GPU's allocator where training is there, else resident in main memory."""
    import torch

    if torch.cuda.is_available() and torch.cuda.is_initialized():
        return int(torch.cuda.max_memory_allocated())
    return peak_resident()


def peak_resident() -> int:
    """Return the most bytes of main memory that this process has held at once."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024  # bytes there, kilobytes elsewhere
