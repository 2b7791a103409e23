"""Made-up systems of known quality on made-up questions of facts: what the statistics are tested against.

A latent Gaussian for each answer has a part of the fact, of the question, of the fact with this system, and of its own;
so systems find the same questions hard, and wordings of one fact go together. Its marginal is exact, hence the truth is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kind = Literal["binary", "continuous"]

SYSTEMS = ("base", "rag", "finetuned", "both")
CONTRASTS = (("rag", "base"), ("finetuned", "base"), ("both", "base"), ("both", "rag"), ("rag", "finetuned"))
MARGIN = 0.05
GAINS = (0.0, 0.15, 0.10, 0.20)  # over the base: both − rag and rag − finetuned are at the margin's edge
FACT, QUESTION, FACT_AND_SYSTEM = 0.3, 0.2, 0.2  # shares of the latent variance; the rest is the answer's own


@dataclass(frozen=True)
class Cell:
    """One setting of the grid."""

    questions: int
    per_fact: int
    kind: Kind
    rate: float  # of the base
    effect: bool

    @property
    def name(self) -> str:
        """As `--cells` names it."""
        return f"{self.questions}x{self.per_fact}-{self.kind}-{self.rate:g}-{'effect' if self.effect else 'null'}"

    @property
    def truths(self) -> tuple[float, ...]:
        """The true mean of each system: gains turn into losses where the rate is above one half."""
        sign = 1 if self.rate <= 0.5 else -1
        return tuple(self.rate + sign * gain * self.effect for gain in GAINS)


GRID = tuple(
    Cell(questions, per_fact, kind, rate, effect)
    for questions in (60, 200, 600)
    for per_fact in (4, 1)
    for kind in ("binary", "continuous")
    for rate in (0.03, 0.5, 0.97)
    for effect in (False, True)
)


def draw(cell: Cell, generator: np.random.Generator) -> Floats:
    """Return the scores of one comparison, float64 [systems, questions]; questions of one fact stand together.

    Binary scores are 1 where the latent Gaussian lies below the quantile of the rate. Continuous ones are U- or J-shaped in
    [0, 1], as token F1 is: Kumaraswamy's distribution with a = 1/2, whose mean is 2 / ((b + 1) (b + 2)).

    Source: Kumaraswamy 1980, Journal of Hydrology 46:79.

    >>> cell = Cell(40_000, 1, "continuous", 0.3, False)
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
    truths = np.array(cell.truths)[:, None]
    if cell.kind == "binary":
        return np.asarray(latent < ndtri(truths), dtype=np.float64)
    exponent = ((1 + 8 / truths) ** 0.5 - 3) / 2
    return np.asarray((1 - ndtr(latent) ** (1 / exponent)) ** 2)
