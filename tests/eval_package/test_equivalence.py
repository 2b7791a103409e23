"""Two one-sided tests, against statsmodels and by what the declared margin promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.weightstats import DescrStatsW

from eval.stats.equivalence import equivalence

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


@pytest.mark.parametrize(("values", "margin"), [([], 0.1), ([1.5], 0.1), ([float("nan")], 0.1), ([0.0, 0.1], -0.1)])
def test_refuses_what_makes_no_sense(values: list[float], margin: float) -> None:
    with pytest.raises(ValueError, match=r"value|difference|margin"):
        equivalence(values, range(len(values)), margin=margin)
