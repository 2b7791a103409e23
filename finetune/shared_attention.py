"""Attention over a row in which several examples share their beginning: each example for itself, no mask kept.

A mask over the whole row would make every example look at all others before it forgets them: with
prompts of 300 tokens that costs as much as the sharing saves. Here the row is spread into one
padded row per example for the attention alone; all other layers see every token once. It goes
in as one of transformers' attention functions, so any model that hands its keyword arguments to
them can use it; which ones do is tried out by `finetune.loss.shares_prefixes`, not looked up.

An autograd function needs torch at import time, so this module is imported only when training begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

NAME = "ragft_shared"


@dataclass(frozen=True)
class Layout:
    """Where the tokens of a row stand when every example has a row of its own, padded on the right."""

    index: Any  # [examples, length]: which token of the row; 0 for padding
    back: Any  # [tokens]: where it stands in the flattened rows; the common beginning in the first example's
    prefix: int  # tokens of the common beginning

    def to(self, device: Any) -> Layout:
        """Return the same on `device`."""
        return Layout(self.index.to(device), self.back.to(device), self.prefix)


def layout(prefix: int, own: list[int]) -> Layout:
    """Return the layout of a row: the beginning of `prefix` tokens, then `own[i]` tokens of each example.

    >>> found = layout(2, [1, 3])
    >>> found.index.tolist(), found.back.tolist()
    ([[0, 1, 2, 0, 0], [0, 1, 3, 4, 5]], [0, 1, 2, 7, 8, 9])
    """
    length = prefix + max(own)
    index = torch.zeros((len(own), length), dtype=torch.long)
    back = [torch.arange(prefix)]
    start = prefix
    for row, size in enumerate(own):
        index[row, :prefix] = torch.arange(prefix)
        index[row, prefix : prefix + size] = torch.arange(start, start + size)
        back.append(row * length + prefix + torch.arange(size))
        start += size
    return Layout(index, torch.cat(back), prefix)


class _Spread(torch.autograd.Function):  # type: ignore[misc] # torch is not followed by the checker
    """One row of tokens to one row per example; what comes back to the common beginning is summed."""

    @staticmethod
    def forward(ctx: Any, tokens: Any, plan: Layout) -> Any:
        ctx.plan = plan
        return tokens[plan.index]

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        plan = ctx.plan
        result = gradient.flatten(0, 1)[plan.back]
        if plan.prefix:
            result[: plan.prefix] = gradient[:, : plan.prefix].sum(0)
        return result, None


class _Gather(torch.autograd.Function):  # type: ignore[misc] # torch is not followed by the checker
    """One row per example back to one row of tokens."""

    @staticmethod
    def forward(ctx: Any, rows: Any, plan: Layout) -> Any:
        ctx.plan, ctx.shape = plan, rows.shape
        return rows.flatten(0, 1)[plan.back]

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        result = gradient.new_zeros((ctx.shape[0] * ctx.shape[1], *ctx.shape[2:]))
        result[ctx.plan.back] = gradient
        return result.view(ctx.shape), None


def shared_attention(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    dropout: float = 0.0,
    scaling: float | None = None,
    shared_layout: Layout | None = None,
    **others: Any,
) -> tuple[Any, None]:
    """Return the attention's output [1, tokens, heads, width], as transformers' attention functions do.

    Args:
        query, key, value: [1, heads, tokens, width]; key and value may have fewer heads.
        attention_mask: ignored when there is a layout.
        shared_layout: of the row; without one it is transformers' own attention over `torch`'s kernels.
    """
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    if shared_layout is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **others)  # type: ignore[no-any-return]
    query, key, value = (_Spread.apply(each[0].transpose(0, 1), shared_layout).transpose(1, 2) for each in (query, key, value))
    output = torch.nn.functional.scaled_dot_product_attention(
        query, key, value, dropout_p=dropout, is_causal=True, scale=scaling, enable_gqa=query.shape[1] != key.shape[1]
    )
    return _Gather.apply(output.transpose(1, 2), shared_layout)[None], None


def install(model: Any) -> bool:
    """Make `model` use `shared_attention`; return whether it can, without having tried. Without a layout nothing changes."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    if installed(model):
        return True
    if model.config._attn_implementation != "sdpa":
        return False
    AttentionInterface.register(NAME, shared_attention)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    model.config._attn_implementation = NAME
    return True


def installed(model: Any) -> bool:
    """Tell whether `model` uses `shared_attention`."""
    return bool(model.config._attn_implementation == NAME)


def remove(model: Any) -> None:
    """Give `model` its own attention back."""
    if installed(model):
        model.config._attn_implementation = "sdpa"
