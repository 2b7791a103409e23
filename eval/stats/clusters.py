"""Sums and sizes per cluster: all that a clustered mean, its interval and its permutations need."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Clusters:
    """The sum of the values of each cluster and their number, each float64 [c], in an order that is not the questions'."""

    sums: Floats
    sizes: Floats

    @property
    def mean(self) -> float:
        """The mean over all values (not over cluster means)."""
        return float(self.sums.sum() / self.sizes.sum())

    @property
    def residuals(self) -> Floats:
        """How far each cluster's sum lies from what the mean expects of its size, float64 [c]; they sum to 0."""
        return np.asarray(self.sums - self.sizes * self.mean)

    @property
    def variance(self) -> float:
        """The variance of the mean, robust to clusters; not defined with one cluster, where it is nan.

        Each squared residual is divided by 1 − the cluster's share of the values, which makes the estimate unbiased when
        clusters do not differ in spread; with clusters of one size it is the usual c / (c − 1).

        Source: Bell and McCaffrey 2002, Survey Methodology 28:169 (CR2, with an intercept alone).

        >>> round(Clusters(np.array([1.0, 0.0, 1.0, 0.0]), np.ones(4)).variance, 4)  # 1/3 over 4
        0.0833
        """
        total = float(self.sizes.sum())
        if len(self.sizes) < 2:
            return float("nan")
        return float((self.residuals**2 / (1 - self.sizes / total)).sum()) / total**2


def positions(labels: Sequence[Hashable]) -> tuple[Indices, int]:
    """Return the cluster of each question as a number from 0, and how many clusters there are.

    Clusters are numbered in the order of their written labels, so that the order of the questions changes no draw.

    >>> positions(["b", "a", "b"])[0].tolist()
    [1, 0, 1]
    """
    order = {label: at for at, label in enumerate(sorted(set(labels), key=repr))}
    return np.array([order[label] for label in labels], dtype=np.intp), len(order)


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
    index, count = positions(labels)
    return Clusters(
        np.bincount(index, weights=numbers, minlength=count).astype(np.float64), np.bincount(index, minlength=count).astype(np.float64)
    )
