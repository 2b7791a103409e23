"""The loss: cross-entropy of the answer tokens, with logits only where there is a target.

A vocabulary of 49,152 entries makes logits for whole prompts the dearest tensor of a step,
so the model is asked for the target positions alone (`logits_to_keep`, which
transformers' causal models take as positions).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from finetune.batching import collate, micro_batches
from finetune.model import TrainingExample

if TYPE_CHECKING:
    import torch

TOLERANCE = 1e-3  # relative: between one row and several, only the order of float32 sums differs


def batch_loss(model: Any, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Return the summed cross-entropy of the target tokens of one micro-batch (a scalar)."""
    import torch

    inputs = {key: value.to(model.device) for key, value in batch.items()}
    targets = inputs.pop("targets")
    mask = inputs["attention_mask"]
    if mask.dtype.is_floating_point:
        inputs["attention_mask"] = mask.clamp(min=torch.finfo(model.dtype).min).to(model.dtype)
    logits = model(**inputs, use_cache=False).logits
    there = targets != -100
    return torch.nn.functional.cross_entropy(logits[there].float(), targets[there], reduction="sum")


def losses(model: Any, examples: Sequence[TrainingExample], limit: int, pad_id: int, *, share: bool) -> Iterator[torch.Tensor]:
    """Yield the summed loss of each micro-batch; kinds stay apart, since their lengths do."""
    for kind in ("retrieval", "closed-book"):
        same = [example for example in examples if example.kind == kind]
        for group in micro_batches([example.tokens for example in same], limit):
            yield batch_loss(model, collate([same[index] for index in group], pad_id, share=share))


def mean_loss(model: Any, examples: Sequence[TrainingExample], limit: int, pad_id: int) -> float:
    """Return the mean loss per answer token over `examples`, without training on them."""
    import torch

    model.eval()
    with torch.no_grad():
        total = sum(float(loss) for loss in losses(model, examples, limit, pad_id, share=False))
    return total / sum(len(example.target_ids) for example in examples)


def shares_prefixes(model: Any, examples: Sequence[TrainingExample], pad_id: int) -> bool:
    """Tell whether `model` gives the same loss when a common beginning is stored once.

    Tried on `examples` rather than looked up: models with recurrent layers or masks of
    their own do not take such a row, and say so by an error or by another loss.
    """
    import torch

    model.eval()
    with torch.no_grad():
        apart = float(batch_loss(model, collate(examples, pad_id)))
        try:
            together = float(batch_loss(model, collate(examples, pad_id, share=True)))
        except (ValueError, TypeError, RuntimeError):
            return False
    return abs(together - apart) <= TOLERANCE * max(abs(apart), 1.0)
