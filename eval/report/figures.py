"""Estimates as text in the language of the report, in two ways: to look up, and to see at a glance.

Tables and the text chart, where figures are looked up, show metrics between 0 and 1 on a scale of 0 to 100 with one
decimal, so that differences between them read as points (`mean`, `interval`, `difference`). Charts are read at a glance
and label such metrics in whole percent, as the sentences of the decision do (`shown`, `shown_interval`,
`shown_difference`). Other metrics keep their unit. How a language writes a number is the business of `eval.wording.numbers`.
"""

from __future__ import annotations

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


def shown(value: float, scale: float, language: str) -> str:
    """Return a mean as a chart labels it: a percentage where the metric is a share, else a number.

    >>> shown(0.717, 100.0, "en"), shown(0.717, 100.0, "fr"), shown(12.34, 1.0, "fr")
    ('72\\xa0%', '72\\u202f%', '12,3')
    """
    return numbers.percent(value, language) if scale != 1.0 else numbers.decimal(value, language)


def shown_interval(estimate: Estimate, scale: float, language: str) -> str:
    """Return the interval of a mean as a chart says it.

    >>> shown_interval(Estimate(0.72, 0.6, 0.82, 60, 60), 100.0, "en")
    '60–82\\xa0%'
    """
    if scale == 1.0:
        return numbers.span(estimate.low, estimate.high, language)
    return f"{numbers.decimal(100 * estimate.low, language, 0)}–{numbers.percent(estimate.high, language)}"


def shown_difference(estimate: Estimate, scale: float, language: str) -> str:
    """Return a difference with its interval as a chart labels it: in whole points where the metric is a share.

    >>> shown_difference(Estimate(0.383, 0.253, 0.513, 60, 40), 100.0, "en")
    '+38 (+25 to +51)'
    """
    decimals = 0 if scale != 1.0 else 2
    value, low, high = (end * scale for end in (estimate.value, estimate.low, estimate.high))
    return f"{numbers.signed(value, language, decimals)} ({numbers.signed_span(low, high, language, decimals)})"


def leads(share: float, language: str, resamples: int, decimals: int = 1) -> str:
    """Return the share of resamples that a system leads in; what was always or never seen is no certainty.

    Args:
        share: of the resamples, 0 to 1.
        language: "en" or "fr".
        resamples: how many were drawn: fewer than 1,000 cannot tell a tenth of a percent.
        decimals: of a share that is neither as good as none nor as good as all.

    >>> leads(1.0, "en", 10_000), leads(0.0, "fr", 10_000), leads(1.0, "en", 100), leads(0.125, "en", 10_000)
    ('>\\xa099.9\\xa0%', '<\\xa00,1\\u202f%', '>\\xa099.0\\xa0%', '12.5\\xa0%')
    """
    least = max(0.001, 1 / resamples)
    if share < least:
        return f"<{numbers.NO_BREAK}{numbers.percent(least, language, 1)}"
    return (
        f">{numbers.NO_BREAK}{numbers.percent(1 - least, language, 1)}" if share > 1 - least else numbers.percent(share, language, decimals)
    )


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
