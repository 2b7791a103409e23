"""How much less than independent questions clustered ones tell, from the sizes of facts and how far their questions agree.

A robust variance learns this from the facts that happened to differ. With facts of very unequal size that is too late: a
sample in which the largest one did not differ looks steady. The sizes are known beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np

from eval.stats.clusters import by_cluster
from eval.stats.intervals import carriers

_ROUNDING: Final = 1e-12


def effective(values: Sequence[float], labels: Sequence[Hashable]) -> float:
    """Return the number of independent questions that tell as much as these, at most n.

    n / (1 + ρ (Σs² / n − 1)) for facts of s questions. The agreement ρ of the questions of a fact is, over facts with
    several, the sum of the products of their residuals per partner as a share of their squares: 1 where they always go
    together or nothing speaks against, never below 0. Where sizes are unequal, what is not known of it is counted as agreement:
    ρ + u (1 − ρ) / √m, for m facts with several questions that differ from the mean as 0 does not, and u = 1 − (carriers of the
    squared sizes) / facts, which is 0 for facts of one size. That allowance is ours and was chosen by simulation: without it
    up to 9.5 % are called equivalent at the margin's edge, with it up to 6.3 % of 2,000.

    Args:
        values: one per question, [n].
        labels: the fact of each, [n].

    Raises ValueError for no values, values that are not finite, or lengths that differ.
    Source: Kish 1965, Survey Sampling (design effect).

    >>> effective([1.0, 1.0, 0.0, 0.0], ["a", "a", "b", "b"]), effective([1.0, 0.0, 1.0, 0.0], ["a", "a", "b", "b"])
    (2.0, 4.0)
    """
    clusters = by_cluster(values, labels)
    sizes, total = clusters.sizes, float(clusters.sizes.sum())
    several = sizes > 1
    if not several.any():
        return total
    squares = by_cluster([(value - clusters.mean) ** 2 for value in values], labels).sums[several]
    shared = (clusters.residuals[several] ** 2 - squares) / (sizes[several] - 1)
    agreement = float(np.clip(shared.sum() / squares.sum(), 0, 1)) if squares.sum() > _ROUNDING else 1.0
    moved = max(1, int((np.abs(clusters.sums[several]) > _ROUNDING).sum()))
    unequal = 1 - carriers(sizes**2) / len(sizes)
    agreement += unequal * (1 - agreement) / math.sqrt(moved)
    return total / (1 + agreement * (float((sizes**2).sum()) / total - 1))
