import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.model import Answer, Usage
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item, spoken
from foundation.errors import UnknownNameError
from knowledge_base.model import Question

QUESTION = Question("q", "?", "en", answers=("the Norman Conquest",), answerable="yes")


def score(metric, text, question=QUESTION, **answer):
    return METRICS.get(metric).score(Item(question, Answer(text, **answer), question.language, "s"))


@pytest.mark.parametrize(
    ("gold", "text", "language", "value"),
    [
        ("the Norman Conquest", "It was a norman conquest!", "en", 1.0),
        ("the Norman Conquest", "It was the Normans' conquest.", "en", 0.0),  # other words
        ("12 kg", "12 kg", "en", 1.0),
        ("12 kg", "It weighs 112 kg.", "en", 0.0),  # whole words only
        ("12 kg", "12 or 13 kg", "en", 0.0),  # in one run only
        ("2", "I found it in the manual [2].", "en", 0.0),  # a citation is not an answer
        ("2020", "In [2020].", "en", 1.0),
        ("l'été", "C’est en été.", "fr", 1.0),
        ("pêche", "le péché", "fr", 0.0),  # accents are kept
        ("x", "x " + "word " * 39, "en", 1.0),  # 40 words
        ("x", "x " + "word " * 40, "en", 0.0),  # 41 words
    ],
)
def test_correct_wants_a_gold_answer_as_whole_words_in_at_most_forty(gold, text, language, value):
    question = dataclasses.replace(QUESTION, answers=("never said", gold), language=language)
    assert score("correct", text, question).value == value


def test_contained_has_no_limit_of_words():
    assert score("contained", "norman conquest " + "word " * 100).value == 1.0
    assert score("correct", "norman conquest " + "word " * 100).value == 0.0


def test_an_unanswerable_question_is_answered_correctly_by_abstaining():
    question = dataclasses.replace(QUESTION, answers=(), answerable="no")
    assert score("correct", "I don't know.", question, abstained=True).value == 1.0
    assert score("correct", "The Norman Conquest.", question).value == 0.0
    assert score("abstention", "I don't know.", question, abstained=True).value == 1.0
    assert score("contained", "I don't know.", question, abstained=True).status == "not applicable"


def test_abstaining_from_an_answerable_question_is_a_wrong_decision():
    assert score("abstention", "I don't know.", abstained=True).value == 0.0
    assert score("abstention", "It was a siege.").value == 1.0


@pytest.mark.parametrize("metric", ["correct", "contained", "exact_match", "token_f1", "rouge1", "rouge2", "rougeL", "rougeL_default"])
def test_what_has_no_known_answer_is_unscored_and_never_zero(metric):
    unknown = dataclasses.replace(QUESTION, answers=(), answerable="unknown")
    found = score(metric, "The Norman Conquest.", unknown)
    assert (found.value, found.status) == (None, "unscored")


def test_a_gold_answer_without_a_word_cannot_be_held_against_an_answer():
    assert score("correct", "", dataclasses.replace(QUESTION, answers=("%",))).status == "unscored"
    assert score("exact_match", "", dataclasses.replace(QUESTION, answers=("%",))).status == "unscored"


@pytest.mark.parametrize(("text", "value"), [("Ref. 7: the Norman Conquest [1]", 1.0), ("The Norman Conquest", 0.0)])
def test_a_question_with_a_rule_is_correct_when_the_answer_meets_it_whatever_its_words(text, value):
    styled = dataclasses.replace(QUESTION, answers=(), answerable="unknown", rule="starts with: Ref. 7\nends with: Conquest")
    assert score("correct", text, styled).value == value  # a citation marker is not part of the form


@pytest.mark.parametrize(
    ("text", "value"),
    # "[1, 2]" looks like a citation and is none; "[1]" behind the object is one; the last list is too short.
    [('{"levels": [1, 2]}', 1.0), ('{"levels": [1, 200]} [1]', 1.0), ('{"levels": [1]}', 0.0)],
)
def test_brackets_that_are_part_of_a_form_are_not_taken_for_citations(text, value):
    rule = 'json: {"required": ["levels"], "properties": {"levels": {"type": "array", "minItems": 2}}}'
    styled = dataclasses.replace(QUESTION, answers=(), answerable="unknown", rule=rule)
    assert score("correct", text, styled).value == value


@pytest.mark.parametrize("metric", list(METRICS))
def test_a_failed_answer_is_an_error_and_never_a_number(metric):
    found = METRICS.get(metric).score(Item(QUESTION, None, "en", "s", retrieves=True))
    assert (found.value, found.status) == (None, "error")


# By hand, with SQuAD's counting: shared words, twice, over all words of both, without articles.
@pytest.mark.parametrize(
    ("text", "exact", "f1"),
    [
        ("The Norman conquest.", 1.0, 1.0),
        ("Norman", 0.0, 2 / 3),
        ("conquest conquest", 0.0, 2 / 4),
        ("the conquest of England by Norman knights", 0.0, 4 / 8),
        ("nothing", 0.0, 0.0),
        ("", 0.0, 0.0),
    ],
)
def test_exact_match_and_token_f1_by_hand(text, exact, f1):
    assert score("exact_match", text).value == exact
    assert score("token_f1", text).value == pytest.approx(f1)


def test_the_best_of_several_gold_answers_counts():
    question = dataclasses.replace(QUESTION, answers=("never said", "1066"))
    assert score("token_f1", "in 1066", question).value == pytest.approx(2 / 3)
    assert score("rouge1", "in 1066", question).value == pytest.approx(2 / 3)


def test_token_counts_are_the_engines():
    found = score("completion_tokens", "x", usage=Usage(11, 7)), score("prompt_tokens", "x", usage=Usage(11, 7))
    assert [row.value for row in found] == [7.0, 11.0]


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3), st.sampled_from(["en", "fr"]))
def test_every_bounded_metric_stays_in_its_range_and_an_exact_match_has_full_f1(text, golds, language):
    question = dataclasses.replace(QUESTION, answers=tuple(golds), language=language)
    for name in METRICS:
        metric = METRICS.get(name)
        value = metric.score(Item(question, Answer(text), language)).value
        if value is not None:
            assert metric.low <= value and (metric.high is None or value <= metric.high + 1e-9)
    if score("exact_match", text, question).value == 1.0:
        assert score("token_f1", text, question).value == pytest.approx(1.0)


def test_the_catalogue_describes_every_metric_and_offers_the_nearest_name():
    for name in METRICS:
        info = METRICS.get(name).info()
        assert METRICS.get(name).name == name and info["summary"] and info["source"]
    with pytest.raises(UnknownNameError, match="Did you mean 'token_f1'"):
        METRICS.get("token_f")


def test_citation_markers_go_and_other_brackets_stay():
    assert spoken("A [1], B [2, 3] and C [ 4 ][5].") == "A, B and C."
    assert spoken("array[x] in [2020]") == "array[x] in [2020]"
