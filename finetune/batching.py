"""Micro-batches that fit in memory: examples of like length together, padded tokens bounded.

Prompts of one recipe begin with the same instructions: half of a bare question, a sixth of
one with passages. Where the model allows it, such a group becomes one row: the common beginning once, then each
example's own part, which sees the beginning and itself alone. The loss is the same, the
tokens are fewer (`finetune.loss.shares_prefixes` tries it out before it is used).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from finetune.model import TrainingExample

if TYPE_CHECKING:
    import torch

COMMON = 16  # tokens that prompts must have in common to be put together for it
_PADDED = 3  # at which attention's padded rows and all else together keep as much as peft's own layers without sharing
_SAVED = 0.8  # of the padded tokens: what one row may have where its mask makes attention dearer


def micro_batches(lengths: Sequence[int], limit: int, *, common: int | None = None) -> list[list[int]]:
    """Return groups of indices, each with longest length × size ≤ `limit` tokens.

    Longest first, so that the largest allocation comes first and is reused. An
    example longer than `limit` stands alone. With `common`, a group is one row without
    padding that stores its first `common` tokens once, and is counted as such; since its attention
    still sees the examples apart, longest length × size stays within thrice the limit.

    >>> micro_batches([10, 300, 12, 290], 600)
    [[1, 3], [2, 0]]
    >>> micro_batches([700, 20], 500)
    [[0], [1]]
    >>> micro_batches([100, 90, 80], 220, common=50), micro_batches([100, 90, 80], 220)
    ([[0, 1, 2]], [[0, 1], [2]])
    """
    groups: list[list[int]] = []
    held = 0  # tokens of the last group
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        more = lengths[groups[-1][0]] if groups and common is None else lengths[index] - (common or 0)
        padded = lengths[groups[-1][0]] * (len(groups[-1]) + 1) if groups else 0
        if groups and held + more <= limit and padded <= _PADDED * limit:
            groups[-1].append(index)
            held += more
        else:
            groups.append([index])
            held = lengths[index]
    return groups


def alike(examples: Sequence[TrainingExample], *, share: bool) -> list[list[TrainingExample]]:
    """Return the examples by recipe and, with `share`, by how their prompts begin; the group with the longest first.

    Prompts of one recipe begin differently where a knowledge base is in two languages; those
    that have no beginning in common with another one stay together.
    """
    groups: dict[Any, list[TrainingExample]] = {}
    for example in examples:
        groups.setdefault((example.recipe, example.prompt_ids[:COMMON] if share else ()), []).append(example)
    merged: dict[Any, list[TrainingExample]] = {}
    for (recipe, beginning), group in groups.items():
        merged.setdefault((recipe, beginning if len(group) > 1 else ()), []).extend(group)
    return sorted(merged.values(), key=lambda group: -max(example.tokens for example in group))


def collate(examples: Sequence[TrainingExample], pad_id: int, *, share: bool = False, spread: bool = False) -> dict[str, Any]:
    """Return the tensors of one micro-batch.

    `input_ids`, `position_ids`: [batch, length]. `attention_mask`: [batch, length], or
    [1, 1, length, length] additive when the rows became one. `logits_to_keep`: [kept]
    positions whose next token is to be predicted; `targets`: [batch, kept], -100 where there is none.

    With `share` the common beginning is stored once, provided that this saves a fifth of the tokens; or any
    at all with `spread`, for a model with `finetune.shared_attention`, which gets `shared_layout`. Behind a long
    common beginning even that model does with the mask: its prefix would be attended to anew for each example.
    """
    if share and len(examples) > 1:
        from finetune.shared_attention import layout

        prefix = common_prefix([example.prompt_ids for example in examples])
        packed = prefix + sum(example.tokens - prefix for example in examples)
        padded = len(examples) * max(example.tokens for example in examples)
        spread = spread and padded**2 / len(examples) <= packed**2
        if packed < padded if spread else packed <= _SAVED * padded:
            row = _one_row(examples, prefix)
            return {**row, "shared_layout": layout(prefix, [example.tokens - prefix for example in examples])} if spread else row
    return _padded(examples, pad_id)


def collate_pairs(examples: Sequence[TrainingExample], pad_id: int) -> dict[str, torch.Tensor]:
    """Return the tensors of one micro-batch for an encoder-decoder.

    `input_ids`, `attention_mask`: [batch, prompt length], padded on the right; `targets`: [batch, answer length],
    -100 where there is none.
    """
    import torch

    ids = torch.full((len(examples), max(len(example.prompt_ids) for example in examples)), pad_id, dtype=torch.long)
    mask = torch.zeros_like(ids)
    targets = torch.full((len(examples), max(len(example.target_ids) for example in examples)), -100, dtype=torch.long)
    for row, example in enumerate(examples):
        ids[row, : len(example.prompt_ids)] = torch.tensor(example.prompt_ids)
        mask[row, : len(example.prompt_ids)] = 1
        targets[row, : len(example.target_ids)] = torch.tensor(example.target_ids)
    return {"input_ids": ids, "attention_mask": mask, "targets": targets}


def common_prefix(sequences: Sequence[Sequence[int]]) -> int:
    """Return how many tokens all sequences begin with, leaving each at least one of its own.

    >>> common_prefix([(1, 2, 3), (1, 2, 4, 5)]), common_prefix([(1, 2), (1, 2)])
    (2, 1)
    """
    shortest = min(len(sequence) for sequence in sequences) - 1
    first = sequences[0]
    return next((i for i in range(shortest) if any(sequence[i] != first[i] for sequence in sequences)), shortest)


def _padded(examples: Sequence[TrainingExample], pad_id: int) -> dict[str, torch.Tensor]:
    """One row per example, padded on the left as at inference, so that all targets stand at the end."""
    import torch

    length = max(example.tokens for example in examples)
    tail = max(len(example.target_ids) for example in examples)
    ids = torch.full((len(examples), length), pad_id, dtype=torch.long)
    mask = torch.zeros((len(examples), length), dtype=torch.long)
    targets = torch.full((len(examples), tail), -100, dtype=torch.long)
    for row, example in enumerate(examples):
        ids[row, length - example.tokens :] = torch.tensor(example.prompt_ids + example.target_ids)
        mask[row, length - example.tokens :] = 1
        targets[row, tail - len(example.target_ids) :] = torch.tensor(example.target_ids)
    return {
        "input_ids": ids,
        "attention_mask": mask,
        "position_ids": (mask.cumsum(-1) - 1).clamp(min=0),
        "logits_to_keep": torch.arange(length - tail - 1, length - 1),
        "targets": targets,
    }


def _one_row(examples: Sequence[TrainingExample], prefix: int) -> dict[str, torch.Tensor]:
    """The common beginning once, then every example's own part; a part sees the beginning and itself."""
    import torch

    ids, positions, parts = list(examples[0].prompt_ids[:prefix]), list(range(prefix)), [0] * prefix
    keep: list[int] = []
    targets: list[int] = []
    for part, example in enumerate(examples, start=1):
        own = example.prompt_ids[prefix:] + example.target_ids
        first = len(ids) + len(example.prompt_ids) - prefix - 1
        keep.extend(range(first, first + len(example.target_ids)))
        targets.extend(example.target_ids)
        ids.extend(own)
        positions.extend(range(prefix, prefix + len(own)))
        parts.extend([part] * len(own))
    part_of, order = torch.tensor(parts), torch.arange(len(ids))
    seen = (part_of[None, :] == 0) | (part_of[None, :] == part_of[:, None])
    allowed = seen & (order[None, :] <= order[:, None])  # [query, key]
    mask = torch.zeros(allowed.shape).masked_fill(~allowed, torch.finfo(torch.float32).min)
    return {
        "input_ids": torch.tensor([ids]),
        "attention_mask": mask[None, None],
        "position_ids": torch.tensor([positions]),
        "logits_to_keep": torch.tensor(keep),
        "targets": torch.tensor([targets]),
    }
