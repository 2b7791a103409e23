"""The formulas of the intervals, each by itself. Which one is used when is the business of `eval.stats.intervals`."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from eval.stats.clusters import Clusters, Floats


def bca(clusters: Clusters, resampled: Floats, *, confidence: float) -> tuple[float, float] | None:
    """Return the BCa interval, or None where it is not defined: every resample on one side of the mean, or too strong a skew."""
    normal = NormalDist()
    value = clusters.mean
    rounding = 1e-12 * max(1.0, abs(value))
    below = float(np.mean(resampled < value - rounding) + np.mean(resampled <= value + rounding)) / 2
    if not 0 < below < 1:
        return None
    bias = normal.inv_cdf(below)
    left = (clusters.sums.sum() - clusters.sums) / (clusters.sizes.sum() - clusters.sizes)
    pull = left.mean() - left
    acceleration = float((pull**3).sum() / (6 * (pull**2).sum() ** 1.5))
    levels = []
    for tail in ((1 - confidence) / 2, (1 + confidence) / 2):
        shifted = bias + normal.inv_cdf(tail)
        scale = 1 - acceleration * shifted
        if scale <= 0:
            return None
        levels.append(normal.cdf(bias + shifted / scale))
    low, high = np.quantile(resampled, levels)
    return (float(low), float(high)) if high - low > rounding else None


def score(share: float, effective: float, *, reach: float) -> tuple[float, float]:
    """Return Wilson's interval of a `share` of an `effective` number of questions, `reach` standard errors to each side.

    >>> [round(x, 4) for x in score(0.1, 50, reach=1.96)]
    [0.0435, 0.2136]
    """
    pull = reach**2 / effective
    centre = (share + pull / 2) / (1 + pull)
    half = reach / (1 + pull) * math.sqrt(share * (1 - share) / effective + pull / (4 * effective))
    return max(0.0, centre - half), min(1.0, centre + half)


def beta(share: float, effective: float, *, confidence: float) -> tuple[float, float]:
    """Return Clopper and Pearson's interval of a `share` of an `effective` number of questions, which need not be whole.

    >>> [round(x, 4) for x in beta(0.1, 50, confidence=0.95)]
    [0.0333, 0.2181]
    """
    from scipy.special import betaincinv

    tail, successes = (1 - confidence) / 2, share * effective
    failures = effective - successes
    return float(betaincinv(successes, failures + 1, tail)), float(betaincinv(successes + 1, failures, 1 - tail))


def student(clusters: Clusters, *, reach: float) -> tuple[float, float]:
    """Return the mean, `reach` standard errors robust to clusters to each side. Two clusters or more."""
    half = reach * math.sqrt(clusters.variance)
    return clusters.mean - half, clusters.mean + half


def no_spread(value: float, clusters: int, *, confidence: float, bounds: tuple[float, float | None]) -> tuple[float, float]:
    """Return an interval for a mean when all `clusters` gave the same `value` and a bootstrap has no width.

    With confidence 1 − α at most a share p = 1 − (α/2)^(1/clusters) of all facts behaves otherwise (the exact
    binomial bound for no success in `clusters` trials), and those may lie anywhere within `bounds`: the mean then lies
    between value − p (value − low) and value + p (high − value). For a share of 0 or 1 this is the Clopper–Pearson
    interval. Without a largest value, those facts are taken to lie no higher than twice the value above the least
    one, or one unit above it.

    >>> [round(x, 4) for x in no_spread(0.0, 60, confidence=0.95, bounds=(0.0, 1.0))]
    [0.0, 0.0596]
    """
    share = 1 - ((1 - confidence) / 2) ** (1 / clusters)
    low, high = bounds
    bottom = value - max(abs(value), 1.0) if math.isinf(low) else low
    top = value + max(value - bottom, 1.0) if high is None else high
    return value - share * (value - bottom), value + share * (top - value)
