"""A test of "no difference" for paired questions: flip the sign of whole facts."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

import numpy as np

from eval.stats.clusters import Floats, by_cluster

_BLOCK = 500_000  # signs held at a time: 4 MB, so that they stay in the processor's cache
_ROUNDING = 1e-11  # share of the sum of all sizes within which two sums are equal: the same numbers, added in another order


def sign_flip_p(differences: Sequence[float], labels: Sequence[Hashable], *, permutations: int = 10_000, seed: int = 0) -> float:
    """Return the two-sided p-value of a mean difference of zero, never 0 and at most 1.

    If the systems did not differ, all differences of one fact could as well have had the other sign.
    With m facts that differ there are 2^m flips. When these are at most R, all are counted and p is exact: the
    share of them with a mean at least as far from zero, the one observed among them. Else p = (b + 1) / (R + 1),
    where b of R random flips are as far.

    Args:
        differences: value of a minus value of b, one per question.
        labels: the cluster (fact) of each question; its differences are flipped together.
        permutations: R, at least 1.
        seed: of the random flips.

    Raises ValueError for no differences or differences that are not finite.
    Source: Phipson and Smyth 2010, arXiv 1603.05766; Good 2005, Permutation, Parametric and Bootstrap Tests.

    >>> sign_flip_p([1.0, 1.0, 1.0, 0.0], [1, 2, 3, 4])  # of the 8 flips of three facts, two are as far: +++ and ---
    0.25
    """
    if permutations < 1:
        raise ValueError("need at least one permutation")
    sums = by_cluster(differences, labels).sums
    equal = _ROUNDING * float(np.abs(np.asarray(differences, dtype=np.float64)).sum())
    moving = sums[np.abs(sums) > equal]  # a fact without a difference looks the same either way up
    total = float(moving.sum())
    exact = 2 ** len(moving) <= permutations
    as_far = 0
    for heads in _all_heads(len(moving)) if exact else _random_heads(len(moving), permutations, seed):
        as_far += int((np.abs(2 * (heads @ moving) - total) >= abs(total) - equal).sum())
    return as_far / 2 ** len(moving) if exact else (as_far + 1) / (permutations + 1)


def _all_heads(count: int) -> Iterator[Floats]:
    """Yield, in blocks, all 2^count ways to keep (1) or flip (0) `count` signs, float64 [block, count]."""
    rows = max(1, _BLOCK // max(1, count))
    for start in range(0, 2**count, rows):
        numbers = np.arange(start, min(start + rows, 2**count))
        yield ((numbers[:, None] >> np.arange(count)) & 1).astype(np.float64)


def _random_heads(count: int, draws: int, seed: int) -> Iterator[Floats]:
    """Yield, in blocks, `draws` random ways to keep (1) or flip (0) `count` signs, float64 [block, count]."""
    generator = np.random.default_rng(seed)
    rows = max(1, _BLOCK // count)
    for start in range(0, draws, rows):
        octets = generator.integers(0, 256, size=(min(rows, draws - start), (count + 7) // 8), dtype=np.uint8)
        yield np.unpackbits(octets, axis=1, count=count).astype(np.float64)
