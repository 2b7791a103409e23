"""Text as loose terms: what is left of it when case, accents, articles, endings and the form of numbers do not count.

The metric `correct` compares exactly, on purpose. Attribution has to recognise what that
refused for its form alone, so here "thirty-five meters", "35 m" and "35,0 mètres" give the same terms.
What terms are used for is not this module's business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from eval.attribution.vocabulary import CURRENCIES, FUNCTION_WORDS, NEGATIONS, NUMBER_WORDS, SCALES, UNIT_OF, UNITS
from foundation.language import LANGUAGES, stem_of

_TOKEN = re.compile(r"[^\W\d_]+\d\w*|(?<![\w.,)-])-\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)*|[^\W\d_]+|[€$£%‰°]")
_GROUPED = {"en": re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?"), "fr": re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?")}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_RANGE: Final = ("to", "and", "or", "a", "et", "ou")
_THIN = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_WRITTEN_OUT = (
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\bp(?:e|ou)r cent\b"), " %"),
    (re.compile(r"(?<=\d)\s?[-–—]\s?(?=\d)"), " to "),
    (re.compile(r"\b(?:minus|moins) (?=\d)|\u2212(?=\d)"), " -"),
)
_NUMBERS_BEGIN: Final = frozenset(phrase.split()[0] for phrase in NUMBER_WORDS)
_SPACED = re.compile(r"(?<![\d.,])(\d{1,3}) (?=\d{3}(?!\d))")


@lru_cache(maxsize=4096)
def terms(text: str, language: str = "en", digits: str = "") -> tuple[str, ...]:
    """Return the terms of `text` in order: stems without accents, numbers in plain digits, units by one name.

    Args:
        text: a few sentences, or one passage.
        language: ISO 639-1 code; words of other languages than English and French are not stemmed.
        digits: the language whose number format is read; empty takes `language`.

    >>> terms("Thirty-five meters."), terms("1,234.50 EUR"), terms("Quatre-vingt-dix-sept mètres", "fr")
    (('35', 'unit:m'), ('1234.5', 'unit:eur'), ('97', 'unit:m'))
    """
    folded = _folded(_SPACED.sub(r"\1", _THIN.sub("", text)) if language == "fr" else _THIN.sub("", text))
    tokens = [
        _plain_number(token, digits or language) if token[-1].isdigit() and token[0] in "-0123456789" else token
        for token in _TOKEN.findall(folded)
    ]
    return tuple(_merged(tokens, language))


def content(found: Iterable[str], language: str) -> list[str]:
    """Return the terms that state something: all but the words that build sentences.

    >>> content(terms("It is not the red probe."), "en")
    ['not', 'red', 'probe']
    """
    dropped = _stemmed_function_words(language)
    return [term for term in found if term not in dropped]


def is_number(term: str) -> bool:
    """Tell whether a term is a number.

    >>> is_number("35"), is_number("k8")
    (True, False)
    """
    return _NUMBER.fullmatch(term) is not None


def is_amount(statement: str) -> bool:
    """Tell whether a statement is a quantity and no word.

    >>> is_amount("2000 m"), is_amount("pump")
    (True, False)
    """
    return is_number(statement.split(" ")[0])


class Quantity(NamedTuple):
    """A number as written, and what it amounts to in one unit per dimension; no dimension without a unit."""

    number: str
    amount: Decimal
    dimension: str

    @property
    def key(self) -> str:
        """The amount and its dimension as one term; the number alone without a dimension."""
        return f"{format(self.amount.normalize(), 'f')} {self.dimension}" if self.dimension else self.number


def quantities(found: Sequence[str]) -> list[Quantity]:
    """Return the numbers among terms as quantities; in a range such as "2 to 5 km" all have its unit.

    >>> [quantity.key for quantity in quantities(terms("1 to 2 km, or 35"))]
    ['1000 m', '2000 m', '35']
    """
    read: list[Quantity] = []
    unit, last = "", len(found)
    for place in range(len(found) - 1, -1, -1):
        term = found[place]
        if not is_number(term):
            continue
        after = found[place + 1] if place + 1 < len(found) else ""
        before = found[place - 1] if place and found[place - 1] in CURRENCIES else ""
        ranges = last == place + 2 and after in _RANGE
        unit = after if after in UNITS else before or (unit if ranges else "")
        dimension, factor = UNITS.get(unit, ("", Decimal(1)))
        read.insert(0, Quantity(term, Decimal(term) * factor, dimension))
        last = place
    return read


def units_named(text: str, language: str) -> set[str]:
    """Return the units that `text` names in words, without a number before them: "how many euros".

    >>> units_named("For how many weeks may it stay?", "en")
    {'unit:week'}
    """
    unclear = {"an"} if language != "fr" else set()
    return {UNIT_OF[word] for word in _TOKEN.findall(_folded(text)) if word in UNIT_OF and len(word) > 1 and word not in unclear}


def statements(found: Sequence[str], language: str) -> list[str]:
    """Return what terms state: quantities first, then words of two letters or more; units and negations alone state nothing.

    >>> statements(terms("It is not the pump: 2 km."), "en")
    ['2000 m', 'pump']
    """
    words = [term for term in content(found, language) if len(term) > 1 and not is_number(term) and term not in UNITS]
    return list(dict.fromkeys([quantity.key for quantity in quantities(found)] + [word for word in words if word not in NEGATIONS]))


def supported(found: Sequence[str]) -> set[str]:
    """Return all statements that terms support: a statement without a unit is supported by the same number with any.

    >>> sorted(supported(terms("2 km")))
    ['2', '2000 m', 'unit:km']
    """
    return {*found, *(quantity.key for quantity in quantities(found))}


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate({0x2019: "'", 0x02BC: "'"}).casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    for pattern, written in _WRITTEN_OUT:
        plain = pattern.sub(written, plain)
    return plain


def _plain_number(token: str, digits: str) -> str:
    grouped = _GROUPED.get(digits, _GROUPED["en"]).fullmatch(token)
    if grouped:
        token = token.replace("," if digits != "fr" else ".", "")
    token = token.replace(",", ".")
    return format(Decimal(token).normalize(), "f") if _NUMBER.fullmatch(token) else token


def _merged(tokens: Sequence[str], language: str) -> Iterator[str]:
    """Yield terms: number words as digits, a scale after a number multiplied in, units by one name, other words as stems."""
    stemmed = language in LANGUAGES
    place, after_number = 0, False
    while place < len(tokens):
        token = tokens[place]
        longest = 4 if token in _NUMBERS_BEGIN else 0
        length = next((n for n in range(longest, 0, -1) if " ".join(tokens[place : place + n]) in NUMBER_WORDS), 0)
        if length or is_number(token):
            number = Decimal(NUMBER_WORDS[" ".join(tokens[place : place + length])]) if length else Decimal(token)
            place += length or 1
            if place < len(tokens) and tokens[place] in SCALES:
                number *= SCALES[tokens[place]]
                place += 1
            yield format(number.normalize(), "f")
            after_number = True
            continue
        unit = UNIT_OF.get(token, "")
        if unit and (after_number or unit in CURRENCIES):  # "an" is a unit in « 2 ans » and none in "an hour"
            yield unit
        else:
            yield stem_of(token, language) if stemmed and token.isalpha() else token
        place, after_number = place + 1, False


@lru_cache(maxsize=8)
def _stemmed_function_words(language: str) -> frozenset[str]:
    words = FUNCTION_WORDS.get(language, frozenset())
    return words | {stem_of(word, language) for word in words}
