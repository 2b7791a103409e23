"""ROUGE against rouge-score itself and against values worked out by hand."""

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
]


def score(metric, gold, text, language="en"):
    question = Question("q", "?", language, answers=(gold,), answerable="yes")
    return METRICS.get(metric).score(Item(question, Answer(text), language)).value


@pytest.mark.parametrize(("gold", "text"), PAIRS)
def test_plain_english_words_score_as_in_rouge_score_itself(gold, text):
    # independent value: rouge-score without stemming; these sentences have no word that our stemmer joins with another
    peer = RougeScorer(["rouge1", "rouge2", "rougeL"]).score(gold, text)
    for kind in ("rouge1", "rouge2", "rougeL"):
        assert score(kind, gold, text) == pytest.approx(peer[kind].fmeasure)
    assert score("rougeL_default", gold, text) == pytest.approx(peer["rougeL"].fmeasure)


def test_values_by_hand():
    # gold a b c d, text a c b d: 4 of 4 words; no shared pair of (ab bc cd) and (ac cb bd); longest common sequence 3 of 4
    assert score("rouge1", "a b c d", "a c b d") == 1.0
    assert score("rouge2", "a b c d", "a c b d") == 0.0
    assert score("rougeL", "a b c d", "a c b d") == pytest.approx(0.75)


def test_french_words_keep_their_accents_and_are_stemmed():
    # "préentraînés" and "préentraîné" share a French stem; rouge-score's tokenizer makes pr, entra, n(e)s of them
    assert score("rouge1", "préentraîné", "préentraînés", "fr") == 1.0
    assert score("rougeL", "pêche", "péché", "fr") == 0.0
    assert score("rougeL_default", "pêche", "péché", "fr") > 0.0  # p, che against p, ch: one letter shared
