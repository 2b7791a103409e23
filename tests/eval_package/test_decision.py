"""What the headline says, and above all what it does not say."""

import dataclasses

import pytest

from eval.compare import compare
from eval.running import run
from tests.eval_package.bots import SYSTEMS, KnowingBot, make_question

ENGINE = {"engine": "scripted", "model": "scripted", "precision": "float32", "weights": "real", "languages": ["en"]}


@pytest.fixture
def said(tmp_path, questions, make_manifest):
    """Headline and cautions of a run in which each system knows so many of the first questions."""

    def said(known=None, asked=None, bot=None, systems=SYSTEMS, **fields):
        asked = asked or questions
        names = ("base", "few-shot", "rag", "finetuned", "rag+finetuned")
        bot = bot or KnowingBot(dict(zip(names, known, strict=True)))
        run(tmp_path / "r", bot, asked, make_manifest(asked, systems, **fields), batch=20, progress=False)
        found = compare(tmp_path / "r", save=False)
        return found.headline, found.warnings

    return said


def test_what_was_shown_comes_first_with_its_scope(said):
    headline, _ = said((2, 4, 27, 15, 41))
    assert headline[0].startswith(
        "For scripted, knowledge base products and its 60 scored questions on 60 facts: rag+finetuned is better than rag and finetuned;"
    )
    assert "against base and few-shot no contrast was declared" in headline[0]
    assert any(line.startswith("rag+finetuned answers 41 of 60 questions correctly (68 %, 95 % interval ") for line in headline)
    assert any(line.startswith("rag is better than base, by more than the declared margin of 5 points (+42 points, ") for line in headline)
    assert any("They differ in adapter and context at once" in line for line in headline)


def test_a_difference_that_chance_explains_is_not_a_finding(said):
    headline, _ = said((20, 20, 22, 20, 21))
    assert headline[0].startswith("Not enough evidence for scripted")
    assert "none of the 5 declared differences can be told from chance" in headline[0]
    assert not any("is better" in line for line in headline)
    assert any(line.startswith("rag and base: no difference shown (+3 points, ") for line in headline)


def test_without_a_finding_the_number_of_questions_that_would_do_is_said(said):
    headline, _ = said((20, 20, 22, 20, 21), plan={"margin": 0.03})
    assert "a difference of 3 points needs about 283 questions" in headline[0]  # by hand: 7.849 × (2/60 − 0.03²) / 0.03²


def test_a_certain_but_small_difference_is_not_said_to_exceed_the_margin(said):
    headline, _ = said((20, 20, 30, 20, 30), plan={"margin": 0.15})
    assert any(line.startswith("rag is better than base, but perhaps by less than the declared margin of 15 points") for line in headline)


def test_a_small_interval_is_not_called_equality(said):
    headline, _ = said((20, 20, 20, 20, 20), plan={"margin": 0.1})
    assert any("no difference shown (0 points, 95 % interval −6 to +6, Holm p = 1.000" in line for line in headline)
    assert not any("equal" in line for line in headline)


def test_worse_is_said_as_plainly_as_better(said):
    headline, _ = said((40, 40, 10, 40, 40))
    assert any(line.startswith("rag is worse than base, by more than the declared margin") for line in headline)
    assert "base is better than rag" in headline[0]


@pytest.mark.parametrize(
    ("known", "words"), [((0, 1, 2, 0, 2), "all 5 systems are below 5 %"), ((60, 60, 58, 59, 60), "all 5 systems are above 95 %")]
)
def test_at_the_floor_and_at_the_ceiling_nothing_may_be_concluded(said, known, words):
    headline, _ = said(known)
    assert headline[0].startswith(f"Nothing may be concluded: {words}")
    assert headline[1].startswith(("Try a larger model", "Ask harder questions"))
    assert not any("is better" in line for line in headline)


def test_at_the_floor_with_passages_that_hold_nothing_retrieval_is_to_be_mended(said, questions):
    elsewhere = [dataclasses.replace(q, evidence=(dataclasses.replace(q.evidence[0], document_id="gone"),)) for q in questions]
    headline, _ = said((0, 0, 0, 0, 0), elsewhere)
    assert headline[1].startswith("Mend retrieval first: the passages shown hold only 0 % of the evidence.")


def test_a_language_that_the_model_does_not_declare_ends_the_verdict(said):
    asked = [make_question(i, language="fr") for i in range(60)]
    headline, cautions = said((2, 4, 27, 15, 41), asked)
    assert headline[0] == "Nothing may be concluded: the questions are in French, and scripted declares only en."
    assert "name a model that speaks French" in headline[1]
    assert cautions[0] == "The model does not declare French, the language of 60 questions."


def test_one_language_of_two_is_named_and_the_rest_goes_on(said):
    asked = [make_question(i, language="fr" if i % 2 else "en") for i in range(60)]
    headline, _ = said((2, 4, 27, 15, 41), asked)
    assert headline[0].startswith("For scripted")
    assert headline[1].startswith("Nothing may be concluded about French:")


class Talker(KnowingBot):
    """Answers everything in English, whatever the language of the question."""

    text = "The product is delivered within a period of ten days."

    def _answer(self, question, system):
        return dataclasses.replace(super()._answer(question, system), text=self.text, abstained=False)


def test_an_undeclared_language_is_told_from_the_answers(said):
    asked = [make_question(i, language="fr") for i in range(60)]
    headline, cautions = said(asked=asked, bot=Talker(), engine={**ENGINE, "languages": []})
    assert headline[0] == "Nothing may be concluded: 0 of 300 answers to questions in French are in that language."
    assert "Only 0 of 300 answers" in cautions[0]


def test_answers_too_short_to_have_a_language_leave_it_open(said):
    bot = Talker()
    bot.text = "42 km"
    _, cautions = said(bot=bot, engine={**ENGINE, "languages": []})
    assert any("Whether the model speaks English is open" in caution for caution in cautions)


def test_a_language_that_cannot_be_recognised_is_left_open(said):
    asked = [make_question(i, language="de") for i in range(60)]
    headline, cautions = said((2, 4, 27, 15, 41), asked, engine={**ENGINE, "languages": []})
    assert headline[0].startswith("For scripted")
    assert any("Whether the model speaks de is open" in caution for caution in cautions)


def test_without_contrasts_nothing_is_compared(said):
    headline, _ = said((2, 4, 27, 15, 41), plan={"contrasts": []})
    assert headline[0].startswith("No difference was tested for scripted")


def test_without_any_scored_answer_nothing_is_said(said):
    asked = [make_question(i, answers=(), answerable="unknown") for i in range(60)]
    headline, cautions = said((2, 4, 27, 15, 41), asked)
    assert headline[0] == "Nothing may be concluded: no answer could be scored on correct."
    assert any("60 questions could not be scored on correct" in caution for caution in cautions)


def test_exposure_is_told_for_trained_systems_alone(said, tmp_path, questions, make_manifest):
    exposures = {question.id: "verbatim" for question in questions[:40]}
    run(tmp_path / "x", KnowingBot(), questions, make_manifest(questions), batch=20, progress=False, exposures=exposures)
    found = compare(tmp_path / "x", save=False)
    told = [line for line in found.headline if "never trained" in line]
    assert told == [
        "finetuned, correct: 38 % of 40 asked as trained, 0 % of 20 on facts never trained.",
        "rag+finetuned, correct: 100 % of 40 asked as trained, 5 % of 20 on facts never trained.",
    ]
    assert any("40 test questions were trained in the same words" in caution for caution in found.warnings)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"engine": {**ENGINE, "weights": "random"}}, "weights are random"),
        ({"engine": {**ENGINE, "precision": "bfloat16"}}, "made in bfloat16"),
        (
            {"adapters": {"main": {"coverage": {"budgeted": True, "left_out": ["half", "a third"]}}}},
            "time limit). Left out: half; a third.",
        ),
        ({"adapters": {"main": {"check": {"passed": False}}}}, "taught it nothing"),
        ({"plan": {"leaks": 2}}, "2 test questions stood in the training questions"),
        ({}, "trained with one seed"),
        ({}, "Bundled, differing in more than one thing: rag − finetuned."),
    ],
)
def test_what_weakens_a_verdict_is_said(said, fields, words):
    _, cautions = said((2, 4, 27, 15, 41), **fields)
    assert any(words in caution for caution in cautions)


def test_a_strong_comparison_has_no_cautions(said):
    controlled = (SYSTEMS[0], SYSTEMS[2])
    _, cautions = said((2, 4, 27, 15, 41), systems=controlled)
    assert cautions == ()


def test_few_facts_wrong_citations_and_cut_answers_are_said(said, questions):
    class Sloppy(KnowingBot):
        def _answer(self, question, system):
            return dataclasses.replace(super()._answer(question, system), wrong_citations=(7,), finish_reason="length")

    _, cautions = said(asked=questions[:20], bot=Sloppy())
    text = " ".join(cautions)
    assert "Only 20 facts were asked about" in text
    assert "rag: 20 of 20 answers that cite name a passage that was not shown" in text
    assert "rag: 20 of 20 answers were cut off at the token limit" in text
