"""Metrics on the words of the answer: correct, contained, exact match, token F1.

All compare normalised words (`foundation.language.normal_answer`: no case, punctuation or articles,
accents kept), so that English and French are treated alike. Citation markers are taken out first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from chatbot.model import Answer
from eval.metrics.metric import Item, Metric, spoken
from eval.model import Status
from foundation.language import normal_answer, states, tokenize
from knowledge_base.rules import holds

MOST_WORDS = 40  # DESIGN §5: an answer that lists everything has not answered


def f1_of_words(gold: Sequence[str], words: Sequence[str]) -> float:
    """Return the harmonic mean of precision and recall of `words` against `gold`, counting repeats.

    Source: SQuAD 2.0 evaluation script: without words on one side it is 1 when both are empty, else 0.

    >>> f1_of_words(["norman", "conquest"], ["conquest", "of", "england"])
    0.4
    """
    if not gold or not words:
        return float(list(gold) == list(words))
    shared = sum((Counter(gold) & Counter(words)).values())
    return 2 * shared / (len(gold) + len(words))


def gold_words(item: Item) -> list[list[str]]:
    """Return the words of each gold answer; one without a word, such as "%", cannot be compared and is left out."""
    return [words for gold in item.question.answers if (words := normal_answer(gold, item.language))]


def without_gold(item: Item) -> Status | None:
    """Return why the answer cannot be held against gold answers, or None when it can."""
    if item.question.answerable == "no":
        return "not applicable"
    return None if gold_words(item) else "unscored"


def _answer_words(item: Item, answer: Answer) -> list[str]:
    return normal_answer(spoken(answer.text), item.language)


def _contains_gold(item: Item, answer: Answer) -> bool:
    text = spoken(answer.text)
    return any(states(text, gold, item.language) for gold in item.question.answers)


def _correct(item: Item, answer: Answer) -> float | Status:
    question = item.question
    if question.rule is not None:
        # Some forms hold brackets of their own, such as a JSON list of numbers, which look like citation markers.
        return float(holds(question.rule, answer.text) or holds(question.rule, spoken(answer.text)))
    if question.answerable == "unknown":
        return "unscored"
    if question.answerable == "no":
        return float(answer.abstained)
    short = len(tokenize(spoken(answer.text), item.language)) <= MOST_WORDS
    return without_gold(item) or float(short and _contains_gold(item, answer))


def _contained(item: Item, answer: Answer) -> float | Status:
    return without_gold(item) or float(_contains_gold(item, answer))


def _exact_match(item: Item, answer: Answer) -> float | Status:
    return without_gold(item) or float(_answer_words(item, answer) in gold_words(item))


def _token_f1(item: Item, answer: Answer) -> float | Status:
    words = _answer_words(item, answer)
    return without_gold(item) or max(f1_of_words(gold, words) for gold in gold_words(item))


CORRECT = Metric(
    name="correct",
    summary=(
        "A gold answer stands in the answer as whole words and the answer has at most 40 words; "
        "an unanswerable question is answered correctly by abstaining, one with a rule by meeting it."
    ),
    source="This project; containment as in Mallen et al. 2023 (PopQA), arXiv 2212.10511, with a limit on length",
    measure=_correct,
    needs=("answers", "answerable"),
)
CONTAINED = Metric(
    name="contained",
    summary="A gold answer stands in the answer as whole words, however long the answer is.",
    source="Mallen et al. 2023 (PopQA), arXiv 2212.10511",
    measure=_contained,
)
EXACT_MATCH = Metric(
    name="exact_match",
    summary="The answer is a gold answer, but for case, punctuation and articles.",
    source="Rajpurkar et al. 2016 (SQuAD), arXiv 1606.05250",
    measure=_exact_match,
)
TOKEN_F1 = Metric(
    name="token_f1",
    summary="Overlap of words between the answer and the nearest gold answer (F1).",
    source="Rajpurkar et al. 2016 (SQuAD), arXiv 1606.05250",
    measure=_token_f1,
)
