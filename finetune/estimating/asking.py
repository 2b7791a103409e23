"""What `ragft estimate` is asked, checked, and answered in lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from finetune.config import FinetuneConfig
from finetune.estimating.devices import GPUS, HERE, Device, device, this_machine
from finetune.estimating.estimate import Estimate, estimate
from finetune.estimating.naming import shape_of
from finetune.estimating.setting import setting_of
from finetune.estimating.table import fix_lines, part_lines, time_lines
from foundation.errors import ConfigurationError

_ANSWER = 16  # tokens of an answer when nobody says


@dataclass(frozen=True)
class Asked:
    """A training to be estimated, as a person describes it."""

    model: str
    devices: tuple[str, ...] = (HERE,)
    rows: int = 1
    length: int = 256
    answer: int | None = None
    tokens: int | None = None
    examples: int | None = None
    epochs: float | None = None  # passes over the examples; one when nobody says

    def __post_init__(self) -> None:
        counts = {"rows": self.rows, "length": self.length, "answer": self.answer, "tokens": self.tokens, "examples": self.examples}
        for name, value in (*counts.items(), ("epochs", self.epochs)):
            if value is not None and not 0 < value < float("inf"):
                raise ConfigurationError(f"--{name} must be above 0, and is {value}.")
        if self.tokens is not None and self.examples is not None:
            raise ConfigurationError("--tokens and --examples both say how much is trained: give one of them.")
        if self.epochs is not None and self.examples is None:
            raise ConfigurationError("--epochs counts passes over the examples: their number, --examples, is needed too.")

    @property
    def total(self) -> float | None:
        """Return the tokens to train in all; None when nobody says."""
        if self.examples is not None:
            return self.examples * (self.epochs or 1.0) * self.length
        return None if self.tokens is None else float(self.tokens)


def answer_lines(asked: Asked, config: FinetuneConfig, own: str) -> Iterator[str]:
    """Yield the lines that answer a question: parts, time, and what fits where it does not.

    Args:
        asked: the training.
        config: its settings.
        own: what this machine computes on, as `model.device` has it.

    Raises UnknownNameError for an unknown model or device, DataError for a configuration
    that lacks a number, ConfigurationError for numbers that make no training.
    """
    shape = shape_of(asked.model)
    found = [_one(asked, config, each) for each in _devices(asked.devices, own)]
    setting = found[0].setting
    adapter = f", adapter {shape.adapter_parameters(config.rank) / 1e6:.1f} M" if setting.adapts else ""
    rows = f"{setting.rows} row{'s' if setting.rows > 1 else ''} of {setting.length} tokens, answers of {setting.answer}"
    again = ", activations computed twice" if setting.checkpointing else ""
    yield f"{asked.model}: {shape.parameters / 1e6:,.1f} M parameters{adapter}; {config.method}, {config.precision}, {rows}{again}"
    yield ""
    yield from part_lines(found)
    yield ""
    yield from time_lines(found, asked.total)
    for each in found:
        yield from fix_lines(each)
    for note in dict.fromkeys(note for each in found for note in each.notes):
        yield f"note: {note}"


def _one(asked: Asked, config: FinetuneConfig, on: Device) -> Estimate:
    answer = min(_ANSWER, asked.length) if asked.answer is None else asked.answer
    if answer > asked.length:
        raise ConfigurationError(f"--answer is {answer} tokens and --length {asked.length}: the answer is a part of its row.")
    setting = setting_of(config, rows=asked.rows, length=asked.length, answer=answer, gpu=on.kind == "gpu")
    return estimate(shape_of(asked.model), setting, on)


def _devices(names: tuple[str, ...], own: str) -> list[Device]:
    wanted = [each for name in names for each in ((HERE, *GPUS) if name.lower() == "all" else (name,))]
    return [this_machine(own) if name.strip().lower() == HERE else device(name) for name in dict.fromkeys(wanted)]
