"""Estimates as text in the language of the report, once: every renderer shows the same digits.

Metrics between 0 and 1 are shown on a scale of 0 to 100 with one decimal, so that differences between them read as
points. Other metrics keep their unit. How a language writes a number is the business of `eval.wording.numbers`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from eval.model import Estimate
from eval.wording import numbers

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(value: object) -> str:
    """Return `value` as text that is safe to show: control characters, such as those of terminals and of text direction, become `�`.

    >>> plain("a\\x1b[31mb\\n")
    'a�[31mb\\n'
    """
    return _CONTROL.sub("\ufffd", str(value).replace("\r\n", "\n"))


def factor(info: Mapping[str, Any]) -> float:
    """Return what a metric is multiplied by for showing: 100 for the range 0 to 1, else 1.

    >>> factor({"low": 0, "high": 1}), factor({"low": 0, "high": None})
    (100.0, 1.0)
    """
    return 100.0 if (info.get("low"), info.get("high")) == (0, 1) else 1.0


def mean(estimate: Estimate, language: str, scale: float = 100.0) -> str:
    """Return the value of an estimate on its shown scale.

    >>> mean(Estimate(0.4512, 0.33, 0.57, 60, 40), "fr")
    '45,1'
    """
    return numbers.decimal(estimate.value * scale, language)


def interval(estimate: Estimate, language: str, scale: float = 100.0) -> str:
    """Return the interval of an estimate on its shown scale.

    >>> interval(Estimate(0.45, 0.33, 0.57, 60, 40), "en")
    '33.0–57.0'
    """
    return numbers.span(estimate.low * scale, estimate.high * scale, language)


def difference(estimate: Estimate, language: str, scale: float = 100.0) -> str:
    """Return a difference on its shown scale, with its sign.

    >>> difference(Estimate(0.1, -0.02, 0.22, 60, 40), "en")
    '+10.0'
    """
    return numbers.signed(estimate.value * scale, language)


def difference_interval(estimate: Estimate, language: str, scale: float = 100.0) -> str:
    """Return the interval of a difference, both ends with their sign.

    >>> difference_interval(Estimate(0.1, -0.02, 0.22, 60, 40), "en")
    '−2.0 to +22.0'
    """
    return numbers.signed_span(estimate.low * scale, estimate.high * scale, language)


def effect(value: float, language: str) -> str:
    """Return an effect size with two decimals; an infinite one (odds without a loss) as its sign.

    >>> effect(0.625, "fr"), effect(float("inf"), "en")
    ('0,62', '∞')
    """
    return ("∞" if value > 0 else f"{numbers.MINUS}∞") if math.isinf(value) else numbers.decimal(value, language, 2)


def seconds(value: float, language: str = "en") -> str:
    """Return a duration in the unit that reads best.

    >>> seconds(0.0423), seconds(1.234, "fr")
    ('42 ms', '1,23 s')
    """
    return numbers.seconds(value, language)


def interval_bar(low: float, value: float, high: float, width: int = 40) -> str:
    """Return a text bar of `width` characters on a scale of 0 to 1: blocks to the value, whiskers for the interval.

    Args:
        low, value, high: shares of the scale; what lies outside 0 to 1 is drawn at the edge.
        width: characters, at least 2.

    >>> interval_bar(0.2, 0.5, 0.7, 20)
    '████├─────╂──┤······'
    """
    left, middle, right = (min(max(round(share * (width - 1)), 0), width - 1) for share in (low, value, high))
    cells = ["█" if place < left else "─" if place <= right else "·" for place in range(width)]
    cells[left], cells[right] = "├", "┤"
    cells[middle] = "╂"
    return "".join(cells)
