"""A base model made trainable: LoRA matrices on its linear layers, or all of its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chatbot.config import Precision
from finetune.config import FinetuneConfig
from foundation.errors import ConfigurationError, DataError

_PRECISIONS: dict[str, Precision] = {"qlora": "4bit", "8bit": "8bit"}


def base_precision(config: FinetuneConfig) -> Precision:
    """Return the numbers that the base is loaded in: 4 or 8 bits for the methods of that name, else `config.precision`.

    >>> base_precision(FinetuneConfig(method="qlora")), base_precision(FinetuneConfig())
    ('4bit', 'float32')
    """
    return _PRECISIONS.get(config.method, config.precision)


def make_trainable(model: Any, config: FinetuneConfig, base: str) -> Any:
    """Return the model with what is to be trained marked so; `base` is what the adapter will name as its base.

    With method full that is the model itself, else a peft model whose matrices are drawn from `config.seed`.

    Raises ConfigurationError when the target modules do not exist in the model.
    Source: LoRA, Hu et al. 2021, arXiv 2106.09685; QLoRA, Dettmers et al. 2023, arXiv 2305.14314;
    rsLoRA, Kalajdzievski 2023, arXiv 2312.03732; DoRA, Liu et al. 2024, arXiv 2402.09353.
    """
    import torch
    from peft import LoraConfig, TaskType, get_peft_model, prepare_model_for_kbit_training

    if config.method in _PRECISIONS:
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
    torch.manual_seed(config.seed)
    if config.method == "full":
        trainable = model.requires_grad_(True)
    else:
        targets = config.target_modules if isinstance(config.target_modules, str) else list(config.target_modules)
        lora = LoraConfig(
            r=config.rank,
            lora_alpha=config.alpha,
            lora_dropout=config.dropout,
            target_modules=targets,
            use_rslora=config.rslora,
            use_dora=config.dora,
            bias="none",
            task_type=TaskType.SEQ_2_SEQ_LM if model.config.is_encoder_decoder else TaskType.CAUSAL_LM,
        )
        try:
            trainable = get_peft_model(model, lora)
        except ValueError as error:
            raise ConfigurationError(
                f"finetune.target_modules {targets!r} does not fit the model: {error} "
                f"Its linear layers are: {', '.join(_linear_names(model))}; all-linear takes all."
            ) from None
        trainable.peft_config["default"].base_model_name_or_path = base
    return trainable


def checkpoint_activations(model: Any) -> None:
    """Make `model` compute its activations twice instead of keeping them: a third slower, much less memory."""
    model.enable_input_require_grads()  # frozen embeddings would cut the graph at the first checkpoint
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})


def trained_weights(model: Any) -> dict[str, Any]:
    """Return what training changes, name → tensor, as it is in memory."""
    return {name: parameter.detach() for name, parameter in model.named_parameters() if parameter.requires_grad}


def set_weights(model: Any, weights: dict[str, Any]) -> None:
    """Put `weights`, as `trained_weights` gave them, back in place."""
    import torch

    own = trained_weights(model)
    with torch.no_grad():
        for name, value in weights.items():
            own[name].copy_(value)


def trainable_parameters(model: Any) -> int:
    """Return the number of parameters that training changes."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def save_trained(model: Any, tokenizer: Any, config: FinetuneConfig, folder: Path) -> None:
    """Write what plain peft loads, without its empty model card; with method full the whole model with its tokenizer.

    Raises DataError when there is no room for it.
    """
    from safetensors import SafetensorError

    try:
        model.save_pretrained(str(folder), safe_serialization=True)
        (folder / "README.md").unlink(missing_ok=True)
        if config.method == "full":
            tokenizer.save_pretrained(str(folder))
    except (OSError, SafetensorError) as error:
        raise DataError(
            f"cannot write what was trained to {folder.parent}: {error}. Free room on the disk and run the same command again: "
            "it goes on from the last checkpoint."
        ) from error


def _linear_names(model: Any) -> list[str]:
    """Return the last parts of the names of the layers that can take an adapter."""
    return sorted({name.rpartition(".")[2] for name, part in model.named_modules() if hasattr(part, "in_features") or hasattr(part, "nf")})
