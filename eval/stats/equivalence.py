"""Whether two systems differ by too little to matter: a finding, where "no difference shown" is none.

Two one-sided tests against the declared margin. Which margin matters is the user's business.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from eval.model import Estimate
from eval.stats.clusters import by_cluster
from eval.stats.intervals import steadied, t_quantile


def equivalence(values: Sequence[float], labels: Sequence[Hashable], *, margin: float, confidence: float = 0.90) -> tuple[Estimate, float]:
    """Return the interval of a mean paired difference and the p-value of "it lies beyond the margin".

    The p-value is the larger one of two one-sided tests, by Student's t with one degree of freedom less than facts. At a
    confidence of 1 − 2α it is below α exactly when the interval lies within ±margin. No difference at all has a width too:
    see `eval.stats.intervals.steadied`, which gives the standard error. One fact shows nothing: −1 to 1, and 1.

    Args:
        values: paired differences within −1 and 1, [n].
        labels: the fact of each, [n].
        margin: largest difference that does not matter, at least 0.
        confidence: of the interval; 0.90 belongs to a test at 5 %.

    Raises ValueError for no values, values that are not finite or out of range, or a negative margin.
    Source: Schuirmann 1987, J. Pharmacokinetics and Biopharmaceutics 15:657; Tango 1998,
    Statistics in Medicine 17:891, for pairs that hardly differ.

    >>> found, p = equivalence([0.0] * 400, range(400), margin=0.05)
    >>> p < 0.05, -0.05 < found.low < found.high < 0.05
    (True, True)
    """
    from scipy.special import stdtr

    if margin < 0:
        raise ValueError("margin must be at least 0")
    if values and (min(values) < -1 or max(values) > 1):
        raise ValueError("differences must lie within -1 and 1")
    clusters = by_cluster(values, labels)
    count = len(clusters.sums)
    if count == 1:
        return Estimate(clusters.mean, -1.0, 1.0, len(values), 1, "no-spread"), 1.0
    centre, error, method = steadied(clusters)
    p_value = max(float(stdtr(count - 1, (side - margin) / error)) for side in (centre, -centre))
    reach = t_quantile(confidence, count - 1) * error
    low, high = max(-1.0, min(centre - reach, clusters.mean)), min(1.0, max(centre + reach, clusters.mean))
    return Estimate(clusters.mean, low, high, len(values), count, method), p_value
