"""One estimate: what a training takes on a device, and, where it does not fit, which settings do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from finetune.estimating import speed
from finetune.estimating.architecture import Architecture
from finetune.estimating.devices import Device
from finetune.estimating.memory import Parts, parts
from finetune.estimating.setting import Setting


@dataclass(frozen=True)
class Fix:
    """A setting near to the one asked for that fits."""

    what: str
    setting: Setting
    peak: int  # bytes
    tokens_per_second: float
    overrides: tuple[str, ...]  # section.key=value, as --set takes them


@dataclass(frozen=True)
class Estimate:
    """What one training takes on one device."""

    device: Device
    setting: Setting
    parts: Parts
    tokens_per_second: float  # padding included
    spread: float  # the time lies between the estimate over this and the estimate times this
    fixes: tuple[Fix, ...] = ()  # when it does not fit
    notes: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Tell whether the device has the memory."""
        return self.parts.peak <= self.device.memory

    def seconds(self, tokens: float) -> float:
        """Return the seconds that `tokens` take to train, loading and evaluations aside."""
        return tokens / self.tokens_per_second


def estimate(shape: Architecture, setting: Setting, device: Device) -> Estimate:
    """Return what training a model of `shape` takes on `device`."""
    found = parts(shape, setting, device.kind)
    fixes = () if found.peak <= device.memory else tuple(_fixes(shape, setting, device))
    spread = speed.SPREAD_GPU if device.kind == "gpu" else speed.SPREAD_CPU
    return Estimate(
        device, setting, found, speed.tokens_per_second(shape, setting, device), spread, fixes, tuple(_notes(shape, setting, device))
    )


def _fixes(shape: Architecture, setting: Setting, device: Device) -> Iterator[Fix]:
    """Yield what fits, mildest change first: fewer rows, checkpointing, both, then a smaller base, then shorter rows."""
    fewer = _largest_rows(shape, setting, device)
    if fewer:
        yield _fix("fewer rows at once", shape, setting, fewer, device)
    checkpointed = setting.but(checkpointing=True)
    if not setting.checkpointing:
        found = _largest_rows(shape, checkpointed, device)
        if found:
            yield _fix("activations computed twice", shape, setting, found, device)
    smaller: list[tuple[str, dict[str, Any]]] = []
    if setting.precision == "float32" and (device.kind == "gpu" or setting.method == "full"):
        smaller.append(("bfloat16", {"precision": "bfloat16"}))
    if setting.method == "full":
        smaller.append(("LoRA", {"method": "lora"}))
        smaller.append(("LoRA in bfloat16", {"method": "lora", "precision": "bfloat16"}))
    if setting.method in ("lora", "full"):
        smaller.append(("the base in 8 bits", {"method": "8bit"}))
    if setting.method != "qlora":
        smaller.append(("the base in 4 bits", {"method": "qlora", "paged": device.kind == "gpu"}))
    for what, changes in smaller:
        for start, also in ((setting, ""), (checkpointed, ", activations computed twice")):
            found = _largest_rows(shape, start.but(**changes), device)
            if found:
                yield _fix(what + also, shape, setting, found, device)
                break
    least = checkpointed.but(method="qlora", rows=1, paged=device.kind == "gpu") if setting.method != "full" else checkpointed.but(rows=1)
    if parts(shape, least, device.kind).peak > device.memory:
        short = next((size for size in _lengths(setting) if parts(shape, _shortened(least, size), device.kind).peak <= device.memory), None)
        if short is not None:
            yield _fix(f"rows of at most {short} tokens", shape, setting, _shortened(least, short), device)


def _largest_rows(shape: Architecture, setting: Setting, device: Device) -> Setting | None:
    """Return the setting with as many rows, up to its own, as fit; None when not even one does."""
    for rows in range(setting.rows, 0, -1):
        if parts(shape, setting.but(rows=rows), device.kind).peak <= device.memory:
            return setting.but(rows=rows)
    return None


def _lengths(setting: Setting) -> Iterator[int]:
    size = setting.length // 2
    while size >= 16:
        yield size
        size //= 2


def _shortened(setting: Setting, length: int) -> Setting:
    return setting.but(length=length, answer=min(setting.answer, length))


def _fix(what: str, shape: Architecture, asked: Setting, found: Setting, device: Device) -> Fix:
    overrides = []
    if found.method != asked.method:
        overrides.append(f"finetune.method={found.method}")
    if found.precision != asked.precision:
        overrides.append(f"finetune.precision={found.precision}")
    if found.checkpointing != asked.checkpointing:
        overrides.append("finetune.gradient_checkpointing=true")
    if found.tokens != asked.tokens:
        overrides.append(f"finetune.micro_tokens={max(64, found.tokens)}")
    if found.length != asked.length:
        overrides.append(f"retrieval.passage_tokens={max(1, found.length // 2)}")
    found_parts = parts(shape, found, device.kind)
    rows = f" ({found.rows} of {asked.rows} rows at once)" if found.rows != asked.rows and not what.startswith("fewer") else ""
    rows = f" ({found.rows})" if what.startswith("fewer") else rows
    return Fix(what + rows, found, found_parts.peak, speed.tokens_per_second(shape, found, device), tuple(overrides))


def _notes(shape: Architecture, setting: Setting, device: Device) -> Iterator[str]:
    packed = setting.method in ("qlora", "8bit")
    if (setting.precision == "bfloat16" or (packed and device.kind == "gpu")) and "bfloat16" not in device.rates:
        yield f"{device.name} has no arithmetic in bfloat16: reckoned at its speed in float32"
    if packed and device.kind == "cpu":
        yield "on a processor a packed base saves memory, not time"
    if shape.decoder_layers and setting.length == setting.answer:
        yield "of an encoder-decoder the length is the source's, the answer the target's"
