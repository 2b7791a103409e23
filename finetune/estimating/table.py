"""An estimate as lines of plain text, for a terminal and for a report."""

from __future__ import annotations

from collections.abc import Sequence

from finetune.estimating.devices import GB, Device
from finetune.estimating.estimate import Estimate

_PARTS = (
    ("weights", "weights of the base"),
    ("adapter", "adapter"),
    ("gradients", "gradients"),
    ("optimizer", "optimiser"),
    ("activations", "activations"),
    ("logits", "logits of the answers"),
    ("overhead", "libraries and allocator"),
)


def part_lines(estimates: Sequence[Estimate]) -> tuple[str, ...]:
    """Return the table of the parts, one column for each estimate, in GB of 10⁹ bytes."""
    heads = ["GB", *(_short(each.device) for each in estimates)]
    rows = [[label, *(_gigabytes(getattr(each.parts, name)) for each in estimates)] for name, label in _PARTS]
    rows.append(["peak", *(_gigabytes(each.parts.peak) for each in estimates)])
    rows.append(["there is", *(_gigabytes(each.device.memory) for each in estimates)])
    rows.append(["fits", *("yes" if each.fits else "NO" for each in estimates)])
    return _aligned([heads, *rows])


def time_lines(estimates: Sequence[Estimate], tokens: float | None) -> tuple[str, ...]:
    """Return seconds per 1,000 tokens, and the time of `tokens` in all with its range."""
    rows = [["time", *(_short(each.device) for each in estimates)]]
    rows.append(["1,000 tokens", *(f"{each.seconds(1000):.2g} s" for each in estimates)])
    if tokens is not None:
        rows.append([f"{tokens:,.0f} tokens", *(duration(each.seconds(tokens)) for each in estimates)])
        rows.append(
            [
                "between",
                *(f"{duration(each.seconds(tokens) / each.spread)} – {duration(each.seconds(tokens) * each.spread)}" for each in estimates),
            ]
        )
    return _aligned(rows)


def fix_lines(estimate: Estimate) -> tuple[str, ...]:
    """Return, for an estimate that does not fit, the settings that do, as --set options; nothing for one that fits."""
    if estimate.fits:
        return ()
    if not estimate.fixes:
        return (f"{_short(estimate.device)}: nothing near to this fits. Take a smaller model, or a device with more memory.",)
    lines = [f"{_short(estimate.device)}: what fits"]
    for fix in estimate.fixes:
        options = " ".join(f"--set {override}" for override in fix.overrides)
        lines.append(f"  {fix.what}: {_gigabytes(fix.peak)} GB, {1000 / fix.tokens_per_second:.2g} s for 1,000 tokens\n    {options}")
    return tuple(lines)


def duration(seconds: float) -> str:
    """Return a time in the unit that suits it.

    >>> duration(42), duration(300), duration(9000)
    ('42 s', '5 min', '2.5 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _gigabytes(size: float) -> str:
    return f"{size / GB:.2f}"


def _short(device: Device) -> str:
    return "here" if device.name.startswith("this machine") else device.name


def _aligned(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return tuple(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
