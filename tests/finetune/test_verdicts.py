"""The verdict on a training, case by case; and what the command line says of a finished one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.learning import ADVICE, REASONS
from eval.wording import LANGUAGES, words
from finetune.model import AdapterManifest, Alarm, Coverage, EndCheck, Evaluation, Seen, Step
from finetune.reporting import summary
from finetune.verdicts import Verdict, sentences, verdict

FALLING = tuple(3.0 * 0.95**place for place in range(50))  # 5 % a step: a fifth, ten steps, takes 40 %
SETTLED = (*FALLING, *[0.2] * 50)  # both last fifths are flat
FLAT = (3.0, 2.9, *[2.5] * 20)


@dataclass(frozen=True)
class Case:
    losses: tuple[float, ...]
    validation: tuple[float, ...]  # evenly spread, the first before training
    expected: tuple[str, str]
    train: tuple[float, ...] = ()  # on the same questions each time
    scores: tuple[float, ...] = ()
    check: float | None = 0.8  # share of 20 training questions
    best_step: int | None = None
    same_facts: bool | None = None


CASES = {
    "validation settles near its lowest": Case(SETTLED, (3.0, 1.0, 0.52, 0.5), ("good", "settled")),
    "validation 4 % above its lowest is noise": Case(SETTLED, (3.0, 0.5, 0.51, 0.52), ("good", "settled")),
    "a loss of next to nothing has no trend": Case((3.0, *[0.001] * 9), (3.0, 0.001, 0.0005, 0.001), ("good", "settled")),
    "validation rose by 40 %": Case(SETTLED, (3.0, 1.0, 1.4), ("overfitting", "validation-rose"), train=(3.0, 0.5, 0.2)),
    "both losses rose: not overfitting": Case(SETTLED, (3.0, 1.0, 1.4), ("good", "settled"), train=(3.0, 0.5, 0.9)),
    "the weights before the rise were kept": Case(SETTLED, (3.0, 1.0, 1.4), ("good", "kept-before-rise"), best_step=50),
    "weights after the lowest were kept": Case(SETTLED, (3.0, 1.0, 1.4), ("overfitting", "validation-rose"), best_step=100),
    "the loss rose, the answers got better": Case(
        SETTLED, (3.0, 1.0, 1.4), ("good", "answers-held"), train=(3.0, 0.5, 0.2), scores=(0.0, 0.5, 0.6)
    ),
    "the loss rose, and the answers fell too": Case(
        SETTLED, (3.0, 1.0, 1.4), ("overfitting", "validation-rose"), train=(3.0, 0.5, 0.2), scores=(0.0, 0.6, 0.4)
    ),
    "the loss rose, and there never were right answers": Case(
        SETTLED, (3.0, 1.0, 1.4), ("overfitting", "validation-rose"), train=(3.0, 0.5, 0.2), scores=(0.05, 0.05, 0.05)
    ),
    "the answers fell, the loss did not tell": Case(SETTLED, (3.0, 1.0, 1.0), ("overfitting", "answers-fell"), scores=(0.0, 0.6, 0.4)),
    "one answer fewer is no fall": Case(SETTLED, (3.0, 1.0, 1.0), ("good", "settled"), scores=(0.0, 0.6, 0.55)),
    "wordings were learnt by heart": Case(SETTLED, (3.0, 2.95, 3.1), ("overfitting", "memorised"), train=(3.0, 1.0, 0.1)),
    "untrained facts cannot get better": Case(
        SETTLED, (3.0, 2.95, 3.9), ("unclear", "other-facts"), train=(3.0, 1.0, 0.1), same_facts=False
    ),
    "validation was still falling": Case(FALLING, (3.0, 1.0, 0.7), ("underfitting", "still-falling")),
    "still falling, but all is known": Case(FALLING, (3.0, 1.0, 0.7), ("good", "longer-may-help"), check=0.95),
    "unwatched, still falling": Case(FALLING, (), ("underfitting", "train-still-falling")),
    "unwatched, settled": Case(SETTLED, (), ("unclear", "not-watched")),
    "looked at twice": Case(SETTLED, (3.0, 2.99), ("unclear", "few-evaluations"), train=(3.0, 2.9)),
    "too few come back, loss flat": Case(FLAT, (3.0, 2.6, 2.5), ("underfitting", "untaught-flat"), check=0.1),
    "too few come back, loss falling": Case(FALLING, (3.0, 1.0, 0.7), ("underfitting", "untaught-falling"), check=0.1),
    "a third is enough, less than half is a ceiling": Case(SETTLED, (3.0, 1.0, 0.98), ("underfitting", "ceiling"), check=0.4),
    "rose before it was learnt": Case(SETTLED, (3.0, 1.0, 1.4), ("overfitting", "rose-untaught"), train=(3.0, 1.0, 0.5), check=0.1),
    "low loss, wrong answers": Case(SETTLED, (3.0, 0.5, 0.5), ("unclear", "contradiction"), train=(3.0, 0.2, 0.05), check=0.0),
    "the loss went up": Case((2.0, 3.0, 4.0, 5.0, 6.0), (2.0, 4.0, 6.0), ("underfitting", "diverged"), check=0.0),
    "the loss went up, nothing was asked back": Case((2.0, 3.0, 4.0, 5.0, 6.0), (), ("underfitting", "diverged"), check=None),
    "nothing to go by": Case((), (), ("unclear", "no-curve")),
}


def judged(case: Case) -> Verdict:
    count = max(len(case.validation), len(case.train), len(case.scores))

    def at(values: tuple[float, ...], place: int) -> float | None:
        return values[place] if place < len(values) else None

    evaluations = [
        Evaluation(100 * place // max(count - 1, 1), 0.0, at(case.train, place), at(case.validation, place), at(case.scores, place), 20)
        for place in range(count)
    ]
    steps = [Step(place, loss, 1e-3, 0.0, {"qa": 4}, 100) for place, loss in enumerate(case.losses, start=1)]
    check = None if case.check is None else EndCheck(case.check >= 1 / 3, "finetuned", 20, round(20 * case.check), 20)
    return verdict(steps, evaluations, check=check, best_step=case.best_step, same_facts=case.same_facts)


@pytest.mark.parametrize("name", CASES)
def test_each_course_gets_its_verdict(name: str) -> None:
    found = judged(CASES[name])
    assert (found.code, found.reason) == CASES[name].expected


def test_to_hold_out_wordings_is_no_advice_where_they_were() -> None:
    seldom = Case(FALLING, (3.0, 0.8), ("underfitting", "train-still-falling"))
    assert (judged(seldom).reason, judged(seldom).advice) == ("train-still-falling", ("train-longer",))
    assert "hold-out-wordings" in judged(replace(seldom, same_facts=False)).advice
    assert "hold-out-wordings" in judged(replace(seldom, validation=())).advice


def test_every_reason_has_a_case() -> None:
    assert {case.expected[1] for case in CASES.values()} == set(REASONS)


def test_the_figures_are_those_of_the_course() -> None:
    """By hand: means of the first and last fifth of five losses are single losses; 1.4 is 40 % above 1.0; the gap is 1.4 − 0.2."""
    found = judged(Case((3.0, 2.0, 1.0, 0.5, 0.2), (3.0, 1.0, 1.4), ("", ""), train=(3.0, 0.5, 0.2), scores=(0.0, 0.6, 0.4))).figures
    assert (found["loss_start"], found["loss_end"]) == (3.0, 0.2)
    assert found["loss_fall"] == pytest.approx(0.6)  # 0.5 → 0.2
    assert (found["validation_best"], found["validation_best_step"], found["validation_rise"]) == pytest.approx((1.0, 50, 0.4))
    assert found["gap"] == pytest.approx(1.2)
    assert (found["score_start"], found["score_best"], found["score_end"], found["asked"], found["check"]) == (0.0, 0.6, 0.4, 20, 0.8)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_every_advice_can_be_said(language: str) -> None:
    say = words(language)
    assert all(f"training-why-{reason}" in say for reason in REASONS)
    assert all(f"training-advice-{code}" in say for code in ADVICE)
    for case in CASES.values():
        for line in sentences(judged(case), language):
            assert line.endswith((".", ")"))
            assert "training-" not in line
            assert "None" not in line


LOSS = st.floats(0, 20, allow_nan=False)
SHARE = st.floats(0, 1)


@given(
    st.lists(LOSS, max_size=30),
    st.lists(st.tuples(st.none() | LOSS, st.none() | LOSS, st.none() | SHARE), max_size=8),
    st.none() | SHARE,
    st.none() | st.integers(0, 100),
    st.none() | st.booleans(),
)
def test_any_course_gets_a_verdict_with_finite_figures_that_can_be_said(
    losses: list[float],
    seen: list[tuple[float | None, float | None, float | None]],
    check: float | None,
    best: int | None,
    same: bool | None,
) -> None:
    train, validation, scores = ([row[place] for row in seen] for place in range(3))
    evaluations = [Evaluation(10 * at, 0.0, train[at], validation[at], scores[at], 10) for at in range(len(seen))]
    steps = [Step(at, loss, 1e-3, 0.0, {}, 10) for at, loss in enumerate(losses, start=1)]
    asked = None if check is None else EndCheck(check > 0.3, "finetuned", 1000, round(1000 * check), 0)
    found = verdict(steps, evaluations, check=asked, best_step=best, same_facts=same)
    assert found.reason in REASONS
    assert all(math.isfinite(value) for value in found.figures.values())
    assert sentences(found)


def manifest(**changes: object) -> AdapterManifest:
    steps = tuple(Step(at, loss, 1e-3, 0.0, {"qa": 4}, 100) for at, loss in enumerate(SETTLED, start=1))
    evaluations = tuple(Evaluation(50 * at, 0.0, None, loss) for at, loss in enumerate((3.0, 1.0, 1.4)))
    given: dict[str, object] = {
        "name": "main",
        "created": "2026-11-21T08:00:00+00:00",
        "base": "tiny",
        "base_fingerprint": "b",
        "weights": "random",
        "adapter_fingerprint": "a",
        "recipe": {"qa": 1.0},
        "method": "lora",
        "training_fingerprint": "t",
        "configuration": {},
        "fingerprints": {},
        "question_ids": ("q",),
        "question_fingerprints": {"q": "f"},
        "seed": 0,
        "seconds": 60.0,
        "training_seconds": 50.0,
        "tokens": 6000,
        "tokens_per_second": 120.0,
        "steps": 100,
        "loss_start": 3.0,
        "loss_end": 0.2,
        "coverage": Coverage(True, 60.0, {"qa": Seen(400, 10.0, 40)}, ("2 qa examples are too long",)),
        "check": EndCheck(True, "finetuned", 12, 11, 12),
        "peak_memory": 3_400_000_000,
        "curve": steps,
        "evaluations": evaluations,
        "alarms": (Alarm("forgetting", "fired", "perplexity-ratio", 1.9, 1.7, 2.1, 1.5, 24), Alarm("leak", "quiet", "x", 0, 0, 0, 0, 9)),
    }
    return AdapterManifest(**{**given, **changes})  # type: ignore[arg-type]


def test_the_command_line_says_bill_verdict_and_alarms() -> None:
    said = "\n".join(summary(manifest()))
    for part in (
        "100 steps, 60 s in all, 6000 tokens, 120 tokens/s, 3.4 GB at most, loss 3.00 → 0.20",
        "examples seen: 400 qa (10.0 passes)",
        "11 of 12 training questions correct",
        "verdict: overfitting: the validation loss rose again",
        "lowest 1.00 at step 50",
        "finetune.early_stop=loss",
        "alarm forgetting fired",
        "left out for the budget: 2 qa examples are too long",
    ):
        assert part in said
    assert "leak" not in said


def test_without_a_curve_nothing_is_said_of_a_verdict() -> None:
    said = "\n".join(summary(manifest(curve=(), evaluations=(), alarms=(), best_step=40)))
    assert "verdict" not in said
    assert "kept: the weights of step 40" in said
