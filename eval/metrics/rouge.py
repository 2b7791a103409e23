"""ROUGE through rouge-score, with our tokenizer; its own default tokenizer stands beside.

rouge-score's tokenizer keeps a–z and 0–9 alone and its stemmer is English, so accented words fall apart;
`rougeL_default` shows what that does to a French score and lets English ones be compared with the literature.
All kinds of one answer are computed at once and kept: the tokens are most of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, Final

from chatbot.model import Answer
from eval.metrics.lexical import NOTHING
from eval.metrics.metric import Item, Metric, spoken
from eval.metrics.words import stems, without_gold
from eval.model import Status
from eval.sentences import sentences

KINDS: Final = ("rouge1", "rouge2", "rougeL", "rougeLsum")
MOST_CELLS: Final = 4_000_000  # of the table of a longest common sequence, about one second; beyond it rapidfuzz computes the same length
_SOURCE: Final = "Lin 2004 (ROUGE), https://aclanthology.org/W04-1013; rouge-score 0.1.2"


class StemmingTokenizer:
    """Our words and stems of one language, in the form that rouge-score asks for."""

    def __init__(self, language: str) -> None:
        self.language = language

    def tokenize(self, text: str) -> list[str]:
        """Return the stems of `text`."""
        return list(stems(text, self.language))


def rouge_l(expected: str, text: str, language: str) -> float:
    """Return ROUGE-L F1 of two texts, on our words and stems of `language`.

    >>> rouge_l("L'été dure trois mois.", "trois mois", "fr")
    0.5714285714285715
    """
    return float(_scores(expected, text, language)["rougeL"])


def _scores(expected: str, text: str, language: str) -> Mapping[str, float]:
    """Return the F1 of every kind of ROUGE; of very long texts all but the summary-level one."""
    gold, said = stems(expected, language), stems(text, language)
    if len(gold) * len(said) <= MOST_CELLS:
        lines = ["\n".join(sentences(part) or [part]) for part in (expected, text)]  # rouge-score takes lines for sentences
        return {**_f1(KINDS[:3], language, expected, text), **_f1(KINDS[3:], language, *lines)}
    from rapidfuzz.distance import LCSseq

    shared = LCSseq.similarity(gold, said)
    return {**_f1(KINDS[:2], language, expected, text), "rougeL": 2 * shared / (len(gold) + len(said))}


def _f1(kinds: tuple[str, ...], language: str, expected: str, text: str) -> dict[str, float]:
    return {kind: float(score.fmeasure) for kind, score in _scorer(kinds, language).score(expected, text).items()}


@lru_cache(maxsize=65_536)
def _nearest(answers: tuple[str, ...], text: str, language: str) -> Mapping[str, float]:
    """Return the highest F1 of each kind over the gold answers; a kind that one of them is too long for is left out."""
    found = [_scores(answer, text, language) for answer in answers]
    return {kind: max(scores[kind] for scores in found) for kind in KINDS if all(kind in scores for scores in found)}


@cache
def _scorer(kinds: tuple[str, ...], language: str | None) -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(list(kinds), tokenizer=None if language is None else StemmingTokenizer(language))


def _measure(kind: str) -> Callable[[Item, Answer], float | Status]:
    """Return the F1 of ROUGE `kind` against the nearest gold answer."""

    def measure(item: Item, answer: Answer) -> float | Status:
        missing = without_gold(item)
        if missing:
            return missing
        found = _nearest(item.question.answers, spoken(answer.text), item.language).get(kind)
        return "unscored" if found is None else found

    return measure


def _default(item: Item, answer: Answer) -> float | Status:
    """Return ROUGE-L as rouge-score computes it by itself; unscored where its tokenizer leaves nothing of the gold answers."""
    missing = without_gold(item)
    if missing:
        return missing
    text = spoken(answer.text)
    longest = max(_default_length(gold) for gold in item.question.answers)
    if longest == 0 or longest * _default_length(text) > MOST_CELLS:
        return "unscored"
    return float(_scorer(("rougeL",), None).score_multi(list(item.question.answers), text)["rougeL"].fmeasure)


@lru_cache(maxsize=65_536)
def _default_length(text: str) -> int:
    """Return the number of words that rouge-score's own tokenizer finds in `text`."""
    from rouge_score.tokenizers import DefaultTokenizer

    return len(DefaultTokenizer(use_stemmer=False).tokenize(text))


ROUGE1 = Metric(
    name="rouge1",
    summary="Shared word stems with the nearest gold answer (F1).",
    source=_SOURCE,
    missing=NOTHING,
    measure=_measure("rouge1"),
)
ROUGE2 = Metric(
    name="rouge2",
    summary="Shared pairs of neighbouring word stems with the nearest gold answer (F1).",
    source=_SOURCE,
    missing=f"{NOTHING}; also 0 for every answer where the gold answer has one word",
    measure=_measure("rouge2"),
)
ROUGE_L = Metric(
    name="rougeL",
    summary="Longest common sequence of word stems with the nearest gold answer (F1).",
    source=_SOURCE,
    missing=NOTHING,
    measure=_measure("rougeL"),
)
ROUGE_LSUM = Metric(
    name="rougeLsum",
    summary=(
        "ROUGE-L sentence by sentence: each sentence of the gold answer against all of the answer's, joined (F1). "
        "Unscored where the product of both lengths is above 4,000,000 words."
    ),
    source=f"{_SOURCE}; sentences are cut by eval/sentences.py",
    missing=NOTHING,
    measure=_measure("rougeLsum"),
)
ROUGE_L_DEFAULT = Metric(
    name="rougeL_default",
    summary="ROUGE-L with rouge-score's own tokenizer (letters a–z only, no stems), to compare with published English figures.",
    source=_SOURCE,
    missing=f"{NOTHING}; unscored where that tokenizer leaves nothing of the gold answers, and for very long texts",
    measure=_default,
)
