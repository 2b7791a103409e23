"""ROUGE through rouge-score, with our tokenizer; its own default tokenizer stands beside.

rouge-score's tokenizer keeps a–z and 0–9 alone and its stemmer is English, so accented words fall
apart; `rougeL_default` shows what that does to a French score and lets English ones be compared
with the literature.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from chatbot.model import Answer
from eval.metrics.lexical import without_gold
from eval.metrics.metric import Item, Metric, spoken
from eval.model import Status
from foundation.language import tokenize

_SOURCE = "Lin 2004 (ROUGE), https://aclanthology.org/W04-1013; rouge-score 0.1.2"


class StemmingTokenizer:
    """Our words and stems of one language, in the form that rouge-score asks for."""

    def __init__(self, language: str) -> None:
        self.language = language

    def tokenize(self, text: str) -> list[str]:
        """Return the stems of `text`."""
        return tokenize(text, self.language, stem=True)


@cache
def _scorer(kind: str, language: str | None) -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer([kind], tokenizer=None if language is None else StemmingTokenizer(language))


def rouge_l(expected: str, text: str, language: str) -> float:
    """Return ROUGE-L F1 of two texts, on our words and stems of `language`.

    >>> rouge_l("L'été dure trois mois.", "trois mois", "fr")
    0.6666666666666666
    """
    return float(_scorer("rougeL", language).score(expected, text)["rougeL"].fmeasure)


def _measure(kind: str, *, default_tokenizer: bool = False) -> Callable[[Item, Answer], float | Status]:
    """Return the F1 of ROUGE `kind` against the nearest gold answer."""

    def measure(item: Item, answer: Answer) -> float | Status:
        missing = without_gold(item)
        if missing:
            return missing
        scorer = _scorer(kind, None if default_tokenizer else item.language)
        return float(scorer.score_multi(list(item.question.answers), spoken(answer.text))[kind].fmeasure)

    return measure


ROUGE1 = Metric("rouge1", "Shared word stems with the nearest gold answer (F1).", _SOURCE, _measure("rouge1"))
ROUGE2 = Metric("rouge2", "Shared pairs of neighbouring word stems with the nearest gold answer (F1).", _SOURCE, _measure("rouge2"))
ROUGE_L = Metric("rougeL", "Longest common sequence of word stems with the nearest gold answer (F1).", _SOURCE, _measure("rougeL"))
ROUGE_L_DEFAULT = Metric(
    "rougeL_default",
    "ROUGE-L with rouge-score's own tokenizer (letters a–z only, no stems), to compare with published English figures.",
    _SOURCE,
    _measure("rougeL", default_tokenizer=True),
)
