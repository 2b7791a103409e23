"""Which language a text is in, among those that European companies write, and how sure that is.

`foundation.language.detect` chooses between the two languages that we search and score
in. An imported file may hold others, and calling German "English" would be worse than
saying that it is German; so here the choice is wider and comes with a confidence. A
short question full of names misleads any detector: function words decide before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

CODES = ("en", "fr", "de", "es", "it", "nl", "pt")
CLEAR = 0.9  # confidence above which a guess contradicts what is declared; names alone rarely reach it
_BATCH = 2000  # texts per parallel call: bounds memory, and lets a progress bar move

# Words that the neighbours do not build sentences with: on, a, me, or (English and French), la, que, un, se, il (French
# and Spanish or Italian) are left out.
_ENGLISH = """
    the of and to is are was were be been what which who whom whose where when why how does did do has have had this that
    these those with for from by at it its they their there should would can could must will shall my our your we you if
    after before than
"""
_FRENCH = """
    les une du des et est sont était étaient être quel quelle quels quelles qui quoi où quand pourquoi comment combien dans
    avec pour aux au ce cet cette ces ses leur leurs elle ils elles nous vous doit peut faut après avant qu quelqu aucun
    aucune
"""
_FUNCTION_WORDS = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}


@dataclass(frozen=True)
class Guess:
    """The likeliest language of one text; `confidence` from 0 to 1, `code` None for a text without words."""

    code: str | None
    confidence: float


def function_words(text: str) -> dict[str, int]:
    """Return how many different words of `text` only English, or only French, uses to build sentences.

    >>> function_words("Where is Château d'Yquem?")
    {'en': 2, 'fr': 0}
    """
    words = set(re.findall(r"[^\W\d_]+", text.casefold()))
    return {code: sum(word in known for word in words) for code, known in _FUNCTION_WORDS.items()}


def identify(texts: Sequence[str]) -> list[Guess]:
    """Return one Guess per text, in order.

    A text with at least two function words of one of our languages, and twice as many as
    of the other, is in that language; lingua's n-gram models judge the rest.

    >>> identify(["What is the Ergänzungsschule?", "42"])
    [Guess(code='en', confidence=1.0), Guess(code=None, confidence=0.0)]
    """
    guesses = [_by_function_words(text) for text in texts]
    unsure = [place for place, guess in enumerate(guesses) if guess is None]
    for first in range(0, len(unsure), _BATCH):
        places = unsure[first : first + _BATCH]
        for place, values in zip(
            places, _detector().compute_language_confidence_values_in_parallel([texts[p] for p in places]), strict=True
        ):
            best = values[0]
            has_words = best.value > 0 and re.search(r"[^\W\d_]{2}", texts[place])
            guesses[place] = Guess(str(best.language.iso_code_639_1.name.lower()), float(best.value)) if has_words else Guess(None, 0.0)
    return [guess or Guess(None, 0.0) for guess in guesses]


def _by_function_words(text: str) -> Guess | None:
    (first, high), (_, low) = sorted(function_words(text).items(), key=lambda pair: -pair[1])
    return Guess(first, 1.0) if high >= 2 and high >= 2 * low and _latin(text) else None


def _latin(text: str) -> bool:
    """Tell whether nearly all letters are those of Latin script."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter < "\u0250" for letter in letters) >= 0.8 * len(letters)


@cache
def _detector() -> Any:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_iso_codes_639_1(*(getattr(IsoCode639_1, code.upper()) for code in CODES)).build()
