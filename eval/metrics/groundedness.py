"""Groundedness: does what the answer says stand in the passages that the model was shown? Without a language model as judge.

It asks nothing of the truth: an answer that repeats a wrong passage is grounded. How one sentence is held
against the passages, and what that cannot see, is in `eval.metrics.groundedness_support`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from chatbot.model import Answer
from eval.metrics.groundedness_support import Shown
from eval.metrics.groundedness_terms import terms
from eval.metrics.metric import Item, Metric, Tools, spoken
from eval.metrics.semantic import encoded
from eval.model import Score, Status
from eval.sentences import sentences
from foundation.language import detect
from retrieval.embedders import Matrix
from retrieval.model import Chunk

MOST_SENTENCES: Final = 100  # of one answer: what a runaway answer says after them is not looked at
_LONGEST: Final = 200_000  # characters of a passage that are read


@dataclass(frozen=True)
class _Claim:
    """One sentence of an answer, and the text that its embedding is made of."""

    text: str
    asked: str  # the question and the sentence together: a short answer alone says nothing of the matter


def _pieces(chunk: Chunk) -> tuple[str, ...]:
    return _cut(chunk.title, chunk.text)


@lru_cache(maxsize=20_000)
def _cut(title: str, text: str) -> tuple[str, ...]:
    """Return the sentences of a passage, its title first: the model reads it above the text."""
    return (*([title] if title.strip() else []), *sentences(text[:_LONGEST]))


@lru_cache(maxsize=20_000)
def _language(text: str) -> str | None:
    return detect(text[:2_000])


def _claims(item: Item, answer: Answer) -> list[_Claim]:
    found = sentences(spoken(answer.text))[:MOST_SENTENCES]
    return [_Claim(text, f"{item.question.text} {text}") for text in found if terms(text, item.language)]


def _status(item: Item, answer: Answer) -> tuple[Status, str] | None:
    """Return why there is no value, or None when there is one."""
    if answer.abstained:
        return "not applicable", "it abstained"
    if not answer.text.strip():
        return "not applicable", "the answer is empty"
    if not answer.hits:
        return None if item.retrieves else ("not applicable", "no passage was shown")
    foreign = [_language(hit.chunk.text) not in (None, item.language) for hit in answer.hits]
    if sum(foreign) * 2 > len(foreign):
        return "not applicable", "most passages are in another language than the question: their words cannot be compared"
    return None if _claims(item, answer) else ("unscored", "the answer has no content word to look for")


def _value(item: Item, answer: Answer, vectors: dict[str, Matrix]) -> float:
    claims = _claims(item, answer)
    if not answer.hits or not claims:
        return 0.0
    passages = [_pieces(hit.chunk) for hit in answer.hits]
    shown = Shown([[terms(piece, item.language) for piece in passage] for passage in passages])
    question = terms(item.question.text, item.language)
    matrices = [np.stack([vectors[piece] for piece in passage]) if passage else None for passage in passages] if vectors else None
    total = 0.0
    for claim in claims:
        near = None
        if matrices is not None:
            near = [[] if matrix is None else (matrix @ vectors[claim.asked]).tolist() for matrix in matrices]
        total += shown.support(terms(claim.text, item.language), question, near)
    return total / len(claims)


def _by_words(item: Item, answer: Answer) -> float | Status:
    status = _status(item, answer)
    return status[0] if status else _value(item, answer, {})


class Groundedness(Metric):
    """The metric `groundedness`; with `Tools.embedder`, questions in its languages are held against passages by meaning too."""

    def score_all(self, items: Sequence[Item], tools: Tools) -> list[Score]:
        """Return the groundedness of each item's answer, all texts embedded in one call."""
        embedded = {place for place, item in enumerate(items) if tools.embedder and item.language in tools.languages and _judged(item)}
        texts = [text for place in sorted(embedded) for text in _texts(items[place])]
        try:
            vectors = encoded(texts, tools.embedder) if tools.embedder and texts else {}
        except Exception as error:  # the model failed: every score that needs it says so, and the other metrics go on
            reason = f"{type(error).__name__}: {error}"
            return [self.unvalued(item, "error", reason) if n in embedded else self._scored(item, {}) for n, item in enumerate(items)]
        return [self._scored(item, vectors if place in embedded else {}) for place, item in enumerate(items)]

    def _scored(self, item: Item, vectors: dict[str, Matrix]) -> Score:
        if item.answer is None:
            return self.score(item)
        status = _status(item, item.answer)
        if status is not None:
            return self.unvalued(item, *status)
        return Score(self.name, item.system, item.question.id, _value(item, item.answer, vectors))


def _judged(item: Item) -> bool:
    return item.answer is not None and bool(item.answer.hits) and _status(item, item.answer) is None


def _texts(item: Item) -> list[str]:
    answer = item.answer or Answer("")
    return [*(claim.asked for claim in _claims(item, answer)), *(piece for hit in answer.hits for piece in _pieces(hit.chunk))]


GROUNDEDNESS = Groundedness(
    name="groundedness",
    summary=(
        "How far the passages shown support the sentences of the answer: mean over the sentences of the share of their numbers, "
        "names and content words that one place of a passage holds. It counts words and meanings; no model judges."
    ),
    source="This project, after ALCE (Gao et al. 2023, arXiv 2305.14627) and RAGAS faithfulness (Es et al. 2023, arXiv 2309.15217)",
    missing=(
        "not applicable to an abstention, an empty answer, a system without passages or passages in another language; "
        "0 when a system that retrieves found none; unscored without a content word"
    ),
    measure=_by_words,
    needs=("passages",),
    embeds=True,
)
