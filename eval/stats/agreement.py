"""How far two labellers agree beyond what their habits alone would give: Cohen's kappa with its interval."""

from __future__ import annotations

import math
import warnings
from collections.abc import Hashable, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from eval.model import Estimate

Codes = NDArray[np.int64]  # [2, items]

_BATCH: Final = 1000  # bootstrap samples computed at a time
_NO_WIDTH: Final = 1e-12


def kappa(
    first: Sequence[Hashable], second: Sequence[Hashable], *, confidence: float = 0.95, resamples: int = 10_000, seed: int = 0
) -> Estimate:
    """Return Cohen's kappa of two labellers of the same items, with its bootstrap interval over items; never NaN.

    1 is full agreement, 0 what their shares of each label give by chance, below 0 is less than that. Where one of them
    has a single label for all items, or they have none in common, kappa is 0 (or 0 / 0) whatever else is seen: that is
    given as 0 within −1 and 1, as nothing is known. Where all agree on several labels no resample differs: the low end is
    then the kappa at the exact bound on the share of items that they would disagree on. The method's name is "no-spread" in these cases.

    In simulations a 95 % interval covered about 94 % on 60 items with three or more labels in use, and 85 % where two or three
    items disagree and most labels are the same: too few disagreements say little about their spread.

    Args:
        first: one label per item.
        second: the other's, in the same order.
        confidence: of the two-sided interval, between 0 and 1.
        resamples: number of bootstrap samples.
        seed: of the bootstrap.

    Raises ValueError for no items or lists of different lengths.
    Source: Cohen 1960, Educational and Psychological Measurement 20:37; interval: BCa bootstrap, Efron 1987, JASA 82:171, or
    percentile where that is not defined; bound: Clopper and Pearson 1934, Biometrika 26:404.

    >>> found = kappa("aaaabbbbbb", "aaabbbbbbb", resamples=500)  # agreement 0.9, by chance 0.4 × 0.3 + 0.6 × 0.7 = 0.54
    >>> round(found.value, 4)
    0.7826
    """
    if not first or len(first) != len(second):
        raise ValueError(f"need labels of the same items from both: {len(first)} and {len(second)}")
    numbers: dict[Hashable, int] = {}
    codes = np.array([[numbers.setdefault(label, len(numbers)) for label in labels] for labels in (first, second)])
    count, kinds = len(first), len(numbers)
    if min(len(set(first)), len(set(second))) == 1:
        return Estimate(0.0, -1.0, 1.0, count, count, "no-spread")
    value = float(_kappa(codes, np.arange(count), kinds))
    if (codes[0] == codes[1]).all():
        doubted = 1 - ((1 - confidence) / 2) ** (1 / count)
        chance = float(((np.bincount(codes[0]) / count) ** 2).sum())
        return Estimate(value, max(-1.0, 1 - doubted / (1 - chance)), 1.0, count, count, "no-spread")
    low, high, method = _interval(codes, kinds, confidence, resamples, seed)
    if high - low <= _NO_WIDTH:  # as where the two have no label in common
        return Estimate(value, -1.0, 1.0, count, count, "no-spread")
    return Estimate(value, min(low, value), max(high, value), count, count, method)


def _interval(codes: Codes, kinds: int, confidence: float, resamples: int, seed: int) -> tuple[float, float, str]:
    """Return low, high and the name of the bootstrap interval: BCa, or percentile where that is not defined."""
    from scipy.stats import DegenerateDataWarning, bootstrap

    count = codes.shape[1]

    def ends(method: Literal["BCa", "percentile"]) -> tuple[float, float]:
        with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
            warnings.simplefilter("ignore", DegenerateDataWarning)  # it says NaN, which is looked for below
            found = bootstrap(
                (np.arange(count),),
                lambda drawn, axis: _kappa(codes, drawn, kinds),
                n_resamples=resamples,
                batch=_BATCH,
                confidence_level=confidence,
                method=method,
                rng=seed,
            ).confidence_interval
        return float(found.low), float(found.high)

    low, high = ends("BCa")
    if math.isfinite(low) and math.isfinite(high):
        return low, high, "bca"
    return *ends("percentile"), "percentile"


def _kappa(codes: Codes, drawn: NDArray[np.int64], kinds: int) -> NDArray[np.float64]:
    """Return kappa of the items `drawn` [..., n], float64 [...]; 0 where chance agrees fully."""
    a, b = codes[0][drawn], codes[1][drawn]
    observed = (a == b).mean(axis=-1)
    chance = sum(((a == kind).mean(axis=-1) * (b == kind).mean(axis=-1) for kind in range(kinds)), np.zeros(observed.shape))
    room = 1 - chance
    return np.asarray(np.where(room > 1e-12, (observed - chance) / np.maximum(room, 1e-12), 0.0))
