"""What `ragft adapters` prints of adapters: a table of all, and everything about one. Nothing is measured here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from finetune.adapters import CURVE, MANIFEST, is_outdated, read_manifest, size
from finetune.cards import figure
from finetune.merging import Merged, Parity
from finetune.model import AdapterManifest, Alarm, Evaluation, Step
from finetune.verdicts import sentences, verdict_of
from foundation.errors import DataError
from foundation.files import read_json, read_jsonl
from foundation.jsonable import from_json

_HEAD: Final = ("name", "base", "recipe", "method", "trained", "size", "end check", "alarms", "seed")
_WIDTH, _HEIGHT = 60, 8


def table(folders: Sequence[Path]) -> list[str]:
    """Return a heading and a line per adapter folder, aligned; one that cannot be read says why at the end of its line."""
    rows = [_HEAD, *(_row(folder) for folder in folders)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(folder: Path) -> tuple[str, ...]:
    megabytes = f"{size(folder) / 2**20:.0f} MB"
    try:
        manifest = read_manifest(folder)
    except DataError:
        return (*_remnants(folder)[:5], megabytes, "unreadable: train again", "", "")
    fired = [alarm.name for alarm in manifest.alarms if alarm.status == "fired"]
    ran = any(alarm.status != "not run" for alarm in manifest.alarms)
    return (
        folder.name,
        manifest.base,
        recipe(manifest.recipe),
        manifest.method,
        manifest.created[:16].replace("T", " "),
        megabytes,
        f"{'passed' if manifest.check.passed else 'FAILED'} {manifest.check.correct}/{manifest.check.asked}",
        ", ".join(fired) or ("none" if ran else "not run"),
        str(manifest.seed),
    )


def _remnants(folder: Path) -> tuple[str, ...]:
    """Return name, base, recipe, method and date as far as a manifest of an earlier version, or a damaged one, tells them."""
    try:
        found: Any = read_json(folder / MANIFEST, "adapter manifest")
    except DataError:
        found = {}
    told = found if isinstance(found, dict) and is_outdated(found) else {}
    return folder.name, str(told.get("base", "?")), str(told.get("recipe", "?")), "?", str(told.get("created", "?"))[:16].replace("T", " ")


def recipe(weights: dict[str, float]) -> str:
    """Return a recipe as it is written on the command line.

    >>> recipe({"qa": 1.0, "raft": 0.5})
    'qa=1,raft=0.5'
    """
    return ",".join(f"{name}={weight:g}" for name, weight in weights.items())


def about(folder: Path, manifest: AdapterManifest, used_by: Sequence[str]) -> list[str]:
    """Return everything about one adapter that a person wants to know, as lines."""
    check, coverage, settings = manifest.check, manifest.coverage, manifest.configuration
    lines = [
        f"{manifest.name}: {manifest.method} on {manifest.base}{' (random weights: a test)' if manifest.weights == 'random' else ''}",
        f"  folder      {folder} ({size(folder) / 2**20:.1f} MB, {manifest.trainable_parameters:,} trained parameters)",
        f"  trained     {manifest.created}, seed {manifest.seed}, {manifest.precision}",
        f"  took        {manifest.seconds:.0f} s, {manifest.training_seconds:.0f} s of them training; "
        f"peak memory {_gib(manifest.peak_memory)}",
        f"  recipe      {recipe(manifest.recipe)}",
        *(f"    {name:<12} {seen.examples} examples, {seen.passes:.1f} passes over {seen.size}" for name, seen in coverage.seen.items()),
        f"  questions   {len(manifest.question_ids)} trained, {len(manifest.validation_ids)} watched",
        f"  amount      {manifest.steps} steps, {manifest.tokens:,} tokens, {manifest.tokens_per_second:.0f} tokens/s{_ended(manifest)}",
        f"  loss        {manifest.loss_start:.2f} → {manifest.loss_end:.2f}{_validation(manifest)}",
        f"  end check   {'passed' if check.passed else 'FAILED'}: {check.correct} of {check.asked} training questions correct "
        f"({check.system}), {check.changed} answers changed",
        f"  used by     {', '.join(used_by) or 'no configured system'}",
        f"  settings    {', '.join(f'{key}={_plain(value)}' for key, value in settings.items() if value not in (None, [], ()))}",
        f"  fingerprint {manifest.training_fingerprint} (training), {manifest.adapter_fingerprint} (weights)",
        f"  versions    {', '.join(f'{name} {number}' for name, number in manifest.versions.items())}",
    ]
    lines += [f"  left out    {text}" for text in coverage.left_out] + [f"  note        {text}" for text in manifest.notes]
    steps = read_curve(folder) or manifest.curve
    if steps:
        lines += ["", "training loss by step", *chart([(step.step, step.loss) for step in steps])]
    watched = [(one.step, one.validation_loss) for one in manifest.evaluations if one.validation_loss is not None]
    if len(watched) > 1:
        lines += ["", "validation loss by step", *chart(watched)]
    lines += ["", *evaluation_lines(manifest.evaluations)] if manifest.evaluations else []
    lines += ["", "verdict", *(f"  {sentence}" for sentence in sentences(verdict_of(manifest)))]
    return [*lines, "", *alarm_table(manifest.alarms)]


def read_curve(folder: Path) -> tuple[Step, ...]:
    """Return the steps in the curve file of an adapter folder; nothing when there is none, or it is damaged."""
    try:
        return tuple(from_json(Step, row, str(number)) for number, row in read_jsonl(folder / CURVE, "curve", torn_tail=True))
    except DataError:
        return ()


def chart(points: Sequence[tuple[int, float]], width: int = _WIDTH, height: int = _HEIGHT) -> list[str]:
    """Return a curve as text: `height` rows of `width` columns, each the mean of the points that fall into it.

    Args:
        points: (step, value), steps rising; at least one.
        width: columns, at least 2; fewer are used for fewer points.
        height: rows, at least 2.

    >>> for line in chart([(1, 4.0), (2, 2.0), (3, 1.0), (4, 1.0)], width=4, height=3): print(line)
      4.00 |*
      2.50 | *
      1.00 |  **
           1..4
    """
    width = max(2, min(width, len(points)))
    columns: list[list[float]] = [[] for _ in range(width)]
    for at, (_, value) in enumerate(points):
        columns[at * width // len(points)].append(value)
    values = [sum(column) / len(column) if column else None for column in columns]
    known = [value for value in values if value is not None]
    top, bottom = max(known), min(known)
    span = top - bottom or 1.0
    at_row = [None if value is None else round((top - value) / span * (height - 1)) for value in values]
    lines = []
    for row in range(height):
        drawn = "".join("*" if at == row else " " for at in at_row).rstrip()
        lines.append(f"{top - span * row / (height - 1):5.2f} |{drawn}")
    return [*(f" {line}" for line in lines), f"       {points[0][0]}..{points[-1][0]}"]


def evaluation_lines(evaluations: Sequence[Evaluation]) -> list[str]:
    """Return the evaluations as aligned lines: step, losses, share of right answers."""
    lines = [f"{'step':>8}{'train':>10}{'validation':>12}{'right':>8}"]
    for one in evaluations:
        score = "" if one.score is None else f"{one.score:.0%}"
        lines.append(f"{one.step:>8}{_number(one.train_loss):>10}{_number(one.validation_loss):>12}{score:>8}")
    return lines


def alarm_table(alarms: Sequence[Alarm]) -> list[str]:
    """Return a line per alarm: state, figure with interval, threshold, or why it was not run."""
    if not alarms:
        return ["alarms: none were run"]
    lines = ["alarms"]
    for alarm in alarms:
        limit = "" if alarm.threshold is None else f", fires beyond {alarm.threshold:.3g}"
        left_out = ", ".join(alarm.details.get("left_out", ()))
        told = alarm.reason or f"{figure(alarm)} on {alarm.count}{limit}{f'; left out: {left_out}' if left_out else ''}"
        lines.append(f"  {'FIRED' if alarm.status == 'fired' else alarm.status:<8} {alarm.name:<16} {told}")
    return lines


def merged_lines(merged: Merged, out: Path) -> list[str]:
    """Return what a merge gave, as sentences."""
    lines = [
        f"{merged.adapter} merged into {merged.base}, saved in {merged.precision}: {out}",
        f"base + adapter against the merged folder: {_parity(merged.parity)} (tolerance {merged.tolerance:g})",
    ]
    if not merged.within:
        lines.append("BEYOND THE TOLERANCE: kept because --despite-gap was given; merged.json says so")
    if merged.quantised:
        lines.append(
            f"it was trained on a quantised base ({merged.method}) and merged into the whole one; "
            f"quantised against whole base, both with the adapter: {_parity(merged.quantised)}"
        )
    return lines


def _parity(parity: Parity) -> str:
    return (
        f"largest logit gap {parity.largest_gap:.3g}, same choice at {parity.agreement:.1%} of {parity.positions} positions "
        f"of {parity.prompts} training questions"
    )


def _ended(manifest: AdapterManifest) -> str:
    if manifest.coverage.stopped == "early":
        return f", ended early; the weights of step {manifest.best_step} were kept"
    return ", ended by its budget" if manifest.coverage.budgeted else ""


def _validation(manifest: AdapterManifest) -> str:
    return "" if manifest.validation_loss is None else f", validation {manifest.validation_loss:.2f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _gib(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count else "not known"


def _plain(value: Any) -> str:
    return recipe(value) if isinstance(value, dict) else str(value)
