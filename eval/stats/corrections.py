"""Several tests at once: Holm's correction for what was declared, Benjamini and Hochberg's for what is explored.

Holm bounds the chance of one false finding among all; Benjamini–Hochberg bounds the expected share of
false ones among the findings. Which family a test belongs to is not this module's business.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p-values in the order given; reject where one is at most the error rate.

    The smallest of m p-values is multiplied by m, the next by m − 1, and so on; each is at least the
    one before it and at most 1. Holds whatever the dependence between the tests.

    Raises ValueError for a p-value outside [0, 1].
    Source: Holm 1979, Scandinavian Journal of Statistics 6:65.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    # Equal to `multipletests(p_values, method="holm")` of statsmodels, which collects all garbage at each call: a tenth of
    # a second, too long for a simulation that corrects tens of thousands of families.
    _check(p_values)
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    steps = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(steps, 1.0)
    return [float(value) for value in adjusted]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return Benjamini and Hochberg's adjusted p-values ("q-values") in the order given.

    The i-th smallest of m p-values is multiplied by m / i; each is at most the one after it. Taking all
    with at most q as findings, an expected share of at most q of them is false, for tests that are independent or
    positively dependent.

    Raises ValueError for a p-value outside [0, 1].
    Source: Benjamini and Hochberg 1995, JRSS B 57:289; computed by `scipy.stats.false_discovery_control`.

    >>> benjamini_hochberg([0.01, 0.04, 0.03])
    [0.03, 0.04, 0.04]
    """
    _check(p_values)
    if not p_values:
        return []
    from scipy.stats import false_discovery_control

    return [float(value) for value in false_discovery_control(p_values, method="bh")]


def _check(p_values: Sequence[float]) -> None:
    wrong = [value for value in p_values if not 0 <= value <= 1]  # NaN is among these
    if wrong:
        raise ValueError(f"p-values lie between 0 and 1, not {wrong[0]}")
