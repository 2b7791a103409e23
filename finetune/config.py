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

    recipe: Literal["mix", "closed-book", "retrieval"] = Field(
        default="mix", description="which examples are trained: without passages, with passages, or both"
    )
    rank: int = Field(default=16, ge=1, le=1024, description="rank of the LoRA matrices")
    alpha: float = Field(default=32.0, gt=0, description="scale of the adapter, over its rank")
    dropout: float = Field(default=0.0, ge=0, lt=1, description="share of the adapter's inputs dropped in training")
    target_modules: str | tuple[str, ...] = Field(default="all-linear", description="layers that get an adapter")
    learning_rate: float = Field(default=1e-3, gt=0, description="of AdamW, at its highest")
    schedule: Literal["cosine", "linear", "constant"] = Field(default="cosine", description="how the learning rate falls")
    warmup: float = Field(default=0.05, ge=0, lt=1, description="share of the training in which the learning rate rises")
    max_grad_norm: float = Field(default=1.0, gt=0, description="longer gradients are cut to this")
    weight_decay: float = Field(default=0.0, ge=0, description="of AdamW")
    batch_size: int = Field(default=4, ge=1, description="examples per optimiser step")
    epochs: float = Field(default=12.0, gt=0, description="closed-book passes, when no budget is set")
    retrieval_epochs: float = Field(default=1.0, ge=0, description="passes with passages; with a budget, the most")
    retrieval_share: float = Field(
        default=0.5, gt=0, lt=1, description="of the budget's time, the most that goes to examples with passages"
    )
    distractors: int = Field(default=1, ge=0, description="passages beside the right one in a training prompt")
    cite: bool = Field(default=True, description="answers after passages end with the number of the passage that holds them")
    wording_noise: float = Field(default=0.0, ge=0, lt=1, description="share of a question's words dropped after its first pass")
    gaps: float = Field(default=0.0, ge=0, lt=1, description="share of later passes asked as the evidence with a gap for the answer")
    micro_tokens: int = Field(default=768, ge=64, description="padded tokens in memory at once")
    gradient_checkpointing: Literal["auto"] | bool = Field(
        default="auto", description="compute activations twice to save memory; auto: when memory is short"
    )
    precision: Literal["float32", "bfloat16"] = Field(default="float32", description="what training computes in")
    seed: int = Field(default=0, description="of order, dropout and initial weights")
    budget: str | None = Field(
        default=None, description="time for the whole command, such as 5m, 90s or 1h30m; absent: as many passes as said above"
    )

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
