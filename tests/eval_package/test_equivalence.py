"""Two one-sided tests, against statsmodels and by what the declared margin promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, multinomial
from statsmodels.stats.weightstats import DescrStatsW

from eval.stats.equivalence import beyond_p, equivalence, equivalent_p, evidence

WHOLE = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.0, 0.5, 1.0]), min_size=2, max_size=80)


def test_where_every_fact_differs_it_is_statsmodels_tost() -> None:
    values = np.random.default_rng(1).normal(0.01, 0.05, 40)
    found, p = equivalence(values.tolist(), range(40), margin=0.03)
    peer = DescrStatsW(values)
    assert p == pytest.approx(peer.ttost_mean(-0.03, 0.03)[0], rel=1e-9)
    assert (found.low, found.high) == pytest.approx(peer.tconfint_mean(alpha=0.10))


@settings(max_examples=100)
@given(WHOLE, st.integers(2, 80), st.floats(0, 0.5))
def test_p_is_below_5_percent_exactly_when_the_90_percent_interval_lies_within_the_margin(
    values: list[float], facts: int, margin: float
) -> None:
    found, p = equivalence(values, [n % facts for n in range(len(values))], margin=margin)
    assert 0 < p <= 1 and -1 <= found.low < found.high <= 1
    if abs(p - 0.05) > 1e-6:
        assert (p < 0.05) == (-margin < found.low and found.high < margin)


@settings(max_examples=60)
@given(WHOLE, st.integers(2, 80))
def test_swapping_the_systems_changes_nothing(values: list[float], facts: int) -> None:
    labels = [n % facts for n in range(len(values))]
    found, p = equivalence(values, labels, margin=0.05)
    swapped, same = equivalence([-value for value in values], labels, margin=0.05)
    assert same == pytest.approx(p)
    assert (swapped.low, swapped.high) == pytest.approx((-found.high, -found.low))


def test_no_difference_on_many_facts_is_a_finding_and_on_few_it_is_not() -> None:
    many, p_many = equivalence([0.0] * 200, range(200), margin=0.05)
    few, p_few = equivalence([0.0] * 200, [n % 20 for n in range(200)], margin=0.05)
    assert p_many < 0.05 < p_few
    assert many.high == pytest.approx(3 / 200, rel=0.02)  # the rule of three
    assert few.high > 0.05


def test_a_margin_of_nothing_is_never_reached() -> None:
    assert equivalence([0.0] * 500, range(500), margin=0.0)[1] == pytest.approx(0.5)


def test_one_fact_shows_nothing() -> None:
    found, p = equivalence([0.0] * 9, ["f"] * 9, margin=0.9)
    assert (found.low, found.high, p) == (-1.0, 1.0, 1.0)


@pytest.mark.parametrize(("moved", "facts"), [(0.05, 100), (0.05, 60), (0.1, 40), (0.03, 200), (0.15, 15)])
def test_at_the_margins_edge_it_errs_in_at_most_5_percent(moved: float, facts: int) -> None:
    # the worst case for a normal approximation: facts of four wordings that go together, and all that differ favour one system
    draw = np.random.default_rng(3)
    wrong = 0
    for _ in range(1000):
        values = np.repeat(draw.random(facts) < moved, 4).astype(float)
        wrong += equivalence(values.tolist(), [n // 4 for n in range(4 * facts)], margin=moved)[1] < 0.05
    assert wrong / 1000 <= 0.064  # 5 % and the Monte-Carlo error of 1,000 (one-sided 97.5 %)


@pytest.mark.parametrize("margin", [0.02, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("questions", [40, 60, 80, 100, 200, 300, 600])
def test_at_the_margins_edge_it_errs_in_at_most_5_percent_where_only_one_system_ever_wins(margin: float, questions: int) -> None:
    # Exact: the chance of each number of wins, by scipy's binomial, over those that are called equivalent. Student's t alone
    # errs in up to 10 % here.
    called = [
        equivalence([1.0] * won + [0.0] * (questions - won), range(questions), margin=margin)[1] < 0.05 for won in range(questions + 1)
    ]
    assert called == sorted(called, reverse=True)  # with more wins it is never equivalent again
    assert binom.cdf(sum(called) - 1, questions, margin) <= 0.05


@pytest.mark.parametrize(("margin", "questions"), [(0.05, 150), (0.2, 60), (0.2, 80), (0.1, 100)])
@pytest.mark.parametrize("losing", [0.02, 0.1])
def test_and_in_at_most_5_and_a_half_where_both_may_win(margin: float, questions: int, losing: float) -> None:
    # Exact: trinomial chances of wins and losses, by scipy, over those that are called equivalent.
    error = 0.0
    for won in range(questions + 1):
        for lost in range(questions + 1 - won):
            chance = multinomial.pmf([won, lost, questions - won - lost], questions, [margin + losing, losing, 1 - margin - 2 * losing])
            if chance > 1e-6:
                values = [1.0] * won + [-1.0] * lost + [0.0] * (questions - won - lost)
                error += float(chance) * (equivalent_p(evidence(values, range(questions)), margin) < 0.05)
    assert error <= 0.056


@pytest.mark.parametrize(
    "sizes", [[30] + [1] * 60, [20] * 3 + [1] * 60, [60 // n for n in range(1, 61)], [10] * 5 + [1] * 50, [1, 2, 3, 4, 5] * 20]
)
@pytest.mark.parametrize("losing", [0.0, 0.05])
def test_facts_of_unequal_size_do_not_make_it_err_more(sizes: list[int], losing: float) -> None:
    # facts that move as a whole, a true difference just at the margin; facts − 1 degrees of freedom err in up to 30 % here
    draw = np.random.default_rng(5)
    labels = np.repeat(np.arange(len(sizes)), sizes).tolist()
    wrong = 0
    for _ in range(300):
        chance = draw.random(len(sizes))
        moved = np.where(chance < 0.1 + losing, 1.0, np.where(chance < 0.1 + 2 * losing, -1.0, 0.0))
        wrong += equivalent_p(evidence(np.repeat(moved, sizes).tolist(), labels), 0.1) < 0.05
    assert wrong / 300 <= 0.075  # 5 % and the Monte-Carlo error of 300 (one-sided 97.5 %)


def test_a_large_difference_is_beyond_a_margin_and_a_margin_seen_is_not() -> None:
    found = evidence([1.0] * 60 + [-1.0] * 10 + [0.0] * 130, range(200))
    # by hand: (60 − 10) / 202 = 0.2475, √(70 − 202 · 0.2475² + 1) / 202 = 0.0379: 5.2 and 0 standard errors
    assert beyond_p(found, 0.05) < 1e-6 and beyond_p(found, 50 / 202) == pytest.approx(0.5)
    assert beyond_p(found.turned(), 0.05) > 0.999  # the other system does not win


@pytest.mark.parametrize(("values", "margin"), [([], 0.1), ([1.5], 0.1), ([float("nan")], 0.1), ([0.0, 0.1], -0.1)])
def test_refuses_what_makes_no_sense(values: list[float], margin: float) -> None:
    with pytest.raises(ValueError, match=r"value|difference|margin"):
        equivalence(values, range(len(values)), margin=margin)
