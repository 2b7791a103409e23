"""The bootstrap when questions come in clusters: whole facts are drawn, once for all metrics, systems and slices.

scipy's bootstrap has no clusters. Which interval is made of the resamples is the business of `eval.stats.intervals`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eval.model import Estimate
from eval.stats.clusters import Clusters, Floats, positions
from eval.stats.intervals import Bounds, difference_interval, mean_interval, scored

_BLOCK = 1_000_000  # draws held at a time as numbers: 8 MB
_KEEP = 40_000_000  # draws kept between calls as bytes: 40 MB

Values = Sequence[float | None]


class Resampler:
    """Means, differences and support over one set of bootstrap draws of facts.

    The draws depend on the number of facts and the seed alone, and facts are numbered in the order of their labels: the
    order of the questions changes nothing.
    """

    def __init__(self, labels: Sequence[Hashable], *, resamples: int = 10_000, seed: int = 0) -> None:
        """Take the fact of each question.

        Args:
            labels: one per question, [n].
            resamples: number of bootstrap samples, at least 1.
            seed: equal seeds and equal numbers of facts give equal draws.

        Raises ValueError for no question or no resamples.
        """
        if not labels or resamples < 1:
            raise ValueError("need at least one question and one resample")
        self._index, self._facts = positions(labels)
        self._resamples, self._seed = resamples, seed
        self._kept: NDArray[np.uint8] | None = None

    def mean(self, values: Values, *, bounds: Bounds, confidence: float = 0.95) -> Estimate:
        """Return the mean of `values` over the questions that have one, with its interval over facts.

        Args:
            values: one per question, [n]; None where there is no score.
            bounds: least and largest value that the metric can take; None for no largest.
            confidence: of the two-sided interval, between 0 and 1.

        Raises ValueError for another number of values, none at all, or values that are not finite or out of `bounds`.
        Source: `eval.stats.intervals.METHODS`, by `Estimate.method`.

        >>> Resampler(range(50), resamples=100).mean([0.0, 1.0] * 25, bounds=(0.0, 1.0)).value
        0.5
        """
        return self.means([values], bounds=[bounds], confidence=confidence)[0]

    def means(self, columns: Sequence[Values], *, bounds: Sequence[Bounds], confidence: float = 0.95) -> list[Estimate]:
        """Return `mean` of each of many columns; much faster than one by one. Args and errors as there, per column."""
        return self._estimates(columns, bounds, confidence, "mean")

    def difference(self, values: Values, *, bounds: Bounds = (-1.0, 1.0), confidence: float = 0.95) -> Estimate:
        """Return the mean of paired differences with its interval over facts. Args and errors as of `mean`.

        >>> found = Resampler(range(100), resamples=100).difference([0.0] * 100)
        >>> (round(found.low, 3), round(found.high, 3), found.method)
        (-0.035, 0.035, 'few-differences')
        """
        return self._estimates([values], [bounds], confidence, "difference")[0]

    def differences(self, columns: Sequence[Values], *, bounds: Sequence[Bounds], confidence: float = 0.95) -> list[Estimate]:
        """Return `difference` of each of many columns; much faster than one by one."""
        return self._estimates(columns, bounds, confidence, "difference")

    def support(self, columns: Mapping[str, Values]) -> dict[str, float]:
        """Return for each column the share of resamples in which its mean is the highest; ties are shared.

        Resamples in which a column has no value are left out. The shares sum to 1.

        Args:
            columns: name → one value per question, [n], None where there is no score.

        Raises ValueError for no columns, or as `mean` does.

        >>> Resampler(range(9), resamples=100).support({"a": [1.0] * 9, "b": [0.0] * 9, "c": [1.0] * 9})
        {'a': 0.5, 'b': 0.0, 'c': 0.5}
        """
        if not columns:
            raise ValueError("need at least one column")
        table = self._table(list(columns.values()), [(-np.inf, None)] * len(columns))
        means = np.round(self._resampled(*table), 12)
        means = means[np.isfinite(means).all(axis=1)]
        best = means == means.max(axis=1, keepdims=True)
        shares = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
        return dict(zip(columns, shares.tolist(), strict=True))

    def _estimates(
        self, columns: Sequence[Values], bounds: Sequence[Bounds], confidence: float, kind: Literal["mean", "difference"]
    ) -> list[Estimate]:
        if not 0 < confidence < 1:
            raise ValueError("confidence lies between 0 and 1")
        if not columns:
            return []
        sums, sizes = self._table(columns, bounds)
        interval = mean_interval if kind == "mean" else difference_interval
        found = []
        resampled = self._resampled(sums, sizes)
        for at, limits in enumerate(bounds):
            there = sizes[:, at] > 0
            clusters = Clusters(sums[there, at], sizes[there, at])
            means = resampled[:, at]
            low, high, method = interval(clusters, means[np.isfinite(means)], bounds=limits, confidence=confidence)
            found.append(Estimate(clusters.mean, low, high, int(sizes[:, at].sum()), len(clusters.sums), method))
        return found

    def _table(self, columns: Sequence[Values], bounds: Sequence[Bounds]) -> tuple[Floats, Floats]:
        """Return sums and sizes per fact and column, each float64 [facts, columns]."""
        sums, sizes = np.zeros((2, self._facts, len(columns)))
        for at, (column, limits) in enumerate(zip(columns, bounds, strict=True)):
            if len(column) != len(self._index):
                raise ValueError(f"{len(column)} values but {len(self._index)} questions")
            numbers = scored(column, bounds=limits)
            there = ~np.isnan(numbers)
            sums[:, at] = np.bincount(self._index[there], weights=numbers[there], minlength=self._facts)
            sizes[:, at] = np.bincount(self._index[there], minlength=self._facts)
        return sums, sizes

    def _resampled(self, sums: Floats, sizes: Floats) -> Floats:
        """Return Σ sums / Σ sizes over the facts of each draw, float64 [resamples, columns]; nan where no question was drawn."""
        first: dict[bytes, int] = {}  # most columns score the same questions: each set of sizes is multiplied once
        column = [first.setdefault(size.tobytes(), len(first)) for size in sizes.T]
        distinct = np.column_stack([np.frombuffer(size, dtype=np.float64) for size in first])
        parts = []
        for block in self._draws():
            counts = block.astype(np.float64)
            with np.errstate(invalid="ignore"):
                parts.append((counts @ sums) / (counts @ distinct)[:, column])
        return np.concatenate(parts)

    def _draws(self) -> Iterator[NDArray[np.uint8]]:
        """Yield how often each fact is drawn, [at most a block, facts]; a byte holds it, as no fact is drawn 256 times."""
        rows = max(1, _BLOCK // self._facts)
        if self._kept is None and self._facts * self._resamples <= _KEEP:
            self._kept = np.concatenate(list(self._drawn(rows)))
        if self._kept is None:
            yield from self._drawn(rows)
        else:
            yield from (self._kept[start : start + rows] for start in range(0, self._resamples, rows))

    def _drawn(self, rows: int) -> Iterator[NDArray[np.uint8]]:
        generator = np.random.default_rng(self._seed)
        for start in range(0, self._resamples, rows):
            size = min(rows, self._resamples - start)
            picked = generator.integers(self._facts, size=(size, self._facts)) + np.arange(size)[:, None] * self._facts
            counts = np.bincount(picked.ravel(), minlength=size * self._facts)
            yield counts.reshape(size, self._facts).astype(np.uint8)
