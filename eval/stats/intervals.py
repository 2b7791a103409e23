"""Which interval a mean gets, and the formulas of each: chosen by a rule on the data, never NaN, never of no width.

The resamples come from `eval.stats.resampling`, the formulas are in `eval.stats.formulas`. docs/statistics.md has the
simulation that chose the rule.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from eval.stats.clusters import Clusters, Floats
from eval.stats.formulas import bca, beta, no_spread, score, student

METHODS: dict[str, tuple[str, str]] = {
    "bca": (
        "bias-corrected and accelerated bootstrap over facts, acceleration by leaving out one fact at a time",
        "Efron 1987, JASA 82:171; DiCiccio and Efron 1996, Statistical Science 11:189",
    ),
    "score": (
        "Wilson's score interval with the effective number of questions and Student's t for the number of facts",
        "Wilson 1927, JASA 22:209; Korn and Graubard 1998, Survey Methodology 24:193",
    ),
    "beta": (
        "Clopper and Pearson's interval with the effective number of questions, less for few facts by Student's t",
        "Clopper and Pearson 1934, Biometrika 26:404; Korn and Graubard 1998, Survey Methodology 24:193",
    ),
    "student": (
        "Student's t with one degree of freedom less than facts, standard error robust to clusters",
        "Bell and McCaffrey 2002, Survey Methodology 28:169",
    ),
    "agresti-min": (
        "Student's t after two pairs are added, one half each way, standard error robust to clusters",
        "Agresti and Min 2005, Statistics in Medicine 24:729; Obuchowski 1998, Statistics in Medicine 17:1495",
    ),
    "few-differences": (
        "Student's t after two facts are added, one half each way, with the width of the rule of three where no fact differs",
        "Agresti and Min 2005, Statistics in Medicine 24:729; Hanley and Lippman-Hand 1983, JAMA 249:1743",
    ),
    "nested": (
        "over several training seeds: the reach over facts and Student's t over seeds, squared and added",
        "Zou and Donner 2008, Statistics in Medicine 27:1693; Owen 2007, Annals of Applied Statistics 1:386",
    ),
    "no-spread": (
        "all facts gave the same value: the exact bound on the share of facts that would give another",
        "Clopper and Pearson 1934, Biometrika 26:404; Hanley and Lippman-Hand 1983, JAMA 249:1743",
    ),
}
ENOUGH_FACTS = 40  # fewer, and the bootstrap's interval is too narrow
ENOUGH_CARRIERS = 25.0  # facts that carry what a mean stands on: fewer, and the bootstrap's interval leans
ENOUGH_SPREAD = 40.0  # facts that carry the variance of a difference, likewise
FEW_CARRIERS = 6.0  # fewer, and the variance that was seen says little about the one that is
ENOUGH_MOVED = 5  # facts on which two systems differ at all
_THREE = 3.0 / 1.645  # added standard deviation, in facts, that makes a one-sided 5 % bound 3 / facts where none differs

Bounds = tuple[float, float | None]
Ends = tuple[float, float, str]  # low, high, name of the method


def mean_interval(clusters: Clusters, resampled: Floats, *, bounds: Bounds, confidence: float) -> Ends:
    """Return low, high and the name of the interval of a mean.

    The rule, in order, where "carriers" is how many facts carry the distance from the nearer bound (`carriers`) and the
    effective number of questions is share × (1 − share) over the variance of the mean:

    1. all facts gave one value, or there is one fact: "no-spread";
    2. at least 40 facts and 25 carriers: "bca";
    3. no largest value: "student";
    4. at least 6 carriers and an effective number above twice the questions (values that spread less than right and wrong do): "beta";
    5. otherwise: "score", with no more than the questions as effective number.

    Args:
        clusters: sums and sizes per fact, of facts with a value.
        resampled: means of the bootstrap samples, float64 [resamples].
        bounds: least and largest value; None for no largest.
        confidence: between 0 and 1.
    """
    value, count = clusters.mean, len(clusters.sums)
    low, high = bounds
    if still(clusters):
        return _within(*no_spread(value, count, confidence=confidence, bounds=bounds), value, bounds, "no-spread")
    distances = [clusters.residuals**2 if math.isinf(low) else clusters.sums - low * clusters.sizes]
    if high is not None:
        distances.append(high * clusters.sizes - clusters.sums)
    carried = min(carriers(distance) for distance in distances)
    if count >= ENOUGH_FACTS and carried >= ENOUGH_CARRIERS:
        ends = bca(clusters, resampled, confidence=confidence)
        if ends:
            return _within(*ends, value, bounds, "bca")
    if high is None:
        return _within(*student(clusters, reach=t_quantile(confidence, count - 1)), value, bounds, "student")
    questions = float(clusters.sizes.sum())
    share = (value - low) / (high - low)
    effective = share * (1 - share) * (high - low) ** 2 / clusters.variance
    reach = t_quantile(confidence, count - 1)
    if effective > 2 * questions and carried >= FEW_CARRIERS:
        normal = NormalDist().inv_cdf((1 + confidence) / 2)
        bottom, top = beta(share, effective * (normal / reach) ** 2, confidence=confidence)
        return _within(low + (high - low) * bottom, low + (high - low) * top, value, bounds, "beta")
    bottom, top = score(share, min(effective, questions), reach=reach)
    return _within(low + (high - low) * bottom, low + (high - low) * top, value, bounds, "score")


def difference_interval(clusters: Clusters, resampled: Floats, *, bounds: Bounds, confidence: float) -> Ends:
    """Return low, high and the name of the interval of a mean paired difference.

    The rule, in order: one fact: "no-spread"; at least 40 facts carry the variance (`carriers`): "bca";
    otherwise that of `steadied`, with Student's t on the `degrees` that the sizes of the facts leave.

    Args: as for `mean_interval`.
    """
    value, count = clusters.mean, len(clusters.sums)
    low, high = bounds
    if count == 1:
        return _within(*no_spread(value, count, confidence=confidence, bounds=bounds), value, bounds, "no-spread")
    span = 0.0 if high is None or math.isinf(low) else (high - low) / 2
    centre, error, method = steadied(clusters, span=span)
    enough = method != "few-differences" and carriers(clusters.residuals**2) >= ENOUGH_SPREAD
    ends = bca(clusters, resampled, confidence=confidence) if enough else None
    if ends:
        return _within(*ends, value, bounds, "bca")
    reach = t_quantile(confidence, degrees(clusters)) * error
    return _within(centre - reach, centre + reach, value, bounds, method)


def steadied(clusters: Clusters, *, span: float = 1.0) -> tuple[float, float, str]:
    """Return the centre, the standard error (never 0) and the name of the interval of a mean paired difference.

    The rule, in order:

    1. fewer than 5 facts show any difference, or all show the same one: "few-differences", two facts are added;
    2. some fact shows none: "agresti-min", two questions are added;
    3. all facts differ: "student", nothing is added.

    What is added stands half for one system and half for the other, so the centre moves towards 0.

    Args:
        clusters: sums and sizes per fact, two facts or more.
        span: largest possible difference; 0 for none, where the largest one seen is taken, or 1.

    >>> centre, error, method = steadied(Clusters(np.zeros(60), np.ones(60)))
    >>> (centre, round(1.645 * error, 4), method)  # 3 / 62
    (0.0, 0.0484, 'few-differences')
    """
    count, total = len(clusters.sums), float(clusters.sizes.sum())
    moved = int((np.abs(clusters.sums) > 1e-12).sum())
    span = span or float(np.abs(clusters.sums / clusters.sizes).max()) or 1.0
    size = total / count
    if moved < ENOUGH_MOVED or still(clusters):
        added, variance, method = 2 * size, (_THREE * size * span) ** 2, "few-differences"
    elif moved < count:
        added, variance, method = 2.0, size * span**2, "agresti-min"
    else:
        return clusters.mean, math.sqrt(clusters.variance), "student"
    centre = float(clusters.sums.sum()) / (total + added)
    squares = float(((clusters.sums - clusters.sizes * centre) ** 2).sum())
    return centre, math.sqrt(squares + variance) / (total + added), method


def carriers(weights: Floats) -> float:
    """Return how many of the `weights` carry their sum: all of them when they are equal, one when one has it all.

    Source: Kish 1965, Survey Sampling (effective sample size).

    >>> carriers(np.array([1.0, 1.0, 0.0, 0.0]))
    2.0
    """
    return float(weights.sum()) ** 2 / float((weights**2).sum())


def degrees(clusters: Clusters) -> float:
    """Return the degrees of freedom of Student's t for a robust variance: facts − 1 when they are of one size, at least 1.

    The variance is a sum over facts that weigh s² at most for s questions: those that carry it are counted, and one is taken off.

    Source: Satterthwaite 1946, Biometrics Bulletin 2:110, and Bell and McCaffrey 2002, Survey Methodology 28:169.

    >>> degrees(Clusters(np.zeros(60), np.ones(60))), degrees(Clusters(np.zeros(61), np.array([30.0] + [1.0] * 60)))
    (59.0, 1.0)
    """
    return max(1.0, carriers(clusters.sizes**2) - 1)


def t_quantile(confidence: float, freedom: float) -> float:
    """Return how many standard errors Student's t with `freedom` degrees reaches to each side, at this two-sided `confidence`."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + confidence) / 2))


def still(clusters: Clusters) -> bool:
    """Tell whether there is no spread between facts beyond rounding, or one fact alone."""
    scale = max(1e-300, float(np.abs(clusters.sums).max()))
    return len(clusters.sums) < 2 or float(np.abs(clusters.residuals).max()) <= 1e-12 * scale


def _within(low: float, high: float, value: float, bounds: Bounds, method: str) -> Ends:
    """Keep the ends within `bounds` and around `value`."""
    least, largest = bounds
    low, high = min(low, value), max(high, value)
    return max(low, least), (high if largest is None else min(high, largest)), method


def scored(values: Sequence[float | None], *, bounds: Bounds) -> Floats:
    """Return `values` as float64 [n] with nan for None.

    Raises ValueError when none is left, or one is not finite or out of `bounds`.
    """
    numbers = np.array([math.nan if value is None else value for value in values], dtype=np.float64)
    there = numbers[[value is not None for value in values]]
    if there.size == 0 or not np.isfinite(there).all():
        raise ValueError("need at least one value, and finite ones only")
    low, high = bounds
    if there.min() < low or (high is not None and there.max() > high):
        raise ValueError(f"values outside {bounds}")
    return numbers
