"""One way to load a chat model and its tokenizer, for answering and for training alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chatbot.chat_templates import set_template
from chatbot.config import Precision
from chatbot.placement import Device, keep_unpacked, loading_arguments, place
from foundation.errors import ConfigurationError, DataError


def load_model(folder: Path, precision: Precision, device: Device = "cpu", chat_template: str | None = None) -> tuple[Any, Any]:
    """Return (model, tokenizer) of a transformers folder, in evaluation mode; decoder-only or encoder-decoder.

    Args:
        folder: what `chatbot.resolver.resolve` returned.
        precision: of the weights and the arithmetic; see `chatbot.placement`.
        device: where the model is put.
        chat_template: see `load_tokenizer`.

    Raises DataError when the folder cannot be loaded or lacks weights, ConfigurationError for a
    GPU that is not there, MissingDependencyError for 8 or 4 bits without bitsandbytes. Remote
    code and pickles are never loaded.
    """
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

    arguments = loading_arguments(place(precision, device))
    try:
        with _quiet():
            kind = AutoModelForSeq2SeqLM if is_encoder_decoder(folder) else AutoModelForCausalLM
            model, report = kind.from_pretrained(
                str(folder),
                trust_remote_code=False,
                local_files_only=True,
                use_safetensors=True,
                output_loading_info=True,
                **arguments,
            )
    # RuntimeError: weights of another shape than the configuration says
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError, StrictDataclassError) as error:
        raise DataError(f"cannot load the model in {folder}: {error}. A file may be cut off: get the model again.") from error
    if report["missing_keys"]:  # transformers would fill them with random numbers and go on
        missing = sorted(report["missing_keys"])
        raise DataError(
            f"cannot load the model in {folder}: it lacks {len(missing)} weights, {missing[0]} among them. "
            "A file may be missing or the configuration be another model's: get the model again."
        )
    keep_unpacked(model)
    return model.eval(), load_tokenizer(folder, chat_template)


def is_encoder_decoder(folder: Path) -> bool:
    """Tell whether the model in `folder` is an encoder-decoder such as T5, from its configuration alone.

    Raises DataError when the configuration cannot be read.
    """
    from huggingface_hub.errors import StrictDataclassError
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError, StrictDataclassError) as error:
        raise DataError(f"cannot load the model in {folder}: {error}. A file may be cut off: get the model again.") from error
    return bool(config.is_encoder_decoder)


def load_tokenizer(folder: Path, chat_template: str | None = None) -> Any:
    """Return the folder's tokenizer: padding on the left, a pad token and a chat template for sure.

    Args:
        folder: what `chatbot.resolver.resolve` returned.
        chat_template: "plain", "alpaca" or the path of a .jinja file; None keeps the model's own, else "plain".
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError) as error:
        raise DataError(f"cannot load the tokenizer in {folder}: {error}") from error
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    set_template(tokenizer, chat_template)
    return tokenizer


def render_chat(tokenizer: Any, messages: list[dict[str, str]], *, generation: bool = True) -> str:
    """Return the prompt text of `messages`; a template that knows no system role gets it inside the first user message.

    Args:
        messages: dicts with role and content.
        generation: end with the opening of the assistant's turn.

    Raises ConfigurationError when the template takes the messages neither way.
    """
    from jinja2 import TemplateError

    try:
        return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=generation))
    except TemplateError as error:
        fault = error
    if len(messages) > 1 and messages[0]["role"] == "system":
        first = {"role": messages[1]["role"], "content": f"{messages[0]['content']}\n\n{messages[1]['content']}"}
        try:
            return str(tokenizer.apply_chat_template([first, *messages[2:]], tokenize=False, add_generation_prompt=generation))
        except TemplateError as error:
            fault = error
    raise ConfigurationError(f"the chat template refuses these messages: {fault}. Set model.chat_template to one that takes them.")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers' progress bar and its tables of weights off the screen: what is wrong comes as one error."""
    from transformers.utils import logging

    bars, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
