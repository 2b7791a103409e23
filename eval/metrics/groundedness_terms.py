"""What a sentence claims, as terms: numbers, names and other content words, so that they can be looked up in passages.

Numbers are compared by what they say, not how they are written ("1,600", "1 600" and "1600"; "04:10" and
"4:10"), words by their stems. Which terms weigh how much is the business of `eval.metrics.groundedness_support`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from foundation.language import one_spelling, tokenize

Kind = Literal["number", "name", "word"]

_PIECE: Final = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:[’'][^\W\d_]+)*")
_ENGLISH = """
    a about above after again all also although am an and another any are as at be because been before being below between
    both but by can cannot could did do does doing during each either else ever every few for from further had has have
    having he her here hers herself him himself his how however i if in into is isn it its itself just least may me might
    more most must my no nor not now of off on once only onto or other our ours out over own per please rather same shall
    she should since so some such than that the their theirs them then there these they this those though through thus to
    too toward towards under until unless up upon us very via was we were what whatever when where whether which while who
    whom whose why will with within without would yes yet you your yours according context passage passages document
    documents
"""
_FRENCH = """
    a à afin ai ainsi alors après as au aucun aucune aussi autre autres aux avait avant avec avez avoir avons c car ce ceci
    cela celle celles celui ces cet cette ceux chaque chez ci combien comme comment d dans de dès des depuis doit doivent
    donc dont du elle elles en encore entre est et étaient était été être eu eux fait faut il ils j je jusqu jusque l la là
    le les leur leurs lors lorsque lui m ma mais me même mes moi moins mon n ne ni non nos notre nous on ont ou où oui par
    parce pas pendant peu peut peuvent plus pour pourquoi puis puisque qu quand que quel quelle quelles quels qui quoi s sa
    sans se selon sera seront ses si soit son sont sous sur t ta tandis te tes toi ton tous tout toute toutes très tu un une
    vers via voici voilà vos votre vous y contexte passage passages document documents
"""
_STOP: Final = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}
_NUMBER_WORDS: Final[dict[str, dict[str, str]]] = {  # the small ones but one: "one", "un" and « neuf » say other things too
    "en": {
        "two": "2",
        "three": "3",
        "four": "4",
        "five": "5",
        "six": "6",
        "seven": "7",
        "eight": "8",
        "nine": "9",
        "ten": "10",
    },
    "fr": {"deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6", "sept": "7", "huit": "8", "dix": "10"},
}


@dataclass(frozen=True)
class Term:
    """One thing that a sentence names. A number word has two readings, its stem and its figure: "two" may stand as "2"."""

    kind: Kind
    readings: frozenset[str]


@lru_cache(maxsize=50_000)
def terms(sentence: str, language: str) -> tuple[Term, ...]:
    """Return the content terms of `sentence`, each once, in order: function words and single letters are left out.

    >>> [(term.kind, sorted(term.readings)) for term in terms("The Varnel costs 1,600 EUR.", "en")]
    [('name', ['varnel']), ('word', ['cost']), ('number', ['1600']), ('name', ['eur'])]
    """
    found: dict[frozenset[str], Kind] = {}
    first = True
    for piece in _PIECE.finditer(unicodedata.normalize("NFKC", one_spelling(sentence, language))):
        if piece[0][0].isdigit():
            found[frozenset({_plain(piece[0])})] = "number"
        else:
            named = not first and any(part[:1].isupper() for part in re.split("[’']", piece[0]))
            for key in _word_readings(piece[0], language):
                found.setdefault(key, "name" if named else "word")
        first = False
    return tuple(Term(kind, readings) for readings, kind in found.items())


def _word_readings(word: str, language: str) -> list[frozenset[str]]:
    plain, stems = tokenize(word, language), tokenize(word, language, stem=True)
    kept = [(each, stem) for each, stem in zip(plain, stems, strict=True) if each not in _STOP.get(language, frozenset()) and _says(each)]
    numbers = _NUMBER_WORDS.get(language, {})
    return [frozenset({stem, numbers[each]} if each in numbers else {stem}) for each, stem in kept]


def _says(word: str) -> bool:
    """Tell whether a word is more than a letter: a letter of a script without spaces is a word."""
    return len(word) > 1 or ord(word) > 0x2E7F


def _plain(number: str) -> str:
    """Return a number or time without idle zeros: "3.50" as 3.5, "04:10" as 4:10."""
    number = number.replace(",", ".")
    if re.fullmatch(r"\d+\.\d+", number):
        number = number.rstrip("0").rstrip(".")
    return ":".join(part.lstrip("0") or "0" for part in number.split(":"))
