"""Means over training seeds: by hand where the numbers are few, by simulation with a known truth for the coverage."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.stats.nested import nested_mean, nested_p, spread
from eval.stats.resampling import Resampler

QUESTIONS = [f"q{number:02}" for number in range(60)]
UNIT = (0.0, 1.0)
EITHER = (-1.0, 1.0)


def of_fact(question):
    """Two wordings per fact."""
    return int(question[1:]) // 2


def by_seed(table):
    """Rows of values → seed → question → value."""
    return {seed: dict(zip(QUESTIONS, map(float, row), strict=False)) for seed, row in enumerate(table)}


class TestSpread:
    def test_by_hand(self):
        # Rows 1, 0 and 1, 1; each question its own fact. Means 1/2 and 1: mean 3/4, variance between (1/16 + 1/16) / 2 = 1/16.
        # Pulls on the means: +1/4, −1/4 and 0, 0; their mean +1/8, −1/8: facts 2 (1/64 + 1/64) = 1/16; what facts explain of the
        # spread between seeds: 2 × 4/64 / 2 = 1/16. Nothing is left for the seed.
        found = spread(by_seed([[1, 0], [1, 1]]), str)
        assert (found.value, found.facts, found.seeds, found.freedom, found.clusters) == (0.75, 0.0625, 0.0, 1, 2)
        assert found.standard_error == 0.25

    def test_is_that_of_two_way_analysis_of_variance(self):
        table = np.random.default_rng(0).normal(0, 1, (4, 1)) + np.random.default_rng(1).normal(0, 1, (4, 50))
        rest = table - table.mean(0) - table.mean(1)[:, None] + table.mean()
        within = (rest**2).sum() / (3 * 49)  # mean square of the interaction, by the textbook
        found = spread(by_seed(table), str)
        assert found.seeds == pytest.approx(table.mean(1).var(ddof=1) / 4 - within / 200, abs=1e-12)
        assert found.facts == pytest.approx(table.mean(0).var(ddof=1) / 50, abs=1e-12)

    @pytest.mark.parametrize("wrong", [{}, {1: {}}, {1: {"a": math.nan}}, {1: {"a": 1.0}, 2: {}}])
    def test_refuses_what_has_no_mean(self, wrong):
        with pytest.raises(ValueError, match=r"seed|finite"):
            spread(wrong, str)


class TestNestedMean:
    @pytest.mark.parametrize(("bounds", "low"), [(UNIT, 0), (EITHER, -1)])
    def test_one_seed_is_the_interval_over_facts_alone_and_says_so(self, bounds, low):
        values = np.random.default_rng(2).integers(low, 2, 60).astype(float).tolist()
        resampler = Resampler([of_fact(question) for question in QUESTIONS], resamples=500, seed=3)
        expected = resampler.difference(values, bounds=bounds) if low else resampler.mean(values, bounds=bounds)
        found = nested_mean(by_seed([values]), of_fact, bounds=bounds, resamples=500, seed=3)
        assert found == expected and found.method != "nested"
        assert (found.n, found.clusters) == (60, 30)

    def test_seeds_that_agree_everywhere_add_nothing(self):
        values = np.random.default_rng(2).integers(0, 2, 60)
        one = nested_mean(by_seed([values]), of_fact, bounds=UNIT, resamples=500)
        three = nested_mean(by_seed([values] * 3), of_fact, bounds=UNIT, resamples=500)
        assert (three.value, three.low, three.high) == pytest.approx((one.value, one.low, one.high))
        assert three.method == "nested"

    def test_seeds_that_differ_everywhere_by_the_same_leave_student_s_interval(self):
        # No spread between facts: three seeds at 0.4, 0.5 and 0.6 are three numbers, and scipy knows their interval.
        found = nested_mean(by_seed([[level] * 60 for level in (0.4, 0.5, 0.6)]), of_fact, bounds=(0.0, None), resamples=200)
        peer = scipy.stats.ttest_1samp([0.4, 0.5, 0.6], 0).confidence_interval(0.95)
        alone = nested_mean(by_seed([[0.5] * 60]), of_fact, bounds=(0.0, None), resamples=200)
        assert found.value == pytest.approx(0.5)
        assert found.high - 0.5 == pytest.approx(math.hypot(peer.high - 0.5, alone.high - 0.5))
        assert 0.5 - found.low == pytest.approx(math.hypot(0.5 - peer.low, 0.5 - alone.low))

    def test_folds_weigh_as_many_questions_as_they_hold(self):
        folds = {"one": {"q00": 1.0, "q02": 0.0, "q04": 0.0}, "other": {"q06": 1.0}}
        found = nested_mean(folds, of_fact, bounds=UNIT, resamples=200)
        assert (found.value, found.n, found.clusters) == (0.5, 4, 4)  # two of four, as of a system that learnt nothing
        # Weights 3/4 and 1/4, means 1/3 and 1: between seeds (3/4 × 1/36 + 1/4 × 1/4) / (1 − 10/16) × 10/16 = 5/36. Pulls within
        # the first fold: 2/9, −1/9, −1/9, in all 3/4 of them: facts 4/3 × 9/16 × 6/81 = 1/18.
        parts = spread(folds, of_fact)
        assert (parts.value, parts.facts) == pytest.approx((0.5, 1 / 18))
        # Facts explain 4/3 × 5/3 × [3/4 × (1/4)² + 1/4 × (3/4)²] × 6/81 of the 5/36.
        assert parts.seeds == pytest.approx(5 / 36 - 4 / 3 * 5 / 3 * (3 / 4 / 16 + 9 / 64) * 6 / 81)

    def test_folds_that_differ_no_more_than_their_facts_do_are_as_wide_as_the_facts(self):
        # 8, 10 and 12 right of 20 each: a standard deviation of 0.10 between folds, where chance alone gives √(0.25 / 20) = 0.11
        folds = {n: {f"{n}.{i}": float(i < right) for i in range(20)} for n, right in enumerate((8, 10, 12))}
        alone = nested_mean({0: {q: value for fold in folds.values() for q, value in fold.items()}}, str, bounds=UNIT)
        found = nested_mean(folds, str, bounds=UNIT)
        assert (found.value, found.low, found.high) == pytest.approx((alone.value, alone.low, alone.high))

    @settings(max_examples=40, deadline=None)
    @given(st.integers(1, 4), st.integers(1, 12), st.integers(0, 99))
    def test_lies_within_bounds_around_its_value_and_is_never_empty(self, seeds, questions, draw):
        table = np.random.default_rng(draw).integers(-1, 2, (seeds, questions)).astype(float)
        found = nested_mean(by_seed(table), of_fact, bounds=EITHER, resamples=100)
        assert -1 <= found.low <= found.value <= found.high <= 1 and found.low < found.high

    def test_values_out_of_bounds_are_refused(self):
        with pytest.raises(ValueError, match="outside"):
            nested_mean(by_seed([[2.0, 0.0]]), of_fact, bounds=UNIT)


class TestNestedP:
    def test_without_luck_of_training_is_student_s_test_of_facts(self):
        values = np.random.default_rng(4).normal(0.1, 0.4, 60)
        assert nested_p(by_seed([values] * 3), str) == pytest.approx(scipy.stats.ttest_1samp(values, 0).pvalue, abs=1e-9)

    def test_without_spread_of_facts_is_student_s_test_of_seeds(self):
        found = nested_p(by_seed([[level] * 60 for level in (0.1, 0.2, 0.4)]), str)
        assert found == pytest.approx(scipy.stats.ttest_1samp([0.1, 0.2, 0.4], 0).pvalue, abs=1e-9)

    def test_where_nothing_varies_it_is_the_least_that_flipping_facts_can_give(self):
        assert nested_p(by_seed([[0.5] * 6]), of_fact) == pytest.approx(2 / 2**3)
        assert nested_p(by_seed([[0.5, 0.5]]), of_fact) == 1.0  # one fact
        assert nested_p(by_seed([[0.5, -0.5]]), str) == 1.0

    def test_agrees_with_the_interval(self):
        table = np.random.default_rng(6).normal(0.1, 0.3, (3, 60)) + np.array([[0.05], [0.0], [-0.05]])
        p = nested_p(by_seed(table), str)
        at = nested_mean(by_seed(table), str, bounds=(-9.0, 9.0), confidence=1 - p)
        assert at.low == pytest.approx(0, abs=0.01)  # the bootstrap's own error


def simulated(seeds, between, generator):
    """Right or wrong on 60 facts that all seeds answer: a threshold on seed + fact + chance. Return the table and the true share."""
    luck, facts, chance = between * 2.8 * math.sqrt(1.36), 1.0, 0.6  # 2.8: standard deviations per share at 0.58
    level = 0.25 + luck * generator.normal(size=(seeds, 1)) + facts * generator.normal(size=(1, 60))
    table = (level + chance * generator.normal(size=(seeds, 60)) > 0).astype(float)
    return table, scipy.stats.norm.cdf(0.25 / math.sqrt(luck**2 + 1.36))


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [3, 5])
@pytest.mark.parametrize("between", [0.0, 0.08])  # at 5 points the facts alone still cover 91 to 93 %
def test_covers_the_truth_about_as_often_as_it_says(seeds, between):
    generator = np.random.default_rng(seeds)
    covered = alone = wrong = 0
    for _ in range(500):
        table, truth = simulated(seeds, between, generator)
        found = nested_mean(by_seed(table), str, bounds=UNIT, resamples=500)
        facts = nested_mean(by_seed([table.mean(0)]), str, bounds=UNIT, resamples=500)
        covered += found.low <= truth <= found.high
        alone += facts.low <= truth <= facts.high
        wrong += nested_p(by_seed(table - truth), str) < 0.05
    assert 0.925 <= covered / 500 <= 0.98  # 95 %, three standard errors of 500 draws below; a little wide is allowed
    assert wrong / 500 <= 0.08  # 5 %, three standard errors
    if between:
        assert alone / 500 < 0.925  # what the facts alone would claim
