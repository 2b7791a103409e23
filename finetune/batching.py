"""Micro-batches that fit in memory: examples of like length together, padded tokens bounded.

Bare questions all begin with the same instructions, which are half of their tokens. Where
the model allows it, such a group becomes one row: the common beginning once, then each
example's own part, which sees the beginning and itself alone. The loss is the same, the
tokens are about half (`shares_prefixes` tries it out before it is used).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from finetune.model import TrainingExample

if TYPE_CHECKING:
    import torch


def micro_batches(lengths: Sequence[int], limit: int) -> list[list[int]]:
    """Return groups of indices, each with longest length × size ≤ `limit` tokens.

    Longest first, so that the largest allocation comes first and is reused. An
    example longer than `limit` stands alone.

    >>> micro_batches([10, 300, 12, 290], 600)
    [[1, 3], [2, 0]]
    >>> micro_batches([700, 20], 500)
    [[0], [1]]
    """
    groups: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if groups and lengths[groups[-1][0]] * (len(groups[-1]) + 1) <= limit:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def collate(examples: Sequence[TrainingExample], pad_id: int, *, share: bool = False) -> dict[str, torch.Tensor]:
    """Return the tensors of one micro-batch.

    `input_ids`, `position_ids`: [batch, length]. `attention_mask`: [batch, length], or
    [1, 1, length, length] additive when the rows became one. `logits_to_keep`: [kept]
    positions whose next token is to be predicted; `targets`: [batch, kept], -100 where there is none.

    With `share` the common beginning is stored once, provided that this saves a fifth of the tokens.
    """
    if share and len(examples) > 1:
        prefix = common_prefix([example.prompt_ids for example in examples])
        packed = prefix + sum(example.tokens - prefix for example in examples)
        if packed <= 0.8 * len(examples) * max(example.tokens for example in examples):
            return _one_row(examples, prefix)
    return _padded(examples, pad_id)


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
