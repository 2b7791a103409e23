"""Groundedness through the metric itself: by words, in two languages; with bad input; and against ROUGE-L on the sample."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.model import Answer
from eval.metrics.groundedness import GROUNDEDNESS
from eval.metrics.metric import Item, Tools
from eval.sentences import sentences
from knowledge_base.model import Question
from retrieval.model import Chunk, Hit

CAP = "The oxygen cap of the Varnel 150 lasts 26 months. It costs 147 EUR. Ilka Demsworth orders the caps every 4 weeks."
OTHER = "The canteen serves lunch from 11:20. Guests pay 9.60 EUR."
CAPSULE = (
    "La coiffe d'oxygène du Varnel 150 dure 26 mois. Elle coûte 1 470,50 EUR. Commandez-la auprès de Claire Vauquelin, au bureau de Vernaz."
)


def scored(text, *passages, question="How long does the oxygen cap last?", language="en", **fields):
    retrieves = fields.pop("retrieves", True)
    hits = tuple(Hit(Chunk(f"d{n}", f"d{n}", "r", 0, len(each), each), 1.0 / (n + 1), n + 1) for n, each in enumerate(passages))
    asked = Question("q", question, language, answers=("26 months",), answerable="yes")
    return GROUNDEDNESS.score_all([Item(asked, Answer(text, hits=hits, **fields), language, "rag", retrieves)], Tools())[0]


def value(*args, **kwargs):
    score = scored(*args, **kwargs)
    assert score.status == "scored", score
    return score.value


def test_a_sentence_of_the_passage_is_grounded_and_one_of_another_subject_is_not():
    assert value("The oxygen cap lasts 26 months [1].", OTHER, CAP) > 0.9
    assert value("Penguins breed on the ice shelf.", OTHER, CAP) == 0.0


def test_a_number_that_stands_nowhere_contradicts_the_passages():
    assert value("The oxygen cap lasts 28 months.", CAP) == 0.0
    assert value("28 months", CAP) == 0.0


def test_a_number_counts_less_when_it_stands_beside_another_matter():
    assert value("26 months", CAP, OTHER) > value("9.60 months", CAP, OTHER) > 0


def test_a_wrong_name_lowers_it():
    asked = "Who orders the caps?"
    assert value("Ilka Demsworth", CAP, question=asked) > 0.9
    assert value("Rolf Demsworth", CAP, question=asked) < 0.7
    assert value("Rolf Anders", CAP, question=asked) == 0.0


def test_what_the_question_says_is_no_claim_of_the_answer():
    # "Varnel 3000" stands in the question alone: the answer need not prove it, nor is its number a contradiction
    assert value("The Varnel 3000 cap lasts 26 months.", CAP, question="How long does the Varnel 3000 cap last?") > 0.8


def test_it_is_the_mean_over_the_sentences():
    supported, not_supported = "The oxygen cap lasts 26 months.", "Penguins breed on ice."
    both = value(f"{supported} {not_supported}", CAP)
    assert both == pytest.approx((value(supported, CAP) + value(not_supported, CAP)) / 2)


@pytest.mark.parametrize(
    ("written", "stands"),
    [
        ("1,600 units", "1600 units"),
        ("1600 units", "1,600 units"),
        ("at 4:10", "at 04:10"),
        ("3.50 EUR", "3.5 EUR"),
        ("two units", "2 units"),
    ],
)
def test_numbers_are_compared_by_what_they_say(written, stands):
    assert value(f"It is {written}.", f"The limit is {stands}.", question="What is the limit?") > 0.9


def test_french_by_words_alone():
    asked = {"question": "Combien de temps dure la coiffe d'oxygène ?", "language": "fr"}
    assert value("La coiffe d’oxygène dure 26 mois.", CAPSULE, **asked) > 0.9
    assert value("La coiffe d’oxygène dure 28 mois.", CAPSULE, **asked) == 0.0
    assert value("Elle coûte 1470,5 EUR.", CAPSULE, **asked) > 0.7
    assert value("1\u202f470,50 EUR", CAPSULE, **asked) == pytest.approx(value("1470,5 EUR", CAPSULE, **asked))


@pytest.mark.parametrize(
    ("text", "passages", "fields", "status"),
    [
        ("26 months", [], {"retrieves": False}, "not applicable"),
        ("I do not know.", [CAP], {"abstained": True}, "not applicable"),
        ("  \n", [CAP], {}, "not applicable"),
        ("26 mois", [CAP], {"language": "fr", "question": "Combien de temps ?"}, "not applicable"),
        ("Yes, it is.", [CAP], {}, "unscored"),
        ("😀🎉", [CAP], {}, "unscored"),
    ],
)
def test_where_there_is_nothing_to_hold_there_is_no_number(text, passages, fields, status):
    score = scored(text, *passages, **fields)
    assert (score.value, score.status) == (None, status) and score.reason


def test_a_system_that_retrieves_and_finds_nothing_grounds_nothing():
    assert value("The cap lasts 26 months.", retrieves=True) == 0.0


def test_an_answer_that_failed_is_an_error_and_a_missing_one_unscored():
    question = Question("q", "?", "en", answers=("x",), answerable="yes")
    found = GROUNDEDNESS.score_all([Item(question, None, "en", "rag"), Item(question, None, "en", "rag", missing=True)], Tools())
    assert [(score.value, score.status) for score in found] == [(None, "error"), (None, "unscored")]


@pytest.mark.parametrize(
    "text",
    [
        "The cap lasts 26 months. " * 2000,
        "cap " * 12_500,
        "9" * 50_000,
        "1,000" * 10_000,
        "العمق 35 مترا. " * 3000,
        "😀 cap " * 8000,
        "." * 50_000,
        "a1-" * 16_000,
    ],
)
def test_long_and_odd_answers_have_a_number_or_a_reason(text):
    score = scored(text, CAP, "", "😀", "عمق", text[:20_000])
    assert (0 <= score.value <= 1) if score.status == "scored" else score.reason


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=3), st.sampled_from(["en", "fr", "ar"]))
def test_any_text_has_a_number_between_0_and_1_or_a_reason(text, passages, language):
    score = scored(text, *passages, language=language)
    assert (0 <= score.value <= 1) if score.status == "scored" else (score.value is None and score.reason)


@given(
    st.lists(st.sampled_from(sentences(CAP)), min_size=1, max_size=4),
    st.lists(st.sampled_from([OTHER, CAPSULE, CAP.replace("26", "28"), ""]) | st.text(max_size=60), max_size=4),
    st.integers(0, 4),
)
def test_passages_beside_it_never_lower_what_stands_word_for_word(said, others, place):
    # A sentence that stands in a passage has all its terms in one place, whatever else is shown, before it or behind it.
    # CAP twice, so that passages in other languages are no majority: of those there is no number.
    shown = [*others[:place], CAP, *others[place:], *[CAP] * len(others)]
    assert value(" ".join(said), *shown, question="?") == pytest.approx(1.0)


def test_an_embedder_is_asked_only_for_its_languages():
    class Failing:
        name = "failing"

        def encode_passages(self, texts):
            raise RuntimeError("no memory")

    def item(language, text, passage):
        question = Question("q", "?", language, answers=("26",), answerable="yes")
        return Item(question, Answer(text, hits=(Hit(Chunk("d", "d", "r", 0, 9, passage), 1.0, 1),)), language, "rag", True)

    items = [item("en", "The cap lasts 26 months.", CAP), item("fr", "La coiffe dure 26 mois.", CAPSULE)]
    english, french = GROUNDEDNESS.score_all(items, Tools(Failing(), ("en",)))
    assert english.status == "error" and "no memory" in english.reason
    assert french.value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Version 3.5 is out. It costs 1.600 EUR!\n* one\n1. two", ["Version 3.5 is out.", "It costs 1.600 EUR!", "one", "two"]),
        ("« Déjà ? » Oui. M. Lind le dit.", ["« Déjà ? »", "Oui.", "M. Lind le dit."]),
        ("|---|---|\n| a | 3 |\n\n", ["| a | 3 |"]),
        ("他来了。我走了。", ["他来了。", "我走了。"]),
        ("كيف؟ Good.", ["كيف؟", "Good."]),
        ("😀 !!!", []),
        ("It weighs approx.  three kg.", ["It weighs approx.  three kg."]),
    ],
)
def test_sentences(text, expected):
    assert sentences(text) == expected


@pytest.mark.slow
def test_groundedness_tells_true_from_falsified_passages_better_than_rouge_on_the_sample(minilm):
    from sklearn.metrics import roc_auc_score

    from benchmarks.groundedness import SAMPLE, area, best_rouge, interval, measure, prepared
    from retrieval.embedders import embedder

    model = embedder("all-minilm-l6-v2", minilm.parent, "auto")
    found = measure(prepared(SAMPLE, "en", model, most=240), "en", model)
    assert len(found.cases) > 1500 and len(set(found.facts)) > 100
    ours, rival = found.values["groundedness"], best_rouge(found)
    assert area(ours, found.true) == pytest.approx(roc_auc_score(found.true, ours), abs=1e-9)
    difference, low, high = interval(found, "groundedness", rival, resamples=400)
    assert 0 < low < difference < high
    assert area(found.values["groundedness, words alone"], found.true) > area(found.values[rival], found.true)
