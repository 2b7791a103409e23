"""chrF and BLEU of one answer, through sacrebleu: the measures of machine translation, to compare with its literature.

Both are of sentences, between 0 and 1 (sacrebleu: 0 to 100), and take the nearest gold answer as all measures of
overlap here do: gold answers are alternatives, not translations to be mixed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Final

from chatbot.model import Answer
from eval.metrics.lexical import NOTHING
from eval.metrics.metric import Item, Metric, spoken
from eval.metrics.words import without_gold
from eval.model import Status

SIGNATURES: Final = {  # what sacrebleu itself says of each, to be quoted with a figure
    "chrf": "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0",
    "bleu": "nrefs:1|case:mixed|eff:yes|tok:13a|smooth:exp|version:2.6.0",
}


@cache
def scorer(name: str) -> Any:
    """Return sacrebleu's object for "chrf" or "bleu", with the settings that `SIGNATURES` states."""
    from sacrebleu.metrics import BLEU, CHRF

    return CHRF() if name == "chrf" else BLEU(effective_order=True)


@lru_cache(maxsize=65_536)
def _nearest(name: str, answers: tuple[str, ...], text: str) -> float:
    if name == "chrf":  # sacrebleu itself takes the nearest of several here; for BLEU it would mix them
        return float(scorer(name).sentence_score(text, list(answers)).score) / 100
    return max(float(scorer(name).sentence_score(text, [gold]).score) for gold in answers) / 100


def _measure(name: str) -> Callable[[Item, Answer], float | Status]:
    def measure(item: Item, answer: Answer) -> float | Status:
        return without_gold(item) or _nearest(name, item.question.answers, spoken(answer.text))

    return measure


CHRF = Metric(
    name="chrf",
    summary="Shared runs of one to six characters with the nearest gold answer (F2: recall counts twice); kind to inflection.",
    source=f"Popović 2015, https://aclanthology.org/W15-3049; sacrebleu sentence chrF2, {SIGNATURES['chrf']}",
    missing=NOTHING,
    measure=_measure("chrf"),
)
BLEU = Metric(
    name="bleu",
    summary=(
        "Precision of runs of up to four words against the nearest gold answer, lowered for answers shorter than it; "
        "hard on long answers, and case counts. Words as mteval's 13a cuts them, in French too (« l'été » is one)."
    ),
    source=(
        "Papineni et al. 2002, https://aclanthology.org/P02-1040; smoothing of Chen and Cherry 2014, "
        f"https://aclanthology.org/W14-3346; sacrebleu sentence BLEU, {SIGNATURES['bleu']}"
    ),
    missing=NOTHING,
    measure=_measure("bleu"),
)
