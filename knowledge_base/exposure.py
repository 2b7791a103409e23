"""How far a test question was already seen in training: verbatim, paraphrase, unseen; and leaks.

A system that was trained on a question may know the wording, the fact or neither, and
results are shown apart for each. A leak is nearly the same text filed under another
fact: it would count as unseen although it was seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from foundation.language import tokenize
from knowledge_base.model import Exposure, Question

LEAK_SIMILARITY = 95.0  # percent; two wordings of one question by the same author rarely pass 90
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_WORD = re.compile(r"[^\W_]+")
_CAPITAL = re.compile(r"(?<![.!?:¿¡]\s)(?<=\W)([^\W\d_a-zß-öø-ÿ][^\W_]*)")  # a capital, not after the end of a sentence
_BLOCK = 256  # test questions compared at a time: bounds the similarity matrix


@dataclass(frozen=True)
class Leak:
    """A test question whose text is nearly that of a training question of another fact."""

    test_id: str
    training_id: str
    similarity: float  # percent, 95 to 100


@lru_cache(maxsize=65536)
def normal_text(text: str, language: str) -> str:
    """Return the words of a question in one form: case, punctuation and spacing do not count.

    >>> normal_text("What is  the price?", "en") == normal_text("what is the PRICE", "en")
    True
    """
    return " ".join(tokenize(text, language))


def exposure(question: Question, training: Sequence[Question]) -> Exposure:
    """Return "verbatim" (same words trained), "paraphrase" (same fact, other words) or "unseen"."""
    return exposures([question], training)[question.id]


def exposures(questions: Sequence[Question], training: Sequence[Question]) -> dict[str, Exposure]:
    """Return the exposure of each question, by question id, against one training set."""
    texts = {normal_text(trained.text, trained.language) for trained in training}
    facts = {trained.fact for trained in training}
    found: dict[str, Exposure] = {}
    for question in questions:
        if normal_text(question.text, question.language) in texts:
            found[question.id] = "verbatim"
        else:
            found[question.id] = "paraphrase" if question.fact in facts else "unseen"
    return found


def leaks(training: Sequence[Question], test: Sequence[Question]) -> list[Leak]:
    """Return, per test question, its nearest training question of another fact at 95 % similarity or more.

    Similarity is the higher of rapidfuzz's ratio (one word swapped) and token sort ratio
    (words in another order) of the normal texts. Texts that name different numbers or
    names (Varnel 120, Varnel 150) ask different things and are no leak.
    """
    import numpy as np
    from rapidfuzz.fuzz import ratio, token_sort_ratio
    from rapidfuzz.process import cdist

    trained = [normal_text(question.text, question.language) for question in training]
    found: list[Leak] = []
    for first in range(0, len(test) if trained else 0, _BLOCK):
        block = test[first : first + _BLOCK]
        texts = [normal_text(question.text, question.language) for question in block]
        similarity = np.maximum(
            *(cdist(texts, trained, scorer=scorer, score_cutoff=LEAK_SIMILARITY) for scorer in (ratio, token_sort_ratio))
        )
        for row, question in enumerate(block):
            candidates = [
                Leak(question.id, training[int(column)].id, float(similarity[row, column]))
                for column in similarity[row].nonzero()[0]
                if training[int(column)].fact != question.fact and asks_alike(question.text, training[int(column)].text)
            ]
            if candidates:
                found.append(max(candidates, key=lambda leak: leak.similarity))
    return found


def asks_alike(one: str, other: str) -> bool:
    """Tell whether two texts name the same numbers and the same names.

    A name is a word with a capital that does not open a sentence; one that the other
    text writes small is none.

    >>> asks_alike("How deep may the Varnel 120 go?", "How deep can the Varnel 120 go?")
    True
    >>> asks_alike("How deep may the Varnel 120 go?", "How deep may the Varnel 120 S go?")
    False
    """
    if sorted(_NUMBER.findall(one)) != sorted(_NUMBER.findall(other)):
        return False
    return _names(one) <= _words(other) and _names(other) <= _words(one)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _names(text: str) -> set[str]:
    return {match[1].casefold() for match in _CAPITAL.finditer(text)}
