"""The rule of the alarms on figures whose intervals are known by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.model import Alarm
from studies.alarms.figures import Figure, difference, figure, mean, not_run, verdict


def test_a_share_without_a_hit_has_an_exact_upper_bound() -> None:
    found = mean([0.0] * 40, range(40))
    assert found.low == 0.0
    assert found.high == pytest.approx(1 - 0.05 ** (1 / 40))  # Clopper and Pearson at 90 %, by hand


def test_the_first_figure_that_fires_is_shown_else_the_first() -> None:
    quiet = Figure("a", 0.0, -1.0, 1.0, 0.0, "below", 9)
    loud = Figure("b", 2.0, 1.6, 2.4, 1.5, "above", 60)
    found = verdict("forgetting", [quiet, loud], {"examples": []})
    assert (found.status, found.measure, found.figure, found.threshold) == ("fired", "b", 2.0, 1.5)
    assert [row["fires"] for row in found.details["figures"]] == [False, True]
    assert verdict("forgetting", [quiet]).measure == "a"
    assert verdict("forgetting", [quiet, loud], fires=False).status == "quiet"


def test_what_was_not_run_says_why_and_has_no_number() -> None:
    found = not_run("leak", "there are no test questions.")
    assert (found.status, found.figure, found.low, found.high, found.count) == ("not run", None, None, None, 0)
    assert found.reason == "there are no test questions."


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=60))
def test_intervals_hold_their_figure_and_are_never_nan(values: list[float]) -> None:
    for found in (mean(values, range(len(values))), difference([value - 0.5 for value in values], range(len(values)))):
        assert found.low <= found.value <= found.high
        assert math.isfinite(found.low) and math.isfinite(found.high)
        assert found.low < found.high


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=60))
def test_a_difference_without_bounds_is_finite(values: list[float]) -> None:
    found = difference(values, range(len(values)), bound=None)
    assert math.isfinite(found.low) and math.isfinite(found.high) and found.low <= found.value <= found.high


def test_no_difference_at_all_never_fires() -> None:
    assert not figure("points", difference([0.0] * 40, range(40)), 0.0, "below").fires
    assert isinstance(verdict("x", [figure("points", difference([0.0], [1]), 0.0, "below")]), Alarm)
