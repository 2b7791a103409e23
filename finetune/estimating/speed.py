"""How long training takes: the arithmetic of a token over what a device reaches.

A forward pass multiplies each weight of a linear layer once with each token, a backward pass once for the
gradient of the inputs and, where the weights themselves are trained, once for theirs.
Source: Kaplan et al. 2020, arXiv 2001.08361, section 2.1 (2 operations per weight and token, backward twice forward).
"""

from __future__ import annotations

from finetune.estimating.architecture import Architecture
from finetune.estimating.devices import Device
from finetune.estimating.setting import Setting

# What a training reaches of the peak: on processors from a bare training of the embedded model beside a product of
# matrices, on GPUs an assumption (no GPU was at hand): see docs/estimate.md.
CPU_SHARE = {"float32": 0.5, "bfloat16": 0.25}
GPU_SHARE = 0.35
SPREAD_CPU, SPREAD_GPU = 1.5, 2.0  # the time lies between the estimate over this and the estimate times this
_STEP_BYTES = 3  # a layer's weights are read in the forward pass, again for the gradient, and once more when computed twice


def operations(shape: Architecture, setting: Setting) -> float:
    """Return the floating point operations of one micro-batch, forward and backward."""
    tokens = setting.tokens
    layers = shape.layers * 2 * setting.length * shape.attention_width  # scores and their sums; half of them are masked
    source = shape.linear_parameters
    targets = 0.0
    if shape.decoder_layers:  # the encoder sees the prompt alone, the decoder the answer alone
        decoder = sum(inputs * outputs for inputs, outputs in shape.matrices[-_decoder_count(shape) :])
        source, targets = source - decoder, float(decoder)
    adapter = setting.trainable if setting.trainable is not None else shape.adapter_parameters(setting.rank)
    passes = (2 if setting.adapts else 3) + (1 if setting.checkpointing else 0)
    answers = setting.rows * setting.answer
    work = passes * 2 * (tokens * (source + layers) + answers * (targets + shape.vocabulary * shape.hidden))
    return float(work + (6 * adapter * tokens if setting.adapts else 0))


def seconds(shape: Architecture, setting: Setting, device: Device) -> float:
    """Return the seconds of one micro-batch on `device`."""
    share = GPU_SHARE if device.kind == "gpu" else CPU_SHARE[setting.precision]
    precision = "bfloat16" if device.kind == "gpu" and setting.method in ("qlora", "8bit") else setting.precision
    computing = operations(shape, setting) / (share * device.rate(precision))
    return max(computing, _moved(shape, setting) / device.bandwidth) + _unpacked(shape, setting, device.kind) / device.bandwidth


def tokens_per_second(shape: Architecture, setting: Setting, device: Device) -> float:
    """Return how many tokens, padding included, are trained in a second."""
    return setting.tokens / seconds(shape, setting, device)


def _moved(shape: Architecture, setting: Setting) -> float:
    """Bytes of weights that a micro-batch reads, however few its tokens."""
    return _passes(setting) * shape.linear_parameters * setting.width


def _unpacked(shape: Architecture, setting: Setting, kind: str) -> float:
    """Bytes moved to unpack weights of 4 or 8 bits: read packed, written, and read whole, at each pass."""
    packed = {"qlora": 0.5, "8bit": 1.0}.get(setting.method)
    whole = 2 if kind == "gpu" else 4
    return 0.0 if packed is None else _passes(setting) * shape.linear_parameters * (packed + 2 * whole)


def _passes(setting: Setting) -> int:
    return _STEP_BYTES if setting.checkpointing else _STEP_BYTES - 1


def _decoder_count(shape: Architecture) -> int:
    return shape.decoder_layers * (8 + (3 if shape.gated else 2))
