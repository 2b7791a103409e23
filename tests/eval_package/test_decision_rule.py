"""The rule of docs/decision.md on made-up comparisons, through `decide` alone."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.comparison import Comparison
from eval.decision import decide
from eval.decision.relations import equivalent_at, links
from eval.wording import words
from foundation.jsonable import from_json, to_json
from tests.eval_package.decision_cases import CASES, USUAL, comparison, table

DOCUMENT = Path(__file__).parents[2] / "docs" / "decision.md"
SHARES = st.integers(6, 94).map(lambda whole: whole / 100)


@pytest.mark.parametrize("name", CASES)
def test_the_table_of_cases(name):
    case = CASES[name]
    made = case().decision
    assert (made.verdict, made.system, made.among, made.reason) == (case.verdict, case.system, case.among, case.reason)
    assert set(case.says) <= {said.key for said in (*made.sentences, *made.settle)}


@pytest.mark.parametrize("name", CASES)
def test_a_decision_is_made_again_from_the_file_alone(name):
    written = CASES[name]()
    read = from_json(Comparison, json.loads(json.dumps(to_json(written))))
    assert decide(read) == decide(written) == written.decision


def test_the_document_has_the_table_of_the_tests():
    held = re.search(r"<!-- cases -->\n(.*)\n<!-- /cases -->", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert held is not None
    assert held[1] == table()


@pytest.mark.parametrize("reason", sorted({case.reason for case in CASES.values()}))
def test_every_reason_stands_in_the_document(reason):
    assert f"`{reason}`" in DOCUMENT.read_text(encoding="utf-8")


@settings(max_examples=60, deadline=None)
@given(st.tuples(SHARES, SHARES, SHARES, SHARES), st.integers(40, 4000), st.sampled_from([0.0, 0.02, 0.05, 0.1]))
def test_what_is_decided_never_contradicts_what_was_shown(shares, questions, margin):
    levels = dict(zip(("base", "rag", "finetuned", "rag+finetuned"), shares, strict=True))
    given_ = comparison(levels, USUAL, questions=questions, margin=margin)
    made = decide(given_)
    for contrast in given_.contrasts:
        if contrast.verdict == "not shown" or contrast.equivalence.shown:
            continue
        loser = contrast.b if contrast.verdict == "better" else contrast.a
        assert loser not in made.among
    if made.verdict == "equivalent":
        assert made.system == made.among[0]
        assert max(levels[name] for name in made.among) - min(levels[name] for name in made.among) < margin
    elif made.system is not None:
        assert made.among == (made.system,)
        assert levels[made.system] == max(shares)  # paired differences add up here, so what is shown better is higher
    assert made.margins == () or [case.margin for case in made.margins] == sorted({case.margin for case in made.margins})


def test_the_order_of_systems_and_contrasts_changes_nothing():
    made = CASES["too few questions"]()
    turned = replace(made, systems=made.systems[::-1], contrasts=made.contrasts[::-1])
    again, first = decide(turned), made.decision
    assert (again.verdict, again.system, again.reason, again.among) == (first.verdict, first.system, first.reason, first.among)


def test_a_margin_that_would_change_the_decision_is_named():
    made = CASES["better within the margin"]().decision
    # +2 points with an interval of about ±0.7: shown at margin 0, too small to matter from 3 points on
    assert [(case.margin, case.verdict) for case in made.margins] == [(0.0, "both"), (0.03, "equivalent")]
    assert any(said.key == "decision-settle-margin" and said.values["margin"] == 0.02 for said in made.settle)


def test_questions_needed_are_those_of_the_contrast():
    made = CASES["too few questions"]()
    needed = {(one.a, one.b): one.needed for one in made.contrasts}
    told = [said.values for said in made.decision.settle if said.key == "decision-settle-questions"]
    assert len(told) == 3
    assert all(said["needed"] == needed[said["a"], said["b"]] for said in told)
    assert [said["needed"] for said in told] == sorted(needed.values())[:3]


def test_with_enough_questions_for_the_margin_the_difference_seen_is_what_more_would_settle():
    made = decide(comparison({"base": 0.3, "rag": 0.328}, questions=600, discordance=0.156))
    [told] = [said.values for said in made.settle if said.key == "decision-settle-questions-as-seen"]
    assert made.reason == "undecided"
    # by hand: the margin is 2.2 points away and zero 2.8, which is easier to tell; (1.960 + 0.842)² (ψ − d²) / d², ψ = 0.184, d = 0.028
    assert told["farther"] == "zero"
    assert told["needed"] == pytest.approx(7.849 * (0.184 - 0.028**2) / 0.028**2, abs=2)
    assert told["more"] == told["needed"] - 600


def test_the_confidence_that_is_displayed_decides_nothing():
    made = CASES["implied"]()
    for reach in (0.0, 0.5):  # intervals of no width, and of the width of chance
        shown = tuple(
            replace(one, difference=replace(one.difference, low=one.difference.value - reach, high=one.difference.value + reach))
            for one in made.contrasts
        )
        assert decide(replace(made, contrasts=shown)).headline == made.decision.headline


def test_implied_bounds_are_those_of_student_and_wider_with_few_seeds():
    # by hand: s = √((0.02 − 0.01²) / 400) and √((0.11 − 0.09²) / 400), 0.7 and 1.6 points; both − base is 8 points, and
    # the two together, 2.3, reach 4.5 with 399 degrees of freedom (1.966) and 9.9 with two (4.303)
    levels = {"base": 0.4, "rag": 0.39, "rag+finetuned": 0.48}
    pairs = (("rag", "base"), ("rag+finetuned", "rag"))
    apart = dict(zip(pairs, (0.01, 0.02), strict=True))
    plain = links(comparison(levels, pairs, discordance=apart), levels, margin=0.05)[("rag+finetuned", "base")]
    assert plain.wide == pytest.approx((0.08 - 0.0453, 0.08 + 0.0453), abs=5e-4)
    assert plain.better
    seeds = {"rag+finetuned": {"0": 0.47, "1": 0.48, "2": 0.49}, "rag": {"0": 0.38, "1": 0.39, "2": 0.4}}
    assert ("rag+finetuned", "base") not in links(comparison(levels, pairs, discordance=apart, seeds=seeds), levels, margin=0.05)


def test_with_several_seeds_nothing_is_said_about_other_margins():
    made = CASES["several seeds"]().decision
    assert made.margins == ()
    assert not [said for said in made.settle if said.key.startswith(("decision-settle-margin", "decision-settle-no-margin"))]
    [support] = [said for said in made.sentences if said.key == "decision-support"]
    assert words("en").say(support).endswith(" of the resamples of these facts, with the trainings taken as given.")


def test_an_open_pair_over_few_seeds_calls_for_more_seeds_where_questions_may_not_do():
    levels = {"rag": 0.4, "rag+finetuned": 0.42}
    made = comparison(levels, (("rag+finetuned", "rag"),), questions=300, seeds={"rag+finetuned": {"0": 0.38, "1": 0.42, "2": 0.46}})
    stuck = decide(replace(made, contrasts=tuple(replace(one, needed=None) for one in made.contrasts)))
    assert [said.key for said in stuck.settle] == ["decision-settle-more-seeds"]
    assert words("en").say(stuck.settle[0]).startswith("rag+finetuned and rag: train with more seeds")


@pytest.mark.parametrize(("declared", "other"), [(0.05, 0.02), (0.02, 0.05), (0.1, 0.03)])
def test_equivalence_at_another_margin_is_what_a_run_that_declared_it_would_find(declared, other):
    levels = {"base": 0.4, "rag": 0.405, "finetuned": 0.42, "rag+finetuned": 0.46}
    asked = {margin: comparison(levels, questions=1500, discordance=0.05, margin=margin).contrasts for margin in (declared, other)}
    found = [one.equivalence.shown for one in asked[other]]
    assert equivalent_at(asked[declared], other, declared) == found
    assert len(set(found)) == 2  # some are, some are not


@settings(max_examples=40, deadline=None)
@given(st.integers(-60, 60), st.integers(100, 3000), st.sampled_from([0.01, 0.02, 0.05, 0.1, 0.15]))
def test_a_larger_margin_never_takes_back_that_two_systems_are_equivalent(gap, questions, margin):
    made = decide(comparison({"base": 0.4, "rag": 0.4 + gap / 1000}, (("rag", "base"),), questions=questions, margin=margin))
    verdicts = [case.verdict == "equivalent" for case in made.margins]
    assert verdicts == sorted(verdicts)


def test_beyond_the_margin_is_what_its_own_test_has_shown_and_not_an_interval():
    made = CASES["RAG wins"]()
    doubted = decide(replace(made, contrasts=tuple(replace(one, beyond=False) for one in made.contrasts)))
    assert made.decision.headline.values["size"] == "beyond"
    assert doubted.headline.values["size"] == "perhaps"
    assert {said.values["size"] for said in doubted.sentences if said.key == "decision-better"} == {"perhaps"}


def test_what_holds_only_without_failed_answers_is_neither_different_nor_equivalent():
    made = CASES["better within the margin"]()
    hidden = replace(made, contrasts=tuple(replace(one, verdict="not shown", fragile=True) for one in made.contrasts))
    again = decide(hidden)
    assert (again.reason, set(again.among)) == ("undecided", {"base", "rag", "finetuned", "rag+finetuned"})
    assert not {"decision-equal", "decision-better", "decision-support"} & {said.key for said in again.sentences}
    [told] = [said for said in again.settle if said.key == "decision-settle-failures"]
    assert len(told.values["contrasts"]) == len(made.contrasts)


def test_of_systems_with_the_same_needs_the_one_listed_first_is_named_as_such():
    first, simplest = CASES["two as simple"]().decision, CASES["equivalence"]().decision
    assert words("en").say(first.headline).endswith("Choose rag-wide, listed first of the simplest to run.")
    assert _plain(words("fr").say(first.headline)).endswith("Choisissez rag-wide, le premier cité parmi les plus simples à exploiter.")
    assert simplest.headline.values["alike"] is False


def test_a_dropped_question_forbids_what_is_implied():
    made = CASES["implied"]()
    partial = replace(made, contrasts=tuple(replace(one, dropped=3) for one in made.contrasts))
    assert decide(partial).among == ("base", "rag+finetuned")
    assert decide(partial).reason == "not compared"


def test_at_the_floor_with_good_passages_the_model_is_what_to_change():
    made = CASES["floor"]()
    found = {"recall@k": replace(made.systems[0].metrics["recall@k"], value=0.9)}
    better = replace(made, systems=tuple(replace(one, metrics={**one.metrics, **found}) for one in made.systems))
    assert [said.key for said in decide(better).settle] == ["decision-settle-floor"]


HEADLINES = {
    "clear win": (
        "RAG + fine-tuning: rag+finetuned answers best on these questions (36\u00a0% correct; +19 points over finetuned, +27 over rag), "
        "by more than the margin of 5 points.",
        "RAG + réglage fin : rag+finetuned répond le mieux à ces questions (36 % de réponses justes ; +19 points par rapport à "
        "finetuned, +27 par rapport à rag), et l’écart dépasse la marge de 5 points.",
    ),
    "equivalence": (
        "Equivalent: rag and rag+finetuned answer equally well on these questions, to within the margin of 5 points. "
        "Choose rag, the simplest to run. Shown to be worse: base and finetuned.",
        "Équivalents : rag et rag+finetuned répondent aussi bien à ces questions, à la marge de 5 points près. "
        "Choisissez rag, le plus simple à exploiter. Moins bons, c’est démontré : base et finetuned.",
    ),
    "too few questions": (
        "Not enough evidence to choose between base, rag, finetuned and rag+finetuned.",
        "Les données ne permettent pas de choisir entre base, rag, finetuned et rag+finetuned.",
    ),
    "floor": (
        "Not enough evidence: all 5 systems are below 5\u00a0% (the best, rag: 4\u00a0% correct), "
        "and no difference between them that could matter is shown.",
        "Les données ne permettent pas de choisir : les 5 systèmes sont tous sous 5 % (le meilleur, rag : 4 % de réponses justes), "
        "et aucun écart entre eux qui puisse compter n’a été démontré.",
    ),
    "imported best": (
        "Nothing here beats what you have: helpdesk answers best (60\u00a0% correct; "
        "+20 points over rag, the nearest of the systems tried).",
        "Rien ici ne fait mieux que ce que vous avez : helpdesk répond le mieux (60 % de réponses justes ; +20 points par rapport à "
        "rag, le plus proche des systèmes essayés).",
    ),
}


@pytest.mark.parametrize("name", HEADLINES)
def test_headlines_word_for_word(name):
    headline = CASES[name]().decision.headline
    assert words("en").say(headline) == HEADLINES[name][0]
    assert _plain(words("fr").say(headline)) == HEADLINES[name][1]


def test_one_contrast_word_for_word():
    made = CASES["better within the margin"]().decision
    [english] = [words("en").say(said) for said in made.sentences if said.key == "decision-better" and said.values["size"] == "within"]
    # by hand: ψ = 0.02 + 0.02, s = √((0.04 − 0.0004) / 3000) = 0.36 points; ±1.96 s and ±1.645 s; 90 won and 30 lost of 3000
    assert english == (
        "rag+finetuned is better than rag, but by less than the margin of 5 points, too little to matter "
        "(90\u00a0% interval +1.4 to +2.6, equivalence p < 0.001): +2.0 points (95\u00a0% interval +1.3 to +2.7; Holm p < 0.001); "
        "90 won, 2\u202f880 tied, 30 lost."
    )


def _plain(text: str) -> str:
    """French without its no-break spaces, which test_wording checks."""
    return re.sub("[\u202f\u00a0]", " ", text)
