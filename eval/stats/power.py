"""How many questions a difference needs before it can be seen, and how small a difference a number of questions shows."""

from __future__ import annotations

import math
from statistics import NormalDist


def questions_needed(difference: float, discordance: float, *, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return the number of paired questions that show a `difference` with the given `power`.

    Args:
        difference: between two shares of correct answers, above 0 and at most `discordance`.
        discordance: share of questions that exactly one of the two systems answers correctly.
        power: chance of seeing the difference.
        alpha: two-sided error rate of the one test.

    Raises ValueError for values out of range.
    Source: normal approximation with the variance of a paired difference of shares, ψ − δ²:
    n = (z_α/2 + z_β)² (ψ − δ²) / δ²; see Connor 1987, Biometrics 43:207.

    >>> [questions_needed(0.05, share) for share in (0.1, 0.2, 0.3)]
    [307, 621, 935]
    """
    if not 0 < difference <= discordance <= 1:
        raise ValueError("need 0 < difference <= discordance <= 1")
    reach = _reach(power, alpha)
    return math.ceil(reach**2 * (discordance - difference**2) / difference**2)


def smallest_difference(questions: int, discordance: float, *, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """Return the smallest difference that a number of paired questions shows, or None when they can show none.

    The inverse of `questions_needed`, with the same arguments: δ = z √(ψ / (n + z²)) with
    z = z_α/2 + z_β. A difference cannot be larger than the discordance, so few questions show none.

    Raises ValueError for values out of range.

    >>> [round(smallest_difference(count, 0.2), 3) for count in (60, 200, 621)]
    [0.152, 0.087, 0.05]
    >>> questions_needed(smallest_difference(200, 0.2), 0.2)
    200
    >>> smallest_difference(20, 0.2) is None
    True
    """
    if questions < 0 or not 0 < discordance <= 1:
        raise ValueError("need questions >= 0 and 0 < discordance <= 1")
    reach = _reach(power, alpha)
    difference = reach * math.sqrt(discordance / (questions + reach**2))
    return difference if difference <= discordance else None


def _reach(power: float, alpha: float) -> float:
    """The standard errors between no difference and one that is seen with the given power."""
    normal = NormalDist()
    return normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)
