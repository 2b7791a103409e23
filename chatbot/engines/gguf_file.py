"""A transformers folder, with an adapter merged in or with nothing, as one F16 GGUF file.

The one converter of the fast engine: base and adapters go through the same arithmetic and the
same rounding, so that a difference between systems is never one of conversion. What reads the
file is not decided here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from foundation.errors import DataError, UnsupportedError

_LAYER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_NORMAL, _CONTROL = 1, 3  # token types of the format


def why_not(folder: Path) -> str | None:
    """Return why the model in `folder` cannot be written as a GGUF of the Llama family, or None when it can."""
    from transformers import AutoConfig

    from chatbot.loading import load_tokenizer

    try:
        config = AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"cannot read the configuration of the model in {folder}: {error}. Get the model again.") from error
    if config.model_type not in ("llama", "mistral"):
        return f"its architecture is {config.model_type}, and only llama and mistral are converted"
    if getattr(config, "sliding_window", None):
        return f"it attends within a window of {config.sliding_window} tokens"
    if getattr(config, "attention_bias", False) or getattr(config, "mlp_bias", False):
        return "its linear layers have biases"
    rope = getattr(config, "rope_parameters", None) or {}
    if rope.get("rope_type", "default") != "default":
        return f"its position encoding is {rope['rope_type']}"
    if config.hidden_act != "silu":
        return f"its activation is {config.hidden_act}"
    if _tokenizer(folder).get("model", {}).get("type") != "BPE":
        return "its tokenizer is not byte-pair encoding"
    if load_tokenizer(folder).eos_token_id is None:
        return "its tokenizer has no token that ends a text"
    return None


def write_gguf(folder: Path, target: Path, adapter: Path | None = None) -> None:
    """Write the model in `folder`, with the LoRA adapter in `adapter` merged in float32, to `target` in F16 (norms in F32).

    Args:
        folder: a transformers folder of a Llama-like model.
        target: the file to write; the caller renames it into place.
        adapter: a PEFT folder, or None for the base: the same steps, with nothing merged.

    Raises UnsupportedError, with the reason, for a model of another kind.
    """
    import gguf
    import numpy as np
    from transformers import AutoConfig

    if reason := why_not(folder):
        raise UnsupportedError(f"{folder.name} cannot be converted: {reason}. Set model.engine to transformers.")
    config = AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    writer = gguf.GGUFWriter(target, "llama")
    _describe(writer, config, folder)
    for name, tensor in _tensors(folder, adapter, config):
        writer.add_tensor(name, tensor.astype(np.float32 if tensor.ndim == 1 else np.float16))
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    except OSError as error:
        raise DataError(f"cannot write {target}: {error.strerror or error}. Free space or choose another workspace.") from error
    finally:
        writer.close()


def _tensors(folder: Path, adapter: Path | None, config: Any) -> Iterator[tuple[str, Any]]:
    """Yield (GGUF name, float32 array) of every weight. Rows of q and k are reordered: GGUF rotates pairs of neighbours."""
    from chatbot.loading import load_model

    model, _ = load_model(folder, "float32")
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, str(adapter), is_trainable=False).merge_and_unload()
    weights = model.state_dict()
    heads, key_heads = config.num_attention_heads, config.num_key_value_heads
    yield "token_embd.weight", weights["model.embed_tokens.weight"].numpy()
    yield "output_norm.weight", weights["model.norm.weight"].numpy()
    if not config.tie_word_embeddings:
        yield "output.weight", weights["lm_head.weight"].numpy()
    for layer in range(config.num_hidden_layers):
        for theirs, ours in _LAYER.items():
            tensor = weights[f"model.layers.{layer}.{theirs}.weight"].numpy()
            if ours in ("attn_q", "attn_k"):
                count = heads if ours == "attn_q" else key_heads
                rows, columns = tensor.shape
                tensor = tensor.reshape(count, 2, rows // count // 2, columns).swapaxes(1, 2).reshape(rows, columns)
            yield f"blk.{layer}.{ours}.weight", tensor


def _describe(writer: Any, config: Any, folder: Path) -> None:
    """Write the metadata: shapes, and the tokenizer with its special tokens."""
    from chatbot.loading import load_tokenizer

    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_name(folder.name)
    writer.add_file_type(1)  # mostly F16
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_freq_base(float((config.rope_parameters or {}).get("rope_theta", 10000.0)))
    writer.add_rope_dimension_count(head)
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    tokenizer, raw = load_tokenizer(folder), _tokenizer(folder)
    names = {index: token for token, index in tokenizer.get_vocab().items()}
    special = set(tokenizer.all_special_ids) | {entry["id"] for entry in raw.get("added_tokens", ()) if entry.get("special")}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm" if "Digits" in json.dumps(raw.get("pre_tokenizer")) else "gpt-2")
    writer.add_token_list([names.get(index, f"<unused {index}>") for index in range(config.vocab_size)])
    writer.add_token_types([_CONTROL if index in special else _NORMAL for index in range(config.vocab_size)])
    merges = raw["model"]["merges"]
    writer.add_token_merges([pair if isinstance(pair, str) else " ".join(pair) for pair in merges])
    writer.add_bos_token_id(int(tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id))
    writer.add_eos_token_id(int(tokenizer.eos_token_id))
    writer.add_pad_token_id(int(tokenizer.pad_token_id))
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(tokenizer.chat_template)


def _tokenizer(folder: Path) -> dict[str, Any]:
    file = folder / "tokenizer.json"
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}
