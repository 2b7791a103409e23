"""k-fold runs: intervals over folds where folds can tell, over facts where they cannot, and the sentence that says what it is."""

from __future__ import annotations

import pytest

from eval.aggregate import ScoreTable
from eval.folding import adapters_behind, fold_cautions, folded_systems, folds_of
from eval.model import Asked, Score
from eval.pairing import by_seed
from eval.stats.nested import nested_mean
from eval.wording import words
from knowledge_base.model import Question


def table(sizes: list[int], values: list[float]) -> ScoreTable:
    asked = [Asked(Question(f"q{n}", f"{n}?", "en", fact=f"f{n}")) for n in range(len(values))]
    scores = [Score("correct", "finetuned", f"q{n}", value) for n, value in enumerate(values)]
    scores += [Score("correct", "base", f"q{n}", 0.0) for n in range(len(values))]
    return ScoreTable.build(asked, scores, {"primary": "correct", "resamples": 500, "folds": {"sizes": sizes, "systems": ["finetuned"]}})


def test_large_folds_are_nested_like_training_seeds() -> None:
    values = [1.0] * 8 + [1.0, 0.0] * 4 + [0.0] * 8  # three trainings, far apart
    found = table([8, 8, 8], values)
    (estimate,) = found.means([("finetuned", "correct", None)])
    assert estimate is not None
    by_fold = {n: {f"q{8 * n + m}": values[8 * n + m] for m in range(8)} for n in range(3)}
    assert estimate == nested_mean(by_fold, lambda key: f"f{key[1:]}", bounds=(0.0, 1.0), resamples=500)
    assert list(by_seed(found, "correct", "finetuned", "base")) == [1, 2, 3]
    (base,) = found.means([("base", "correct", None)])
    assert base is not None
    assert base.method != "nested"  # the same model in each fold


def test_a_slice_of_few_facts_is_no_comparison_of_trainings() -> None:
    found = table([8, 8, 8], [1.0] * 8 + [0.0] * 16)
    few = {"q0", "q8", "q16"}  # one of each fold
    (estimate,) = found.means([("finetuned", "correct", few)])
    assert estimate is not None and (estimate.method == "nested", estimate.n) == (False, 3)
    assert list(by_seed(found, "correct", "finetuned", "base", dict.fromkeys(few, 0.0))) == [None]


def test_a_folded_system_that_learnt_nothing_scores_as_its_base_does() -> None:
    values = [1.0] * 10 + [0.0] * 2 + [0.0] * 6  # one fold is larger than the other, and easier
    asked = [Asked(Question(f"q{n}", f"{n}?", "en", fact=f"f{n}")) for n in range(len(values))]
    scores = [Score("correct", system, f"q{n}", value) for n, value in enumerate(values) for system in ("base", "finetuned")]
    plan = {"primary": "correct", "resamples": 500, "folds": {"sizes": [12, 6], "systems": ["finetuned"]}}
    base, trained = ScoreTable.build(asked, scores, plan).means([("base", "correct", None), ("finetuned", "correct", None)])
    assert base is not None and trained is not None and trained.method == "nested"
    assert trained.value == pytest.approx(base.value) == pytest.approx(10 / 18)


@pytest.mark.parametrize("sizes", [[1] * 10, [5, 5], [4, 3, 3]])
def test_folds_of_few_facts_are_no_trainings_of_their_own(sizes: list[int]) -> None:
    found = table(sizes, [1.0, 0.0] * 5)
    (estimate,) = found.means([("finetuned", "correct", None)])
    assert estimate is not None
    assert (estimate.method == "nested") == (sizes == [5, 5])


@pytest.mark.parametrize(
    "plan", [{}, {"folds": None}, {"folds": {"sizes": [3, 3]}}, {"folds": {"sizes": "many"}}, {"folds": {"sizes": [-1, 5]}}]
)
def test_a_plan_that_fits_no_folds_is_a_plain_run(plan: dict[str, object]) -> None:
    assert folds_of(plan, ["a", "b", "c", "d"]) == {}
    assert folded_systems(plan) == frozenset()
    assert adapters_behind(plan, "main") == ("main",)


@pytest.mark.parametrize(("language", "said"), [("en", "leave-one-out"), ("fr", "leave-one-out")])
def test_what_is_measured_is_said_in_both_languages(language: str, said: str) -> None:
    (caution,) = fold_cautions({"folds": {"count": 10, "sizes": [1] * 10}})
    assert said in words(language).say(caution)
    (larger,) = fold_cautions({"folds": {"count": 2, "sizes": [5, 5]}})
    assert said not in words(language).say(larger)
