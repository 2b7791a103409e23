"""A base model made trainable: LoRA matrices on its linear layers, the rest frozen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from finetune.config import FinetuneConfig
from finetune.memory import needs_checkpointing
from foundation.errors import ConfigurationError


def add_adapter(model: Any, config: FinetuneConfig, base: str) -> Any:
    """Return the peft model: `config.rank` matrices drawn from `config.seed`; `base` is what the adapter will name as its base.

    Raises ConfigurationError when the target modules do not exist in the model.
    """
    import torch
    from peft import LoraConfig, TaskType, get_peft_model

    targets = config.target_modules if isinstance(config.target_modules, str) else list(config.target_modules)
    torch.manual_seed(config.seed)
    lora = LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=targets,
        bias="none",
        task_type=TaskType.CAUSAL_LM,
    )
    try:
        trainable = get_peft_model(model, lora)
    except ValueError as error:
        raise ConfigurationError(f"finetune.target_modules {targets!r} does not fit the model: {error}") from None
    trainable.peft_config["default"].base_model_name_or_path = base
    return trainable


def set_checkpointing(model: Any, config: FinetuneConfig, longest: int) -> bool:
    """Turn activation checkpointing on when asked or needed for `longest` tokens at once; return whether it is on."""
    import psutil

    wanted = config.gradient_checkpointing
    if wanted == "auto":
        width = 2 if config.precision == "bfloat16" else 4
        wanted = needs_checkpointing(model.config, longest, _free_memory(psutil.virtual_memory().available), bytes_per_value=width)
    if wanted:
        model.enable_input_require_grads()  # frozen embeddings would cut the graph at the first checkpoint
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    return bool(wanted)


def trainable_parameters(model: Any) -> int:
    """Return the number of parameters that training changes."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def save_adapter(model: Any, folder: Path) -> None:
    """Write adapter_config.json and adapter_model.safetensors as plain peft does, without its empty model card."""
    model.save_pretrained(str(folder), safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)


def _free_memory(main: int) -> int:
    import torch

    return int(torch.cuda.mem_get_info()[0]) if torch.cuda.is_available() else main
