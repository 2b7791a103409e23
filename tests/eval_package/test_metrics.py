"""Metrics on one answer, worked out by hand or by an independent library (which, is said at each)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.model import Answer, Usage
from eval.metrics.catalogue import METRICS, PRIMARY, meanings
from eval.metrics.metric import Item, Metric, Tools, spoken
from eval.metrics.overlap import SIGNATURES, scorer
from eval.model import Score
from foundation.errors import UnknownNameError
from knowledge_base.model import Question

QUESTION = Question("q", "?", "en", answers=("the Norman Conquest",), answerable="yes")


OWN_TOOLS = [name for name in METRICS if "embedder" not in METRICS.get(name).needs]
OVERLAP = ["contained", "exact_match", "token_f1", "rouge1", "rouge2", "rougeL", "rougeLsum", "rougeL_default", "chrf", "bleu"]


def score(metric: str, text: str, question: Question = QUESTION, **answer: Any) -> Score:
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
def test_correct_wants_a_gold_answer_as_whole_words_in_at_most_forty(gold, text, language, value) -> None:
    question = dataclasses.replace(QUESTION, answers=("never said", gold), language=language)
    assert score("correct", text, question).value == value


def test_contained_has_no_limit_of_words() -> None:
    assert score("contained", "norman conquest " + "word " * 100).value == 1.0
    assert score("correct", "norman conquest " + "word " * 100).value == 0.0


def test_an_unanswerable_question_is_answered_correctly_by_abstaining() -> None:
    question = dataclasses.replace(QUESTION, answers=(), answerable="no")
    assert score("correct", "I don't know.", question, abstained=True).value == 1.0
    assert score("correct", "The Norman Conquest.", question).value == 0.0
    assert score("abstention", "I don't know.", question, abstained=True).value == 1.0
    assert score("contained", "I don't know.", question, abstained=True).status == "not applicable"


def test_abstaining_from_an_answerable_question_is_a_wrong_decision() -> None:
    assert score("abstention", "I don't know.", abstained=True).value == 0.0
    assert score("abstention", "It was a siege.").value == 1.0


@pytest.mark.parametrize("metric", ["correct", *OVERLAP])
def test_what_has_no_known_answer_is_unscored_and_never_zero(metric) -> None:
    unknown = dataclasses.replace(QUESTION, answers=(), answerable="unknown")
    found = score(metric, "The Norman Conquest.", unknown)
    assert (found.value, found.status) == (None, "unscored")


def test_a_gold_answer_without_a_word_cannot_be_held_against_an_answer() -> None:
    assert score("correct", "", dataclasses.replace(QUESTION, answers=("%",))).status == "unscored"
    for name in OVERLAP:
        assert score(name, "", dataclasses.replace(QUESTION, answers=("%", "👍🏽"))).status == "unscored"


@pytest.mark.parametrize(("text", "value"), [("Ref. 7: the Norman Conquest [1]", 1.0), ("The Norman Conquest", 0.0)])
def test_a_question_with_a_rule_is_correct_when_the_answer_meets_it_whatever_its_words(text, value) -> None:
    styled = dataclasses.replace(QUESTION, answers=(), answerable="unknown", rule="starts with: Ref. 7\nends with: Conquest")
    assert score("correct", text, styled).value == value  # a citation marker is not part of the form


@pytest.mark.parametrize(
    ("text", "value"),
    # "[1, 2]" looks like a citation and is none; "[1]" behind the object is one; the last list is too short.
    [('{"levels": [1, 2]}', 1.0), ('{"levels": [1, 200]} [1]', 1.0), ('{"levels": [1]}', 0.0)],
)
def test_brackets_that_are_part_of_a_form_are_not_taken_for_citations(text, value) -> None:
    rule = 'json: {"required": ["levels"], "properties": {"levels": {"type": "array", "minItems": 2}}}'
    styled = dataclasses.replace(QUESTION, answers=(), answerable="unknown", rule=rule)
    assert score("correct", text, styled).value == value


@pytest.mark.parametrize("metric", list(METRICS))
def test_a_failed_answer_is_an_error_and_a_missing_one_unscored(metric) -> None:
    failed, absent = Item(QUESTION, None, "en", "s", retrieves=True), Item(QUESTION, None, "en", "s", missing=True)
    found = METRICS.get(metric).score_all([failed, absent], Tools())
    assert [(row.value, row.status) for row in found] == [(None, "error"), (None, "unscored")]
    assert all(row.reason for row in found)


def test_a_metric_that_throws_or_leaves_its_range_on_one_answer_is_an_error_there_and_goes_on() -> None:
    def measure(item: Item, answer: Answer) -> float:
        return {"nan": float("nan"), "two": 2.0}.get(answer.text) or 1 / len(answer.text)

    metric = Metric(name="odd", summary="s", source="s", missing="m", measure=measure)
    found = metric.score_all([Item(QUESTION, Answer(text), "en", "s") for text in ("ab", "", "nan", "two", "abcd")], Tools())
    assert [(row.value, row.status) for row in found] == [(0.5, "scored"), *[(None, "error")] * 3, (0.25, "scored")]
    assert [row.reason for row in found[1:4]] == ["ZeroDivisionError: division by zero", "nan is out of range", "2.0 is out of range"]


ODD = {
    "words": " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}" for n in range(7_000)),
    "blanks": " " * 50_000,
    "marks": "!" * 50_000,
    "brackets": "[1 " * 16_000,
    "lines": "a\n" * 25_000,
    "right to left": "مرحبا بالعالم " * 3_500,
    "emoji": "👍🏽👩‍👩‍👧 " * 6_000,
    "accents without end": "e" + "\u0301" * 50_000,
    "nul": "a\x00b" * 16_000,
    "half a pair": "\ud800abc" * 1_000,
    "nothing": "",
    "punctuation": "?! …",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_no_text_breaks_a_metric_however_long_or_odd(text) -> None:
    item = Item(dataclasses.replace(QUESTION, language="fr"), Answer(text), "fr", "s", retrieves=True)
    for name in OWN_TOOLS:
        (found,) = METRICS.get(name).score_all([item], Tools())
        assert found.status != "error", found.reason
        assert found.status == "scored" or name not in ("correct", *OVERLAP, "words")


@pytest.mark.parametrize("text", ["مرحبا بالعالم", "It is 👍🏽 fine", "\u200fشكرا\u200f"])
def test_any_script_can_be_a_gold_answer(text) -> None:
    question = dataclasses.replace(QUESTION, answers=(text,), language="ar")
    assert {name: score(name, f"... {text} !", question).value for name in ("exact_match", "contained", "token_f1", "rougeL")} == {
        "exact_match": 1.0,
        "contained": 1.0,
        "token_f1": 1.0,
        "rougeL": 1.0,
    }


@given(st.text(min_size=1, max_size=60), st.text(max_size=80))
def test_chrf_and_bleu_are_sacrebleus_on_one_gold_answer(gold, text) -> None:
    question = dataclasses.replace(QUESTION, answers=(gold,))
    chrf, bleu = score("chrf", text, question), score("bleu", text, question)
    if chrf.value is None:
        return
    # independent values: sacrebleu's functions of one sentence, with their defaults
    assert chrf.value == pytest.approx(sacrebleu.sentence_chrf(spoken(text), [gold]).score / 100, abs=1e-9)
    assert bleu.value == pytest.approx(min(1.0, sacrebleu.sentence_bleu(spoken(text), [gold]).score / 100), abs=1e-9)


def test_of_several_gold_answers_the_nearest_counts_for_chrf_and_bleu() -> None:
    question = dataclasses.replace(QUESTION, answers=("a b c d", "w x y z"))
    assert score("bleu", "w x y z", question).value == pytest.approx(1.0)
    assert score("chrf", "w x y z", question).value == pytest.approx(1.0)
    # half of each: no mixture of both is a reference, so it is what sacrebleu says against one of them
    assert score("bleu", "a b y z", question).value == pytest.approx(sacrebleu.sentence_bleu("a b y z", ["a b c d"]).score / 100)


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_stated_signature_is_the_librarys(name) -> None:
    scorer(name).sentence_score("a b", ["a b"])
    assert str(scorer(name).get_signature()) == SIGNATURES[name]
    assert SIGNATURES[name] in METRICS.get(name).source


def test_a_rule_is_scored_where_there_is_one() -> None:
    styled = dataclasses.replace(QUESTION, rule="starts with: Ref. 7")
    assert score("rule", "Ref. 7: yes", styled).value == 1.0
    assert score("rule", "yes", styled).value == 0.0
    assert score("rule", "", styled).value == 0.0
    assert score("rule", "yes").status == "not applicable"


def test_a_rule_that_cannot_be_read_is_an_error_with_its_reason() -> None:
    broken = dataclasses.replace(QUESTION, rule="words: many")
    (found,) = METRICS.get("rule").score_all([Item(broken, Answer("x"), "en", "s")], Tools())
    assert found.status == "error" and "'words: many' is no range" in found.reason


@pytest.mark.parametrize(
    ("text", "answer", "value"),
    [
        ("Yes [1].", {}, 1.0),
        ("I don't know.", {"abstained": True}, 1.0),
        ("", {}, 0.0),
        (" \n\u200b", {}, 0.0),
        ("Yes, and", {"finish_reason": "length"}, 0.0),
        ("Yes", {"finish_reason": "cancelled"}, 0.0),
        ("Yes [9].", {"wrong_citations": (9,)}, 0.0),
        ("Yes", {"finish_reason": "unknown"}, None),
    ],
)
def test_well_formed(text, answer, value) -> None:
    assert score("well_formed", text, **answer).value == value


def test_words_and_seconds_are_counted() -> None:
    assert score("words", "It weighs 3,5 kg [1].").value == 4.0
    assert score("words", "").value == 0.0
    assert METRICS.get("latency").score(Item(QUESTION, Answer("x"), "en", seconds=0.25)).value == 0.25
    assert METRICS.get("latency").score(Item(QUESTION, Answer("x"), "en")).status == "not applicable"


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
def test_exact_match_and_token_f1_by_hand(text, exact, f1) -> None:
    assert score("exact_match", text).value == exact
    assert score("token_f1", text).value == pytest.approx(f1)


def test_the_best_of_several_gold_answers_counts() -> None:
    question = dataclasses.replace(QUESTION, answers=("never said", "1066"))
    assert score("token_f1", "in 1066", question).value == pytest.approx(2 / 3)
    assert score("rouge1", "in 1066", question).value == pytest.approx(2 / 3)


def test_token_counts_are_the_engines() -> None:
    found = score("completion_tokens", "x", usage=Usage(11, 7)), score("prompt_tokens", "x", usage=Usage(11, 7))
    assert [row.value for row in found] == [7.0, 11.0]


@settings(max_examples=50)
@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3), st.sampled_from(["en", "fr"]))
def test_every_bounded_metric_stays_in_its_range_and_an_exact_match_has_full_f1(text, golds, language) -> None:
    question = dataclasses.replace(QUESTION, answers=tuple(golds), language=language)
    for name in OWN_TOOLS:
        metric = METRICS.get(name)
        value = metric.score(Item(question, Answer(text), language)).value
        if value is not None:
            assert metric.low <= value and (metric.high is None or value <= metric.high)
    if score("exact_match", text, question).value == 1.0:
        assert score("token_f1", text, question).value == pytest.approx(1.0)


def test_the_catalogue_describes_every_metric_and_offers_the_nearest_name() -> None:
    assert all(METRICS.get(name).name == name for name in METRICS)
    for meaning in meanings():
        info = meaning.info()
        assert all(info[key] for key in ("summary", "source", "missing", "unit", "direction")) and "needs" in info
    assert set(PRIMARY) <= set(METRICS)
    assert all(METRICS.get(name).high == 1.0 and METRICS.get(name).direction == "higher" for name in PRIMARY)
    with pytest.raises(UnknownNameError, match="Did you mean 'token_f1'"):
        METRICS.get("token_f")


def test_citation_markers_go_and_other_brackets_stay() -> None:
    assert spoken("A [1], B [2, 3] and C [ 4 ][5].") == "A, B and C."
    assert spoken("D [1–3], E [1-2; 4].") == "D, E."
    assert spoken("array[x] in [2020] on [12-05-24]") == "array[x] in [2020] on [12-05-24]"
