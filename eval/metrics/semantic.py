"""Likeness of meaning: the cosine of the answer and the nearest gold answer, by the run's own embedder.

It says nothing of facts: "35 metres" and "45 metres" are near neighbours for every embedder. So it stands
beside the metrics on words, never in their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from chatbot.model import Answer
from eval.metrics.metric import Item, Metric, Tools, spoken
from eval.metrics.words import without_gold
from eval.model import Score, Status
from retrieval.embedders import Embedder, Matrix

NO_EMBEDDER = "no embedder here: score with the run's own model at hand"
_LONGEST = 10_000  # characters given to the embedder, which reads some hundred tokens of a text and no more


def encoded(texts: Iterable[str], embedder: Embedder) -> dict[str, Matrix]:
    """Return text → unit vector, float32 [dimension], each text encoded once and all in one call, longest first."""
    unique = sorted(dict.fromkeys(texts), key=len, reverse=True)  # equal lengths in a batch hold little padding
    return dict(zip(unique, embedder.encode_passages([text[:_LONGEST] for text in unique]), strict=True)) if unique else {}


def _without_tools(item: Item, answer: Answer) -> float | Status:
    return without_gold(item) or "unscored"


class Semantic(Metric):
    """The metric `semantic`; it needs `Tools.embedder`."""

    def score_all(self, items: Sequence[Item], tools: Tools) -> list[Score]:
        """Return the likeness of each item's answer to its nearest gold answer; without an embedder, statuses that say so."""
        waiting = {place: item for place, item in enumerate(items) if self._status(item, tools) is None}
        texts = [text for item in waiting.values() for text in (_said(item), *_golds(item)) if text.strip()]
        try:
            vectors = encoded(texts, tools.embedder) if tools.embedder else {}
        except Exception as error:  # the model failed: every score that needs it says so, and the other metrics go on
            return [self._without(item, tools) or self.unvalued(item, "error", f"{type(error).__name__}: {error}") for item in items]
        return [self._without(item, tools) or self._scored(item, vectors) for item in items]

    def _scored(self, item: Item, vectors: dict[str, Matrix]) -> Score:
        said = _said(item)
        if not said.strip():
            return Score(self.name, item.system, item.question.id, 0.0)
        likeness = max(float(np.dot(vectors[said], vectors[gold])) for gold in _golds(item))
        return Score(self.name, item.system, item.question.id, min(max(likeness, 0.0), 1.0))

    def _without(self, item: Item, tools: Tools) -> Score | None:
        status = self._status(item, tools)
        return None if status is None else self.unvalued(item, *status)

    def _status(self, item: Item, tools: Tools) -> tuple[Status, str] | None:
        """Return why there is no value, or None when there is one."""
        if item.answer is None:
            return ("unscored", "no answer") if item.missing else ("error", "answering failed")
        gold = without_gold(item)
        if gold is not None:
            return gold, "no gold answer" if gold == "unscored" else ""
        if tools.embedder is None:
            return "unscored", NO_EMBEDDER
        if item.language not in tools.languages:
            return "not applicable", f"{tools.embedder.name} does not cover the language {item.language!r}"
        return None


def _said(item: Item) -> str:
    return spoken(item.answer.text) if item.answer else ""


def _golds(item: Item) -> tuple[str, ...]:
    return tuple(gold for gold in item.question.answers if gold.strip())


SEMANTIC = Semantic(
    name="semantic",
    summary="Likeness of meaning of the answer and the nearest gold answer: cosine of their embeddings, negative ones as 0.",
    source="Reimers and Gurevych 2019 (Sentence-BERT), arXiv 1908.10084; the run's own embedder",
    missing=(
        "0 for an empty answer; an abstention as any text; not applicable to an unanswerable question "
        "or where the embedder does not cover the language; unscored without an embedder"
    ),
    measure=_without_tools,
    needs=("answers", "embedder"),
    embeds=True,
)
