"""May a reworded passage stand for the quote that it came from? Only when it still says the answer.

Most letters of two sentences agree where one word turns the sense round: 30 months and 36, may
and may not. So a gold answer of the quote must stand in the passage too, and the figures and
negations of both must be the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal

from foundation.language import tokenize
from knowledge_base.drafts import stands_in

Trouble = Literal["answer changed", "sense changed"]
_NEGATIONS: Final = frozenset(
    {"not", "no", "never", "without", "except", "unless", "cannot", "cant", "dont", "doesnt", "isnt", "wont"}
    | {"ne", "n", "pas", "jamais", "sans", "sauf", "aucun", "aucune", "non"}
)


def trouble_with(quote: str, passage: str, answers: Sequence[str], language: str) -> Trouble | None:
    """Return why a reworded passage may not stand for the quote, None when it may.

    >>> trouble_with("It sinks to 35 metres.", "It sinks to 40 metres.", ["35 metres"], "en")
    'answer changed'
    >>> trouble_with("It may sink to 35 metres.", "It may not sink to 35 metres.", ["35 metres"], "en")
    'sense changed'
    >>> trouble_with("It sinks to 35 metres.", "It dives to 35 metres.", ["35 metres"], "en") is None
    True
    """
    held = [answer for answer in answers if stands_in(answer, [quote], language)]
    if held and not any(stands_in(answer, [passage], language) for answer in answers):
        return "answer changed"
    return None if _telling(quote, language) == _telling(passage, language) else "sense changed"


def _telling(text: str, language: str) -> Counter[str]:
    """Return the figures and negations of a text: few letters that turn a sentence round."""
    return Counter(word for word in tokenize(text, language) if word in _NEGATIONS or any(sign.isdigit() for sign in word))
