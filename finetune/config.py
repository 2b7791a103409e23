"""The [finetune] section, and how a budget, a recipe and an amount of memory are written."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from foundation.errors import ConfigurationError
from foundation.settings import Section

_BUDGET = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?:in)?)?(?:(\d+(?:\.\d+)?)s?)?")
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*(k|m|g|t)i?b?")
_SHARE = re.compile(r"\s*([\w-]+)\s*(?:=\s*(\d+(?:\.\d+)?)\s*)?")

Method = Literal["lora", "qlora", "8bit", "full"]


class FinetuneConfig(Section):
    """How an adapter is trained."""

    recipe: dict[str, float] = Field(
        default={"qa": 1.0, "raft": 1.0},
        description='which examples are trained, and each one\'s share of the training tokens: "qa", "qa=1,raft=1" or a table',
    )
    method: Method = Field(default="lora", description="lora; qlora: on a base in 4 bits; 8bit: on a base in 8 bits; full: all weights")
    rank: int = Field(default=16, ge=1, le=1024, description="rank of the LoRA matrices")
    alpha: float = Field(default=32.0, gt=0, description="scale of the adapter, over its rank")
    dropout: float = Field(default=0.0, ge=0, lt=1, description="share of the adapter's inputs dropped in training")
    target_modules: str | tuple[str, ...] = Field(default="all-linear", description="layers that get an adapter")
    rslora: bool = Field(default=False, description="scale by alpha over the root of the rank: for high ranks")
    dora: bool = Field(default=False, description="learn magnitude and direction of the weights apart: slower, at times better")
    learning_rate: float = Field(default=1e-3, gt=0, description="of AdamW, at its highest; full training wants about 2e-5")
    optimizer: Literal["auto", "adamw", "paged_adamw_8bit"] = Field(
        default="auto", description="auto: paged in 8 bits for qlora on a GPU, else AdamW"
    )
    schedule: Literal["cosine", "linear", "constant"] = Field(default="cosine", description="how the learning rate falls")
    warmup: float = Field(default=0.05, ge=0, lt=1, description="share of the training in which the learning rate rises")
    max_grad_norm: float = Field(default=1.0, gt=0, description="longer gradients are cut to this")
    weight_decay: float = Field(default=0.0, ge=0, description="of AdamW")
    batch_size: int = Field(default=4, ge=1, description="examples per optimiser step, over all devices and micro-batches")
    epochs: float = Field(
        default=12.0, gt=0, description="training ends when a recipe was passed over so often; not with tokens or a budget"
    )
    tokens: int | None = Field(default=None, ge=1, description="training tokens after which training ends")
    budget: str | None = Field(default=None, description="time for the whole command, such as 5m, 90s or 1h30m, alarms aside")
    wordings: int | None = Field(default=None, ge=1, description="paraphrases: the most wordings of one fact; all when absent")
    wording_noise: float = Field(
        default=0.0, ge=0, lt=1, description="paraphrases: share of a question's words dropped after its first pass"
    )
    gaps: float = Field(default=0.0, ge=0, lt=1, description="paraphrases: share of later passes asked as the evidence with a gap")
    distractors: int = Field(default=1, ge=0, description="raft: passages beside the right one in a training prompt")
    gold_share: float = Field(
        default=1.0, ge=0, le=1, description="raft: share of the examples that show the right passage; the others are to be refused"
    )
    cite: bool = Field(default=True, description="raft: answers end with the number of the passage that holds them")
    instructions: tuple[str, ...] = Field(default=(), description="instructions: files in Alpaca, ShareGPT or chat form")
    synthetic: str | None = Field(
        default=None, description="synthetic: a file that `ragft data synthesize` wrote; the workspace's when absent"
    )
    passage_length: int = Field(default=256, ge=16, description="documents: tokens of text in one example")
    group_by_length: bool = Field(default=True, description="examples of like length share a step: less padding")
    micro_tokens: int | None = Field(default=None, ge=64, description="padded tokens in memory at once; chosen by memory when absent")
    memory: str | None = Field(default=None, description="memory that training may take, such as 6GB; what is free when absent")
    gradient_checkpointing: Literal["auto"] | bool = Field(
        default="auto", description="compute activations twice to save memory; auto: when memory is short"
    )
    precision: Literal["float32", "bfloat16"] = Field(default="float32", description="what training computes in")
    validation: int = Field(
        default=40, ge=0, description="questions watched and not trained: of the validation split, else other wordings of trained facts"
    )
    evaluations: int = Field(
        default=5, ge=0, description="times that the losses are taken during training; fewer where that would take a tenth of a budget"
    )
    answers: int = Field(default=0, ge=0, description="validation questions answered by generation at each evaluation")
    early_stop: Literal["off", "loss", "answers"] = Field(
        default="off",
        description="end when the validation loss, or the share of right answers, no longer gets better; the best weights are kept",
    )
    patience: int = Field(default=2, ge=1, description="evaluations without a gain before training ends early")
    checkpoint_seconds: float = Field(default=60.0, ge=0, description="time between two checkpoints to resume from; 0: after each step")
    alarms: bool = Field(default=True, description="check a finished adapter for leaks, forgetting and harm to retrieval")
    seed: int = Field(default=0, ge=0, description="of order, dropout and initial weights")

    @field_validator("recipe", mode="before")
    @classmethod
    def _recipe(cls, value: Any) -> Any:
        if isinstance(value, str):
            return _readable(parse_recipe, value)
        return value

    @field_validator("recipe")
    @classmethod
    def _weighed(cls, value: dict[str, float]) -> dict[str, float]:
        if not value or any(not 0 < weight < float("inf") for weight in value.values()):
            raise ValueError("a recipe names at least one kind of example, each with a weight above 0, such as qa=1,raft=1")
        return value

    @field_validator("budget")
    @classmethod
    def _budget(cls, value: str | None) -> str | None:
        if value is not None:
            _readable(parse_budget, value)
        return value

    @field_validator("memory")
    @classmethod
    def _memory(cls, value: str | None) -> str | None:
        if value is not None:
            _readable(parse_memory, value)
        return value


def _readable(parse: Any, value: str) -> Any:
    try:
        return parse(value)
    except ConfigurationError as error:
        raise ValueError(str(error)) from None


def parse_recipe(text: str) -> dict[str, float]:
    """Return the weights of a recipe such as "qa" or "qa=1,raft=2"; a name alone weighs 1.

    Raises ConfigurationError for anything else. Whether a recipe of that name exists is `finetune.recipes`' to say.

    >>> parse_recipe("qa=1, raft=0.5"), parse_recipe("documents")
    ({'qa': 1.0, 'raft': 0.5}, {'documents': 1.0})
    """
    weights = {}
    for part in text.split(","):
        match = _SHARE.fullmatch(part)
        if not match:
            raise ConfigurationError(f"{text!r} is no recipe. Write it like qa, or qa=1,raft=1.")
        weights[match[1]] = float(match[2] or 1)
    return weights


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


def parse_memory(text: str) -> int:
    """Return the bytes of an amount such as "6GB" or "800 MB" (powers of 1024).

    Raises ConfigurationError for anything else, and for zero.

    >>> parse_memory("1.5GB")
    1610612736
    """
    match = _MEMORY.fullmatch(text.strip().lower())
    size = int(float(match[1]) * 1024 ** ("kmgt".index(match[2]) + 1)) if match else 0
    if size <= 0:
        raise ConfigurationError(f"memory {text!r} is not an amount. Write it like 6GB or 800MB.")
    return size
