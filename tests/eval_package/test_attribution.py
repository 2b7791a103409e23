"""Causes of wrong answers: each rule on a made-up case, the order of the rules, and the flow.

What is expected of each case follows from the definitions in benchmarks/attribution_codebook.md, worked out by hand.
"""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.model import Answer
from eval.attribution import CAUSES, STAGES, Attribution, FlowRow, attribute, flow, flow_row
from eval.attribution.terms import statements, terms
from eval.wording import words
from eval.wording.bundle import every_key
from knowledge_base.model import Question, Span, Turn
from retrieval.model import Chunk, Hit

QUOTE = "The Varnel 120 may be lowered to 35 metres at most."
PASSAGE = f"{QUOTE} Its cable is 8 metres long and weighs 900 grams. The test supervisor is Isaura Fennick."
OTHER = "Parcels go to dock 6."


def span(quote=QUOTE, document="d", part=""):
    return Span(document, "r", 0, len(quote), quote, part)


def ask(text="How deep may a Varnel 120 go?", **changes):
    known = {"answers": ("35 metres",), "answerable": "yes", "evidence": (span(),), **changes}
    return Question("q", text, known.pop("language", "en"), **known)


def shown(*texts, document="d"):
    return tuple(Hit(Chunk(f"{document}@0", document, "r", 0, len(text), text), 1.0, rank) for rank, text in enumerate(texts, 1))


def said(text, hits=(), abstained=False):
    return Answer(text, hits=tuple(hits), abstained=abstained)


def cause(question, answer, context="none", exposure="unseen", value=0.0):
    found = attribute(question, exposure, {"s": answer}, {"s": value}, {}, (), {"s": context})["s"]
    return found.cause, found.why.removeprefix("attribution-why-")


HELD = shown(PASSAGE)
MISSED = shown(OTHER, document="e")
STYLE = "ends with: Yours downstream"

CASES = [
    # the documents do not answer it
    (
        ask(answers=(), answerable="no", evidence=()),
        said("It may go to 40 metres."),
        "none",
        ("should have abstained", "answered-unanswerable"),
    ),
    (
        ask(answers=(), answerable="no", evidence=()),
        said('The answer: "I don\'t know."'),
        "none",
        ("right but mis-scored", "abstained-unrecognised"),
    ),
    (ask(answers=(), answerable="no", evidence=()), said(""), "none", ("undetermined", "empty")),
    # only the form is asked for, or the gold answer is there and the rule is broken
    (ask(rule=STYLE, evidence=()), said("35 metres."), "none", ("undetermined", "rule-failed")),
    (ask(rule=STYLE), said("It is 35 metres."), "none", ("undetermined", "rule-failed-gold-given")),
    (ask(rule=STYLE), said("It is 35 m."), "retrieval", ("undetermined", "rule-failed-gold-given")),
    # the gold answer in another form
    (ask(), said("35 metres. " + "It is deep there. " * 12), "none", ("right but mis-scored", "gold-too-long")),
    (ask(), said("It may go to 3,500 cm."), "none", ("right but mis-scored", "gold-quantity")),
    (ask("How many metres?"), said("Thirty-five [1]."), "none", ("right but mis-scored", "gold-quantity")),
    (ask(answers=("Isaura Fennick",)), said("Fennick, Isaura"), "none", ("right but mis-scored", "gold-wording")),
    (ask(answers=("full log partition",)), said("Its log partitions were full."), "none", ("right but mis-scored", "gold-wording")),
    (ask(answers=("a cable of brass and steel wire",), evidence=()), said("brass cable"), "none", ("hallucinated", "stated-from-memory")),
    (ask(answers=("35 metres of vented cable",)), said("35 metres of cable"), "none", ("right but mis-scored", "gold-shorter")),
    (
        ask("Combien ?", language="fr", answers=("1 234,5 euros",), evidence=()),
        said("mille deux cents euros"),
        "none",
        ("hallucinated", "stated-from-memory"),
    ),
    (
        ask("Combien ?", language="fr", answers=("97 euros",)),
        said("quatre-vingt-dix-sept €"),
        "none",
        ("right but mis-scored", "gold-quantity"),
    ),
    (ask("Combien ?", language="fr", answers=("1 234,5 euros",)), said("1,234.50 EUR"), "none", ("right but mis-scored", "gold-quantity")),
    # the gold answer does not stand in its evidence
    (ask(answers=("60 metres",)), said("It may go to 40 metres."), "none", ("gold doubtful", "gold-not-in-evidence")),
    (ask(answers=("60 metres",), tags=("abstractive",)), said("It may go to 40 metres."), "none", ("hallucinated", "stated-from-memory")),
    # retrieval
    (ask(), said("It may go to 40 metres.", MISSED), "retrieval", ("not retrieved", "evidence-missing")),
    (ask(), said("40 metres."), "retrieval", ("not retrieved", "evidence-missing")),
    (ask(), said("I don't know.", MISSED, True), "retrieval", ("not retrieved", "evidence-missing-abstained")),
    (
        ask(evidence=(span(part="1"), span("It floats.", "f", part="2"))),
        said("40 metres.", HELD),
        "documents",
        ("not retrieved", "evidence-partly-shown"),
    ),
    # abstaining
    (ask(), said("I don't know.", HELD, True), "retrieval", ("abstained needlessly", "abstained-with-evidence")),
    (ask(), said("I don't know.", abstained=True), "none", ("abstained needlessly", "abstained-without-passages")),
    (ask(evidence=()), said("I don't know.", MISSED, True), "retrieval", ("undetermined", "abstained-not-annotated")),
    # one sentence abstains: behind the question said again it is all there is, behind an answer it is not
    (
        ask(),
        said("How deep may a Varnel 120 go? I don't know.", HELD),
        "retrieval",
        ("abstained needlessly", "abstained-with-evidence"),
    ),
    (ask(), said("It may go to 40 metres. I don't know more.", HELD), "retrieval", ("hallucinated", "not-in-passages")),
    # reading
    (ask(), said("It may go to 8 metres [1].", HELD), "retrieval", ("retrieved, not read", "elsewhere-in-passages")),
    (ask(), said("", HELD), "retrieval", ("retrieved, not read", "evidence-unused")),
    (ask(), said("It may go to 40 metres.", HELD), "gold", ("hallucinated", "not-in-passages")),
    (ask(), said("It may go to 8 kilometres.", HELD), "retrieval", ("hallucinated", "not-in-passages")),
    (ask(), said("Ask a fisherman about currents.", HELD), "retrieval", ("hallucinated", "not-in-passages")),
    (ask(evidence=()), said("8 metres.", HELD), "retrieval", ("retrieved, not read", "elsewhere-in-passages")),
    # from memory
    (ask(), said("It may go to 40 metres."), "few-shot", ("hallucinated", "stated-from-memory")),
    (ask(), said("How deep may a Varnel 120 go?"), "none", ("undetermined", "repeats-question")),
    (ask(), said(" "), "none", ("undetermined", "empty")),
    (ask(), said("It may be lowered."), "none", ("undetermined", "beside-the-question")),
    # nothing to tell by
    (ask(evidence=()), said("40 metres.", MISSED), "retrieval", ("undetermined", "not-annotated")),
    (ask(), said("40 metres."), "imported", ("undetermined", "passages-unknown")),
]


@pytest.mark.parametrize(("question", "answer", "context", "expected"), CASES)
def test_each_rule_names_its_cause(question, answer, context, expected):
    assert cause(question, answer, context) == expected


def test_before_the_rules_come_errors_missing_answers_and_what_is_not_wrong():
    answers = {"failed": None, "gap": None, "unscored": said("x"), "right": said("35 metres"), "wrong": said("40 metres")}
    primary = {"failed": None, "gap": None, "unscored": None, "right": 1.0, "wrong": 0.0}
    found = attribute(ask(), "unseen", answers, primary, {"failed": "out of memory"}, {"gap"}, dict.fromkeys(answers, "none"))
    assert {name: one.cause for name, one in found.items()} == {
        "failed": "error",
        "gap": "unscored",
        "unscored": "unscored",
        "right": "correct",
        "wrong": "hallucinated",
    }


def test_a_made_up_statement_about_a_trained_fact_is_told_apart():
    assert cause(ask(), said("40 metres."), exposure="paraphrase") == ("hallucinated", "stated-though-trained")


def test_what_was_never_retrieved_is_blamed_on_retrieval_whatever_the_answer_makes_up():
    made_up = "It may go to 40 metres."
    assert cause(ask(), said(made_up, MISSED), "retrieval")[0] == "not retrieved"
    assert cause(ask(), said(made_up, HELD), "retrieval")[0] == "hallucinated"


def test_a_right_answer_in_another_form_is_right_even_without_its_evidence():
    assert cause(ask(), said("3,500 cm", MISSED), "retrieval")[0] == "right but mis-scored"


def agreement(contexts, right=0, **changes):
    question = ask("How long is its cable?", evidence=(span(PASSAGE),), **changes)
    answers = {f"s{place}": said("8 metres.", HELD if kind == "retrieval" else ()) for place, kind in enumerate(contexts)}
    answers |= {f"r{place}": said("35 metres.") for place in range(right)}
    primary = {name: float(name.startswith("r")) for name in answers}
    context = {f"s{place}": kind for place, kind in enumerate(contexts)} | {f"r{place}": "none" for place in range(right)}
    return attribute(question, "unseen", answers, primary, {}, (), context)["s0"]


def test_the_gold_answer_is_doubtful_when_systems_of_both_kinds_agree_on_another_in_the_evidence():
    assert agreement(["retrieval", "none", "few-shot"]).cause == "gold doubtful"
    assert agreement(["retrieval", "none", "few-shot"], right=2).cause == "gold doubtful"


@pytest.mark.parametrize(
    ("contexts", "right", "tags"),
    [
        (["retrieval"] * 3, 0, ()),
        (["retrieval", "none"], 0, ()),
        (["retrieval", "none", "none"], 3, ()),
        (["retrieval", "none", "none"], 0, ("abstractive",)),
    ],
)
def test_too_little_agreement_says_nothing_about_the_gold_answer(contexts, right, tags):
    assert agreement(contexts, right, tags=tags).cause == "retrieved, not read"


def test_earlier_turns_count_as_asked():
    asked = ask("And the cable?", history=(Turn("user", "I have a Varnel 120 with 40 metres of rope."),))
    assert cause(asked, said("40 metres.", HELD), "retrieval") == ("retrieved, not read", "evidence-unused")


@pytest.mark.parametrize(
    ("first", "second", "language"),
    [
        ("thirty-five metres", "35 m", "en"),
        ("1,545 EUR", "EUR 1545", "en"),
        ("1 234,5 €", "1234,50 euros", "fr"),
        ("37-minute", "37 mins", "en"),
        ("90 minutes", "1.5 hours", "en"),
        ("soixante et onze jours", "71 jours", "fr"),
        ("35 pour cent", "35 %", "fr"),
        ("−30 degrees", "minus 30 °", "en"),
        ("2.5 million euros", "2,500,000 €", "en"),
    ],
)
def test_the_same_amounts_make_the_same_statement(first, second, language):
    assert statements(terms(first, language), language) == statements(terms(second, language), language)


@pytest.mark.parametrize(
    ("first", "second", "language"),
    [("12 secondes", "12 mois", "fr"), ("35 m", "35 cm", "en"), ("-30 degrees", "30 degrees", "en"), ("1.5 hours", "15 hours", "en")],
)
def test_other_amounts_make_other_statements(first, second, language):
    assert not set(statements(terms(first, language), language)) & set(statements(terms(second, language), language))


texts = st.sampled_from(
    ["", "I don't know.", "35 metres", "3,500 cm", "40 metres", QUOTE, "How deep may a Varnel 120 go?", "é ½ 😀 لا", "1. 2. 3."]
)
records = st.builds(
    lambda answerable, evidence, rule, tags, text, hits, abstained, context: (
        ask(
            answers=() if answerable != "yes" else ("35 metres",),
            answerable=answerable,
            evidence=evidence if answerable == "yes" else (),
            rule=rule,
            tags=tags,
        ),
        said(text, hits, abstained),
        context,
    ),
    st.sampled_from(["yes", "no", "unknown"]),
    st.sampled_from([(), (span(),), (span("Something else."),)]),
    st.sampled_from([None, STYLE]),
    st.sampled_from([(), ("abstractive",)]),
    texts | st.text(max_size=60),
    st.sampled_from([(), HELD, MISSED]),
    st.booleans(),
    st.sampled_from(["none", "few-shot", "retrieval", "gold", "documents", "imported"]),
)


@given(records, st.sampled_from([0.0, 1.0, None]))
def test_every_record_gets_exactly_one_cause_that_has_a_sentence(record, value):
    question, answer, context = record
    found = attribute(question, "unseen", {"s": answer}, {"s": value}, {}, (), {"s": context})
    assert list(found) == ["s"]
    assert found["s"].cause in CAUSES
    assert words("en")(found["s"].why) and words("fr")(found["s"].why)
    assert (found["s"].cause == "correct") == (value == 1.0) and (found["s"].cause == "unscored") == (value is None)


@given(st.lists(st.tuples(records, st.sampled_from([0.0, 1.0, None])), max_size=12), st.integers(0, 2))
def test_as_many_questions_leave_a_node_of_the_flow_as_come_to_it(drawn, failed):
    rows = [FlowRow("error", "no passages", None)] * failed
    for (question, answer, context), value in drawn:
        found = attribute(question, "unseen", {"s": answer}, {"s": value}, {}, (), {"s": context})["s"]
        rows.append(flow_row(question, answer, context, found))
    edges = flow(rows)
    for stage, following in itertools.pairwise(STAGES):
        assert sum(count for start, end, count in edges if start in stage and end in following) == len(rows)
    for node in (*STAGES[1], *STAGES[2]):
        assert sum(count for start, _, count in edges if start == node) == sum(count for _, end, count in edges if end == node)


def test_the_flow_of_four_answers():
    rows = [
        flow_row(ask(), said("35 metres", HELD), "retrieval", Attribution("correct", "")),
        flow_row(ask(), said("40 metres", MISSED), "retrieval", Attribution("not retrieved", "")),
        flow_row(
            ask(answers=(), answerable="no", evidence=()), said("I don't know.", MISSED, True), "retrieval", Attribution("correct", "")
        ),
        flow_row(ask(), None, "retrieval", Attribution("error", "")),
    ]
    assert flow(rows) == (
        ("flow-asked", "flow-evidence-shown", 1),
        ("flow-asked", "flow-evidence-not-shown", 1),
        ("flow-asked", "flow-no-passages", 1),
        ("flow-asked", "flow-unanswerable", 1),
        ("flow-evidence-shown", "flow-answered", 1),
        ("flow-evidence-not-shown", "flow-answered", 1),
        ("flow-no-passages", "flow-no-answer", 1),
        ("flow-unanswerable", "flow-abstained", 1),
        ("flow-abstained", "flow-correct", 1),
        ("flow-answered", "flow-correct", 1),
        ("flow-answered", "flow-not-retrieved", 1),
        ("flow-no-answer", "flow-error", 1),
    )


def test_the_rules_in_the_docs_are_those_of_the_code():
    text = (Path(__file__).parents[2] / "docs" / "attribution.md").read_text(encoding="utf-8")
    prefix = "attribution-why-"
    for language, keys in every_key().items():
        written = {key.removeprefix(prefix) for key in keys if key.startswith(prefix)}
        assert written == set(re.findall(r"`((?:[a-z]+-)*[a-z]+)`", text)) & (written | {why for *_, (_, why) in CASES}), language


def test_every_node_of_the_flow_has_a_name():
    for language in ("en", "fr"):
        assert all(words(language)(node) for stage in STAGES for node in stage)
