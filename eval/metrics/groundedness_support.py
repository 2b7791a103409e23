"""How well passages support one sentence of an answer: by the terms that both have, and by embeddings where there are some.

An answer stands in the light of its question: terms that the question already has are no claim of the
answer, but show which sentence of a passage speaks of the matter. Cutting answers and passages into
sentences, and what an answer scores as a whole, is the business of `eval.metrics.groundedness`.

It cannot see negation ("may" and "must not"), roles ("A bought B"), a changed unit beside a right number,
numbers that are spelt out in several words or worked out from others, or synonyms without an embedder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log
from typing import Final

from eval.metrics.groundedness_terms import Kind, Term

_WEIGHT: Final[dict[Kind, float]] = {"number": 3.0, "name": 1.5, "word": 1.0}  # beside rarity
_LEAST_RARE: Final = 0.1  # a term of every sentence still counts a little
_CONTEXT: Final = 0.2  # of the support hangs on whether that place speaks of what was asked; chosen on XQuAD
_NEAR: Final = 0.5  # cosine from which an embedding is evidence at all
_SYNONYM: Final = 0.3  # what a plain word that stands nowhere earns at most for a near sentence


class Shown:
    """The passages that one answer was given, as terms per sentence, ready to be held against sentences of it."""

    def __init__(self, passages: Sequence[Sequence[Sequence[Term]]]) -> None:
        self._passages = [[_readings(sentence) for sentence in passage] for passage in passages]
        self._sentences = sum(map(len, self._passages))
        self._frequency = Counter(reading for passage in self._passages for sentence in passage for reading in sentence)

    def support(self, claim: Sequence[Term], question: Sequence[Term], cosines: Sequence[Sequence[float]] | None = None) -> float:
        """Return how well the best place of the passages supports a sentence, from 0 to 1.

        A place is one sentence or two neighbours. What it supports is the share of the sentence's new terms
        (those that the question lacks; all, when it has no new ones) that stand there, weighted by kind and by
        rarity among the sentences shown; a part of it hangs on how much of the question stands there too, or
        comes near by embedding. A new number that stands nowhere in the passages contradicts them: 0.

        Args:
            claim: terms of the sentence; without any there is nothing to support: 0.
            question: terms of the question.
            cosines: of the question and sentence together with each sentence of each passage; None without an embedder.

        Source: sentence support as in ALCE (Gao et al. 2023, arXiv 2305.14627) and the faithfulness of RAGAS (Es et
        al. 2023, arXiv 2309.15217), but counted instead of asked of a model; rarity after Spärck Jones 1972.

        >>> from eval.metrics.groundedness_terms import terms
        >>> shown = Shown([[terms("The cap lasts 26 months.", "en"), terms("Order it early.", "en")]])
        >>> [round(shown.support(terms(said, "en"), terms("When does the cap expire?", "en")), 2) for said in ("26 months.", "28 months.")]
        [0.86, 0.0]
        """
        given = _readings(question)
        new = [term for term in claim if term.readings.isdisjoint(given)] or list(claim)
        if not new or any(term.kind == "number" and not self._count(term) for term in new):
            return 0.0
        weighted = [(term, _WEIGHT[term.kind] * self._rarity(term)) for term in new]
        asked = [(term, self._rarity(term)) for term in question]
        best = 0.0
        for number, passage in enumerate(self._passages):
            for place in range(len(passage)):
                for here_is in (passage[place : place + 1], passage[place : place + 2]):
                    here = frozenset().union(*here_is)
                    near = None if cosines is None else max(0.0, *cosines[number][place : place + len(here_is)])
                    best = max(best, _held(weighted, here, near) * (1 - _CONTEXT + _CONTEXT * _context(asked, here, near)))
        return min(best, 1.0)

    def _count(self, term: Term) -> int:
        """Return in how many sentences a term stands; of two readings the more frequent one is meant."""
        return max(self._frequency[reading] for reading in term.readings)

    def _rarity(self, term: Term) -> float:
        """Return the inverse document frequency of a term, with sentences for documents."""
        return max(_LEAST_RARE, log((self._sentences + 1) / (self._count(term) + 0.5)))


def _readings(found: Sequence[Term]) -> frozenset[str]:
    return frozenset().union(*(term.readings for term in found))


def _held(new: Sequence[tuple[Term, float]], here: frozenset[str], near: float | None) -> float:
    """Return the weighted share of the terms that stand in a place; a plain word may be said otherwise in a near one."""
    otherwise = 0.0 if near is None else _SYNONYM * max(0.0, (near - _NEAR) / (1 - _NEAR))
    held = sum(weight * (1.0 if term.readings & here else otherwise if term.kind == "word" else 0.0) for term, weight in new)
    return held / sum(weight for _, weight in new)


def _context(asked: Sequence[tuple[Term, float]], here: frozenset[str], near: float | None) -> float:
    """Return how far a place speaks of what was asked: by terms, and half by embedding where there is one."""
    total = sum(weight for _, weight in asked)
    spoken_of = sum(weight for term, weight in asked if term.readings & here) / total if total else 1.0
    return spoken_of if near is None else (spoken_of + near) / 2
