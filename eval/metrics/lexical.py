"""Metrics on the words of the answer: correct, contained, exact match, token F1.

All compare normalised words (`foundation.language.normal_answer`: no case, punctuation or articles, accents kept,
one spelling of numbers and ligatures), so that English and French are treated alike. Citation markers are taken
out first. Inflection is not folded: « chevaux » is another word than « cheval » here; ROUGE compares stems.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from chatbot.model import Answer
from eval.metrics.behaviour import meets_rule
from eval.metrics.metric import Item, Metric
from eval.metrics.words import compared, contains_gold, gold_words, without_gold, word_count
from eval.model import Status

MOST_WORDS: Final = 40  # DESIGN §5: an answer that lists everything has not answered
NOTHING: Final = "0 for an empty answer; an abstention as any text, so about 0; not applicable to an unanswerable question"


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


def _correct(item: Item, answer: Answer) -> float | Status:
    question = item.question
    if question.rule is not None:
        return float(meets_rule(question.rule, answer.text))
    if question.answerable == "unknown":
        return "unscored"
    if question.answerable == "no":
        return float(answer.abstained)
    return without_gold(item) or float(word_count(answer.text, item.language) <= MOST_WORDS and contains_gold(item, answer.text))


def _contained(item: Item, answer: Answer) -> float | Status:
    return without_gold(item) or float(contains_gold(item, answer.text))


def _exact_match(item: Item, answer: Answer) -> float | Status:
    return without_gold(item) or float(compared(answer.text, item.language) in gold_words(item.question.answers, item.language))


def _token_f1(item: Item, answer: Answer) -> float | Status:
    words = compared(answer.text, item.language)
    return without_gold(item) or max(f1_of_words(gold, words) for gold in gold_words(item.question.answers, item.language))


CORRECT = Metric(
    name="correct",
    summary=(
        "A gold answer stands in the answer as whole words and the answer has at most 40 words; "
        "an unanswerable question is answered correctly by abstaining, one with a rule by meeting it."
    ),
    source="This project; containment as in Mallen et al. 2023 (PopQA), arXiv 2212.10511, with a limit on length",
    missing="0 for an empty answer; an abstention 1 on an unanswerable question, else 0",
    measure=_correct,
    needs=("answers", "answerable", "rule"),
)
CONTAINED = Metric(
    name="contained",
    summary="A gold answer stands in the answer as whole words, however long the answer is.",
    source="Mallen et al. 2023 (PopQA), arXiv 2212.10511",
    missing=NOTHING,
    measure=_contained,
)
EXACT_MATCH = Metric(
    name="exact_match",
    summary="The answer is a gold answer, but for case, punctuation and articles.",
    source="Rajpurkar et al. 2016 (SQuAD), arXiv 1606.05250",
    missing=NOTHING,
    measure=_exact_match,
)
TOKEN_F1 = Metric(
    name="token_f1",
    summary="Overlap of words between the answer and the nearest gold answer (F1); a word counts as often as both have it.",
    source="Rajpurkar et al. 2016 (SQuAD), arXiv 1606.05250",
    missing=NOTHING,
    measure=_token_f1,
)
