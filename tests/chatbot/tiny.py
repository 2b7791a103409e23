"""Tiny random models with tokenizers trained here, one per architecture: engines without real weights.

Tokenizers are of the class that the real model has, so that what they put around a text, and what
they make of blanks and unknown letters, is the real thing's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TEXTS = ["Why is the sky blue?", "How long is the warranty?", "L'été dure trois mois.", "Answer in a few words. 😀 é à ç"]
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def build(folder: Path, *, width: int = 48, seed: int = 0) -> Path:
    """Write the model to `folder` and return it. Byte-level tokens, so that characters can be cut in two."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(TEXTS, vocab_size=300, special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"], show_progress=False)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained._tokenizer, eos_token="<|im_end|>", pad_token="<|im_end|>")
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        initializer_range=0.5,  # wide, so that another prompt gives another text
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def build_t5(folder: Path) -> Path:
    """Write a T5: encoder-decoder, relative positions, `</s>` behind every text, no chat template."""
    from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer

    # Its unigram trainer gives other pieces each time it runs, so the pieces are written down: letters and whole words.
    words = sorted({f"▁{word}" for text in TEXTS for word in text.split()})
    letters = sorted({letter for text in TEXTS for letter in text if letter != " "} | {"▁"})
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    pieces += [*((word, -5.0) for word in words), *((letter, -10.0) for letter in letters)]
    tokenizer = T5Tokenizer(vocab=pieces, extra_ids=0)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=48,
        d_kv=12,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        initializer_factor=3.0,  # wide, as below
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
    )
    return _save(T5ForConditionalGeneration, config, tokenizer, folder)


def build_gpt2(folder: Path) -> Path:
    """Write a GPT-2: learned absolute positions up to 512, no padding token, no chat template."""
    from transformers import GPT2Config, GPT2LMHeadModel, GPT2Tokenizer

    tokenizer = GPT2Tokenizer().train_new_from_iterator(TEXTS * 4, 320)
    end = tokenizer.eos_token_id
    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=512,
        n_embd=48,
        n_layer=2,
        n_head=4,
        initializer_range=0.5,
        bos_token_id=end,
        eos_token_id=end,
    )
    return _save(GPT2LMHeadModel, config, tokenizer, folder)


def build_llama2(folder: Path) -> Path:
    """Write a Llama-2 base model: `<s>` in front of every text, no chat template."""
    from transformers import LlamaConfig, LlamaForCausalLM, LlamaTokenizer

    vocabulary, merges = _sentencepiece("<unk>", "<s>", "</s>")
    tokenizer = LlamaTokenizer(vocab=vocabulary, merges=merges, add_bos_token=True)
    return _save(LlamaForCausalLM, LlamaConfig(**_decoder(tokenizer)), tokenizer, folder)


def build_mistral(folder: Path) -> Path:
    """Write a Mistral: attention over the last 24 tokens alone, a template without a system role."""
    from transformers import LlamaTokenizer, MistralConfig, MistralForCausalLM

    vocabulary, merges = _sentencepiece("<unk>", "<s>", "</s>")
    tokenizer = LlamaTokenizer(vocab=vocabulary, merges=merges, add_bos_token=True)
    tokenizer.chat_template = (  # as Mistral-7B-Instruct-v0.2 has it
        "{{ bos_token }}{% for message in messages %}"
        "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
        "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}"
        "{% else %}{{ message['content'] + eos_token }}{% endif %}{% endfor %}"
    )
    return _save(MistralForCausalLM, MistralConfig(**_decoder(tokenizer), sliding_window=24), tokenizer, folder)


def build_gemma2(folder: Path) -> Path:
    """Write a Gemma-2: soft-capped logits, every other layer with a window, a template that refuses a system role."""
    from transformers import Gemma2Config, Gemma2ForCausalLM, GemmaTokenizer

    marks = ("<start_of_turn>", "<end_of_turn>")
    vocabulary, merges = _sentencepiece("<pad>", "<eos>", "<bos>", "<unk>", "<mask>", *marks)
    tokenizer = GemmaTokenizer(vocab=vocabulary, merges=merges, additional_special_tokens=list(marks))
    tokenizer.chat_template = (  # as gemma-2-2b-it has it
        "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
        "{% for message in messages %}"
        "{% set role = 'model' if message['role'] == 'assistant' else message['role'] %}"
        "{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}"
    )
    ends = [tokenizer.eos_token_id, tokenizer.convert_tokens_to_ids("<end_of_turn>")]
    config = Gemma2Config(
        **{**_decoder(tokenizer), "eos_token_id": ends},
        head_dim=12,
        query_pre_attn_scalar=12,
        sliding_window=24,
        attn_logit_softcapping=2.0,  # low, so that leaving it out would show
        final_logit_softcapping=5.0,
    )
    # With norms that do nothing, tied embeddings make a random model repeat its last token for ever.
    return _save(Gemma2ForCausalLM, config, tokenizer, folder, norms=2.0)


def build_adapter(base: Path, folder: Path, *, seed: int = 1) -> Path:
    """Write a random LoRA adapter for the model in `base` to `folder` and return it."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    torch.manual_seed(seed)
    two_parts = AutoConfig.from_pretrained(base).is_encoder_decoder
    model = (AutoModelForSeq2SeqLM if two_parts else AutoModelForCausalLM).from_pretrained(base)
    task = "SEQ_2_SEQ_LM" if two_parts else "CAUSAL_LM"
    adapted = get_peft_model(model, LoraConfig(r=4, lora_alpha=16, target_modules="all-linear", task_type=task))
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.5)
    adapted.save_pretrained(folder)
    return folder


def _decoder(tokenizer: Any) -> dict[str, Any]:
    """The settings that the Llama family shares."""
    return {
        "vocab_size": len(tokenizer),
        "hidden_size": 48,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "initializer_range": 0.5,  # wide, so that another prompt gives another text
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def _sentencepiece(*special: str) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Return vocabulary and merges as sentencepiece makes them: blanks are letters, unknown letters are bytes."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    trained.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=100, show_progress=False))
    model = json.loads(trained.to_str())["model"]
    tokens = [*special, *(f"<0x{byte:02X}>" for byte in range(256)), *model["vocab"]]
    return {token: index for index, token in enumerate(tokens)}, [tuple(pair) for pair in model["merges"]]


def _save(kind: Any, config: Any, tokenizer: Any, folder: Path, *, norms: float = 0.0) -> Path:
    import torch

    torch.manual_seed(0)
    model = kind(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if norms and "norm" in name:
                weight.normal_(0, norms)
        # A random model would answer in broken bytes, and what a decoder makes of those hangs on all that follow.
        for token, index in tokenizer.get_vocab().items():
            if token.startswith("<0x"):
                model.get_output_embeddings().weight[index] = 0
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
