"""What the engine benchmark measured, and the tables made of it. Nothing is run here."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.contestants import BASELINES, REFERENCE
from benchmarks.machine import Peaks


@dataclass
class Batch:
    """All prompts of one round at once."""

    round: int
    seconds: float
    texts: list[str]
    tokens: list[int]  # made per answer, the end of turn included


@dataclass
class Single:
    """One prompt twice: never seen before, then again."""

    round: int
    id: str
    prompt_tokens: int
    tokens: int
    text: str
    cold_first: float  # seconds to the first piece
    cold: float  # seconds in all
    again: float  # seconds to the first piece when asked again


@dataclass
class Row:
    """One contestant's results, by kind of prompt."""

    name: str
    batches: dict[str, list[Batch]] = field(default_factory=dict)
    singles: dict[str, list[Single]] = field(default_factory=dict)
    weight_bytes: int | None = None
    memory: int | None = None
    load_seconds: float | None = None
    notes: str = ""
    failure: str | None = None  # why there is nothing, or nothing more


@dataclass
class Results:
    """A whole run, or what there is of one."""

    rows: list[Row]
    kinds: list[str]
    arithmetic: dict[str, int]  # of benchmarks.weights.count_parameters
    peaks: Peaks | None = None
    header: dict[str, Any] = field(default_factory=dict)


def markdown(results: Results) -> str:
    """Return all tables."""
    parts = [f"- {key}: {value}" for key, value in results.header.items()]
    for kind in results.kinds:
        parts += ["", f"### {kind} prompts, all at once", "", *_batch_table(results, kind)]
        parts += ["", f"### {kind} prompts, one user", "", *_single_table(results, kind)]
    parts += ["", "### Against the machine", "", *_peak_table(results)]
    parts += ["", "### Contestants", "", *_contestant_table(results)]
    return "\n".join(parts)


def _batch_table(results: Results, kind: str) -> Iterator[str]:
    yield f"| contestant | questions/s | × {BASELINES[0]} | × {BASELINES[1]} | tokens/s | tokens per answer | same answers as {REFERENCE} |"
    yield "|---|---|---|---|---|---|---|"
    rows = {row.name: row for row in results.rows}
    for row in results.rows:
        found = row.batches.get(kind, [])
        if not found:
            continue
        speed = _spread([len(one.texts) / one.seconds for one in found])
        ratios = [_ratio(found, rows[name].batches.get(kind, []) if name in rows else []) for name in BASELINES]
        rate = statistics.median(sum(one.tokens) / one.seconds for one in found)
        length = statistics.mean(count for one in found for count in one.tokens)
        same = _same(found, rows[REFERENCE].batches.get(kind, []) if REFERENCE in rows else [])
        yield f"| {row.name} | {speed} | {ratios[0]} | {ratios[1]} | {rate:.0f} | {length:.1f} | {same} |"


def _single_table(results: Results, kind: str) -> Iterator[str]:
    yield (f"| contestant | first token, s | ÷ {BASELINES[0]} | first token again, s | whole answer, s | × {BASELINES[0]} | tokens/s |")
    yield "|---|---|---|---|---|---|---|"
    baseline = next((row.singles.get(kind, []) for row in results.rows if row.name == BASELINES[0]), [])
    for row in results.rows:
        found = row.singles.get(kind, [])
        if not found:
            continue
        cells = [
            _spread([one.cold_first for one in found]),
            _paired(found, baseline, lambda one, base: one.cold_first / base.cold_first),
            _spread([one.again for one in found]),
            _spread([one.cold for one in found]),
            _paired(found, baseline, lambda one, base: base.cold / one.cold),
            _number(decode_rate(found)),
        ]
        yield f"| {row.name} | {' | '.join(cells)} |"


def _peak_table(results: Results) -> Iterator[str]:
    peaks, kind = results.peaks, results.kinds[-1]
    if peaks is None:
        return
    yield (
        f"GEMM {peaks.float32:.0f} GFLOP/s in float32 and {peaks.bfloat16:.0f} in bfloat16, memory {peaks.memory:.1f} GB/s. "
        f"Reading a prompt is counted up to the first token of one user's {kind} prompt, with the arithmetic that it needs "
        "(logits of the last token only); making tokens with the bytes of the weights per token."
    )
    yield ""
    yield "| contestant | reading, GFLOP/s | of float32 | of bfloat16 | weights, MB | making, GB/s | of memory |"
    yield "|---|---|---|---|---|---|---|"
    for row in results.rows:
        found = row.singles.get(kind, [])
        if not found:
            continue
        flops = statistics.median(prefill_flops(one.prompt_tokens, results.arithmetic) / one.cold_first for one in found) / 1e9
        rate = decode_rate(found)
        cells = [f"{flops:.0f}", f"{flops / peaks.float32:.0%}", f"{flops / peaks.bfloat16:.0%}"]
        if row.weight_bytes and rate:
            moved = row.weight_bytes * rate / 1e9
            cells += [f"{row.weight_bytes / 1e6:.0f}", f"{moved:.1f}", f"{moved / peaks.memory:.0%}"]
        else:
            cells += ["–"] * 3
        yield f"| {row.name} | {' | '.join(cells)} |"


def _contestant_table(results: Results) -> Iterator[str]:
    yield "| contestant | loading, s | memory, MB | notes |"
    yield "|---|---|---|---|"
    for row in results.rows:
        notes = f"**{row.failure}**" if row.failure else row.notes
        memory = None if row.memory is None else row.memory / 1e6
        yield f"| {row.name} | {_number(row.load_seconds)} | {_number(memory)} | {notes.replace('|', '/')} |"


def prefill_flops(tokens: int, arithmetic: dict[str, int]) -> float:
    """Return the operations that reading `tokens` tokens needs: matrices, causal attention, logits of the last token.

    >>> prefill_flops(2, {"parameters": 110, "embedding": 10, "hidden": 4, "layers": 1})
    452.0
    """
    body = arithmetic["parameters"] - arithmetic["embedding"]
    attention = 2 * arithmetic["layers"] * arithmetic["hidden"] * tokens**2
    return float(2 * body * tokens + 2 * arithmetic["embedding"] + attention)


def decode_rate(found: Sequence[Single]) -> float | None:
    """Return the median tokens/s after the first token; None when every answer was one token."""
    rates = [(one.tokens - 1) / (one.cold - one.cold_first) for one in found if one.tokens > 1 and one.cold > one.cold_first]
    return statistics.median(rates) if rates else None


def _ratio(found: Sequence[Batch], baseline: Sequence[Batch]) -> str:
    theirs = {one.round: one for one in baseline}
    ratios = [theirs[one.round].seconds / one.seconds for one in found if one.round in theirs]
    return f"{statistics.median(ratios):.2f}" if ratios else "–"


def _paired(found: Sequence[Single], baseline: Sequence[Single], ratio: Callable[[Single, Single], float]) -> str:
    theirs = {one.id: one for one in baseline}
    ratios = [ratio(one, theirs[one.id]) for one in found if one.id in theirs]
    return f"{statistics.median(ratios):.2f}" if ratios else "–"


def _same(found: Sequence[Batch], reference: Sequence[Batch]) -> str:
    theirs = {one.round: one.texts for one in reference}
    pairs = [pair for one in found if one.round in theirs for pair in zip(one.texts, theirs[one.round], strict=True)]
    return f"{sum(left == right for left, right in pairs) / len(pairs):.0%}" if pairs else "–"


def _spread(values: Sequence[float]) -> str:
    middle = _number(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({_number(min(values))}–{_number(max(values))})"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
