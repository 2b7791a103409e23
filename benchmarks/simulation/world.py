"""Made-up systems of known quality on made-up questions of facts: what the statistics are tested against.

A latent Gaussian for each answer has a part of the fact, of the question, of the fact with this system, and of its own;
so systems find the same questions hard, and wordings of one fact go together. Its marginal is exact, hence the truth is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eval.config import DEFAULT_CONTRASTS, DEFAULT_SYSTEMS

Floats = NDArray[np.float64]
Kind = Literal["binary", "continuous"]
Setting = Literal["null", "partial", "effect"]
KINDS: tuple[Kind, ...] = ("binary", "continuous")

SYSTEMS = DEFAULT_SYSTEMS  # no contrast names few-shot
CONTRASTS = tuple(pair for pair in DEFAULT_CONTRASTS if set(pair) <= set(SYSTEMS))
MARGIN = 0.05
VERSION = 2  # of the world and of what is counted in it: raised, rows of an earlier one are run again
# Over the base, in the order of SYSTEMS. Effect: two of the contrasts are at the margin's edge. Partial: rag − base and
# rag+finetuned − finetuned are null, the other three are not.
GAINS: dict[Setting, tuple[float, ...]] = {
    "null": (0.0, 0.0, 0.0, 0.0, 0.0),
    "partial": (0.0, 0.05, 0.0, 0.15, 0.15),
    "effect": (0.0, 0.05, 0.15, 0.10, 0.20),
}
FACT, QUESTION, FACT_AND_SYSTEM = 0.3, 0.2, 0.2  # shares of the latent variance; the rest is the answer's own


@dataclass(frozen=True)
class Cell:
    """One setting of the grid."""

    questions: int
    per_fact: int
    kind: Kind
    rate: float  # of the base
    setting: Setting

    @property
    def name(self) -> str:
        """As `--cells` names it."""
        return f"{self.questions}x{self.per_fact}-{self.kind}-{self.rate:g}-{self.setting}"

    @property
    def truths(self) -> dict[str, float]:
        """The true mean of each system: gains turn into losses where the rate is above one half."""
        sign = 1 if self.rate <= 0.5 else -1
        return {name: self.rate + sign * gain for name, gain in zip(SYSTEMS, GAINS[self.setting], strict=True)}


GRID = tuple(
    Cell(questions, per_fact, kind, rate, setting)
    for questions in (60, 200, 600)
    for per_fact in (4, 1)
    for kind in KINDS
    for rate in (0.03, 0.5, 0.97)
    for setting in GAINS
)


def draw(cell: Cell, generator: np.random.Generator) -> Floats:
    """Return the scores of one comparison, float64 [systems, questions]; questions of one fact stand together.

    Binary scores are 1 where the latent Gaussian lies below the quantile of the rate. Continuous ones are U- or J-shaped in
    [0, 1], as token F1 is: Kumaraswamy's distribution with a = 1/2, whose mean is 2 / ((b + 1) (b + 2)).

    Source: Kumaraswamy 1980, Journal of Hydrology 46:79.

    >>> cell = Cell(40_000, 1, "continuous", 0.3, "null")
    >>> round(float(draw(cell, np.random.default_rng(0)).mean()), 2)
    0.3
    """
    from scipy.special import ndtr, ndtri

    facts, systems = cell.questions // cell.per_fact, len(SYSTEMS)
    own = 1 - FACT - QUESTION - FACT_AND_SYSTEM
    fact = np.repeat(generator.standard_normal(facts), cell.per_fact)
    both = np.repeat(generator.standard_normal((systems, facts)), cell.per_fact, axis=1)
    question = generator.standard_normal(cell.questions)
    answer = generator.standard_normal((systems, cell.questions))
    latent = FACT**0.5 * fact + QUESTION**0.5 * question + FACT_AND_SYSTEM**0.5 * both + own**0.5 * answer
    truths = np.array(list(cell.truths.values()))[:, None]
    if cell.kind == "binary":
        return np.asarray(latent < ndtri(truths), dtype=np.float64)
    exponent = ((1 + 8 / truths) ** 0.5 - 3) / 2
    return np.asarray((1 - ndtr(latent) ** (1 / exponent)) ** 2)
