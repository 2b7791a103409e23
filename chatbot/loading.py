"""One way to load a chat model and its tokenizer, for answering and for training alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from foundation.errors import ConfigurationError, DataError

Precision = Literal["float32", "bfloat16"]

# For models without a chat template of their own (GPT-2 and other base models).
PLAIN_TEMPLATE = (
    "{% for message in messages %}{% if message['role'] == 'system' %}{{ message['content'] + '\n\n' }}"
    "{% elif message['role'] == 'user' %}{{ 'Question: ' + message['content'] + '\n' }}"
    "{% else %}{{ 'Answer: ' + message['content'] + eos_token + '\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Answer:' }}{% endif %}"
)


def load_model(folder: Path, precision: Precision) -> tuple[Any, Any]:
    """Return (model, tokenizer) of a transformers folder, in evaluation mode, padding on the left.

    Args:
        folder: what `chatbot.resolver.resolve` returned.
        precision: the dtype of all weights and arithmetic.

    Raises DataError when the folder cannot be loaded, ConfigurationError for an
    encoder-decoder model. Remote code and pickles are never loaded.
    """
    import torch
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.utils import logging

    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        config = AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
        if config.is_encoder_decoder:
            raise ConfigurationError(f"{folder} is an encoder-decoder model ({config.model_type}); this engine runs decoder-only models.")
        model = AutoModelForCausalLM.from_pretrained(
            str(folder),
            dtype=getattr(torch, precision),
            trust_remote_code=False,
            local_files_only=True,
            use_safetensors=True,
        )
    except (OSError, ValueError, KeyError, SafetensorError, StrictDataclassError) as error:
        raise DataError(f"cannot load the model in {folder}: {error}. A file may be cut off: get the model again.") from error
    finally:
        if bars:
            logging.enable_progress_bar()
    return model.eval(), load_tokenizer(folder)


def load_tokenizer(folder: Path) -> Any:
    """Return the folder's tokenizer: padding on the left, a pad token and a chat template for sure."""
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError) as error:
        raise DataError(f"cannot load the tokenizer in {folder}: {error}") from error
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if tokenizer.chat_template is None:
        tokenizer.chat_template = PLAIN_TEMPLATE
    return tokenizer


def render_chat(tokenizer: Any, messages: list[dict[str, str]], *, generation: bool = True) -> str:
    """Return the prompt text of `messages`; a template that knows no system role gets it inside the first user message.

    Args:
        messages: dicts with role and content.
        generation: end with the opening of the assistant's turn.
    """
    from jinja2 import TemplateError

    try:
        return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=generation))
    except TemplateError:
        if len(messages) < 2 or messages[0]["role"] != "system":
            raise
        first = {"role": messages[1]["role"], "content": f"{messages[0]['content']}\n\n{messages[1]['content']}"}
        return str(tokenizer.apply_chat_template([first, *messages[2:]], tokenize=False, add_generation_prompt=generation))
