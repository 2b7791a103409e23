"""The values that many sentences of a decision share: how a score is to be written. No words of a language."""

from __future__ import annotations

from typing import Any, Final

from eval.comparison import Contrast
from eval.decision.race import Candidate

COUNTED: Final = frozenset({"correct", "contained", "exact_match", "abstention"})  # a yes or a no per question: written in percent


def unit(metric: str) -> str:
    """Return how messages write a mean of `metric`: "correct" (percent correct), "share" (percent) or "score" (two decimals).

    >>> unit("correct"), unit("contained"), unit("token_f1")
    ('correct', 'share', 'score')
    """
    return "correct" if metric == "correct" else "share" if metric in COUNTED else "score"


def level(candidate: Candidate, metric: str) -> dict[str, Any]:
    """Return the values of a sentence that says how high one system scores."""
    return {"system": candidate.system, "level": candidate.mean, "unit": unit(metric), "metric": metric, "questions": candidate.estimate.n}


def size(contrast: Contrast, margin: float) -> str:
    """Return how a difference shown stands to the margin: "beyond", "within" (shown, each), "perhaps", or "none" without a margin."""
    return "none" if margin == 0 else "within" if contrast.equivalence.shown else "beyond" if contrast.beyond else "perhaps"
