"""The loss: cross-entropy of the answer tokens, with logits only where there is a target.

A vocabulary of 49,152 entries makes logits for whole prompts the dearest tensor of a step,
so the model is asked for the target positions alone (`logits_to_keep`, which
transformers' causal models take as positions). An encoder-decoder such as T5 reads the
prompt with its encoder and is asked for the answer alone: there every logit has a target.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from finetune.batching import alike, collate, collate_pairs, common_prefix, micro_batches
from finetune.model import TrainingExample

if TYPE_CHECKING:
    import torch

TOLERANCE = {"float32": 1e-3, "other": 2e-2}  # relative: between one row and several, only the order of sums differs


def batch_loss(model: Any, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Return the summed cross-entropy of the target tokens of one micro-batch (a scalar).

    Args:
        model: a causal or encoder-decoder language model, bare, with an adapter or wrapped for several devices.
        batch: from `finetune.batching.collate`, or from `collate_pairs` for an encoder-decoder.
    """
    import torch

    inputs = {key: value.to(model.device) for key, value in batch.items()}
    targets = inputs.pop("targets")
    mask = inputs["attention_mask"]
    if is_pair_model(model):
        inputs["decoder_input_ids"] = bare(model).prepare_decoder_input_ids_from_labels(labels=targets)
    elif mask.dtype.is_floating_point:
        kind = bare(model).dtype
        inputs["attention_mask"] = mask.clamp(min=torch.finfo(kind).min).to(kind)
    logits = model(**inputs, use_cache=False).logits
    there = targets != -100
    return torch.nn.functional.cross_entropy(logits[there].float(), targets[there], reduction="sum")


def losses(model: Any, examples: Sequence[TrainingExample], limit: int, pad_id: int, *, share: bool) -> Iterator[torch.Tensor]:
    """Yield the summed loss of each micro-batch, the longest first; recipes stay apart, since their lengths do.

    Args:
        model: a causal or encoder-decoder language model.
        examples: of one optimiser step, any mixture of recipes.
        limit: padded tokens of one micro-batch.
        pad_id: the tokenizer's.
        share: store a common beginning once, where `shares_prefixes` said that the model allows it.
    """
    pairs = is_pair_model(model)
    spread = share and not pairs and _spreads(model)
    for same in alike(examples, share=spread):
        common = common_prefix([example.prompt_ids for example in same]) if spread else None
        for group in micro_batches([example.tokens for example in same], limit, common=common):
            chosen = [same[index] for index in group]
            yield batch_loss(model, collate_pairs(chosen, pad_id) if pairs else collate(chosen, pad_id, share=share, spread=spread))


def bare(model: Any) -> Any:
    """Return the model inside the wrapper that several devices need, or the model itself."""
    import torch

    return model.module if isinstance(model, torch.nn.parallel.DistributedDataParallel) else model


def is_pair_model(model: Any) -> bool:
    """Tell whether `model` has an encoder for the prompt and a decoder for the answer."""
    return bool(bare(model).config.is_encoder_decoder)


def mean_loss(model: Any, examples: Sequence[TrainingExample], limit: int, pad_id: int, *, share: bool = False) -> float:
    """Return the mean loss per answer token over `examples`, without training on them; arguments as of `losses`."""
    import torch

    model.eval()
    with torch.no_grad():
        total = sum(float(loss) for loss in losses(model, examples, limit, pad_id, share=share))
    return total / sum(len(example.target_ids) for example in examples)


def shares_prefixes(model: Any, examples: Sequence[TrainingExample], pad_id: int) -> bool:
    """Tell whether `model` gives the same loss when a common beginning is stored once, and make it ready for that.

    Tried on `examples` rather than looked up: models with recurrent layers or masks of
    their own do not take such a row, and say so by an error or by another loss. First with
    `finetune.shared_attention`, which stays in when it works, then with a mask. Never for an
    encoder-decoder, nor for a window of attention, which short examples would not show.
    """
    from finetune.shared_attention import install, remove

    inner = bare(model)
    if is_pair_model(model) or getattr(inner.config.get_text_config(), "sliding_window", None):
        return False
    examples = max(alike(examples, share=True), key=len)  # of one language, where there are two
    model.eval()
    if install(inner):
        if _same_loss(model, examples, pad_id, spread=True):
            return True
        remove(inner)
    return _same_loss(model, examples, pad_id, spread=False)


def _spreads(model: Any) -> bool:
    from finetune.shared_attention import installed

    return installed(bare(model))


def _same_loss(model: Any, examples: Sequence[TrainingExample], pad_id: int, *, spread: bool) -> bool:
    import torch

    row = collate(examples, pad_id, share=True, spread=spread)
    if len(examples) < 2 or len(row["input_ids"]) > 1 or ("shared_layout" in row) is not spread:
        return False  # these examples have too little in common to try it out
    with torch.no_grad():
        apart = float(batch_loss(model, collate(examples, pad_id)))
        try:
            together = float(batch_loss(model, row))
        except (ValueError, TypeError, RuntimeError):
            return False
    tolerance = TOLERANCE["float32" if bare(model).dtype == torch.float32 else "other"]
    return abs(together - apart) <= tolerance * max(abs(apart), 1.0)
