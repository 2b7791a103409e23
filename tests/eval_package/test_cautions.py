"""What weakens a comparison is said, in both languages, and nothing else is."""

from __future__ import annotations

import dataclasses

import pytest

from chatbot.model import Answer, Timing, Usage
from eval.aggregate import ScoreTable
from eval.cautions import cautions
from eval.comparison import Exploration, Slice, SystemResult, Tongue
from eval.model import Asked, Estimate, RunRecord, Score
from eval.wording import words
from tests.eval_package.bots import SYSTEMS, make_manifest, make_question
from tests.eval_package.decision_cases import comparison

COUNT = 60
PLAIN = (SYSTEMS[0], SYSTEMS[2])  # base, rag
TRAINED = (SYSTEMS[0], SYSTEMS[3])  # base, finetuned
ROLES = {"base": ("base", "none", None), "rag": ("rag", "retrieval", None), "finetuned": ("finetuned", "none", "main")}


def answer(text="7 kg", finish="stop"):
    return Answer(text, (), (), False, Usage(20, 6), Timing(0, 0, 0, 0), "p", finish_reason=finish)


def records(systems, finish="stop", count=COUNT):
    return [RunRecord(f"q{i:02}", system["name"], answer(finish=finish)) for system in systems for i in range(count)]


def result(name, **changes):
    role, context, adapter = ROLES[name]
    estimate = Estimate(0.4, 0.3, 0.5, COUNT, COUNT)
    plain = SystemResult(name, role, context, adapter, {"correct": estimate}, {"correct": {"scored": COUNT}}, {}, 0, 0, {}, {})
    return dataclasses.replace(plain, **changes)


@pytest.fixture
def said():
    """The cautions of a strong comparison, in English and French, after changes to what it is made of."""

    def said(systems=PLAIN, count=COUNT, exposure="unseen", scores=None, changes=None, finish="stop", contrasts=(), **rest):
        asked = [Asked(question, exposure) for question in rest.get("questions") or [make_question(i) for i in range(count)]]
        manifest = make_manifest([row.question for row in asked], systems, **{"plan": {"contrasts": []}, **rest.get("manifest", {})})
        usual = [Score("correct", system["name"], row.question.id, 1.0) for system in systems for row in asked]
        table = ScoreTable.build(asked, usual if scores is None else scores, manifest.plan)
        results = [result(system["name"], **(changes or {}).get(system["name"], {})) for system in systems]
        own = rest.get("records") or records(systems, finish, count)
        tongues = rest.get("tongues", (Tongue("en", count, True, ("en",)),))
        found = cautions(manifest, table, own, results, contrasts, tongues, rest.get("slices", ()), rest.get("explorations", ()))
        return [words("en").say(one) for one in found], [words("fr").say(one) for one in found]

    return said


def test_a_strong_comparison_has_none(said):
    assert said() == ([], [])


WEAKNESSES = {
    "random weights": ({"manifest": {"engine": {"weights": "random"}}}, "weights are random", "poids du modèle sont aléatoires"),
    "precision": ({"manifest": {"engine": {"precision": "bfloat16"}}}, "made in bfloat16", "produites en bfloat16"),
    "one seed": ({"systems": TRAINED}, "Adapter main: trained with one seed", "entraîné avec une seule graine"),
    "budget": (
        {"systems": TRAINED, "manifest": {"adapters": {"main": {"coverage": {"budgeted": True, "left_out": ["half", "a third"]}}}}},
        "(ended by a time limit). Left out: half and a third.",
        "Laissé de côté\u00a0: half et a third.",
    ),
    "untaught": (
        {"systems": TRAINED, "manifest": {"adapters": {"main": {"check": {"passed": False}}}}},
        "taught it nothing",
        "rien appris",
    ),
    "leaks": (
        {"manifest": {"plan": {"leaks": 2, "contrasts": []}}},
        "2 test questions stood in the training",
        "2 questions de test figuraient",
    ),
    "one leak": ({"manifest": {"plan": {"leaks": 1, "contrasts": []}}}, "1 test question stood in", "1 question de test figurait"),
    "verbatim": ({"systems": TRAINED, "exposure": "verbatim"}, "60 test questions were trained", "60 questions de test ont été apprises"),
    "few facts": ({"count": 20}, "Only 20 facts were asked about: with fewer than 30", "20 faits seulement"),
    "untestable": (
        {"manifest": {"plan": {"contrasts": [["rag", "base"]]}}},
        "rag − base could not be tested",
        "rag − base n’a pas pu être testé",
    ),
    "cut": ({"finish": "length"}, "base: 60 of 60 answers were cut off", "60 réponses sur 60 ont été coupées"),
    "errors": (
        {"changes": {"rag": {"errors": 1}}, "records": [RunRecord("q00", "rag", None, error="out of memory")]},
        "rag: 1 question failed and is not scored (first: out of memory).",
        "rag\u00a0: 1 question a échoué et n’est pas notée (la première\u00a0: out of memory).",
    ),
    "citations": (
        {"changes": {"rag": {"citations": {"with": 15, "without": 25, "wrong": 20}}}},
        "rag: 20 of 35 answers that cite name a passage that was not shown.",
        "20 réponses sur 35",
    ),
    "unscored": (
        {"changes": {"base": {"statuses": {"correct": {"scored": 55, "unscored": 5}}}}},
        "5 questions could not be scored on correct",
        "5 questions n’ont pas pu être notées",
    ),
    "a metric that throws": (
        {"changes": {"rag": {"statuses": {"rougeL": {"scored": 56, "error": 4}}}}},
        "rag, ROUGE-L: the metric failed on 4 answers",
        "la métrique a échoué sur 4 réponses",
    ),
    "a metric that has nothing to hold answers against": (
        {"changes": {"rag": {"statuses": {"rougeL": {"scored": 54, "unscored": 6}}}}},
        "ROUGE-L leaves out questions that have nothing to hold an answer against (up to 6 per system).",
        "(jusqu’à 6 par système). Elles sont comptées",
    ),
    "another interval": (
        {"changes": {"rag": {"metrics": {"correct": Estimate(0.99, 0.9, 1.0, 60, 60, "beta")}}}},
        "rag: the interval on correct is not BCa but an exact interval (Clopper and Pearson’s, clustered)",
        "n’est pas un BCa, mais un intervalle exact",
    ),
    "floor in a slice": (
        {"slices": (Slice("kind", "list", 12, 12, False, None, {}, "floor"),)},
        "All systems are below 5\u00a0% on these slices, and no difference between them is shown there: list (12) (in brackets, "
        "questions).",
        "Tous les systèmes sont sous 5\u202f% dans ces sous-ensembles",
    ),
    "abstainer": (
        # 24 right answers in all; 20 questions without an answer, 0.9 of them right: 18 of 24
        {"slices": (Slice("kind", "unanswerable", 20, 20, False, None, {"rag": Estimate(0.9, 0.8, 1.0, 20, 20)}),)},
        "rag earns 18 of its 24 correct answers by abstaining",
        "rag doit 18 de ses 24 réponses justes à des abstentions",
    ),
    "language not declared": (
        {"tongues": (Tongue("fr", 1, False, ("en",)),)},
        "does not declare French, the language of 1 question.",
        "ne déclare pas la langue «\u00a0français\u00a0», celle de 1 question.",
    ),
    "language not heard": (
        {"tongues": (Tongue("fr", 60, False, (), 300, 3),)},
        "Only 3 of 300 answers to questions in French are in that language (under 50\u00a0%)",
        "seules 3 réponses sur 300",
    ),
    "language open": (
        {"tongues": (Tongue("de", 60, None, ()),)},
        "Whether the model speaks de is open",
        "on ne sait pas si le modèle la parle",
    ),
    "reused": (
        {"manifest": {"environment": {"reused": {"systems": ["base"], "run": "run-1"}}}},
        "The answers of base are those of run-1",
        "Les réponses de base sont celles de run-1",
    ),
    "verified engine": (
        {"manifest": {"environment": {"verification": {"prompts": 1200, "knowledge_base": "sample", "identical": 0.97}}}},
        "Of 1\u202f200 prompts on sample it answered 97\u00a0% to the letter",
        "Sur 1\u202f200 prompts de la base sample, 97\u202f% de ses réponses",
    ),
}


@pytest.mark.parametrize("name", WEAKNESSES)
def test_what_weakens_a_comparison_is_said_and_alone(said, name):
    changes, english, french = WEAKNESSES[name]
    told, dit = said(**changes)
    assert [line for line in told if english in line], told
    assert [line for line in dit if french in line], dit
    # two systems are cut, and a trained one stands on one seed besides
    assert len(told) == (2 if name in ("cut", "budget", "untaught", "verbatim") else 1)


def test_a_system_with_fewer_scored_questions_is_named(said):
    scores = [Score("correct", name, f"q{i:02}", 1.0) for name, count in (("base", 60), ("rag", 40)) for i in range(count)]
    told, dit = said(scores=scores)
    assert told == ["rag has 40 questions scored on correct where another system has 60: its mean stands on other questions."]
    assert len(dit) == 1


def test_with_several_seeds_unscored_questions_are_counted_once_and_luck_is_no_caution(said):
    seeds = {"0": 0.4, "1": 0.42, "2": 0.38}
    told, _ = said(TRAINED, changes={"finetuned": {"seeds": seeds, "statuses": {"correct": {"scored": 55, "unscored": 5}}}})
    assert told == ["5 questions could not be scored on correct (no known answer)."]


def test_an_imported_system_is_said_to_be_one_and_what_it_lacks_is_not_a_fault_of_the_questions(said):
    imported = {"imported": {"rag": {"file": "bot.csv", "created": "2026-11-20T10:00:00"}}, "contrasts": []}
    partial = {"imported": "bot.csv", "missing": 20, "statuses": {"correct": {"scored": 40, "unscored": 20}}}
    told, dit = said(changes={"rag": partial}, manifest={"plan": imported})
    assert told[0].startswith("rag: answers imported from bot.csv on 20 November 2026, not generated here.")
    assert told[1].startswith("rag: bot.csv has answers to 40 of 60 questions; the other 20 are unscored, not wrong.")
    assert len(told) == len(dit) == 2


@pytest.mark.parametrize(("q_value", "lines"), [(0.04, 0), (0.2, 1)])
def test_an_edge_is_told_where_no_exploration_of_that_slice_shows_a_difference(said, q_value, lines):
    edge = Slice("kind", "list", 200, 200, False, None, {}, "floor")
    explored = Exploration("correct", "rag", "base", Estimate(0.04, 0.02, 0.06, 200, 200), q_value / 2, q_value, "kind: list")
    told, dit = said(slices=(edge,), explorations=(explored,))
    assert len(told) == len(dit) == lines


def test_facts_of_very_unequal_size_are_told_with_how_many_carry_the_figures(said):
    def of(sizes):
        return [make_question(i, fact=f"f{fact}") for i, fact in enumerate(f for f, size in enumerate(sizes) for _ in range(size))]

    told, dit = said(questions=of([22, *[1] * 38]))
    # by hand, weights of squared sizes: (22² + 38)² / (22⁴ + 38) = 272484 / 234294 = 1.16
    assert told == ["39 facts were asked about, so unevenly that they count for no more than one: every figure leans on a few of them."]
    assert len(dit) == 1
    assert said(questions=of([2] * 20 + [1] * 20)) == ([], [])  # (20 × 4 + 20)² / (20 × 16 + 20) = 29 of 40


def test_a_difference_that_failed_answers_hide_is_told(said):
    [contrast] = comparison({"base": 0.2, "rag": 0.4}, (("rag", "base"),)).contrasts
    told, dit = said(contrasts=(dataclasses.replace(contrast, verdict="not shown", fragile=True),))
    assert told == ["rag − base: not counted as shown, since the difference holds only while answers that failed are left out."]
    assert dit == [
        "rag − base\u00a0: écart non tenu pour démontré, car il ne subsiste que si les réponses qui ont échoué sont laissées de côté."
    ]


def test_bundled_contrasts_and_dropped_questions_are_said(said):
    [contrast] = comparison({"rag": 0.4, "finetuned": 0.2}, (("rag", "finetuned"),)).contrasts
    told, dit = said(contrasts=(dataclasses.replace(contrast, dropped=3),))
    assert told == [
        "rag − finetuned leaves out 3 questions that only one of the two has a score for.",
        "Bundled, differing in more than one thing: rag − finetuned.",
    ]
    assert dit[0] == "rag − finetuned laisse de côté 3 questions, notées pour un seul des deux."


def test_the_gravest_comes_first(said):
    told, _ = said(TRAINED, count=20, finish="length", manifest={"engine": {"weights": "random"}})
    assert "weights are random" in told[0]
    assert "cut off" in told[-1]
