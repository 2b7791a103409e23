"""A test of "no difference" for paired questions: flip the sign of whole facts at random."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from eval.stats.clusters import by_cluster

_BLOCK = 4_000_000  # signs held at a time: 32 MB
_ROUNDING = 1e-9  # two sums closer than this are equal: sums of the same numbers in another order


def sign_flip_p(differences: Sequence[float], labels: Sequence[Hashable], *, permutations: int = 10_000, seed: int = 0) -> float:
    """Return the two-sided p-value of a mean difference of zero, never 0 and at most 1.

    If the systems did not differ, all differences of one fact could as well have had the other sign.
    p = (b + 1) / (R + 1), where b of R random flips give a mean at least as far from zero.

    Args:
        differences: value of a minus value of b, one per question.
        labels: the cluster (fact) of each question; its differences are flipped together.
        permutations: R.
        seed: of the flips.

    Raises ValueError for no differences or differences that are not finite.
    Source: Phipson and Smyth 2010, arXiv 1603.05766; Good 2005, Permutation, Parametric and Bootstrap Tests.
    """
    sums = by_cluster(differences, labels).sums
    moving = sums[sums != 0]  # a fact without a difference looks the same either way up
    observed = abs(float(moving.sum()))
    generator = np.random.default_rng(seed)
    block = max(1, _BLOCK // max(1, len(moving)))
    as_far = 0
    for start in range(0, permutations, block):
        signs = generator.integers(0, 2, size=(min(block, permutations - start), len(moving))) * 2.0 - 1.0
        as_far += int((np.abs(signs @ moving) >= observed - _ROUNDING).sum())
    return (as_far + 1) / (permutations + 1)
