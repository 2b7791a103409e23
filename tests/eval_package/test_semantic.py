"""Likeness of meaning through the registry's own object, with a made-up embedder whose cosines are known by hand."""

import numpy as np
import pytest

from chatbot.model import Answer
from eval.metrics.metric import Item, Tools
from eval.metrics.semantic import SEMANTIC
from knowledge_base.model import Question


class Compass:
    """An embedder of directions: each word of a text is an angle in degrees, so every cosine is known."""

    name, fingerprint, dimension, token_limit, tokenizer = "compass", "compass", 2, 100, None

    def __init__(self):
        self.calls = []

    def count_tokens(self, text):
        return len(text.split())

    def encode_passages(self, texts):
        self.calls.append(list(texts))
        angles = np.radians([float(text.split()[0]) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    encode_queries = encode_passages


def item(text, *answers, language="en", answerable="yes", abstained=False):
    question = Question("q", "?", language, answers=answers, answerable=answerable)
    return Item(question, Answer(text, abstained=abstained), language, "rag")


@pytest.fixture
def compass():
    return Compass()


def scored(items, embedder, languages=("en",)):
    return SEMANTIC.score_all(items, Tools(embedder, languages))


def test_the_nearest_gold_answer_counts(compass):
    # cos 60° = 1/2; the other gold answer is 90° away
    assert scored([item("0", "60", "90")], compass)[0].value == pytest.approx(0.5, abs=1e-6)


def test_opposite_meanings_are_zero_and_equal_ones_one(compass):
    assert [score.value for score in scored([item("0", "180"), item("30", "30")], compass)] == pytest.approx([0.0, 1.0], abs=1e-6)


def test_citation_markers_are_left_out(compass):
    assert scored([item("60 [1]", "60")], compass)[0].value == pytest.approx(1.0, abs=1e-6)
    assert "60 [1]" not in compass.calls[0]


def test_every_text_is_encoded_once_in_one_call(compass):
    scored([item("0", "60"), item("0", "60"), item("60", "0")], compass)
    assert [sorted(call) for call in compass.calls] == [["0", "60"]]


def test_a_language_that_the_embedder_does_not_cover_is_not_applicable(compass):
    english, french = scored([item("0", "60"), item("0", "60", language="fr")], compass)
    assert english.status == "scored"
    assert french.status == "not applicable" and "fr" in french.reason and french.value is None


def test_without_an_embedder_it_is_unscored_and_says_what_to_do():
    score = scored([item("0", "60")], None)[0]
    assert (score.value, score.status) == (None, "unscored") and "embedder" in score.reason


def test_what_has_no_gold_answer_has_no_number(compass):
    found = scored([item("0", answerable="unknown"), item("0", answerable="no")], compass)
    assert [score.status for score in found] == ["unscored", "not applicable"]
    assert compass.calls == []


def test_an_empty_answer_is_zero_and_no_answer_is_no_number(compass):
    empty = item("  ", "60")
    failed = Item(empty.question, None, "en", "rag")
    missing = Item(empty.question, None, "en", "rag", missing=True)
    found = scored([item("", "60"), failed, missing], compass)
    assert [(score.value, score.status) for score in found] == [(0.0, "scored"), (None, "error"), (None, "unscored")]


def test_an_embedder_that_fails_is_an_error_that_says_why(compass):
    failing, untouched = scored([item("north", "60"), item("0", "60", language="fr")], compass)
    assert failing.status == "error" and "ValueError" in failing.reason
    assert untouched.status == "not applicable"


@pytest.mark.slow
def test_the_shipped_embedder_ranks_meanings(minilm):
    from retrieval.embedders import embedder

    model = embedder("all-minilm-l6-v2", minilm.parent)
    gold = "It may be lowered to thirty-five metres."
    texts = ("The greatest depth is 35 metres.", "Lunch is served at noon.", "x " * 25_000, "🙂" * 50, "العمق الأقصى")
    near, far, *odd = [score.value for score in scored([item(text, gold) for text in texts], model)]
    assert near > 0.5 > far
    assert all(0 <= value <= 1 for value in odd)
