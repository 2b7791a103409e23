"""LoRA layers that keep less and do less, for the same adapter: a faster way through peft's own modules.

peft adds the adapter's share to a frozen layer with three passes over the output and keeps what
autograd thinks it may need. Here one autograd function does a layer (`_Adapted`), and another the
gated product of a Llama-like MLP with its last layer (`_GatedDown`), which recomputes the
activation instead of keeping it. The modules, their weights and their files stay peft's: only
`forward` of an instance is replaced, and `restore` takes that back. What kinds of layer are
passed over stands at `_plain`; whether a gated product computes the same is tried, not assumed.

An autograd function needs torch at import time, so this module is imported only when training begins.
"""

from __future__ import annotations

from types import MethodType
from typing import Any

import torch
from torch.nn.functional import linear, silu

TOLERANCE = 1e-4  # relative, of a gated product: in float32 only the order of sums differs
_PROBED = 8  # rows of the probe


class _Adapted(torch.autograd.Function):  # type: ignore[misc] # torch is not followed by the checker
    """x W' + b + s (x A') B': one frozen layer with its adapter, without a gradient for what is frozen."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, bias: Any, a: Any, b: Any, scale: float) -> Any:
        rows = x.reshape(-1, x.shape[-1])
        inner = rows @ a.to(x.dtype).t()
        result = linear(rows, weight, bias).addmm_(inner, b.to(x.dtype).t(), alpha=scale)
        ctx.save_for_backward(rows, inner, weight, a, b)
        ctx.scale, ctx.shape = scale, x.shape
        return result.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        rows, inner, weight, a, b = ctx.saved_tensors
        upper = gradient.reshape(-1, gradient.shape[-1])
        of_inner, of_a, of_b = _adapter_gradients(upper, rows, inner, a, b, ctx.scale)
        of_x = None
        if ctx.needs_input_grad[0]:
            of_x = (upper @ weight).addmm_(of_inner, a.to(upper.dtype)).view(ctx.shape)
        return of_x, None, None, of_a, of_b, None


class _GatedDown(torch.autograd.Function):  # type: ignore[misc] # torch is not followed by the checker
    """The last layer of a gated MLP with its adapter, on silu(gate) · up, of which nothing is kept but gate and up."""

    @staticmethod
    def forward(ctx: Any, gate: Any, up: Any, weight: Any, bias: Any, a: Any, b: Any, scale: float) -> Any:
        rows = (silu(gate).mul_(up)).reshape(-1, gate.shape[-1])
        inner = rows @ a.to(rows.dtype).t()
        result = linear(rows, weight, bias).addmm_(inner, b.to(rows.dtype).t(), alpha=scale)
        ctx.save_for_backward(gate, up, inner, weight, a, b)
        ctx.scale = scale
        return result.view(*gate.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        gate, up, inner, weight, a, b = ctx.saved_tensors
        upper = gradient.reshape(-1, gradient.shape[-1])
        active = silu(gate)
        rows = (active * up).reshape(-1, gate.shape[-1])
        of_inner, of_a, of_b = _adapter_gradients(upper, rows, inner, a, b, ctx.scale)
        del rows
        of_rows = (upper @ weight).addmm_(of_inner, a.to(upper.dtype)).view_as(gate)
        of_up = active.mul_(of_rows)
        of_gate = torch.ops.aten.silu_backward(of_rows.mul_(up), gate)
        return of_gate, of_up, None, None, of_a, of_b, None


def _adapter_gradients(upper: Any, rows: Any, inner: Any, a: Any, b: Any, scale: float) -> tuple[Any, Any, Any]:
    """Return the gradients of the adapter's inner values, of A and of B, from that of the layer's output."""
    of_inner = (upper @ b.to(upper.dtype)).mul_(scale)
    return of_inner, (of_inner.t() @ rows).to(a.dtype), (upper.t() @ inner).mul_(scale).to(b.dtype)


def prepare(model: Any) -> Any:
    """Return `model`, a peft model, with the fast way through every layer that allows it; `restore` takes it back.

    Harmless for everything but speed and memory: state dict, saving, merging, switching adapters off and
    hooks work as before. A model without such layers is returned unchanged.
    """
    for module in model.modules():
        if _plain(module):
            module.forward = MethodType(_adapted_forward, module)
    for module in model.modules():
        if _gated(module):
            module.forward = MethodType(_gated_forward, module)
            if not _same(module):
                del module.forward
    return model


def restore(model: Any) -> Any:
    """Return `model` with peft's and transformers' own way through all layers."""
    for module in model.modules():
        own = vars(module).get("forward")
        if getattr(own, "__func__", None) in (_adapted_forward, _gated_forward):
            del module.forward
    return model


def _plain(module: Any) -> bool:
    """Tell whether a module is a full-precision linear layer with one plain LoRA adapter: no DoRA, dropout or quantisation."""
    from peft.tuners.lora.layer import Linear

    if type(module) is not Linear or type(module.base_layer) is not torch.nn.Linear or module.fan_in_fan_out:
        return False
    if len(module.active_adapters) != 1 or module.lora_variant or vars(module).get("forward") is not None:
        return False
    name = module.active_adapters[0]
    return (
        name in module.lora_A
        and isinstance(module.lora_dropout[name], torch.nn.Identity)
        and module.lora_B[name].bias is None
        and not module.base_layer.weight.requires_grad
    )


def _now_plain(module: Any) -> bool:
    """Tell whether the adapter is to be applied at this moment, and no other."""
    return not module.disable_adapters and not module.merged and len(module.active_adapters) == 1


def _weights(module: Any) -> tuple[Any, ...]:
    name, base = module.active_adapters[0], module.base_layer
    return base.weight, base.bias, module.lora_A[name].weight, module.lora_B[name].weight, module.scaling[name]


def _adapted_forward(self: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    if args or kwargs or torch.is_autocast_enabled(x.device.type) or not _now_plain(self):
        return type(self).forward(self, x, *args, **kwargs)
    return _Adapted.apply(x, *_weights(self))


def _gated(module: Any) -> bool:
    """Tell whether a module looks like a Llama-like MLP; `_same` tries out whether it computes like one."""
    parts = dict(module.named_children())
    last = getattr(vars(parts.get("down_proj")).get("forward"), "__func__", None) if "down_proj" in parts else None
    known = {"gate_proj", "up_proj", "down_proj"} <= parts.keys()
    return known and last is _adapted_forward and isinstance(parts.get("act_fn"), _silu_kinds())


def _silu_kinds() -> tuple[type, ...]:
    from transformers.activations import ACT2FN

    return torch.nn.SiLU, type(ACT2FN["silu"])


def _gated_forward(self: Any, x: Any) -> Any:
    if torch.is_autocast_enabled(x.device.type) or not _now_plain(self.down_proj):
        return type(self).forward(self, x)
    return _GatedDown.apply(self.gate_proj(x), self.up_proj(x), *_weights(self.down_proj))


def _same(module: Any) -> bool:
    """Tell whether the MLP gives the same as its class's own code, on a probe."""
    weight = module.gate_proj.base_layer.weight if hasattr(module.gate_proj, "base_layer") else module.gate_proj.weight
    steps = torch.arange(_PROBED * weight.shape[1], device=weight.device, dtype=torch.float32)
    probe = torch.sin(steps).view(_PROBED, -1).to(weight.dtype)
    with torch.no_grad():
        try:
            own, fast = type(module).forward(module, probe), module(probe)
        except (TypeError, RuntimeError, ValueError):
            return False
    tolerance = TOLERANCE if weight.dtype == torch.float32 else 0.05
    return bool((own - fast).abs().max() <= tolerance * own.abs().max().clamp(min=1e-6))
