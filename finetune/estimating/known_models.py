"""The shapes of well-known models, so that one can be planned for before a byte of it is fetched.

Each entry holds what the config.json on its page of the Hugging Face hub says (huggingface.co/<id>), in the
same words; the tests hold the parameter count that follows against the published one.
"""

from __future__ import annotations

from typing import Any, Final


def _decoder(
    kind: str, hidden: int, inner: int, layers: int, heads: int, kv: int, vocabulary: int, *, tied: bool, **more: Any
) -> dict[str, Any]:
    return {
        "model_type": kind,
        "hidden_size": hidden,
        "intermediate_size": inner,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv,
        "vocab_size": vocabulary,
        "tie_word_embeddings": tied,
        **more,
    }


def _encoder_decoder(hidden: int, inner: int, layers: int, heads: int, *, flan: bool) -> dict[str, Any]:
    return {
        "model_type": "t5",
        "d_model": hidden,
        "d_ff": inner,
        "d_kv": 64,
        "num_layers": layers,
        "num_heads": heads,
        "vocab_size": 32128,
        "feed_forward_proj": "gated-gelu" if flan else "relu",
        "tie_word_embeddings": not flan,
    }


def _small(**numbers: Any) -> dict[str, Any]:
    return _decoder("llama", vocabulary=49152, tied=True, **numbers)


CONFIGURATIONS: Final[dict[str, dict[str, Any]]] = {
    "openai-community/gpt2": {"model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024, "vocab_size": 50257},
    "openai-community/gpt2-medium": {
        "model_type": "gpt2",
        "n_embd": 1024,
        "n_layer": 24,
        "n_head": 16,
        "n_positions": 1024,
        "vocab_size": 50257,
    },
    "google-t5/t5-small": _encoder_decoder(512, 2048, 6, 8, flan=False),
    "google-t5/t5-base": _encoder_decoder(768, 3072, 12, 12, flan=False),
    "google-t5/t5-large": _encoder_decoder(1024, 4096, 24, 16, flan=False),
    "google/flan-t5-small": _encoder_decoder(512, 1024, 8, 6, flan=True),
    "google/flan-t5-base": _encoder_decoder(768, 2048, 12, 12, flan=True),
    "google/flan-t5-large": _encoder_decoder(1024, 2816, 24, 16, flan=True),
    "HuggingFaceTB/SmolLM2-135M-Instruct": _small(hidden=576, inner=1536, layers=30, heads=9, kv=3),
    "HuggingFaceTB/SmolLM2-360M-Instruct": _small(hidden=960, inner=2560, layers=32, heads=15, kv=5),
    "HuggingFaceTB/SmolLM2-1.7B-Instruct": _small(hidden=2048, inner=8192, layers=24, heads=32, kv=32),
    "Qwen/Qwen2.5-0.5B-Instruct": _decoder("qwen2", 896, 4864, 24, 14, 2, 151936, tied=True),
    "Qwen/Qwen2.5-1.5B-Instruct": _decoder("qwen2", 1536, 8960, 28, 12, 2, 151936, tied=True),
    "Qwen/Qwen2.5-7B-Instruct": _decoder("qwen2", 3584, 18944, 28, 28, 4, 152064, tied=False),
    "google/gemma-2-2b-it": _decoder("gemma2", 2304, 9216, 26, 8, 4, 256000, tied=True, head_dim=256),
    "meta-llama/Llama-2-7b": _decoder("llama", 4096, 11008, 32, 32, 32, 32000, tied=False),
    "meta-llama/Llama-3.1-8B-Instruct": _decoder("llama", 4096, 14336, 32, 32, 8, 128256, tied=False),
    "mistralai/Mistral-7B-Instruct-v0.3": _decoder("mistral", 4096, 14336, 32, 32, 8, 32768, tied=False),
}

ALIASES: Final[dict[str, str]] = {  # other ids of the same shape
    "smollm2-135m-instruct": "HuggingFaceTB/SmolLM2-135M-Instruct",
    "HuggingFaceTB/SmolLM2-135M": "HuggingFaceTB/SmolLM2-135M-Instruct",
    "HuggingFaceTB/SmolLM2-360M": "HuggingFaceTB/SmolLM2-360M-Instruct",
    "HuggingFaceTB/SmolLM2-1.7B": "HuggingFaceTB/SmolLM2-1.7B-Instruct",
    "Qwen/Qwen2.5-0.5B": "Qwen/Qwen2.5-0.5B-Instruct",
    "Qwen/Qwen2.5-1.5B": "Qwen/Qwen2.5-1.5B-Instruct",
    "google/gemma-2-2b": "google/gemma-2-2b-it",
    "gpt2": "openai-community/gpt2",
    "t5-base": "google-t5/t5-base",
    "t5-small": "google-t5/t5-small",
    "meta-llama/Llama-2-7b-hf": "meta-llama/Llama-2-7b",
    "meta-llama/Llama-2-7b-chat-hf": "meta-llama/Llama-2-7b",
    "meta-llama/Llama-3.1-8B": "meta-llama/Llama-3.1-8B-Instruct",
    "mistralai/Mistral-7B-v0.3": "mistralai/Mistral-7B-Instruct-v0.3",
}
