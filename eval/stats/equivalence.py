"""Whether two systems differ by too little to matter: a finding, where "no difference shown" is none.

Two one-sided tests against the declared margin. The spread that was seen is not enough for them: where systems differ
seldom and one way, few differences seen come with a small spread seen, and a t test calls that equivalent in up to 10 % of
the cases at the margin's edge. So each test also asks what spread the margin itself would bring. Which margin matters is
the user's business.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from eval.model import Estimate
from eval.stats.clusters import by_cluster
from eval.stats.design import effective
from eval.stats.intervals import degrees, steadied

_STEPS: Final = 50  # halvings to an end of an interval


@dataclass(frozen=True)
class Evidence:
    """All that a test against a margin needs of paired differences, seen from the first system; `turned` from the other."""

    centre: float  # of `steadied`, with its standard error
    error: float
    freedom: float  # degrees of freedom of Student's t
    effective: float  # questions, less where those of one fact go together
    won: float  # of these, how many the first system wins and loses, in units of `unit`
    lost: float
    unit: float  # how large a difference is where there is one: 1 for right and wrong; 0 where all facts differ, and t is enough

    def turned(self) -> Evidence:
        """Return the same with the systems swapped."""
        return Evidence(-self.centre, self.error, self.freedom, self.effective, self.lost, self.won, self.unit)


def evidence(values: Sequence[float], labels: Sequence[Hashable]) -> Evidence:
    """Return what tests against a margin need of paired differences on two facts or more. Args: as for `equivalence`."""
    clusters = by_cluster(values, labels)
    centre, error, method = steadied(clusters)
    freedom, questions = degrees(clusters), effective(values, labels)
    if method == "student":
        return Evidence(centre, error, freedom, questions, 0.0, 0.0, 0.0)
    total = math.fsum(map(abs, values))
    unit = math.fsum(value * value for value in values) / total if total > 0 else 1.0
    scale = questions / len(values) / unit
    won, lost = (math.fsum(max(0.0, side * value) for value in values) * scale for side in (1, -1))
    return Evidence(centre, error, freedom, questions, won, lost, unit)


def below_p(found: Evidence, margin: float) -> float:
    """Return the one-sided p-value that speaks for a mean difference below `margin`: at most 5 % of errors where it is just there.

    The largest of three: Student's t with the spread seen; Tango's score test, which takes the spread that is most likely if
    the margin were the truth; and, as the two may still be too sure of a handful of differences, the exact binomial chance
    of no more wins than seen if only wins were possible. The last two are for a margin above 0 and systems that agree on some facts, and
    count effective questions.

    Source: Tango 1998, Statistics in Medicine 17:891; Clopper and Pearson 1934, Biometrika 26:404.

    >>> rare = Evidence(centre=0.049, error=0.024, freedom=99, effective=100, won=5.0, lost=0.0, unit=1.0)
    >>> round(below_p(rare, 0.1), 4)  # the binomial chance of at most 5 of 100 at 10 %
    0.0576
    """
    from scipy.special import betainc, stdtr

    p_value = float(stdtr(found.freedom, (found.centre - margin) / found.error))
    if not 0 < margin < found.unit:
        return p_value
    share, questions, net = margin / found.unit, found.effective, found.won - found.lost
    b = share * (2 * questions + net) - found.won - found.lost
    losing = (math.sqrt(b * b + 8 * questions * found.lost * share * (1 - share)) - b) / (4 * questions)
    variance = questions * (2 * max(0.0, losing) + share * (1 - share))
    tango = float(stdtr(found.freedom, (net - questions * share) / math.sqrt(variance)))
    binomial = float(betainc(questions - net, net + 1, 1 - share)) if 0 <= net < questions else float(net >= questions)
    return max(p_value, tango, binomial)


def equivalence(values: Sequence[float], labels: Sequence[Hashable], *, margin: float, confidence: float = 0.90) -> tuple[Estimate, float]:
    """Return the interval of a mean paired difference and the p-value of "it lies beyond the margin".

    The p-value is the larger one of two one-sided tests, see `below_p`, and the interval holds what they do not rule out: at
    a confidence of 1 − 2α p is below α exactly when the interval lies within ±margin. No difference at all has a width
    too. One fact shows nothing: −1 to 1, and 1.

    Args:
        values: paired differences within −1 and 1, [n].
        labels: the fact of each, [n].
        margin: largest difference that does not matter, at least 0.
        confidence: of the interval; 0.90 belongs to a test at 5 %.

    Raises ValueError for no values, values that are not finite or out of range, or a negative margin.
    Source: Schuirmann 1987, J. Pharmacokinetics and Biopharmaceutics 15:657; the tests in `below_p`.

    >>> found, p = equivalence([0.0] * 400, range(400), margin=0.05)
    >>> p < 0.05, -0.05 < found.low < found.high < 0.05
    (True, True)
    """
    if margin < 0:
        raise ValueError("margin must be at least 0")
    if values and (min(values) < -1 or max(values) > 1):
        raise ValueError("differences must lie within -1 and 1")
    clusters = by_cluster(values, labels)
    if len(clusters.sums) == 1:
        return Estimate(clusters.mean, -1.0, 1.0, len(values), 1, "no-spread"), 1.0
    found = evidence(values, labels)
    low = -_end(found.turned(), -clusters.mean, (1 - confidence) / 2)
    high = _end(found, clusters.mean, (1 - confidence) / 2)
    return Estimate(clusters.mean, low, high, len(values), len(clusters.sums), steadied(clusters)[2]), equivalent_p(found, margin)


def equivalent_p(found: Evidence, margin: float) -> float:
    """Return the p-value of "the mean difference lies beyond the margin, on either side"."""
    return max(below_p(found, margin), below_p(found.turned(), margin))


def beyond_p(found: Evidence, margin: float) -> float:
    """Return the one-sided p-value that speaks for a mean difference above `margin`, by Student's t.

    >>> seen = Evidence(centre=0.2, error=0.05, freedom=60, effective=61, won=20, lost=5, unit=1.0)
    >>> round(beyond_p(seen, 0.1), 4)  # two standard errors
    0.025
    """
    from scipy.special import stdtr

    return float(stdtr(found.freedom, (margin - found.centre) / found.error))


def _end(found: Evidence, value: float, alpha: float) -> float:
    """Return the least difference from `value` on that is ruled out at `alpha`; 1 when none is."""
    low, high = value, 1.0
    if below_p(found, high) >= alpha:
        return 1.0
    if below_p(found, low) < alpha:
        return low
    return _halved(lambda middle: below_p(found, middle) >= alpha, low, high)


def _halved(holds: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return high
