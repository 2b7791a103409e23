"""A GGUF file becomes a transformers folder, once. Reading GGUF takes half a minute; the folder loads in a second."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

END_OF_TURN = "<|im_end|>"


def convert_gguf(source: Path, target: Path) -> None:
    """Write the model of the GGUF file `source` to the folder `target` in bfloat16, tokenizer and chat template included.

    transformers refuses to save a model that it loaded from GGUF, because its configuration says
    "quantised"; so a fresh model takes over the tensors and is saved instead.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GenerationConfig

    folder, file = str(source.parent), source.name
    with contextlib.redirect_stderr(io.StringIO()):  # three progress bars that no switch turns off
        read = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file)
        # The tokenizer writes this switch into its files, else by HF_HUB_OFFLINE: the model's fingerprint would follow the environment.
        tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file, local_files_only=True)
        config = AutoConfig.from_pretrained(folder, gguf_file=file)
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    end = tokenizer.convert_tokens_to_ids(END_OF_TURN)
    config.eos_token_id = config.pad_token_id = end
    model = AutoModelForCausalLM.from_config(config).to(torch.bfloat16)
    model.load_state_dict(read.state_dict())
    model.tie_weights()
    model.generation_config = GenerationConfig(bos_token_id=config.bos_token_id, eos_token_id=end, pad_token_id=end)
    with contextlib.redirect_stderr(io.StringIO()):
        model.save_pretrained(target)
    tokenizer.save_pretrained(target)
    for file_path in target.iterdir():
        file_path.chmod(0o644)  # safetensors writes 0600, which would shut colleagues out of a shared cache
