"""What the formulas say is kept for the backward pass, against a count of what autograd saves."""

from __future__ import annotations

from typing import Any

import pytest

from finetune.estimating.activations import kept_bytes
from finetune.estimating.architecture import read_architecture

ROWS, LENGTH, ANSWER, RANK = 2, 64, 8, 8
DECODER = {
    "vocab_size": 300,
    "hidden_size": 64,
    "intermediate_size": 160,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "tie_word_embeddings": True,
    "pad_token_id": 0,
}
T5 = {"vocab_size": 300, "d_model": 64, "d_kv": 16, "d_ff": 160, "num_heads": 4, "decoder_start_token_id": 0, "pad_token_id": 0}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "llama": {**DECODER, "model_type": "llama"},
    "mistral": {**DECODER, "model_type": "mistral"},
    "qwen2": {**{key: value for key, value in DECODER.items() if key != "head_dim"}, "model_type": "qwen2"},
    "gemma2": {**DECODER, "model_type": "gemma2"},
    "gpt2": {"model_type": "gpt2", "vocab_size": 300, "n_embd": 64, "n_head": 4, "n_positions": 128},
    "t5": {**T5, "model_type": "t5"},
    "flan-t5": {**T5, "model_type": "t5", "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False},
}


def with_layers(name: str, layers: int) -> dict[str, Any]:
    kind = CONFIGURATIONS[name]["model_type"]
    key = {"gpt2": "n_layer", "t5": "num_layers"}.get(kind, "num_hidden_layers")
    return {**CONFIGURATIONS[name], key: layers}


def saved_bytes(name: str, layers: int, method: str, precision: str, checkpointing: bool) -> int:
    """Count the distinct storages that autograd keeps after a forward pass, the weights aside."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    values = with_layers(name, layers)
    encoder_decoder = values["model_type"] == "t5"
    kind = AutoModelForSeq2SeqLM if encoder_decoder else AutoModelForCausalLM
    model = kind.from_config(AutoConfig.for_model(**values)).to(getattr(torch, precision))
    if method == "lora":
        task = "SEQ_2_SEQ_LM" if encoder_decoder else "CAUSAL_LM"
        model = get_peft_model(model, LoraConfig(r=RANK, target_modules="all-linear", task_type=task))
    model.train()
    if checkpointing:
        model.enable_input_require_grads()
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    weights = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, Any] = {}

    def keep(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage
        return tensor

    ids = torch.randint(5, 200, (ROWS, LENGTH))
    mask = torch.ones_like(ids)
    mask[0, :3] = 0
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        if encoder_decoder:
            model(input_ids=ids, attention_mask=mask, labels=torch.randint(5, 200, (ROWS, ANSWER)), use_cache=False)
        else:
            where = torch.arange(LENGTH - ANSWER - 1, LENGTH - 1)
            model(input_ids=ids, attention_mask=mask, logits_to_keep=where, use_cache=False).logits.sum()
    return sum(storage.nbytes() for storage in kept.values())


def estimated(name: str, layers: int, method: str, precision: str, checkpointing: bool) -> int:
    return kept_bytes(
        read_architecture(with_layers(name, layers)),
        tokens=ROWS * LENGTH,
        length=LENGTH,
        answer=ANSWER,
        rows=ROWS,
        width=2 if precision == "bfloat16" else 4,
        rank=RANK if method == "lora" else 0,
        checkpointing=checkpointing,
    )


@pytest.mark.parametrize(
    ("name", "method", "precision"),
    [(name, "lora", "float32") for name in CONFIGURATIONS]
    + [
        ("llama", "full", "float32"),
        ("llama", "lora", "bfloat16"),
        ("llama", "full", "bfloat16"),
        ("t5", "full", "float32"),
        ("gemma2", "lora", "bfloat16"),
    ],
)
def test_a_layer_keeps_what_the_formula_says(name: str, method: str, precision: str) -> None:
    arguments = (method, precision, False)
    counted = saved_bytes(name, 3, *arguments) - saved_bytes(name, 2, *arguments)  # one layer: embeddings and logits fall out
    formula = estimated(name, 3, *arguments) - estimated(name, 2, *arguments)
    assert formula == pytest.approx(counted, rel=0.03)


def test_with_checkpointing_a_layer_keeps_its_input_alone() -> None:
    arguments = ("lora", "float32", True)
    counted = saved_bytes("llama", 3, *arguments) - saved_bytes("llama", 2, *arguments)
    assert counted == ROWS * LENGTH * 64 * 4  # the width of the model, in float32
    assert estimated("llama", 3, *arguments) - estimated("llama", 2, *arguments) == counted
