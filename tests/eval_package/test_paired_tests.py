"""Tests, corrections, effect sizes, power and agreement against scipy, statsmodels, scikit-learn and hand values."""

import itertools
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.multitest import multipletests

from eval.stats.agreement import kappa
from eval.stats.corrections import benjamini_hochberg, holm
from eval.stats.effects import EFFECTS, effect_sizes
from eval.stats.mcnemar import mcnemar_p
from eval.stats.permutation import sign_flip_p
from eval.stats.power import questions_beside, questions_for, smallest_difference, visible

WHOLE = st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=40)
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)
SCORES = st.sampled_from([0.0, 0.25, 1.0])
PAIRS = st.lists(st.tuples(SCORES, SCORES), min_size=1, max_size=30)


class TestSignFlip:
    @pytest.mark.parametrize("seed", range(4))
    def test_few_facts_give_scipy_s_exact_p(self, seed):
        generator = np.random.default_rng(seed)
        a, b = generator.random(11), generator.random(11) + 0.15 * seed
        peer = scipy.stats.permutation_test((a, b), lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=np.inf)
        assert sign_flip_p((a - b).tolist(), range(11), permutations=2048) == pytest.approx(peer.pvalue, abs=1e-9)

    def test_with_ties_and_zeros_too(self):
        differences = [1.0, 1.0, -1.0, 0.0, 0.0, 1.0, 1.0, 1.0]
        peer = scipy.stats.permutation_test(
            (np.array(differences), np.zeros(8)), lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=np.inf
        )
        assert sign_flip_p(differences, range(8)) == pytest.approx(peer.pvalue, abs=1e-9)

    def test_many_facts_give_the_binomial_s_p_within_monte_carlo_error(self):
        # 40 wins and 25 losses: the sum of flipped signs is far as often as scipy's sign test says
        differences = [1.0] * 40 + [-1.0] * 25
        peer = scipy.stats.binomtest(40, 65).pvalue
        assert sign_flip_p(differences, range(65), permutations=40_000) == pytest.approx(peer, abs=4 * math.sqrt(peer / 40_000))

    def test_one_flip_more_than_asked_for_is_drawn_at_random(self):
        differences = [1.0] * 6  # 2^6 = 64 flips, two of them as far
        assert sign_flip_p(differences, range(6), permutations=64) == 2 / 64
        drawn = sign_flip_p(differences, range(6), permutations=63)
        assert drawn * 64 == pytest.approx(round(drawn * 64), abs=1e-9) and 1 / 64 <= drawn < 0.2  # (b + 1) / (63 + 1)

    def test_clusters_flip_as_one(self):
        # Two facts with four agreeing wordings each: ++ and −− of four flips are as far, 1/2 and not 2/256.
        assert sign_flip_p([1.0] * 8, [0] * 4 + [1] * 4) == 0.5

    def test_p_by_hand_at_its_ends(self):
        assert sign_flip_p([0.0] * 5, range(5)) == 1.0  # nothing to flip
        assert sign_flip_p([0.1, 0.2, -0.3], [1, 1, 1]) == 1.0  # a fact whose sum is zero but for rounding
        assert sign_flip_p([1.0] * 60, range(60), permutations=99) == 0.01  # (0 + 1) / (99 + 1): never 0

    @settings(max_examples=50, deadline=None)
    @given(WHOLE, st.integers(1, 15), st.integers(0, 3), st.sampled_from([1.0, 1e-13, 1e9]))
    def test_swapping_the_systems_or_the_unit_leaves_p_and_p_is_never_zero(self, values, facts, seed, unit):
        labels = [i % facts for i in range(len(values))]
        p = sign_flip_p(values, labels, permutations=200, seed=seed)
        assert 0 < p <= 1
        assert sign_flip_p([-value * unit for value in values], labels, permutations=200, seed=seed) == p

    @pytest.mark.parametrize(("values", "labels", "permutations"), [([], [], 9), ([math.nan], [1], 9), ([1.0], [1, 2], 9), ([1.0], [1], 0)])
    def test_refuses_what_makes_no_sense(self, values, labels, permutations):
        with pytest.raises(ValueError, match=r"value|permutation"):
            sign_flip_p(values, labels, permutations=permutations)


class TestMcNemar:
    @given(st.integers(0, 400), st.integers(0, 400))
    def test_equals_scipy_s_binomial_test(self, wins, losses):
        peer = scipy.stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
        assert mcnemar_p(wins, losses) == pytest.approx(peer, abs=1e-9)

    def test_by_hand(self):
        assert mcnemar_p(1, 5) == pytest.approx(2 * (1 + 6) / 2**6, abs=1e-12)  # none or one of six
        assert mcnemar_p(3, 3) == mcnemar_p(0, 0) == 1.0

    def test_refuses_what_is_no_count(self):
        with pytest.raises(ValueError, match="counts"):
            mcnemar_p(-1, 2)


class TestCorrections:
    @settings(max_examples=20, deadline=None)  # statsmodels collects garbage at each call, which takes its time
    @given(P_VALUES)
    def test_equal_statsmodels(self, p_values):
        assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist(), abs=1e-9)
        assert benjamini_hochberg(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1].tolist(), abs=1e-9)

    @pytest.mark.parametrize("correct", [holm, benjamini_hochberg])
    @given(data=st.data(), p_values=P_VALUES)
    def test_are_monotone_never_below_p_nor_above_1_and_follow_their_p_values(self, correct, data, p_values):
        corrected = correct(p_values)
        assert all(raw <= new <= 1 for raw, new in zip(p_values, corrected, strict=True))  # NaN would fail this
        order = sorted(range(len(p_values)), key=lambda i: p_values[i])
        assert all(corrected[a] <= corrected[b] for a, b in itertools.pairwise(order))
        moved = data.draw(st.permutations(range(len(p_values))))
        assert correct([p_values[i] for i in moved]) == [corrected[i] for i in moved]

    def test_by_hand(self):
        assert holm([0.01, 0.02, 0.9]) == pytest.approx([0.03, 0.04, 0.9], abs=1e-12)
        assert benjamini_hochberg([0.01, 0.9, 0.02, 0.03]) == pytest.approx([0.04, 0.9, 0.04, 0.04], abs=1e-12)

    @pytest.mark.parametrize("correct", [holm, benjamini_hochberg])
    def test_none_stays_none_and_what_is_no_p_value_is_refused(self, correct):
        assert correct([]) == []
        for wrong in (1.2, -0.1, math.nan):
            with pytest.raises(ValueError, match="between 0 and 1"):
                correct([0.5, wrong])


class TestEffectSizes:
    def test_by_hand_of_right_and_wrong(self):
        found = effect_sizes([1, 1, 1, 1, 0, 0], [0, 0, 0, 1, 1, 0])  # 3 wins, 2 ties, 1 loss
        # differences 1, 1, 1, 0, −1, 0: mean 1/3, squares 4, so the variance is (4 − 6/9) / 5 = 2/3
        assert found == pytest.approx(
            {"win_share": 4 / 6, "cohens_dz": (1 / 3) / math.sqrt(2 / 3), "odds_ratio": 3.0, "cohens_g": 0.25}, abs=1e-12
        )

    def test_cohens_dz_is_t_over_the_root_of_n(self):
        a, b = np.random.default_rng(0).random((2, 30))
        expected = scipy.stats.ttest_rel(a, b).statistic / math.sqrt(30)
        assert effect_sizes(a.tolist(), b.tolist())["cohens_dz"] == pytest.approx(expected, abs=1e-9)

    def test_what_is_undefined_is_left_out(self):
        assert effect_sizes([0.5], [0.25]) == {"win_share": 1.0}  # one question: no spread
        assert effect_sizes([1, 1, 0], [1, 1, 0]) == {"win_share": 0.5}  # both always agree
        assert set(effect_sizes([1, 1], [0, 1])) == {"win_share", "cohens_dz", "cohens_g"}  # no loss: the ratio has no end
        assert effect_sizes([0, 1], [1, 1])["odds_ratio"] == 0.0

    @given(PAIRS)
    def test_lie_in_their_ranges_and_turn_round_with_the_systems(self, pairs):
        first, second = zip(*pairs, strict=True)
        found, swapped = effect_sizes(first, second), effect_sizes(second, first)
        assert set(found) <= set(EFFECTS)
        for name, value in found.items():
            low, high = EFFECTS[name].low, EFFECTS[name].high
            assert math.isfinite(value) and (low is None or low <= value) and (high is None or value <= high)
        assert found["win_share"] + swapped["win_share"] == pytest.approx(1)
        assert found.get("cohens_dz", 0) == pytest.approx(-swapped.get("cohens_dz", 0))
        assert found.get("cohens_g", 0) == pytest.approx(-swapped.get("cohens_g", 0))

    @given(st.lists(SCORES, min_size=1, max_size=9))
    def test_of_a_system_with_itself_are_those_of_no_difference(self, scores):
        assert effect_sizes(scores, scores) == {"win_share": EFFECTS["win_share"].none}

    @pytest.mark.parametrize(("first", "second"), [([], []), ([1.0], []), ([math.inf], [0.0])])
    def test_refuse_what_are_no_pairs(self, first, second):
        with pytest.raises(ValueError, match="score"):
            effect_sizes(first, second)


class TestPower:
    def test_sample_size_gives_the_power_it_promises(self):
        # simulated: questions with 20 % discordance and a true difference of 5 points, McNemar's normal test
        assert smallest_difference(621, 0.2) == pytest.approx(0.05, abs=1e-4)
        draws = np.random.default_rng(0).multinomial(621, [0.125, 0.075, 0.8], size=4000)
        z = (draws[:, 0] - draws[:, 1]) / np.sqrt(draws[:, 0] + draws[:, 1])
        assert np.mean(np.abs(z) > 1.96) == pytest.approx(0.8, abs=0.02)
        with pytest.raises(ValueError, match="discordance"):
            smallest_difference(60, 0.0)

    @pytest.mark.parametrize("family", [1, 5, 8])
    def test_the_number_for_a_margin_counts_the_correction_for_several_contrasts(self, family):
        # One true difference of 5 points beside family − 1 nulls, 15 % discordance: shown where its p is at most 5 % / family,
        # which Holm's correction asks of the smallest; the others are null and hardly ever smaller.
        needed = questions_for(0.05, math.sqrt((0.15 - 0.05**2) / 1000), 1000, alpha=0.05 / family)
        draws = np.random.default_rng(0).multinomial(needed, [0.1, 0.05, 0.85], size=4000)
        z = (draws[:, 0] - draws[:, 1]) / np.sqrt(draws[:, 0] + draws[:, 1])
        assert np.mean(2 * scipy.stats.norm.sf(np.abs(z)) <= 0.05 / family) == pytest.approx(0.8, abs=0.03)

    def test_more_questions_do_not_help_against_the_luck_of_training(self):
        # by hand: z = 2.801585; 100 · 0.02² / ((0.1 / z)² − 0.01²) = 34.06 and without luck 100 (z · 0.02 / 0.1)² = 31.4
        assert questions_beside(0.1, 0.02**2, 0.01**2, 100) == 35
        assert questions_beside(0.1, 0.02**2, 0.0, 100) == questions_for(0.1, 0.02, 100) == 32
        assert questions_beside(0.1, 0.02**2, 0.04**2, 100) is None  # 2.8 × 4 points are more than 10
        with pytest.raises(ValueError, match="variance"):
            questions_beside(0.1, 0.02**2, math.inf, 100)

    def test_the_number_for_a_margin_gives_the_power_it_promises_with_clusters(self):
        # simulated: the spread of 4 wordings per fact is learnt from 4,000 questions, the power then tried on the number it asks for
        generator = np.random.default_rng(1)

        def means(facts, times):
            by_fact = generator.normal(0.05, 0.3, (times, facts))
            return (by_fact + generator.normal(0, 0.2 / 2, (times, facts))).mean(axis=1)  # 4 wordings of their own spread 0.2

        error = math.sqrt((0.3**2 + 0.1**2) / 1000)
        needed = questions_for(0.05, error, 4000)
        facts = needed // 4
        found = np.abs(means(facts, 4000)) / math.sqrt((0.3**2 + 0.1**2) / facts) > 1.96
        assert np.mean(found) == pytest.approx(0.8, abs=0.03)

    def test_by_hand(self):
        assert visible(0.02) == pytest.approx((1.959964 + 0.841621) * 0.02, abs=1e-7)
        assert questions_for(0.1, 0.02, 100) == math.ceil(100 * (2.801585 * 0.2) ** 2) == 32
        assert visible(0.0) == 0.0 and visible(0.0, 98) == pytest.approx(0.02801585)  # read as 1 / 100

    @given(st.integers(1, 5000), st.floats(0.001, 0.5), st.floats(0.001, 1))
    def test_fit_each_other(self, questions, error, margin):
        needed = questions_for(margin, error, questions)
        # the error falls with the root of the number: at the number needed, the margin is just visible
        assert visible(error * math.sqrt(questions / needed)) <= margin * (1 + 1e-9)
        assert (needed <= questions) == (visible(error) <= margin) or needed == pytest.approx(questions)
        assert questions_for(margin / 2, error, questions) >= needed

    def test_agrees_with_the_formula_for_right_and_wrong(self):
        # spread of a difference of 5 points with 20 % discordance on 300 questions: √((ψ − δ²) / n)
        error = math.sqrt((0.2 - 0.05**2) / 300)
        assert questions_for(0.05, error, 300) == 621  # (1.959964 + 0.841621)² (0.2 − 0.05²) / 0.05² = 620.06
        assert smallest_difference(621, 0.2) == pytest.approx(0.05, abs=1e-4)

    @pytest.mark.parametrize(("margin", "error", "questions"), [(0.0, 0.1, 9), (0.1, -0.1, 9), (0.1, math.nan, 9), (0.1, 0.1, 0)])
    def test_refuses_what_makes_no_sense(self, margin, error, questions):
        with pytest.raises(ValueError, match=r"margin|standard error"):
            questions_for(margin, error, questions)


class TestKappa:
    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1, max_size=40))
    def test_equals_scikit_learn_s_and_is_never_nan(self, pairs):
        first, second = zip(*pairs, strict=True)
        found = kappa(first, second, resamples=100)
        if len(set(first) | set(second)) > 1:  # scikit-learn has NaN for a single label
            assert found.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-9)
        assert -1 <= found.low <= found.value <= found.high <= 1 and found.low < found.high
        assert found.n == len(pairs)

    def test_by_hand(self):
        # 60 items, 46 agreed; labels 30/20/10 and 25/25/10: by chance (30×25 + 20×25 + 10×10) / 3600 = 0.375
        first = ["a"] * 30 + ["b"] * 20 + ["c"] * 10
        second = ["a"] * 21 + ["b"] * 7 + ["c"] * 2 + ["a"] * 3 + ["b"] * 17 + ["a"] + ["b"] + ["c"] * 8
        found = kappa(first, second, resamples=2000)
        assert sum(a == b for a, b in zip(first, second, strict=True)) == 46
        assert found.value == pytest.approx((46 / 60 - 0.375) / 0.625, abs=1e-12)
        # normal theory, √(p (1 − p) / n) / (1 − chance) = 0.087: a reach of about 0.17
        assert found.low == pytest.approx(found.value - 0.17, abs=0.05) and found.high == pytest.approx(found.value + 0.17, abs=0.05)

    def test_where_no_resample_differs(self):
        assert kappa("aaaa", "aaaa") == kappa("aaaa", "aaab") == kappa("aaaa", "bbbb") == kappa("abab", "cdcd")
        nothing = kappa("aaaa", "aaaa")
        assert (nothing.value, nothing.low, nothing.high, nothing.method) == (0.0, -1.0, 1.0, "no-spread")
        agreed = kappa("ab" * 30, "ab" * 30)
        doubted = 1 - scipy.stats.binomtest(60, 60).proportion_ci(method="exact").low
        assert (agreed.value, agreed.high) == (1.0, 1.0)
        assert agreed.low == pytest.approx(1 - doubted / 0.5)  # chance agrees on half

    @pytest.mark.parametrize(("first", "second"), [([], []), (["a"], [])])
    def test_refuses_lists_that_do_not_match(self, first, second):
        with pytest.raises(ValueError, match="labels"):
            kappa(first, second)
