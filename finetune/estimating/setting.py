"""How a training is set up, as far as memory and time depend on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from finetune.config import FinetuneConfig, Method
from foundation.errors import ConfigurationError

PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True)
class Setting:
    """One way to train.

    `rows` sequences of `length` tokens are in memory at once, padding included, each with `answer` tokens at its end
    that are to be learnt: only there are logits computed. `answer` = `length` is a trainer that computes them everywhere.
    """

    method: Method = "lora"
    precision: str = "float32"
    rows: int = 1
    length: int = 256
    answer: int = 16
    rank: int = 16
    checkpointing: bool = False
    paged: bool = False  # AdamW with states in 8 bits, on pages that leave the GPU when memory is short
    trainable: int | None = None  # parameters that are trained, where known; else LoRA on all linear layers
    padded: int | None = None  # tokens at once, where rows are of many lengths and `length` is that of the longest

    def __post_init__(self) -> None:
        for name in ("rows", "length", "answer", "rank"):
            if getattr(self, name) < 1:
                raise ConfigurationError(f"{name} must be at least 1, and is {getattr(self, name)}.")
        if self.answer > self.length:
            raise ConfigurationError(f"answer is {self.answer} tokens and the whole row {self.length}: the answer is a part of its row.")
        if self.precision not in PRECISIONS:
            raise ConfigurationError(f"precision {self.precision!r} is not known: use {' or '.join(PRECISIONS)}.")

    @property
    def tokens(self) -> int:
        """Return the tokens in memory at once."""
        return self.padded or self.rows * self.length

    @property
    def width(self) -> int:
        """Return the bytes of a number that is computed with; peft turns what stays whole beside packed weights into float32."""
        return 2 if self.precision == "bfloat16" and self.method in ("lora", "full") else 4

    @property
    def adapts(self) -> bool:
        """Tell whether LoRA matrices are trained, not the model itself."""
        return self.method != "full"

    def but(self, **changes: Any) -> Setting:
        """Return the setting with some values changed."""
        return replace(self, **changes)


def setting_of(config: FinetuneConfig, *, rows: int, length: int, answer: int, gpu: bool, trainable: int | None = None) -> Setting:
    """Return what `config` means for `rows` sequences of `length` tokens; checkpointing only when it is on for sure."""
    return Setting(
        method=config.method,
        precision=config.precision,
        rows=rows,
        length=length,
        answer=min(answer, length),
        rank=config.rank,
        checkpointing=config.gradient_checkpointing is True,
        paged=config.optimizer == "paged_adamw_8bit" or (config.optimizer == "auto" and config.method == "qlora" and gpu),
        trainable=trainable,
    )
