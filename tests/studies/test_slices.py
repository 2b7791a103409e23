"""What each slice of the test split can show, checked against power computed by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.stats.power import smallest_difference
from knowledge_base.loading import assemble
from knowledge_base.model import Question
from studies.slices import slices


@given(st.integers(40, 100_000), st.floats(0.1, 1.0))
def test_the_smallest_difference_needs_just_that_many_questions(questions: int, discordance: float) -> None:
    difference = smallest_difference(questions, discordance)
    if difference is None:  # z²(1 − ψ)/ψ questions are too few: solve δ = ψ in the formula
        assert questions < 7.8489 * (1 - discordance) / discordance + 1
    else:
        needed = 7.848879 * (discordance - difference**2) / difference**2  # (z_α/2 + z_β)² (ψ − δ²) / δ²: Connor 1987
        assert needed == pytest.approx(questions, rel=1e-5)


def test_a_slice_counts_questions_and_facts_and_gives_both_bounds() -> None:
    plain = Question("q", "How heavy?", "en", ("1",), "yes", kind="unseen", group="g", split="test")
    unseen = [replace(plain, id=f"u{n}", text=f"How high is number {n}?", fact=f"u{n}") for n in range(20)]
    tested = [replace(plain, id=f"p{n}", text=f"How wide is number {n}?", fact=f"p{n}", kind="paraphrase") for n in range(40)]
    trained = [replace(one, id=f"t{one.id}", text=f"Tell me the width of {one.id}.", split="train") for one in tested]
    found = {(row.by, row.name): row for row in slices(assemble("kb", (), (*unseen, *tested, *trained)))}
    whole = found["all", "test"]
    assert (whole.questions, whole.facts) == (60, 60)
    # by hand: (1.959964 + 0.841621) · √(0.2 / (60 + 7.848879)) = 0.15211
    assert whole.by_facts == whole.by_questions == pytest.approx(0.15211, abs=1e-5)
    assert found["kind", "unseen"].questions == 20 and found["kind", "unseen"].by_facts is None
    assert found["exposure", "paraphrase"].questions == 40


def test_unanswerable_questions_are_a_kind_of_their_own_as_in_the_report() -> None:
    plain = Question("q", "How heavy?", "en", ("1",), "yes", kind="figure", group="g", split="test")
    refused = replace(plain, id="r", text="How red?", answers=(), answerable="no", kind="figure", fact="r")
    found = {(row.by, row.name): row.questions for row in slices(assemble("kb", (), (plain, refused)))}
    assert (found["kind", "figure"], found["kind", "unanswerable"]) == (1, 1)


def test_wordings_of_a_fact_count_once_for_the_lower_bound_and_unknown_answers_never() -> None:
    plain = Question("q", "How heavy?", "en", ("1",), "yes", fact="f", group="g", split="test", tags=("head",))
    asked = [replace(plain, id=f"q{n}", text=f"How heavy is number {n}?", fact=f"f{n // 2}") for n in range(200)]
    unknown = replace(plain, id="u", answers=(), answerable="unknown")
    found = {(row.by, row.name): row for row in slices(assemble("kb", (), (*asked, unknown)))}
    whole = found["tag", "head"]
    assert (whole.questions, whole.facts) == (200, 100)
    assert whole.by_facts is not None and whole.by_questions is not None
    assert math.isclose(whole.by_facts, smallest_difference(100, 0.2) or 0) and whole.by_questions < whole.by_facts
    assert slices(assemble("kb", (), (unknown,))) == ()
