"""Risk–coverage curves against values by hand, and what must hold of every curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.selective import MOST_POINTS, risk_coverage

outcomes = st.lists(st.tuples(st.integers(-5, 5), st.sampled_from([0.0, 0.25, 0.5, 1.0])), min_size=1, max_size=40)


def test_a_curve_by_hand():
    curve = risk_coverage("rag", "score", [0.1, 0.9, 0.4, 0.7], [0, 1, 1, 0])
    assert curve.coverage == (0.25, 0.5, 0.75, 1.0)
    assert curve.risk == pytest.approx((0, 1 / 2, 1 / 3, 1 / 2))
    assert curve.area == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert curve.at_random == 0.5
    assert (curve.system, curve.signal) == ("rag", "score")


def test_a_signal_that_knows_nothing_has_one_point_and_the_area_of_chance():
    curve = risk_coverage("rag", "score", [3, 3, 3, 3, 3], [1, 0, 0, 1, 1])
    assert curve.coverage == (1.0,) and curve.risk == pytest.approx((0.4,))
    assert curve.area == pytest.approx(curve.at_random) == pytest.approx(0.4)


def test_ties_have_the_mean_area_of_all_their_orders():
    # Three answers at one confidence after a right one: (1/3)(right, right, wrong in each of the three places), by hand.
    orders = [(0, 1 / 2, 1 / 3, 1 / 4), (0, 0, 1 / 3, 1 / 4), (0, 0, 0, 1 / 4)]
    curve = risk_coverage("rag", "score", [2, 1, 1, 1], [1, 0, 1, 1])
    assert curve.area == pytest.approx(np.mean(orders))


def test_questions_that_were_not_answered_are_never_covered():
    curve = risk_coverage("rag", "score", [2, 1], [1, 0], asked=8)
    assert curve.coverage == (0.125, 0.25)
    assert curve.risk == (0.0, 0.5)


def test_a_long_curve_keeps_its_ends_and_few_points_and_its_whole_area():
    rng = np.random.default_rng(1)
    sure, right = rng.permutation(5000), rng.integers(0, 2, 5000)
    curve = risk_coverage("rag", "score", sure.tolist(), right.tolist())
    assert len(curve.coverage) == MOST_POINTS and curve.coverage[0] == 1 / 5000 and curve.coverage[-1] == 1.0
    wrong = 1 - right[np.argsort(-sure)]  # the definition, without ties
    assert curve.area == pytest.approx(np.mean(np.cumsum(wrong) / np.arange(1, 5001)))


@given(outcomes, st.integers(0, 10))
def test_what_holds_of_every_curve(pairs, abstained):
    sure, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    curve = risk_coverage("s", "x", sure, right, asked=len(pairs) + abstained)
    assert list(curve.coverage) == sorted(set(curve.coverage)) and curve.coverage[0] > 0
    assert curve.coverage[-1] == pytest.approx(len(pairs) / (len(pairs) + abstained))
    assert all(0 <= risk <= 1 for risk in curve.risk) and curve.risk[-1] == pytest.approx(curve.at_random)
    best = risk_coverage("s", "x", right, right).area
    worst = risk_coverage("s", "x", [-value for value in right], right).area
    assert best - 1e-9 <= curve.area <= worst + 1e-9


@given(outcomes)
def test_only_the_order_of_the_signal_counts(pairs):
    sure, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assert risk_coverage("s", "x", [2.5 * value + 7 for value in sure], right) == risk_coverage("s", "x", sure, right)


@pytest.mark.parametrize(
    ("confidences", "right", "asked"),
    [
        ([], [], 3),
        ([1.0], [1, 0], 3),
        ([float("nan")], [1], 3),
        ([float("inf")], [1], 3),
        ([1.0], [1.5], 3),
        ([1.0], [float("nan")], 3),
        ([1.0, 2.0], [1, 0], 1),
    ],
)
def test_bad_input_is_an_error(confidences, right, asked):
    with pytest.raises(ValueError):
        risk_coverage("s", "x", confidences, right, asked=asked)
