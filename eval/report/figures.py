"""Numbers as text, once: every renderer shows the same digits.

Metrics between 0 and 1 are shown on a scale of 0 to 100 with one decimal, so that
differences between them read as points. Other metrics keep their unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from eval.model import Estimate

MINUS = "−"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(value: object) -> str:
    """Return `value` as text that is safe to show: control characters (terminal escapes too) become `�`.

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


def number(value: float, decimals: int = 1) -> str:
    """Return a number with thin thousands, a real minus sign, and never "−0.0".

    >>> number(-3.04), number(12345.6, 0), number(-0.01)
    ('−3.0', '12\\u202f346', '0.0')
    """
    text = f"{value:,.{decimals}f}".replace(",", "\u202f")
    return text.lstrip("-") if not text.strip("-0.\u202f") else text.replace("-", MINUS)


def mean(estimate: Estimate, scale: float = 100.0) -> str:
    """Return the value of an estimate on its shown scale.

    >>> mean(Estimate(0.4512, 0.33, 0.57, 60, 40))
    '45.1'
    """
    return number(estimate.value * scale)


def interval(estimate: Estimate, scale: float = 100.0) -> str:
    """Return the 95 % interval of an estimate on its shown scale.

    >>> interval(Estimate(0.45, 0.33, 0.57, 60, 40))
    '33.0–57.0'
    """
    join = "–" if estimate.low >= 0 else " to "
    return f"{number(estimate.low * scale)}{join}{number(estimate.high * scale)}"


def signed(value: float) -> str:
    """Return a difference with its sign; zero has none.

    >>> signed(12.34), signed(-5.0), signed(0.0)
    ('+12.3', '−5.0', '0.0')
    """
    text = number(value)
    return text if text.startswith(MINUS) or not text.strip("0.") else f"+{text}"


def signed_interval(estimate: Estimate, scale: float = 100.0) -> str:
    """Return the 95 % interval of a difference, both ends with their sign.

    >>> signed_interval(Estimate(0.1, -0.02, 0.22, 60, 40))
    '−2.0 to +22.0'
    """
    return f"{signed(estimate.low * scale)} to {signed(estimate.high * scale)}"


def p_value(p: float) -> str:
    """Return a p-value with up to four decimals; it is never shown as 0.

    >>> p_value(0.0312), p_value(0.00001), p_value(1.0)
    ('0.0312', '< 0.0001', '1')
    """
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}".rstrip("0").rstrip(".")


def seconds(value: float) -> str:
    """Return a duration in the unit that reads best.

    >>> seconds(0.0004), seconds(0.0423), seconds(1.234), seconds(754)
    ('0.4 ms', '42 ms', '1.23 s', '12 min 34 s')
    """
    if value < 1:
        return f"{1000 * value:.{1 if value < 0.01 else 0}f} ms"
    return f"{value:.2f} s" if value < 60 else f"{int(value) // 60} min {int(value) % 60} s"


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
