"""Room on the disk for what a training writes, looked at before it begins."""

from __future__ import annotations

import shutil
from pathlib import Path

from foundation.errors import DataError

_LOGS = 50 * 2**20  # curves, TensorBoard, manifest


def needed_bytes(trainable: int, *, width: int = 4, paged: bool = False) -> int:
    """Return the bytes that a training has on the disk at its fullest.

    A checkpoint (weights and AdamW's two states) and the one that replaces it, the best weights, and the adapter itself.

    >>> needed_bytes(0)
    52428800
    """
    checkpoint = trainable * (width + 2 * (1 if paged else width))
    return 2 * checkpoint + 2 * trainable * width + _LOGS


def free_bytes(folder: Path) -> int:
    """Return the bytes that are free where `folder` is, or will be."""
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        return shutil.disk_usage(place).free
    except OSError as error:
        raise DataError(f"cannot tell how much room {place} has: {error.strerror or error}. Choose another workspace.") from error


def check_room(folder: Path, needed: int) -> None:
    """Raise DataError when the disk of `folder`, which need not exist yet, has less than `needed` bytes free."""
    free = free_bytes(folder)
    if free < needed:
        raise DataError(
            f"training needs {needed / 1e9:.2f} GB on the disk of {folder} for a checkpoint and the adapter, and {free / 1e9:.2f} GB "
            "are free. "
            "Delete adapters or runs that are no longer wanted (ragft adapters list), or choose another --workspace."
        )
