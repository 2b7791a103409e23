"""Intervals of means and differences over facts, against scipy, statsmodels and hand values."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from eval.stats.clusters import by_cluster
from eval.stats.formulas import bca, beta, score, student
from eval.stats.intervals import METHODS, t_quantile
from eval.stats.paired import clustered_difference, standard_error
from eval.stats.resampling import Resampler

SHARES = (0.0, 1.0)
WHOLE = st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=60)
ANY = st.lists(st.floats(0, 1).map(lambda x: round(x, 6)), min_size=1, max_size=60)


class TestBca:
    """The bias-corrected and accelerated bootstrap."""

    @pytest.mark.parametrize("seed", range(3))
    def test_is_scipys_for_facts_of_one_question(self, seed: int) -> None:
        values = np.random.default_rng(seed).beta(0.5, 2, size=80)
        own = np.random.default_rng(seed + 10).choice(values, (4000, 80)).mean(axis=1)
        # scipy given the very same resamples: what is left to compare is the bias, the acceleration and the levels
        same = SimpleNamespace(bootstrap_distribution=own)
        peer = scipy.stats.bootstrap((values,), np.mean, n_resamples=0, bootstrap_result=same, method="BCa").confidence_interval
        found = bca(by_cluster(values.tolist(), range(80)), own, confidence=0.95)
        assert found == pytest.approx((peer.low, peer.high), abs=1e-9)

    def test_of_a_resampler_is_scipys_within_monte_carlo_error(self) -> None:
        values = np.random.default_rng(4).beta(1, 2, size=120)
        found = Resampler(range(120), resamples=20_000).mean(values.tolist(), bounds=SHARES)
        peer = scipy.stats.bootstrap((values,), np.mean, n_resamples=20_000, method="BCa", rng=2).confidence_interval
        assert found.method == "bca"
        assert found.value == pytest.approx(values.mean())
        assert (found.low, found.high) == pytest.approx((peer.low, peer.high), abs=0.002)

    def test_draws_whole_facts(self) -> None:
        # facts of one size: the bootstrap over facts is scipy's over the means of the facts
        values = np.random.default_rng(5).random((90, 4)) * np.random.default_rng(6).random((90, 1))
        found = Resampler([n // 4 for n in range(360)], resamples=20_000).mean(values.ravel().tolist(), bounds=SHARES)
        peer = scipy.stats.bootstrap((values.mean(axis=1),), np.mean, n_resamples=20_000, method="BCa", rng=2).confidence_interval
        assert (found.low, found.high) == pytest.approx((peer.low, peer.high), abs=0.003)
        assert (found.n, found.clusters) == (360, 90)

    def test_is_not_defined_where_all_resamples_lie_on_one_side(self) -> None:
        clusters = by_cluster([0.0, 1.0, 1.0], range(3))
        assert bca(clusters, np.full(100, 0.9), confidence=0.95) is None


class TestOthers:
    """What is used where BCa is not defined or leans."""

    @pytest.mark.parametrize(("successes", "questions"), [(0, 40), (1, 40), (13, 60), (59, 60), (60, 60)])
    def test_score_is_wilsons(self, successes: int, questions: int) -> None:
        peer = proportion_confint(successes, questions, alpha=0.05, method="wilson")  # statsmodels
        assert score(successes / questions, questions, reach=scipy.stats.norm.ppf(0.975)) == pytest.approx(peer, abs=1e-12)

    @pytest.mark.parametrize(("successes", "questions"), [(1, 40), (13, 60), (59, 60)])
    def test_beta_is_clopper_and_pearsons(self, successes: int, questions: int) -> None:
        peer = proportion_confint(successes, questions, alpha=0.05, method="beta")  # statsmodels
        assert beta(successes / questions, questions, confidence=0.95) == pytest.approx(peer, abs=1e-12)

    @pytest.mark.parametrize(("successes", "value"), [(0, 0.0), (60, 1.0)])
    def test_no_spread_is_clopper_and_pearsons_for_none_or_all(self, successes: int, value: float) -> None:
        found = Resampler(range(60)).mean([value] * 60, bounds=SHARES)
        peer = proportion_confint(successes, 60, alpha=0.05, method="beta")
        assert (found.low, found.high) == pytest.approx(np.nan_to_num(peer, nan=value), abs=1e-12)
        assert found.method == "no-spread"

    def test_no_spread_inside_the_bounds_reaches_both_ways(self) -> None:
        found = Resampler(range(10)).mean([0.5] * 10, bounds=SHARES)
        assert found.low == pytest.approx(0.5 - 0.5 * (1 - 0.025**0.1))  # by hand
        assert found.high == pytest.approx(1 - found.low)

    def test_student_is_scipys_for_facts_of_one_question(self) -> None:
        values = np.random.default_rng(1).random(12)
        peer = scipy.stats.ttest_1samp(values, 0).confidence_interval(0.95)
        assert student(by_cluster(values.tolist(), range(12)), reach=t_quantile(0.95, 11)) == pytest.approx((peer.low, peer.high))

    def test_facts_of_unequal_size_by_hand(self) -> None:
        # sums 2, 0, 1 of sizes 2, 1, 1: mean 3/4, residuals 1/2, -3/4, 1/4; (1/4)/(1/2) + (9/16)/(3/4) + (1/16)/(3/4) = 4/3, over 16
        clusters = by_cluster([1.0, 1.0, 0.0, 1.0], ["a", "a", "b", "c"])
        assert clusters.variance == pytest.approx(1 / 12)

    def test_a_share_of_few_facts_has_wilsons_interval_with_the_effective_number(self) -> None:
        # 15 facts of four questions that agree: 60 questions are worth 15 × 14/15 = 14 (the variance has 14 in place of 15), by hand
        values = [float(n // 4 < 6) for n in range(60)]
        found = Resampler([n // 4 for n in range(60)]).mean(values, bounds=SHARES)
        expected = proportion_confint(0.4 * 14, 14, alpha=2 * scipy.stats.norm.sf(scipy.stats.t.ppf(0.975, 14)), method="wilson")
        assert found.method == "score"
        assert (found.low, found.high) == pytest.approx(expected)


class TestResampler:
    """Means and differences as a run asks for them."""

    def test_two_wordings_that_agree_count_as_one_fact(self) -> None:
        once = [float(n % 3 == 0) for n in range(90)]
        alone = Resampler(range(90)).mean(once, bounds=SHARES)
        twice = Resampler([*range(90)] * 2).mean(once * 2, bounds=SHARES)
        naive = Resampler(range(180)).mean(once * 2, bounds=SHARES)
        assert (twice.low, twice.high) == pytest.approx((alone.low, alone.high))
        assert naive.high - naive.low < 0.8 * (twice.high - twice.low)  # about 1/√2: what ignoring the facts would claim
        assert (twice.n, twice.clusters) == (180, 90)

    def test_questions_without_a_value_are_left_out(self) -> None:
        values = [float(n % 2) for n in range(100)]
        gaps: list[float | None] = [*values, *[None] * 100]
        found = Resampler([n // 2 for n in range(200)]).mean(gaps, bounds=SHARES)
        assert (found.value, found.n, found.clusters) == (0.5, 100, 50)

    def test_a_slice_so_small_that_some_resamples_miss_it_still_has_an_interval(self) -> None:
        values: list[float | None] = [None] * 98 + [1.0, 0.0]
        found = Resampler(range(100), resamples=500).mean(values, bounds=SHARES)
        assert (found.n, found.clusters) == (2, 2) and found.low < 0.1 and found.high > 0.9

    def test_many_columns_at_once_are_the_same_as_one_by_one(self) -> None:
        draw = np.random.default_rng(0)
        columns = [draw.integers(0, 2, 120).astype(float).tolist(), draw.random(120).tolist(), [None] * 60 + [1.0, 0.0] * 30]
        resampler = Resampler([n // 2 for n in range(120)], resamples=500)
        together = resampler.means(columns, bounds=[SHARES] * 3)
        apart = [resampler.mean(column, bounds=SHARES) for column in columns]
        assert [(one.low, one.high) for one in together] == [pytest.approx((one.low, one.high), abs=1e-9) for one in apart]

    def test_the_order_of_the_questions_changes_nothing(self) -> None:
        draw = np.random.default_rng(2)
        values, labels = draw.integers(0, 2, 200).astype(float), np.arange(200) // 2
        order = draw.permutation(200)
        first = Resampler(labels.tolist(), resamples=500).mean(values.tolist(), bounds=SHARES)
        second = Resampler(labels[order].tolist(), resamples=500).mean(values[order].tolist(), bounds=SHARES)
        assert first == second

    def test_many_facts_are_drawn_in_blocks_with_the_same_law(self) -> None:
        values = (np.arange(30_000) % 2).astype(float).tolist()
        found = Resampler(range(30_000), resamples=1500).mean(values, bounds=SHARES)  # 45 million draws: more than are kept
        assert (found.high - found.low) / 2 == pytest.approx(1.96 * 0.5 / math.sqrt(30_000), rel=0.1)  # normal theory

    def test_one_fact_says_almost_nothing(self) -> None:
        found = Resampler(["f", "f"]).mean([1.0, 0.0], bounds=SHARES)
        assert found.low < 0.05 and found.high > 0.95
        found = Resampler(["f"]).difference([1.0])
        assert found.low < -0.9 and found.high == 1.0

    def test_a_metric_without_a_largest_value_has_an_interval(self) -> None:
        words = np.random.default_rng(3).lognormal(3, 0.5, 100)
        found = Resampler(range(100)).mean(words.tolist(), bounds=(0.0, None))
        assert found.method == "bca" and 0 < found.low < found.value < found.high
        few = Resampler(range(10)).mean(words[:10].tolist(), bounds=(0.0, None))
        assert few.method == "student" and 0 <= few.low < few.value < few.high
        same = Resampler(range(10)).mean([7.0] * 10, bounds=(0.0, None))
        assert same.method == "no-spread" and 0 < same.low < 7 < same.high < 14

    def test_support_is_shared_by_ties_and_sums_to_one(self) -> None:
        draw = np.random.default_rng(8)
        good, bad = (draw.random(100) < 0.9).astype(float).tolist(), (draw.random(100) < 0.2).astype(float).tolist()
        found = Resampler(range(100), resamples=500).support({"good": good, "bad": bad, "too": list(good)})
        assert found == {"good": 0.5, "bad": 0.0, "too": 0.5}

    @pytest.mark.parametrize(
        "bad",
        [[], [1.0], [None] * 3, [float("nan")] * 3, [2.0] * 3, [float("inf"), 0.0, 0.0]],
        ids=["none", "few", "unscored", "nan", "out", "inf"],
    )
    def test_values_that_make_no_sense_are_refused(self, bad: list[float | None]) -> None:
        with pytest.raises(ValueError, match="value"):
            Resampler(range(3), resamples=10).mean(bad, bounds=SHARES)

    def test_refuses_no_question_and_an_impossible_confidence(self) -> None:
        with pytest.raises(ValueError, match="question"):
            Resampler([])
        with pytest.raises(ValueError, match="confidence"):
            Resampler(range(2)).mean([0.0, 1.0], bounds=SHARES, confidence=1.0)


class TestInvariants:
    """What holds for whatever values."""

    @settings(max_examples=80)
    @given(ANY | WHOLE.map(lambda values: [abs(value) for value in values]), st.integers(1, 60), st.integers(0, 3))
    def test_a_mean_lies_in_an_interval_of_some_width_within_its_bounds(self, values: list[float], facts: int, seed: int) -> None:
        resampler = Resampler([n % facts for n in range(len(values))], resamples=300, seed=seed)
        found = resampler.mean(values, bounds=SHARES)
        assert 0 <= found.low < found.high <= 1
        assert found.low <= found.value + 1e-12 and found.value <= found.high + 1e-12
        assert found.method in METHODS

    @settings(max_examples=80)
    @given(WHOLE, st.integers(1, 60), st.integers(0, 3))
    def test_a_difference_likewise_and_swapping_the_systems_mirrors_it(self, values: list[float], facts: int, seed: int) -> None:
        resampler = Resampler([n % facts for n in range(len(values))], resamples=300, seed=seed)
        found, swapped = resampler.difference(values), resampler.difference([-value for value in values])
        assert -1 <= found.low < found.high <= 1
        assert found.low <= found.value + 1e-12 and found.value <= found.high + 1e-12
        assert (swapped.low, swapped.high) == pytest.approx((-found.high, -found.low), abs=1e-9)

    @settings(max_examples=60)
    @given(ANY, st.integers(1, 60))
    def test_more_confidence_never_narrows(self, values: list[float], facts: int) -> None:
        resampler = Resampler([n % facts for n in range(len(values))], resamples=300)
        levels = (0.8, 0.9, 0.95, 0.99)
        means = [resampler.mean(values, bounds=SHARES, confidence=level) for level in levels]
        differences = [resampler.difference(values, confidence=level) for level in levels]
        for narrow, wide in [*itertools.pairwise(means), *itertools.pairwise(differences)]:
            assert wide.low <= narrow.low + 1e-12 and wide.high >= narrow.high - 1e-12

    @given(WHOLE, st.integers(1, 60))
    def test_a_standard_error_is_never_zero(self, values: list[float], facts: int) -> None:
        assert 0 < standard_error(values, [n % facts for n in range(len(values))]) < math.inf


class TestClusteredDifference:
    """The interval of a paired difference that is mostly zero."""

    def test_is_agresti_and_min_s_where_every_pair_is_its_own_cluster(self) -> None:
        # By hand: 100 pairs, 7 better, 2 worse. With half a pair added to each of the four cells: n = 102, b = 7.5, c = 2.5,
        # (7.5 - 2.5) / 102 ± 1.6449 √(10 - 5² / 102) / 102 = 0.04902 ± 0.05037 (Agresti and Min 2005, equation 3, at 90 %).
        found = clustered_difference([1.0] * 7 + [-1.0] * 2 + [0.0] * 91, range(100))
        assert (found.value, found.n, found.clusters) == (0.05, 100, 100)
        assert found.low == pytest.approx(0.04902 - 0.05037, abs=2e-4)
        assert found.high == pytest.approx(0.04902 + 0.05037, abs=2e-4)

    def test_widens_with_every_difference_seen_and_with_clustering(self) -> None:
        widths = []
        for seen in range(5):
            values = [1.0] * seen + [0.0] * (500 - seen)
            found = clustered_difference(values, range(500))
            widths.append(found.high - found.low)
        assert widths == sorted(widths) and widths[0] > 0
        values = [1.0] * 10 + [0.0] * 490
        apart, together = clustered_difference(values, range(500)), clustered_difference(values, [n // 5 for n in range(500)])
        assert together.high - together.low > apart.high - apart.low

    @pytest.mark.parametrize(("touched", "each"), [(0.03, 0.6), (0.1, 0.6), (0.03, 0.2), (0.01, 0.6), (0.005, 1.0)])
    def test_covers_a_small_difference_in_clustered_pairs(self, touched: float, each: float) -> None:
        # 200 questions × 5 systems; a question is touched at random, then each system of it, better with 2 : 1.
        draw = np.random.default_rng(7)
        truth, inside = touched * each / 3, 0
        for _ in range(400):
            moved = np.repeat(draw.random(200) < touched, 5) & (draw.random(1000) < each)
            values = moved * np.where(draw.random(1000) < 2 / 3, 1.0, -1.0)
            found = clustered_difference(values.tolist(), [n // 5 for n in range(1000)])
            inside += found.low <= truth <= found.high
        assert inside / 400 >= 0.855  # 90 % nominal, less three standard errors of 400 draws

    @given(WHOLE, st.integers(1, 60))
    def test_lies_within_bounds_around_its_value(self, values: list[float], facts: int) -> None:
        found = clustered_difference(values, [n % facts for n in range(len(values))])
        assert -1 <= found.low <= found.value <= found.high <= 1

    @pytest.mark.parametrize("values", [[], [1.5], [float("nan")]])
    def test_refuses_what_is_no_difference(self, values: list[float]) -> None:
        with pytest.raises(ValueError):
            clustered_difference(values, range(len(values)))
