"""The verdict on a training: did it end too early, too late, or about right, by its losses, its answers and its end check?

Written down with its sources and its limits in docs/watching.md. It reads figures and gives codes: sentences are in
`eval/wording`, curves are drawn in `eval.report.charts`. `finetune.verdicts` asks it when training ends, a report when it is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Final

from eval.trained import TrainingVerdict, VerdictCode, Watched

RISE: Final = 0.10  # of the validation loss over its lowest: Prechelt's generalisation loss, as a share
FALL: Final = 0.05  # of a loss from one look to the next: still falling
LEARNT: Final = 0.1  # nats per answer token: nine tokens in ten are as good as certain
TAUGHT, ENOUGH, MASTERED = 1 / 3, 0.5, 0.9  # shares of the training questions that come back right
SCORE: Final = 0.1  # change in the share of right answers that counts, and never less than two answers
_HALVED: Final = 0.5
_NOTHING: Final = 0.02  # nats per token: changes are told against this at least, for a loss below it is as good as none
_FEWEST: Final = 3  # validation losses that show a course

_ADVICE: Final[dict[str, tuple[VerdictCode, tuple[str, ...]]]] = {
    "no-curve": ("unclear", ()),
    "diverged": ("underfitting", ("lower-learning-rate",)),
    "contradiction": ("unclear", ("check-prompts",)),
    "rose-untaught": ("overfitting", ("more-wordings", "lower-learning-rate")),
    "untaught-falling": ("underfitting", ("train-longer",)),
    "untaught-flat": ("underfitting", ("raise-learning-rate", "raise-rank", "train-longer")),
    "answers-fell": ("overfitting", ("stop-by-answers", "fewer-passes", "more-wordings")),
    "answers-held": ("good", ("stop-by-answers",)),
    "kept-before-rise": ("good", ("fewer-passes",)),
    "validation-rose": ("overfitting", ("early-stop", "fewer-passes", "more-wordings")),
    "memorised": ("overfitting", ("more-wordings", "hold-out-wordings")),
    "still-falling": ("underfitting", ("train-longer",)),
    "train-still-falling": ("underfitting", ("train-longer", "hold-out-wordings")),
    "longer-may-help": ("good", ("train-longer",)),
    "ceiling": ("underfitting", ("raise-learning-rate", "raise-rank")),
    "not-watched": ("unclear", ("hold-out-wordings",)),
    "other-facts": ("unclear", ("hold-out-wordings",)),
    "few-evaluations": ("unclear", ("more-evaluations",)),
    "settled": ("good", ()),
}
REASONS: Final = tuple(_ADVICE)
ADVICE: Final = tuple(dict.fromkeys((*(code for _, advice in _ADVICE.values() for code in advice), "ask-answers")))


def judge(
    losses: Sequence[float],
    watched: Sequence[Watched] = (),
    *,
    check: float | None = None,
    kept: int | None = None,
    same_facts: bool | None = None,
) -> TrainingVerdict:
    """Return the verdict on a training: a code, the rule that gave it, its figures, and what to change.

    Args:
        losses: of the optimiser steps, in order, all of them or evenly spread.
        watched: the evaluations, in order; step 0 is the model before training.
        check: share of training questions that came back right at the end, 0 to 1.
        kept: the step whose weights were kept, when not the last.
        same_facts: the validation questions ask for facts that were trained, in other words (None: not known). When False
            their loss is not held against the training: what was never shown cannot get better.

    Source: Prechelt 1998, "Early Stopping - But When?" (rise of the validation loss over its lowest); Goodfellow, Bengio and
    Courville 2016, Deep Learning, 5.2 and 7.8; Guo et al. 2017, arXiv 1706.04599 (the loss can rise while answers get better).

    >>> course = [Watched(0, 3.0, 3.0), Watched(50, 0.5, 1.0), Watched(100, 0.1, 1.4)]
    >>> verdict = judge([3.0, 2.0, 1.0, 0.5, 0.2], course, check=0.8)
    >>> verdict.code, verdict.reason, round(verdict.figures["validation_rise"], 2)
    ('overfitting', 'validation-rose', 0.4)
    """
    figures = _figures(losses, watched, check)
    reason = _reason(figures, watched, kept, same_facts) if losses or watched else "no-curve"
    code, advice = _ADVICE[reason]
    if code == "good" and "score_end" not in figures:
        advice = (*advice, "ask-answers")
    if reason == "train-still-falling" and "validation_end" in figures and same_facts is not False:  # watched, if too seldom to tell
        advice = ("train-longer",)
    return TrainingVerdict(code, reason, figures, advice)


def _figures(losses: Sequence[float], watched: Sequence[Watched], check: float | None) -> dict[str, float]:
    """Return what was measured, by name; trends are shares of the earlier value, above 0 when it fell."""
    found: dict[str, float] = {}
    if losses:
        fifth = max(1, len(losses) // 5)
        found |= {"loss_start": fmean(losses[:fifth]), "loss_end": fmean(losses[-fifth:])}
        before = losses[-2 * fifth : -fifth]
        if before:
            found["loss_fall"] = -_change(fmean(before), found["loss_end"])
    trained = [one.train_loss for one in watched if one.train_loss is not None]
    if trained:
        found |= {"train_start": trained[0], "train_end": trained[-1]}
    held = [(one.validation_loss, one) for one in watched if one.validation_loss is not None]
    if held:
        lowest, best = min(held, key=lambda pair: pair[0])
        last = held[-1][0]
        found |= {"validation_start": held[0][0], "validation_best": lowest, "validation_best_step": best.step, "validation_end": last}
        found["validation_rise"] = _change(lowest, last)
        if len(held) >= _FEWEST:  # between two, one of them from before the first step, lies all that training did
            found["validation_fall"] = -_change(held[-2][0], last)
        if "train_end" in found:
            found["gap"] = last - found["train_end"]
    scored = [(one.score, one) for one in watched if one.score is not None]
    if scored:
        found |= {"score_start": scored[0][0], "score_best": max(score for score, _ in scored), "score_end": scored[-1][0]}
        found["asked"] = scored[-1][1].asked
    found |= {} if check is None else {"check": check}
    return {name: float(value) for name, value in found.items()}


def _change(before: float, after: float) -> float:
    """Return by what share of itself a loss changed."""
    return (after - before) / max(before, _NOTHING)


def _reason(figures: dict[str, float], watched: Sequence[Watched], kept: int | None, same_facts: bool | None) -> str:
    """Return the first rule that applies; docs/watching.md lists them in this order."""
    held = [one for one in watched if one.validation_loss is not None] if same_facts is not False else []
    check = figures.get("check")
    end = figures.get("train_end", figures.get("loss_end", 0.0))
    rose = len(held) > 1 and figures.get("validation_rise", 0.0) >= RISE and _train_fell(held)
    if check is None or check < TAUGHT:
        untaught = _untaught(figures, check, end, rose=rose)
        if untaught:
            return untaught
    if not rose and _score_fell(figures) and kept is None:
        return "answers-fell"
    if rose:
        if _score_gained(figures) and not _score_fell(figures):
            return "answers-held"
        return "kept-before-rise" if kept is not None and kept <= figures["validation_best_step"] else "validation-rose"
    if _memorised(figures, held):
        return "memorised"
    return _unfinished(figures, held) or _settled(figures, watched, held, check, same_facts)


def _untaught(figures: dict[str, float], check: float | None, end: float, *, rose: bool) -> str:
    """Return why training did not teach, as far as that shows; empty when it may have taught."""
    learnt = end < LEARNT
    if not learnt and "loss_end" in figures and figures["loss_end"] >= figures["loss_start"] and "loss_fall" in figures:
        return "diverged"
    if check is None:
        return ""
    if learnt:
        return "contradiction"
    if rose:
        return "rose-untaught"
    return "untaught-falling" if figures.get("loss_fall", 0.0) > FALL else "untaught-flat"


def _train_fell(held: Sequence[Watched]) -> bool:
    """Tell whether the training loss fell since the validation loss was lowest; where it was not taken, it is taken to have."""
    best = min(held, key=lambda one: one.validation_loss or 0.0).train_loss
    last = held[-1].train_loss
    return best is None or last is None or last < best


def _least(figures: dict[str, float]) -> float:
    return max(SCORE, 2 / max(figures.get("asked", 0.0), 1.0))


def _score_fell(figures: dict[str, float]) -> bool:
    return "score_end" in figures and figures["score_best"] - figures["score_end"] > _least(figures)


def _score_gained(figures: dict[str, float]) -> bool:
    return "score_end" in figures and figures["score_end"] - figures["score_start"] > _least(figures)


def _memorised(figures: dict[str, float], held: Sequence[Watched]) -> bool:
    """Tell whether the training loss was halved at least while the validation loss never became lower by what counts."""
    start, end = (figures.get(f"train_{edge}", figures.get(f"loss_{edge}")) for edge in ("start", "end"))
    if len(held) < _FEWEST or start is None or end is None or _score_gained(figures):
        return False
    return end <= _HALVED * start and figures["validation_best"] > (1 - FALL) * figures["validation_start"]


def _unfinished(figures: dict[str, float], held: Sequence[Watched]) -> str:
    """Return that a loss was still falling when training ended; empty when none was."""
    watched = len(held) >= _FEWEST
    if figures.get("validation_fall" if watched else "loss_fall", 0.0) <= FALL:
        return ""
    if figures.get("check", 0.0) >= MASTERED:
        return "longer-may-help" if watched else ""
    return "still-falling" if watched else "train-still-falling"


def _settled(
    figures: dict[str, float], watched: Sequence[Watched], held: Sequence[Watched], check: float | None, same_facts: bool | None
) -> str:
    """Return what a training whose losses have settled is worth."""
    if check is not None and check < ENOUGH:
        return "ceiling"
    if same_facts is False:
        return "other-facts"
    if not held:
        return "not-watched"
    return "few-evaluations" if len(held) < _FEWEST else "settled"
