"""Numbers in words: how percentages, points, intervals and lists read in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from eval.model import Estimate


def percent(share: float) -> str:
    """Return a share as whole percent.

    >>> percent(0.683)
    '68 %'
    """
    return f"{100 * share:.0f} %"


def points(share: float) -> str:
    """Return a signed difference of shares in points, with a real minus sign and never "−0".

    >>> points(0.23), points(-0.04), points(-0.001)
    ('+23', '−4', '0')
    """
    whole = round(100 * share)
    return "0" if whole == 0 else f"{whole:+d}".replace("-", "−")


def span(estimate: Estimate) -> str:
    """Return an interval of differences in points.

    >>> span(Estimate(0.2, 0.08, 0.32, 60, 40))
    '+8 to +32'
    """
    return f"{points(estimate.low)} to {points(estimate.high)}"


def p_words(p_value: float) -> str:
    """Return a p-value as it is said.

    >>> p_words(0.0021), p_words(0.00004)
    ('p = 0.002', 'p < 0.001')
    """
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def listed(names: Sequence[str]) -> str:
    """Return names as an English list.

    >>> listed(["base", "rag", "both"])
    'base, rag and both'
    """
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""


def plural(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> plural(1, "question"), plural(60, "fact")
    ('1 question', '60 facts')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
