"""How many questions a difference needs before it can be seen, and how small a difference a number of questions shows."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

_ZERO: Final = 1e-12  # a standard error below this is rounding


def smallest_difference(questions: int, discordance: float, *, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """Return the smallest difference that a number of paired questions shows, or None when they can show none.

    δ = z √(ψ / (n + z²)) with z = z_α/2 + z_β. A difference cannot be larger than the discordance, so few questions show none.

    Args:
        questions: n, at least 0.
        discordance: ψ, share of questions that exactly one of the two systems answers correctly.
        power: chance of seeing the difference.
        alpha: two-sided error rate of the one test.

    Raises ValueError for values out of range.
    Source: normal approximation with the variance of a paired difference of shares, ψ − δ², solved for δ; see
    Connor 1987, Biometrics 43:207.

    >>> [round(smallest_difference(count, 0.2), 3) for count in (60, 200, 621)]
    [0.152, 0.087, 0.05]
    >>> smallest_difference(20, 0.2) is None
    True
    """
    if questions < 0 or not 0 < discordance <= 1:
        raise ValueError("need questions >= 0 and 0 < discordance <= 1")
    reach = _reach(power, alpha)
    difference = reach * math.sqrt(discordance / (questions + reach**2))
    return difference if difference <= discordance else None


def questions_for(margin: float, standard_error: float, questions: int, *, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return how many questions of the same sort show a difference of `margin` with the given `power`.

    n (z s / d)² for margin d and standard error s on n questions, with z = z_α/2 + z_β: the variance falls with the
    number of questions, as long as the new ones come with as many questions per fact. A standard error of 0 says that
    nothing differed, not that nothing ever will: it is read as 1 / (n + 2), that of about one question that moves.

    Args:
        margin: the difference to be shown, as a share, above 0.
        standard_error: of the mean difference seen, robust to clusters, at least 0.
        questions: n, at least 1.
        power: chance of seeing the difference.
        alpha: two-sided error rate of the one test.

    Raises ValueError for values out of range.
    Source: Cohen 1988, Statistical Power Analysis, 2.4, with the standard error seen; for 0, Agresti and Min 2005,
    Statistics in Medicine 24:729.

    >>> questions_for(0.05, 0.03, 200)  # 200 (2.8016 × 0.03 / 0.05)² = 565.1
    566
    >>> questions_for(0.05, 0.0, 60)  # read as 1 / 62
    50
    """
    if not margin > 0 or questions < 1:
        raise ValueError("need a margin above 0 and at least one question")
    return math.ceil(questions * (visible(standard_error, questions, power=power, alpha=alpha) / margin) ** 2)


def questions_beside(margin: float, facts: float, seeds: float, questions: int, *, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """Return how many questions show a difference of `margin` beside the luck of training; None where no number does.

    n v / ((d / z)² − w) for margin d, z = z_α/2 + z_β: more questions shrink the variance v that comes with facts, and leave
    the variance w that comes with seeds, for which only more trainings help.

    Args:
        margin: the difference to be shown, as a share, above 0.
        facts: v, variance of the mean difference that comes with the choice of facts, on `questions`.
        seeds: w, variance that comes with the training seeds.
        questions: n, at least 1.
        power: chance of seeing the difference.
        alpha: two-sided error rate of the one test.

    Raises ValueError for values out of range.
    Source: as for `questions_for`. Normal quantiles stand for Student's, so it is too few where seeds matter and are few.

    >>> questions_beside(0.05, 0.03**2, 0.0, 200), questions_beside(0.05, 0.03**2, 0.01**2, 200)
    (566, 824)
    >>> questions_beside(0.05, 0.03**2, 0.02**2, 200) is None  # training alone hides 5.6 points
    True
    """
    if not 0 <= seeds < math.inf:
        raise ValueError(f"a variance is at least 0 and finite, not {seeds}")
    room = 1 - (_reach(power, alpha) * math.sqrt(seeds) / margin) ** 2 if margin > 0 else 1.0
    if room <= 0:
        return None
    return questions_for(margin, math.sqrt(facts / room), questions, power=power, alpha=alpha)


def visible(standard_error: float, questions: int | None = None, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return the smallest difference that is seen with the given `power`: (z_α/2 + z_β) standard errors.

    Args:
        standard_error: of the mean difference, at least 0.
        questions: n behind it; a standard error of 0 is then read as 1 / (n + 2), see `questions_for`. Without it, 0 stays 0.
        power: chance of seeing the difference.
        alpha: two-sided error rate of the one test.

    Raises ValueError for a standard error below 0 or not finite.

    >>> round(visible(0.03), 4)  # 2.8016 × 0.03
    0.084
    """
    if not 0 <= standard_error < math.inf:
        raise ValueError(f"a standard error is at least 0 and finite, not {standard_error}")
    if standard_error <= _ZERO and questions is not None:
        standard_error = 1 / (questions + 2)
    return _reach(power, alpha) * standard_error


def _reach(power: float, alpha: float) -> float:
    """The standard errors between no difference and one that is seen with the given power."""
    normal = NormalDist()
    return normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)
