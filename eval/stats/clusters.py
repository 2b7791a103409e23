"""Sums and sizes per cluster: all that a clustered mean, its bootstrap and its permutations need."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Clusters:
    """Per cluster, in order of first appearance: the sum of its values and their number, each float64 [c]."""

    sums: Floats
    sizes: Floats

    @property
    def mean(self) -> float:
        """The mean over all values (not over cluster means)."""
        return float(self.sums.sum() / self.sizes.sum())


def by_cluster(values: Sequence[float], labels: Sequence[Hashable]) -> Clusters:
    """Group `values` [n] by `labels` [n].

    Raises ValueError when there is no value, a value is not finite, or the lengths differ.

    >>> by_cluster([1.0, 0.0, 1.0], ["a", "b", "a"]).sums.tolist()
    [2.0, 0.0]
    """
    if len(values) != len(labels):
        raise ValueError(f"{len(values)} values but {len(labels)} cluster labels")
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.size == 0 or not np.isfinite(numbers).all():
        raise ValueError("need at least one value, and finite ones only")
    order: dict[Hashable, int] = {}
    index = np.array([order.setdefault(label, len(order)) for label in labels])
    return Clusters(np.bincount(index, weights=numbers).astype(np.float64), np.bincount(index).astype(np.float64))
