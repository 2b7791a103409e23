"""The words of answers and gold answers, made once for all metrics that compare words.

A comparison asks for the words of the same few texts thousands of times. They are kept here, but for very long
texts, of which there are few and which would fill the memory. What a word is, is `foundation.language`'s business.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

from eval.metrics.metric import Item, spoken
from eval.model import Status
from foundation.language import normal_answer, one_spelling, tokenize

T = TypeVar("T")

LONG: Final = 5_000  # characters
_KEPT: Final = 65_536  # texts


def _kept(function: Callable[[str, str], T]) -> Callable[[str, str], T]:
    """Return `function` of a text and its language, with its results kept for texts that are not long."""
    cached = lru_cache(maxsize=_KEPT)(function)

    @wraps(function)
    def found(text: str, language: str) -> T:
        return function(text, language) if len(text) > LONG else cached(text, language)

    return found


@_kept
def compared(text: str, language: str) -> tuple[str, ...]:
    """Return the normalised words of `text`, citation markers left out.

    >>> compared("The Norman Conquest [1].", "en")
    ('norman', 'conquest')
    """
    return tuple(normal_answer(spoken(text), language))


@_kept
def stems(text: str, language: str) -> tuple[str, ...]:
    """Return the stems of `text`, numbers and ligatures in one spelling.

    >>> stems("Les œufs des poules", "fr")
    ('le', 'oeuf', 'de', 'poul')
    """
    return tuple(tokenize(one_spelling(text, language), language, stem=True))


@_kept
def word_count(text: str, language: str) -> int:
    """Return the number of words and numbers of `text`, citation markers left out.

    >>> word_count("It weighs 3 kg [1].", "en")
    4
    """
    return len(tokenize(spoken(text), language))


@lru_cache(maxsize=_KEPT)
def gold_words(answers: tuple[str, ...], language: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of each gold answer; one without a word, such as "%", cannot be compared and is left out.

    >>> gold_words(("the Norman Conquest", "%"), "en")
    (('norman', 'conquest'),)
    """
    return tuple(tuple(words) for answer in answers if (words := normal_answer(answer, language)))


def without_gold(item: Item) -> Status | None:
    """Return why the answer cannot be held against gold answers, or None when it can."""
    if item.question.answerable == "no":
        return "not applicable"
    return None if gold_words(item.question.answers, item.language) else "unscored"


def contains_gold(item: Item, text: str) -> bool:
    """Tell whether a gold answer stands in `text` as whole words, unbroken."""
    said = _run(text, item.language)
    return any(f" {' '.join(words)} " in said for words in gold_words(item.question.answers, item.language))


@_kept
def _run(text: str, language: str) -> str:
    return f" {' '.join(compared(text, language))} "
