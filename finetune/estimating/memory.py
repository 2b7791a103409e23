"""How much memory a training takes, part by part, and what fits into what there is.

The parts follow from the model's shape; what a process takes besides (libraries, what the allocator keeps
between two tensors) was fitted on measured trainings and checked on others: docs/estimate.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from finetune.config import FinetuneConfig, parse_memory
from finetune.estimating.activations import kept_bytes
from finetune.estimating.architecture import Architecture, read_architecture
from finetune.estimating.setting import Setting, setting_of
from foundation.errors import ConfigurationError, DataError

# NF4 with double quantisation: half a byte a weight, a scale of one byte for each 64, and one in float32 for each 256 of those.
# Source: Dettmers et al. 2023, arXiv 2305.14314, section 3.
NF4_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)

# Fitted by `benchmarks.estimates` on this project's reference machine (torch 2.13, glibc 2.36).
PROCESS = {"cpu": 480 * 2**20, "gpu": 500 * 10**6}  # libraries and tokenizer; on a GPU the driver's context
# Memory taken over memory asked for by what a step keeps: glibc cannot give back the holes between tensors that live on.
ALLOCATOR: dict[str, dict[int, float]] = {"cpu": {4: 2.2, 2: 1.4}, "gpu": {4: 1.1, 2: 1.1}}  # by bytes of a number
# The same for a layer that is computed again, its parts made and dropped layer after layer: in units of what one layer keeps.
CHURN: dict[str, dict[int, float]] = {"cpu": {4: 25, 2: 16}, "gpu": {4: 2, 2: 2}}
LOGIT_COPIES = 16  # bytes for each logit: as computed, gathered, in float32, its softmax, its gradient

MARGIN = 0.9  # of what is free: an estimate may be off
BEST_TOKENS = {"cpu": 512, "gpu": 8192}  # padded tokens at once: the quickest measured on a processor (docs/estimate.md), a guess on a GPU
_SIZES = (8192, 6144, 4096, 3072, 2048, 1536, 1024, 768, 512, 384, 256, 128, 64)  # that are tried

_UNKNOWN_TOKENS = 256  # at once, of a model whose shape cannot be read

Kind = Literal["cpu", "gpu"]


@dataclass(frozen=True)
class Parts:
    """The bytes of a training by what they are for, at its peak."""

    weights: int  # of the base
    adapter: int
    gradients: int
    optimizer: int
    activations: int
    logits: int
    overhead: int  # libraries, and what the allocator takes beyond what it is asked for

    @property
    def peak(self) -> int:
        """Return the sum."""
        return sum(getattr(self, each.name) for each in fields(self))

    @property
    def resident(self) -> int:
        """Return what is there before the first step: a loaded model, its adapter, and the process."""
        return self.weights + self.adapter


@dataclass(frozen=True)
class MemoryPlan:
    """How a step is cut so that it fits."""

    micro_tokens: int  # padded tokens in memory at once; a longer example stands alone
    checkpointing: bool
    peak: int  # bytes of the process, as estimated


def parts(shape: Architecture, setting: Setting, kind: Kind, total: int | None = None) -> Parts:
    """Return the memory of a training by part.

    Args:
        shape: of the model.
        setting: of the training.
        kind: of what it runs on.
        total: parameters of the base, where they were counted.
    """
    adapter = 0
    if setting.adapts:
        adapter = setting.trainable if setting.trainable is not None else shape.adapter_parameters(setting.rank)
    parameters = shape.parameters if total is None else total
    trained, width = (adapter, 4) if setting.adapts else (parameters, setting.width)
    kept = _kept(shape, setting, checkpointing=setting.checkpointing)
    logits = setting.rows * setting.answer * shape.vocabulary * LOGIT_COPIES
    return Parts(
        weights=weight_bytes(shape, setting, parameters),
        adapter=4 * adapter,
        gradients=trained * width,
        optimizer=trained * 2 * (1 if setting.paged else width),
        activations=kept,
        logits=logits,
        overhead=PROCESS[kind] + _allocator(shape, setting, kind, kept),
    )


def _kept(shape: Architecture, setting: Setting, *, checkpointing: bool) -> int:
    return kept_bytes(
        shape,
        tokens=setting.tokens,
        length=setting.length,
        answer=setting.answer,
        rows=setting.rows,
        width=setting.width,
        rank=setting.rank if setting.adapts else 0,
        checkpointing=checkpointing,
    )


def _allocator(shape: Architecture, setting: Setting, kind: Kind, kept: int) -> int:
    """Bytes that the allocator takes beyond what is kept; with checkpointing never more than without."""
    factor = ALLOCATOR[kind][setting.width]
    if not setting.checkpointing:
        return round((factor - 1) * kept)
    whole = _kept(shape, setting, checkpointing=False)
    layer = whole / shape.layers
    inputs = max(0.0, kept - layer)
    churned = factor * inputs + CHURN[kind][setting.width] * layer
    return round(max(0.0, min(churned, factor * whole) - kept))


def weight_bytes(shape: Architecture, setting: Setting, parameters: int) -> int:
    """Return the bytes of the base: its linear layers packed for qlora and 8bit, all else whole."""
    packed = {"qlora": NF4_BYTES, "8bit": 1.0}.get(setting.method)
    if packed is None:
        return parameters * setting.width
    linear = shape.linear_parameters
    return round(linear * packed) + max(0, parameters - linear) * setting.width


def plan_memory(
    model_config: Any,
    config: FinetuneConfig,
    *,
    kind: Kind,
    examples: Sequence[tuple[int, int]],
    available: int,
    trainable: int,
    total: int,
) -> MemoryPlan:
    """Return how many tokens to hold at once, and whether to compute activations twice, so that training fits.

    As many tokens as are quickest, without checkpointing if they fit so; else checkpointing; else fewer tokens.
    What `config` sets (micro_tokens, gradient_checkpointing, memory) is kept to.

    Args:
        model_config: the transformers configuration of the base.
        config: of the training.
        kind: of what it runs on.
        examples: the most tokens and the most target tokens of an example of each recipe.
        available: bytes that are free, the base already being loaded.
        trainable: parameters that training changes.
        total: parameters of the base.

    Raises ConfigurationError, naming the setting to change, when not even the longest example alone fits.
    """
    try:
        shape = read_architecture(model_config, like="llama")
    except DataError:  # a shape that nothing is known of must not keep anybody from training: small steps, activations twice
        kept_to = config.gradient_checkpointing is not False
        return MemoryPlan(config.micro_tokens or _UNKNOWN_TOKENS, kept_to, 4 * (total + 3 * trainable))
    return plan_for(shape, config, kind=kind, examples=examples, available=available, trainable=trainable, total=total)


def plan_for(
    shape: Architecture,
    config: FinetuneConfig,
    *,
    kind: Kind,
    examples: Sequence[tuple[int, int]],
    available: int,
    trainable: int | None = None,
    total: int | None = None,
) -> MemoryPlan:
    """The same for a shape, counts of parameters following from it where they are None."""
    counted = trainable if config.method != "full" else None
    longest = max(length for length, _ in examples)
    alone = [setting_of(config, rows=1, length=n, answer=a, gpu=kind == "gpu", trainable=counted) for n, a in examples]
    limit = parts(shape, alone[0], kind, total).resident + PROCESS[kind] + int(MARGIN * available)
    if config.memory is not None:
        limit = min(limit, parse_memory(config.memory))
    wanted = config.gradient_checkpointing
    ways = (False, True) if wanted == "auto" else (wanted,)
    sizes = (config.micro_tokens,) if config.micro_tokens is not None else _sizes(kind, longest)
    smallest = 0
    for way in ways:
        for size in sizes:
            settings = [_filled(each, size, config.batch_size).but(checkpointing=way) for each in alone]
            peak = max(parts(shape, each, kind, total).peak for each in settings)
            if peak <= limit:
                return MemoryPlan(size, way, peak)
            smallest = peak
    raise ConfigurationError(_advice(config, longest, smallest, limit))


def resident_bytes(shape: Architecture, config: FinetuneConfig, kind: Kind) -> int:
    """Return the bytes of a loaded base with its adapter, before the first step."""
    return parts(shape, setting_of(config, rows=1, length=1, answer=1, gpu=kind == "gpu"), kind).resident


def _sizes(kind: Kind, longest: int) -> tuple[int, ...]:
    """Tokens at once that are worth trying, largest first: with fewer than the longest example has, it stands alone all the same."""
    best = max(BEST_TOKENS[kind], longest)
    return tuple(sorted({size for size in (best, *_SIZES, longest) if max(longest, 64) <= size <= best} | {max(longest, 64)}, reverse=True))


def _filled(alone: Setting, size: int, batch: int) -> Setting:
    """The largest micro-batch of `size` padded tokens: no more than a step has."""
    tokens = min(max(size, alone.length), batch * alone.length)
    # Short rows have more answers in as many tokens; where all of a row is answer, there are as many rows as fit.
    rows = max(1, min(batch, max(tokens // (2 * alone.answer), tokens // alone.length)))
    return alone.but(rows=rows, padded=tokens)


def _advice(config: FinetuneConfig, longest: int, peak: int, limit: int) -> str:
    """Say what is too large, and the settings that would make it smaller."""
    changes = []
    if config.micro_tokens is not None and config.micro_tokens > longest:
        changes.append(f"finetune.micro_tokens={max(64, longest)}")
    if config.gradient_checkpointing is False:
        changes.append("finetune.gradient_checkpointing=true")
    if config.method == "full":
        changes.append("finetune.method=lora")
    elif config.method == "lora":
        changes.append("finetune.method=qlora")
    if config.memory is not None:
        changes.append(f"finetune.memory={math.ceil(peak / 2**30 * 10) / 10:.1f}GB (if there is as much)")
    changes.append("shorter examples (retrieval.k, retrieval.passage_tokens, finetune.passage_length)")
    return (
        f"a training step on the longest example ({longest} tokens) would take {peak / 2**30:.1f} GB and "
        f"{max(0, limit) / 2**30:.1f} GB may be taken. Set {', or '.join(changes)}. What fits: ragft estimate"
    )
