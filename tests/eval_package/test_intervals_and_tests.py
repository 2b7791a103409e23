"""Bootstrap, permutation test, Holm and sample size against scipy, statsmodels and hand values."""

import itertools
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from eval.stats.bootstrap import certain_bounds, clustered_mean
from eval.stats.holm import holm
from eval.stats.paired import clustered_difference
from eval.stats.permutation import sign_flip_p
from eval.stats.power import questions_needed

WHOLE = st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=40)


def test_singleton_clusters_give_scipys_percentile_bootstrap():
    values = np.random.default_rng(1).random(80)
    ours = clustered_mean(values.tolist(), list(range(80)), resamples=20_000)
    peer = scipy.stats.bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=2).confidence_interval
    assert ours.value == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx((peer.low, peer.high), abs=0.005)  # Monte Carlo error of both


def test_two_wordings_that_agree_count_as_one_fact():
    once = [float(i % 3 == 0) for i in range(40)]
    alone = clustered_mean(once, list(range(40)))
    twice = clustered_mean(once * 2, list(range(40)) * 2)
    naive = clustered_mean(once * 2, list(range(80)))
    assert (twice.low, twice.high) == pytest.approx((alone.low, alone.high))
    assert naive.high - naive.low < 0.8 * (twice.high - twice.low)  # about 1/√2: what ignoring the facts would claim
    assert (twice.n, twice.clusters) == (80, 40)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    # 300 samples of 60 facts × 2 agreeing wordings with a true share of 0.4: a 95 % interval misses about 5 %, 1 to 10 allowed
    generator = np.random.default_rng(3)
    missed = 0
    for _ in range(300):
        facts = (generator.random(60) < 0.4).astype(float)
        found = clustered_mean(np.repeat(facts, 2).tolist(), np.repeat(np.arange(60), 2).tolist(), resamples=500)
        missed += not found.low <= 0.4 <= found.high
    assert 3 <= missed <= 30


@pytest.mark.parametrize(("successes", "value"), [(0, 0.0), (60, 1.0)])
def test_where_all_agree_the_interval_is_clopper_pearsons(successes, value):
    found = clustered_mean([value] * 60, list(range(60)))
    peer = scipy.stats.binomtest(successes, 60).proportion_ci(method="exact")
    assert (found.low, found.high) == pytest.approx((peer.low, peer.high))


def test_no_difference_at_all_still_has_a_width():
    found = clustered_mean([0.0] * 30, list(range(30)), bounds=(-1.0, 1.0))
    reach = 1 - 0.025 ** (1 / 30)  # by hand: (1 − p)^30 = 0.025
    assert (found.value, found.low, found.high) == (0.0, pytest.approx(-reach), pytest.approx(reach))


def test_one_fact_says_almost_nothing():
    found = clustered_mean([1.0, 0.0], ["f", "f"])
    assert found.low < 0.05 and found.high > 0.95


@settings(max_examples=60)
@given(WHOLE, st.integers(1, 8), st.integers(0, 3))
def test_an_interval_is_never_empty_or_out_of_bounds_and_swapping_mirrors_the_value(values, facts, seed):
    labels = [i % facts for i in range(len(values))]
    found = clustered_mean(values, labels, resamples=200, seed=seed, bounds=(-1.0, 1.0))
    swapped = clustered_mean([-value for value in values], labels, resamples=200, seed=seed, bounds=(-1.0, 1.0))
    assert math.isfinite(found.low) and -1 <= found.low < found.high <= 1
    assert found.low - 1e-12 <= found.value <= found.high + 1e-12
    assert (swapped.low, swapped.high) == pytest.approx((-found.high, -found.low))


def test_many_clusters_are_drawn_in_blocks_with_the_same_law():
    values = (np.arange(5000) % 2).astype(float).tolist()
    found = clustered_mean(values, list(range(5000)), resamples=2000)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * 0.5 / math.sqrt(5000), rel=0.1)  # normal theory


@pytest.mark.parametrize("bad", [([], []), ([1.0], [1, 2]), ([float("nan")], [1]), ([2.0], [1])])
def test_values_that_make_no_sense_are_refused(bad):
    with pytest.raises(ValueError, match=r"values|value"):
        clustered_mean(*bad)


def test_certain_bounds_inside_the_range_reach_both_ways():
    low, high = certain_bounds(0.5, 10)
    assert low == pytest.approx(0.5 - 0.5 * (1 - 0.025**0.1)) and high == pytest.approx(1 - low)


@pytest.mark.parametrize("seed", range(4))
def test_singleton_clusters_give_scipys_exact_permutation_p(seed):
    generator = np.random.default_rng(seed)
    a, b = generator.random(9), generator.random(9) + 0.15 * seed
    peer = scipy.stats.permutation_test((a, b), lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=np.inf)
    ours = sign_flip_p((a - b).tolist(), list(range(9)), permutations=20_000, seed=seed)
    assert ours == pytest.approx(peer.pvalue, abs=0.015)  # Monte Carlo error of ours


def test_clusters_flip_as_one():
    # Two facts with four agreeing wordings each: signs ++ and −− of four are as far, so p is near 1/2, not near 2/256.
    assert sign_flip_p([1.0] * 8, [0] * 4 + [1] * 4, permutations=20_000) == pytest.approx(0.5, abs=0.02)


def test_p_by_hand_at_its_ends():
    assert sign_flip_p([0.0] * 5, list(range(5)), permutations=99) == 1.0  # every flip is as far as nothing
    assert sign_flip_p([1.0] * 60, list(range(60)), permutations=99) == 0.01  # (0 + 1) / (99 + 1): never 0


@settings(max_examples=50)
@given(WHOLE, st.integers(1, 6), st.integers(0, 3))
def test_swapping_the_systems_leaves_p_and_p_is_never_zero(values, facts, seed):
    labels = [i % facts for i in range(len(values))]
    p = sign_flip_p(values, labels, permutations=200, seed=seed)
    assert 0 < p <= 1
    assert sign_flip_p([-value for value in values], labels, permutations=200, seed=seed) == p


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_equals_statsmodels(p_values):
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist())


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values):
    corrected = holm(p_values)
    assert all(raw <= new <= 1 for raw, new in zip(p_values, corrected, strict=True))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert all(corrected[a] <= corrected[b] for a, b in itertools.pairwise(order))


def test_holm_by_hand_and_refusal():
    assert holm([0.01, 0.02, 0.9]) == pytest.approx([0.03, 0.04, 0.9])
    assert holm([]) == []
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([1.2])


def test_sample_size_gives_the_power_it_promises():
    # independent value: simulate 620 questions with 20 % discordance and a true difference of 5 points, McNemar's normal test
    needed = questions_needed(0.05, 0.2)
    draws = np.random.default_rng(0).multinomial(needed, [0.125, 0.075, 0.8], size=4000)
    z = (draws[:, 0] - draws[:, 1]) / np.sqrt(draws[:, 0] + draws[:, 1])
    assert np.mean(np.abs(z) > 1.96) == pytest.approx(0.8, abs=0.02)
    with pytest.raises(ValueError, match="discordance"):
        questions_needed(0.3, 0.2)


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

    @pytest.mark.parametrize("values", [[], [1.5], [float("nan")]])
    def test_refuses_what_is_no_difference(self, values: list[float]) -> None:
        with pytest.raises(ValueError):
            clustered_difference(values, range(len(values)))
