"""The interval of a mean when questions come in clusters: resample the facts, not the questions.

scipy's bootstrap has no clusters, and its BCa is NaN where the variance is zero, which happens here:
a system that answers nothing correctly is a result too. See `certain_bounds` for what is said then.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache

import numpy as np

from eval.model import Estimate
from eval.stats.clusters import Floats, by_cluster

_BLOCK = 4_000_000  # resampled cells held at a time: 32 MB
_ZERO = 1e-12  # narrower than this, an interval is rounding


def clustered_mean(
    values: Sequence[float],
    labels: Sequence[Hashable],
    *,
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
    bounds: tuple[float, float] = (0.0, 1.0),
) -> Estimate:
    """Return the mean of `values` with a percentile bootstrap interval over clusters.

    Args:
        values: one number per question, within `bounds`.
        labels: the cluster (fact) of each question; whole clusters are drawn with replacement.
        resamples: number of bootstrap samples.
        confidence: of the two-sided interval, between 0 and 1.
        seed: equal seed and equal number of clusters mean equal draws.
        bounds: the range of a value; used when the bootstrap has nothing to vary.

    Raises ValueError for no values, values that are not finite, or values out of bounds.
    Source: Davison and Hinkley 1997, Bootstrap Methods and their Application, 3.8; Efron 1979.
    """
    clusters = by_cluster(values, labels)
    low_bound, high_bound = bounds
    if min(values) < low_bound or max(values) > high_bound:
        raise ValueError(f"values outside {bounds}")
    means = _resampled_means(clusters.sums, clusters.sizes, resamples, seed)
    tail = (1 - confidence) / 2
    low, high = (float(value) for value in np.quantile(means, [tail, 1 - tail]))
    count = len(clusters.sums)
    if high - low <= _ZERO:
        low, high = certain_bounds(clusters.mean, count, confidence=confidence, bounds=bounds)
    return Estimate(clusters.mean, low, high, len(values), count)


def certain_bounds(
    value: float, clusters: int, *, confidence: float = 0.95, bounds: tuple[float, float] = (0.0, 1.0)
) -> tuple[float, float]:
    """Return an interval for a mean when all `clusters` gave the same `value` and a bootstrap has no width.

    With confidence 1 − α at most a share p = 1 − (α/2)^(1/clusters) of all facts behaves otherwise
    (the exact binomial bound for no success in `clusters` trials), and those may lie anywhere within
    `bounds`; the mean then lies between value − p (value − low) and value + p (high − value). For a
    share of 0 or 1 this is the Clopper–Pearson interval.

    Source: Clopper and Pearson 1934, Biometrika 26:404; Hanley and Lippman-Hand 1983 (rule of three).

    >>> [round(x, 4) for x in certain_bounds(0.0, 60)]
    [0.0, 0.0596]
    >>> [round(x, 4) for x in certain_bounds(0.0, 60, bounds=(-1.0, 1.0))]
    [-0.0596, 0.0596]
    """
    share = 1 - ((1 - confidence) / 2) ** (1 / clusters)
    low, high = bounds
    return value - share * (value - low), value + share * (high - value)


def _resampled_means(sums: Floats, sizes: Floats, resamples: int, seed: int) -> Floats:
    """Return float64 [resamples]: Σ sums / Σ sizes of clusters drawn with replacement."""
    count = len(sums)
    if count * resamples <= _BLOCK:
        counts = _draws(count, resamples, seed)
        return np.asarray((counts @ sums) / (counts @ sizes))
    generator = np.random.default_rng(seed)
    block = max(1, _BLOCK // count)
    parts = []
    for start in range(0, resamples, block):
        counts = generator.multinomial(count, np.full(count, 1 / count), size=min(block, resamples - start)).astype(np.float64)
        parts.append((counts @ sums) / (counts @ sizes))
    return np.concatenate(parts)


@lru_cache(maxsize=4)
def _draws(count: int, resamples: int, seed: int) -> Floats:
    """Return how often each cluster is drawn, float64 [resamples, count]; kept, since every metric asks for the same draws."""
    return np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=resamples).astype(np.float64)
