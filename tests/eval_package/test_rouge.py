"""ROUGE against rouge-score itself and against values worked out by hand."""

from __future__ import annotations

import random

import pytest
from rouge_score.rouge_scorer import RougeScorer

from chatbot.model import Answer
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item
from knowledge_base.model import Question

PAIRS = [
    ("the quick brown fox jumps over the lazy dog", "the quick brown dog jumps on the log"),
    ("a b c d", "a c b d"),
    ("one two three", "four five six"),
    ("It is red. It is big.", "It is big. The box is red."),
]


def score(metric: str, gold: str, text: str, language: str = "en") -> float | None:
    question = Question("q", "?", language, answers=(gold,), answerable="yes")
    return METRICS.get(metric).score(Item(question, Answer(text), language)).value


@pytest.mark.parametrize(("gold", "text"), PAIRS)
def test_plain_english_words_score_as_in_rouge_score_itself(gold: str, text: str) -> None:
    # independent value: rouge-score without stemming; these sentences have no word that our stemmer joins with another
    peer = RougeScorer(["rouge1", "rouge2", "rougeL"]).score(gold, text)
    for kind in ("rouge1", "rouge2", "rougeL"):
        assert score(kind, gold, text) == pytest.approx(peer[kind].fmeasure)
    assert score("rougeL_default", gold, text) == pytest.approx(peer["rougeL"].fmeasure)
    lines = [part.replace(". ", ".\n") for part in (gold, text)]  # where rouge-score wants a line for each sentence
    assert score("rougeLsum", gold, text) == pytest.approx(RougeScorer(["rougeLsum"]).score(*lines)["rougeLsum"].fmeasure)


def test_values_by_hand() -> None:
    # gold a b c d, text a c b d: 4 of 4 words; no shared pair of (ab bc cd) and (ac cb bd); longest common sequence 3 of 4
    assert score("rouge1", "a b c d", "a c b d") == 1.0
    assert score("rouge2", "a b c d", "a c b d") == 0.0
    assert score("rougeL", "a b c d", "a c b d") == pytest.approx(0.75)


def test_the_order_of_sentences_matters_to_rouge_l_and_not_to_its_summary_level() -> None:
    # by hand: 4 words each; turned round, the longest common sequence is one sentence, 2 of 4
    assert score("rougeL", "Blue whales. Green frogs.", "Green frogs. Blue whales.") == 0.5
    assert score("rougeLsum", "Blue whales. Green frogs.", "Green frogs. Blue whales.") == 1.0


def test_french_words_keep_their_accents_and_are_stemmed() -> None:
    # "préentraînés" and "préentraîné" share a French stem; rouge-score's tokenizer makes pr, entra, n(e)s of them
    assert score("rouge1", "préentraîné", "préentraînés", "fr") == 1.0
    assert score("rougeL", "pêche", "péché", "fr") == 0.0
    assert score("rougeL_default", "pêche", "péché", "fr") == 0.5  # p, che against p, ch: one of two words shared


def test_what_the_default_tokenizer_leaves_nothing_of_is_unscored_by_it_alone() -> None:
    question = Question("q", "?", "fr", answers=("été",), answerable="yes")
    greek = Question("q", "?", "fr", answers=("Ωμέγα",), answerable="yes")
    assert METRICS.get("rougeL_default").score(Item(question, Answer("été"), "fr")).value == 1.0  # the t is left
    assert METRICS.get("rougeL_default").score(Item(greek, Answer("Ωμέγα"), "fr")).status == "unscored"
    assert score("rougeL", "Ωμέγα", "Ωμέγα", "fr") == 1.0


def test_texts_too_long_for_the_table_of_rouge_score_get_the_same_figures_and_no_summary_level() -> None:
    draw = random.Random(7)
    gold, text = (" ".join(draw.choices(["blue", "green", "red", "whale", "frog"], k=2_001)) for _ in range(2))
    peer = RougeScorer(["rouge1", "rouge2", "rougeL"]).score(gold, text)
    question = Question("q", "?", "en", answers=(gold,), answerable="yes")
    for kind in peer:
        assert score(kind, gold, text) == pytest.approx(peer[kind].fmeasure)
    assert METRICS.get("rougeLsum").score(Item(question, Answer(text), "en")).status == "unscored"
