"""What a system would get wrong if it answered only where it is sure: risk against coverage.

A signal is any number that should be higher where an answer is right: the score of the best passage,
groundedness. Computing signals and drawing curves is not its business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from eval.comparison import RiskCoverage

MOST_POINTS: Final = 200  # kept of a curve: as fine as a chart can show


def risk_coverage(
    system: str, signal: str, confidences: Sequence[float], right: Sequence[float], *, asked: int | None = None
) -> RiskCoverage:
    """Return the risk–coverage curve of one system and one signal, and the area under it.

    The answers are taken from the surest down; equal confidences are taken together, for no threshold can part
    them. The area is the mean, over the answered questions, of the risk at the rank of each (AURC); among ties
    the order is unknown, so each has the mean over all orders: the risk grows evenly from one point to the next.

    Args:
        system: name of the system.
        signal: name of the signal.
        confidences: the signal per answered question; higher is surer; any finite numbers.
        right: how right each answer is, aligned, between 0 (wrong) and 1.
        asked: questions asked, those that the system abstained from included; their coverage is never reached.
            None: all were answered.

    Raises ValueError when nothing was answered, lengths differ, a number is out of range or more were answered than asked.
    Source: Geifman and El-Yaniv 2017, arXiv 1705.08500 (risk and coverage); Geifman, Uziel and El-Yaniv 2019, arXiv 1805.08206 (AURC).

    >>> curve = risk_coverage("rag", "score", [0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0], asked=5)
    >>> curve.coverage, curve.risk, curve.at_random
    ((0.2, 0.6, 0.8), (0.0, 0.3333333333333333, 0.5), 0.5)
    >>> round(curve.area, 4)  # (0 + 1/4 + 1/3 + 1/2) / 4
    0.2708
    """
    sure, value = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    total = len(sure) if asked is None else asked
    if not len(sure) or len(sure) != len(value) or len(sure) > total:
        raise ValueError(
            f"{len(sure)} confidences and {len(value)} outcomes of {total} questions: need at least one of each, as many, of no fewer"
        )
    if not np.isfinite(sure).all() or not ((value >= 0) & (value <= 1)).all():
        raise ValueError("confidences must be finite and outcomes between 0 and 1")
    order = np.argsort(-sure, kind="stable")
    sure, wrong = sure[order], 1 - value[order]
    ends = np.append(np.flatnonzero(np.diff(sure)), len(sure) - 1)  # the last answer of each confidence
    answered = ends + 1
    errors = np.cumsum(wrong)[ends]
    each = np.arange(1, len(sure) + 1)
    area = float(np.mean(np.interp(each, np.append(0, answered), np.append(0.0, errors)) / each))
    kept = np.unique(np.linspace(0, len(ends) - 1, min(len(ends), MOST_POINTS)).round().astype(int))
    return RiskCoverage(
        system=system,
        signal=signal,
        coverage=tuple((answered[kept] / total).tolist()),
        risk=tuple(np.clip(errors[kept] / answered[kept], 0.0, 1.0).tolist()),
        area=min(max(area, 0.0), 1.0),
        at_random=float(wrong.mean()),
    )
