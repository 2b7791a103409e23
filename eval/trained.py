"""The nouns of what a report says about training: an adapter's bill, its curves, a verdict on them, its alarms.

They stand in a Comparison beside the scores. Read from adapter manifests by `eval.training`; the verdict's rule is in `eval.learning`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

VerdictCode = Literal["underfitting", "overfitting", "good", "unclear"]
_SHARES: Final = frozenset({"other-prompts", "changed-prompts", "engine-agreement"})
_POINTS: Final = frozenset({"instructions-followed"})


@dataclass(frozen=True)
class CurvePoint:
    """The loss of one optimiser step, as it was and smoothed over the steps before it."""

    step: int
    loss: float
    smoothed: float


@dataclass(frozen=True)
class Watched:
    """What was measured between two steps, on the same questions each time. Step 0 is the model before training."""

    step: int
    train_loss: float | None = None  # mean per answer token, in evaluation mode
    validation_loss: float | None = None
    score: float | None = None  # share of generated validation answers that are correct, 0 to 1
    asked: int = 0  # answers behind the score


@dataclass(frozen=True)
class TrainingVerdict:
    """Did training end too early, too late, or about right? The rule is in docs/watching.md."""

    code: VerdictCode
    reason: str  # code of the rule that decided
    figures: dict[str, float] = field(default_factory=dict)  # what it stands on; only what was measured
    advice: tuple[str, ...] = ()  # codes, the most useful first


@dataclass(frozen=True)
class AlarmFigure:
    """One figure of an alarm, with its interval and what is tolerated."""

    measure: str  # code of what it is: "perplexity-ratio", "correct-points"…
    figure: float | None
    low: float | None
    high: float | None
    threshold: float | None
    count: int  # observations behind it
    harm: Literal["above", "below", ""] = ""  # the side of the threshold that is bad; empty when not told

    @property
    def unit(self) -> Literal["share", "points", "ratio", "number"]:
        """Return what kind of number it is, by its code.

        >>> AlarmFigure("correct-points", -0.2, -0.3, -0.1, 0.0, 40).unit, AlarmFigure("merged-logit-gap", 0.1, 0, 0.2, 0.01, 12).unit
        ('points', 'number')
        """
        if self.measure in _SHARES or self.measure.endswith("share"):
            return "share"
        if self.measure in _POINTS or self.measure.endswith("points"):
            return "points"
        return "ratio" if self.measure.endswith("ratio") else "number"


@dataclass(frozen=True)
class TrainingAlarm:
    """One check of an adapter for harm that its score does not show, as its manifest has it."""

    name: str
    status: Literal["fired", "quiet", "not run"]
    shown: AlarmFigure | None  # the figure that decided; None when it was not run
    figures: tuple[AlarmFigure, ...] = ()  # all of them
    details: dict[str, Any] = field(default_factory=dict)
    reason: str = ""  # why it was not run, in English

    @property
    def left_out(self) -> tuple[str, ...]:
        """Return the figures of this alarm that could not be had."""
        found = self.details.get("left_out")
        return tuple(map(str, found)) if isinstance(found, dict) else ()


@dataclass(frozen=True)
class TrainedAdapter:
    """One adapter of a run, or one training seed of it. What its manifest does not say is None, 0 or empty."""

    name: str
    seed: int | None
    recipe: dict[str, float]  # recipe → share of the training tokens
    method: str
    rank: int | None
    examples: dict[str, int]  # recipe → examples drawn
    passes: dict[str, float]  # recipe → passes over all that it can make
    steps: int
    tokens: int
    tokens_per_second: float | None
    seconds: float | None  # of training
    total_seconds: float | None  # of the whole command
    peak_memory: int  # bytes
    trainable_parameters: int
    loss_start: float | None
    loss_end: float | None
    validation_loss: float | None  # of the weights that were kept
    validation_questions: int
    best_step: int | None  # whose weights were kept, when not the last
    ended: Literal["plan", "budget", "early"]
    checked: int  # training questions asked back at the end
    check_correct: int
    check_system: str
    check_passed: bool | None
    left_out: tuple[str, ...]  # plain English sentences of the trainer
    curve: tuple[CurvePoint, ...]
    evaluations: tuple[Watched, ...]
    verdict: TrainingVerdict | None  # None when the manifest has no curve
    alarms: tuple[TrainingAlarm, ...]
