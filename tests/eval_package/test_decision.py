"""Decisions from whole runs: a bot answers, `compare` decides. The rule itself is tested in test_decision_rule."""

from __future__ import annotations

import dataclasses

import pytest

from eval.compare import compare
from eval.running import run
from eval.wording import words
from tests.eval_package.bots import KnowingBot, make_question

SYSTEMS = ("base", "few-shot", "rag", "finetuned", "rag+finetuned")


@pytest.fixture
def compared(tmp_path, questions, make_manifest):
    """The comparison of a run in which each system knows so many of the first questions."""

    def compared(known, asked=None, exposures=None, **fields):
        asked = asked or questions
        bot = KnowingBot(dict(zip(SYSTEMS, known, strict=True)))
        run(tmp_path / "r", bot, asked, make_manifest(asked, **fields), batch=20, progress=False, exposures=exposures)
        return compare(tmp_path / "r", save=False)

    return compared


def test_a_clear_win_is_decided_and_said(compared):
    made = compared((2, 4, 27, 15, 59)).decision
    assert (made.verdict, made.system, made.reason) == ("both", "rag+finetuned", "winner")
    # by hand: 59 of 60; 59 − 27 = 32 and 59 − 15 = 44 of 60
    assert (
        words("en")
        .say(made.headline)
        .startswith(
            "RAG + fine-tuning: rag+finetuned answers best on these questions (98\u00a0% correct; +53 points over rag, +73 over finetuned)"
        )
    )


def test_differences_that_chance_explains_decide_nothing(compared):
    made = compared((20, 20, 22, 20, 21)).decision
    assert (made.verdict, made.reason) == ("not enough evidence", "undecided")
    assert any(said.key == "decision-settle-questions" for said in made.settle)


@pytest.mark.parametrize(("known", "reason"), [((0, 1, 2, 0, 2), "floor"), ((60, 60, 58, 59, 60), "ceiling")])
def test_at_the_floor_and_at_the_ceiling_nothing_is_chosen(compared, known, reason):
    assert compared(known).decision.reason == reason


def test_at_the_floor_with_passages_that_hold_nothing_retrieval_is_to_be_mended(compared, questions):
    elsewhere = [dataclasses.replace(q, evidence=(dataclasses.replace(q.evidence[0], document_id="gone"),)) for q in questions]
    assert compared((0, 0, 0, 0, 0), elsewhere).decision.settle[0].key == "decision-settle-retrieval"


def test_a_language_that_the_model_does_not_declare_ends_the_verdict(compared):
    made = compared((2, 4, 27, 15, 41), [make_question(i, language="fr") for i in range(60)]).decision
    assert (
        words("en").say(made.headline)
        == "Not enough evidence: the questions are in French, which scripted does not declare (declared: en)."
    )


def test_without_any_scored_answer_nothing_is_said(compared):
    asked = [make_question(i, answers=(), answerable="unknown") for i in range(60)]
    assert compared((2, 4, 27, 15, 41), asked).decision.reason == "unscored"


def test_trained_facts_are_told_apart_for_trained_systems_alone(compared, questions):
    made = compared((2, 4, 27, 15, 41), exposures={question.id: "verbatim" for question in questions[:40]}).decision
    assert [words("en").say(said) for said in made.sentences if said.key == "decision-exposure"] == [
        "finetuned: 38\u00a0% of 40 questions about trained facts, 0\u00a0% of 20 about facts never trained.",
        "rag+finetuned: 100\u00a0% of 40 questions about trained facts, 5\u00a0% of 20 about facts never trained.",
    ]
