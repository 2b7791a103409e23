"""Numbers as a language writes them: percentages, points, p-values, lists. English and French."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

MINUS: Final = "−"
NARROW: Final = "\u202f"  # narrow no-break space: thousands, and before % in French
NO_BREAK: Final = "\u00a0"  # before % in English
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_LOCALES: Final = {"en": "en_GB", "fr": "fr"}
TONGUES: Final = {
    "en": {"en": "English", "fr": "French"},
    "fr": {"en": "anglais", "fr": "français"},
}


def decimal(value: float, language: str, decimals: int = 1) -> str:
    """Return a number with thin thousands, the decimal mark of the language and a real minus sign; never "−0".

    >>> decimal(-1234.56, "en"), decimal(-1234.56, "fr"), decimal(-0.01, "en")
    ('−1\\u202f234.6', '−1\\u202f234,6', '0.0')
    """
    text = f"{value:,.{int(decimals)}f}".replace(",", NARROW)
    text = text.lstrip("-") if not text.strip(f"-0.{NARROW}") else text.replace("-", MINUS)
    return text.replace(".", ",") if language == "fr" else text


def count(value: float, language: str) -> str:
    """Return a whole number with thin thousands.

    >>> count(12345, "fr")
    '12\\u202f345'
    """
    return decimal(value, language, 0)


def percent(share: float, language: str, decimals: int = 0) -> str:
    """Return a share in percent.

    >>> percent(0.683, "en"), percent(0.683, "fr")
    ('68\\xa0%', '68\\u202f%')
    """
    return f"{decimal(100 * share, language, decimals)}{NARROW if language == 'fr' else NO_BREAK}%"


def points(share: float, language: str, decimals: int = 0) -> str:
    """Return a difference of shares in points, with its sign; zero has none.

    >>> points(0.23, "en"), points(-0.042, "fr", 1), points(-0.001, "en")
    ('+23', '−4,2', '0')
    """
    text = decimal(100 * share, language, decimals)
    return text if text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def size(share: float, language: str) -> str:
    """Return a size in points without a sign, with as many decimals as it needs.

    >>> size(0.05, "en"), size(0.025, "fr")
    ('5', '2,5')
    """
    text = f"{100 * share:g}"
    return text.replace(".", ",") if language == "fr" else text


def p_value(value: float, language: str) -> str:
    """Return a p-value as it is said; it is never 0.

    >>> p_value(0.0021, "en"), p_value(0.0021, "fr"), p_value(0.00004, "en")
    ('p = 0.002', 'p = 0,002', 'p < 0.001')
    """
    text = "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
    return text.replace(".", ",") if language == "fr" else text


def listed(names: Sequence[str], language: str) -> str:
    """Return names as a list in words.

    >>> listed(["base", "rag", "both"], "en"), listed(["base", "rag"], "fr")
    ('base, rag and both', 'base et rag')
    """
    join = {"en": " and ", "fr": " et "}[language]
    return join.join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""


def tongue(code: str, language: str) -> str:
    """Return the name of a language in another one, or its code.

    >>> tongue("fr", "en"), tongue("en", "fr"), tongue("de", "en")
    ('French', 'anglais', 'de')
    """
    return TONGUES[language].get(code, code)


def day(text: str, language: str) -> str:
    """Return a date such as 2026-11-21 in words; any other text as it is.

    >>> day("2026-11-21", "en"), day("2026-11-21", "fr"), day("last week", "fr")
    ('21 November 2026', '21 novembre 2026', 'last week')
    """
    from babel.dates import format_date

    if not _DAY.fullmatch(text):
        return text
    try:
        return format_date(date.fromisoformat(text), format="long", locale=_LOCALES[language])
    except ValueError:  # no day of any calendar, such as 2026-02-30
        return text


def signed(value: float, language: str, decimals: int = 1) -> str:
    """Return a number with its sign; zero has none.

    >>> signed(12.34, "en"), signed(-5.0, "fr"), signed(0.0, "en")
    ('+12.3', '−5,0', '0.0')
    """
    text = decimal(value, language, decimals)
    return text if text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def span(low: float, high: float, language: str, decimals: int = 1) -> str:
    """Return an interval of two numbers, with a word between them where a dash could be read as a minus sign.

    >>> span(33.0, 57.0, "en"), span(-2.0, 22.0, "fr")
    ('33.0–57.0', '−2,0 à 22,0')
    """
    join = "–" if low >= 0 else {"en": " to ", "fr": " à "}[language]
    return f"{decimal(low, language, decimals)}{join}{decimal(high, language, decimals)}"


def signed_span(low: float, high: float, language: str, decimals: int = 1) -> str:
    """Return an interval of differences, both ends with their sign.

    >>> signed_span(-2.0, 22.0, "en"), signed_span(-2.0, 22.0, "fr")
    ('−2.0 to +22.0', '−2,0 à +22,0')
    """
    join = {"en": " to ", "fr": " à "}[language]
    return f"{signed(low, language, decimals)}{join}{signed(high, language, decimals)}"


def probability(value: float, language: str) -> str:
    """Return a p-value as it stands in a table, with up to four decimals; it is never shown as 0.

    >>> probability(0.0312, "en"), probability(0.00001, "fr"), probability(1.0, "en")
    ('0.0312', '<\\u202f0,0001', '1')
    """
    text = f"<{NARROW}0.0001" if value < 0.0001 else f"{value:.4f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language == "fr" else text


def seconds(value: float, language: str) -> str:
    """Return a duration in the unit that reads best.

    >>> seconds(0.0004, "en"), seconds(0.0423, "en"), seconds(1.234, "fr"), seconds(754, "en")
    ('0.4 ms', '42 ms', '1,23 s', '12 min 34 s')
    """
    if value < 1:
        return f"{decimal(1000 * value, language, 1 if value < 0.01 else 0)} ms"
    return f"{decimal(value, language, 2)} s" if value < 60 else f"{int(value) // 60} min {int(value) % 60} s"
