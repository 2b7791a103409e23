"""What the backward pass needs of the forward pass: the values kept per layer and token.

Counted from what PyTorch's autograd saves when transformers' layers run with peft's LoRA on all
linear layers (torch 2.13, transformers 5.23, peft 0.21), and held against a count of the saved
tensors by `tests/finetune/estimating/test_activations.py`, family by family. What the allocator
adds to them is the business of `finetune.estimating.memory`.

Words: `e` bytes of what is computed in, 4 bytes where PyTorch keeps float32 whatever is computed in
(norms, softmax, the inputs of LoRA matrices, which peft keeps in float32).
"""

from __future__ import annotations

from finetune.estimating.architecture import Architecture


def kept_bytes(shape: Architecture, *, tokens: int, length: int, answer: int, rows: int, width: int, rank: int, checkpointing: bool) -> int:
    """Return the bytes that all layers keep for the backward pass of one micro-batch, logits aside.

    Args:
        shape: the model's.
        tokens: of the micro-batch, padding included (the source's, of an encoder-decoder).
        length: of its longest row: what a token attends to.
        answer: tokens of the longest answer: the decoder's length in an encoder-decoder.
        rows: sequences in the micro-batch.
        width: bytes of what is computed in: 4, or 2 for bfloat16.
        rank: of the LoRA matrices; 0 when all weights are trained.
        checkpointing: keep each layer's input alone, and one layer whole while it is computed again.
    """
    if not shape.decoder_layers:
        layer, layers = tokens * _decoder_layer(shape, length, width, rank), shape.layers
        inputs = tokens * shape.hidden * width
    else:
        targets = rows * answer
        layer = tokens * _t5_encoder_layer(shape, length, width, rank)
        decoder = targets * _t5_decoder_layer(shape, length, answer, width, rank) + tokens * _t5_cross(shape, width, rank)
        layers, inputs = shape.layers, (tokens + targets) * shape.hidden * width
        layer += decoder * shape.decoder_layers // max(1, shape.layers)
    if checkpointing:
        return layers * inputs + layer
    return layers * layer


def _decoder_layer(shape: Architecture, length: int, e: int, rank: int) -> int:
    if shape.family == "gpt2":
        return _gpt2_layer(shape, length, e, rank)
    hidden, wide, inner = shape.hidden, shape.attention_width, shape.inner
    norms = (4 if shape.family == "gemma2" else 2) * hidden * 4
    if rank:
        linear = _lora_inputs(((hidden, 3), (wide, 1), (hidden, 2), (inner, 1)), e) + 7 * rank * 4
        if e != 4:
            linear += wide * e  # the attention's output: in float32 it is the next layer's input itself
    else:
        linear = (2 * hidden + wide + inner) * e + 2 * hidden * e  # the normed values: the norms' weights are trained
    gate = 3 * inner * e
    attention = 3 * wide * e
    if shape.family == "gemma2":  # soft-capped scores are no fused kernel's: tanh and softmax of every pair are kept
        attention += shape.heads * length * (4 + (e if e == 4 else 2 * e))
    else:
        attention += shape.heads * 4 + length * e
    return norms + linear + gate + attention


def _gpt2_layer(shape: Architecture, length: int, e: int, rank: int) -> int:
    hidden, inner = shape.hidden, shape.inner
    norms = 4 * hidden * e  # two norms, two dropouts
    linear = (3 * hidden + inner) * (4 if rank else e) + 4 * rank * 4  # each input is read by one module alone
    pairs = shape.heads * length * 3 * e  # attention with dropout is no fused kernel's
    return norms + linear + 4 * inner * e + 3 * hidden * e + pairs


def _t5_forward(shape: Architecture, e: int, rank: int) -> int:
    inner, hidden = shape.inner, shape.hidden
    kept = (7 if shape.gated else 2) * inner * e
    first = 2 if shape.gated else 1
    return kept + (_lora_inputs(((hidden, first), (inner, 1)), e) + (first + 1) * rank * 4 if rank else (2 * hidden + inner) * e)


def _t5_attention(shape: Architecture, pairs: int, e: int, rank: int) -> int:
    hidden, wide = shape.hidden, shape.attention_width
    linear = _lora_inputs(((hidden, 3), (wide, 1)), e) + 4 * rank * 4 if rank else (2 * hidden + wide) * e
    return linear + 3 * wide * e + shape.heads * pairs * 3 * e


def _t5_encoder_layer(shape: Architecture, length: int, e: int, rank: int) -> int:
    return 4 * shape.hidden * max(e, 4) + _t5_attention(shape, length, e, rank) + _t5_forward(shape, e, rank)


def _t5_decoder_layer(shape: Architecture, length: int, answer: int, e: int, rank: int) -> int:
    hidden, wide = shape.hidden, shape.attention_width
    cross = _lora_inputs(((hidden, 1), (wide, 1)), e) + 2 * rank * 4 if rank else (hidden + wide) * e
    cross += wide * e + shape.heads * length * 3 * e
    return 6 * hidden * max(e, 4) + _t5_attention(shape, answer, e, rank) + cross + _t5_forward(shape, e, rank)


def _t5_cross(shape: Architecture, e: int, rank: int) -> int:
    """Keys and values of the source, in each decoder layer, per source token."""
    lora = 2 * rank * 4 + (2 * shape.hidden * 4 if e != 4 else 0) if rank else 0
    return 2 * shape.attention_width * e + lora


def _lora_inputs(widths: tuple[tuple[int, int], ...], e: int) -> int:
    """Bytes of the inputs of LoRA matrices, given as (width, modules that read it): one tensor in float32, else a copy for each."""
    return sum(width * (1 if e == 4 else modules) * 4 for width, modules in widths)
