"""How many questions a difference needs before it can be seen: what to say when nothing was shown."""

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
    normal = NormalDist()
    reach = normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)
    return math.ceil(reach**2 * (discordance - difference**2) / difference**2)
