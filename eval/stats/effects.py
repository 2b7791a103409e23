"""How large a paired difference is, on scales that readers from several fields know.

They describe the questions asked and say nothing of chance: intervals and tests are elsewhere in this package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

_ZERO: Final = 1e-12  # a spread below this is rounding


@dataclass(frozen=True)
class Effect:
    """What one effect size means."""

    summary: str
    low: float | None  # of its range; None: no bound
    high: float | None
    none: float  # its value where the systems do not differ
    undefined: str  # when it is left out; empty when never
    source: str


EFFECTS: Final[Mapping[str, Effect]] = {
    "win_share": Effect(
        "share of the questions on which the first system scores higher, ties counted half (probability of superiority)",
        0.0,
        1.0,
        0.5,
        "",
        "Grissom and Kim 2012, Effect Sizes for Research, chapter 5; ties as in Vargha and Delaney 2000",
    ),
    "cohens_dz": Effect(
        "mean difference in standard deviations of the differences (n − 1), questions taken one by one",
        None,
        None,
        0.0,
        "with one question, or when all differences are the same",
        "Cohen 1988, Statistical Power Analysis, 2.3.5; Lakens 2013, Frontiers in Psychology 4:863",
    ),
    "odds_ratio": Effect(
        "questions that only the first system answers correctly, per question that only the second one does",
        0.0,
        None,
        1.0,
        "when a score is neither 0 nor 1, or there is no question that only the second one answers correctly",
        "Agresti 2013, Categorical Data Analysis, 11.1",
    ),
    "cohens_g": Effect(
        "of the questions that only one of the two answers correctly, the first system's share above one half",
        -0.5,
        0.5,
        0.0,
        "when a score is neither 0 nor 1, or both always agree",
        "Cohen 1988, Statistical Power Analysis, chapter 5",
    ),
}


def effect_sizes(first: Sequence[float], second: Sequence[float]) -> dict[str, float]:
    """Return the effect sizes of `EFFECTS` that are defined here, by name; never NaN.

    Args:
        first: one score per question of the first system.
        second: the second system's, for the same questions.

    Raises ValueError for no scores, lengths that differ, or scores that are not finite.

    >>> found = effect_sizes([1, 1, 1, 0], [0, 0, 1, 1])  # two wins, a tie, a loss
    >>> {name: round(value, 4) for name, value in found.items()}
    {'win_share': 0.625, 'cohens_dz': 0.2611, 'odds_ratio': 2.0, 'cohens_g': 0.1667}
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} scores of the first system but {len(second)} of the second")
    both = np.asarray([first, second], dtype=np.float64)
    if both.size == 0 or not np.isfinite(both).all():
        raise ValueError("need at least one score of each system, and finite ones only")
    differences = both[0] - both[1]
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    found = {"win_share": (wins + (len(differences) - wins - losses) / 2) / len(differences)}
    spread = float(differences.std(ddof=1)) if len(differences) > 1 else 0.0
    if spread > _ZERO:
        found["cohens_dz"] = float(differences.mean()) / spread
    if bool(np.isin(both, (0.0, 1.0)).all()):
        if losses:
            found["odds_ratio"] = wins / losses
        if wins + losses:
            found["cohens_g"] = wins / (wins + losses) - 0.5
    return found
