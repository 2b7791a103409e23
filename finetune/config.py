"""The [finetune] section, and how a budget is written."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator

from foundation.errors import ConfigurationError
from foundation.settings import Section

_BUDGET = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?:in)?)?(?:(\d+(?:\.\d+)?)s?)?")


class FinetuneConfig(Section):
    """How an adapter is trained."""

    recipe: Literal["mix", "closed-book", "retrieval"] = "mix"
    rank: int = Field(16, ge=1, le=1024)
    alpha: float = Field(32.0, gt=0)
    dropout: float = Field(0.0, ge=0, lt=1)
    target_modules: str | tuple[str, ...] = "all-linear"
    learning_rate: float = Field(1e-3, gt=0)
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    warmup: float = Field(0.05, ge=0, lt=1)  # share of the training
    max_grad_norm: float = Field(1.0, gt=0)
    weight_decay: float = Field(0.0, ge=0)
    batch_size: int = Field(4, ge=1)  # examples per optimiser step
    epochs: float = Field(12.0, gt=0)  # closed-book passes, when no budget is set
    retrieval_epochs: float = Field(1.0, ge=0)  # passes with passages; with a budget, the most
    retrieval_share: float = Field(0.5, gt=0, lt=1)  # of the budget's time, the most
    distractors: int = Field(1, ge=0)
    cite: bool = True  # answers after passages end with the number of the passage that holds them
    wording_noise: float = Field(0.0, ge=0, lt=1)  # share of a question's words dropped after its first pass
    gaps: float = Field(0.0, ge=0, lt=1)  # share of later passes asked as the evidence with a gap for the answer
    micro_tokens: int = Field(768, ge=64)  # padded tokens in memory at once
    gradient_checkpointing: Literal["auto"] | bool = "auto"
    precision: Literal["float32", "bfloat16"] = "float32"
    seed: int = 0
    budget: str | None = None  # "5m", "90s", "1h30m": the whole command ends by then

    @field_validator("budget")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                parse_budget(value)
            except ConfigurationError as error:
                raise ValueError(str(error)) from None
        return value


def parse_budget(text: str) -> float:
    """Return the seconds of a budget such as "5m", "90s", "1h30m" or "300".

    Raises ConfigurationError for anything else, and for zero.

    >>> parse_budget("5m"), parse_budget("1h30m"), parse_budget("90")
    (300.0, 5400.0, 90.0)
    """
    match = _BUDGET.fullmatch(text.strip().lower().replace(" ", ""))
    hours, minutes, seconds = (float(part or 0) for part in match.groups()) if match else (0.0, 0.0, 0.0)
    total = hours * 3600 + minutes * 60 + seconds
    if total <= 0:
        raise ConfigurationError(f"budget {text!r} is not a time. Write it like 5m, 90s or 1h30m.")
    return total
