"""What the CSV says of training: each adapter's bill, its curves, its verdict and its alarms, one figure a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from eval.comparison import Comparison
from eval.trained import TrainedAdapter

_BILL: Final = (
    "steps", "tokens", "tokens_per_second", "seconds", "total_seconds", "peak_memory", "trainable_parameters", "loss_start", "loss_end",
    "validation_loss", "validation_questions", "best_step", "checked", "check_correct",
)  # fmt: skip


def training_rows(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """Yield the rows of all adapters; the column "versus" has the training seed, "slice" the step or the recipe."""
    for one in comparison.training:
        about = {"system": one.name, "versus": "" if one.seed is None else f"seed: {one.seed}"}
        for section, row in _rows(one):
            yield {"section": section, **about, **row}


def _rows(one: TrainedAdapter) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "training", {"measure": "method", "note": one.method}
    yield "training", {"measure": "ended", "note": one.ended}
    for recipe, share in one.recipe.items():
        where = f"recipe: {recipe}"
        yield "training", {"slice": where, "measure": "share", "value": share}
        yield "training", {"slice": where, "measure": "passes", "value": one.passes.get(recipe)}
    for name in _BILL:
        yield "training", {"measure": name, "value": getattr(one, name)}
    for text in one.left_out:
        yield "training", {"measure": "left_out", "note": text}
    if one.verdict is not None:
        yield "training_verdict", {"measure": "verdict", "verdict": one.verdict.code, "note": one.verdict.reason}
        for name, value in one.verdict.figures.items():
            yield "training_verdict", {"measure": name, "value": value}
        for code in one.verdict.advice:
            yield "training_verdict", {"measure": "advice", "note": code}
    for alarm in one.alarms:
        yield "training_alarm", {"slice": alarm.name, "measure": "status", "verdict": alarm.status, "note": alarm.reason}
        for figure in alarm.figures:
            found = {"value": figure.figure, "low": figure.low, "high": figure.high, "questions": figure.count}
            yield "training_alarm", {"slice": alarm.name, "measure": figure.measure, **found}
            limit = {"measure": f"{figure.measure}.threshold", "value": figure.threshold, "note": figure.harm}
            yield "training_alarm", {"slice": alarm.name, **limit}
    for point in one.curve:
        yield "training_curve", {"slice": f"step: {point.step}", "measure": "loss", "value": point.loss}
    for seen in one.evaluations:
        where = f"step: {seen.step}"
        for name in ("train_loss", "validation_loss", "score"):
            yield "training_curve", {"slice": where, "measure": name, "value": getattr(seen, name)}
