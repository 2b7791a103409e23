"""Chat templates for models that have none: how messages become the one text that a base model reads.

A template is Jinja, as in transformers. A model's own template writes all special tokens
itself; ours take those that the model's tokenizer would put around a text (`<s>` in
front for Llama-2, `</s>` behind for T5, none for GPT-2), so that the rendered prompt is always
the whole of what the model sees, and is tokenised as it stands.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from foundation.errors import ConfigurationError, UnknownNameError

# The assistant's turn ends with the end-of-text token, so that training teaches the model to stop.
CHAT_TEMPLATES: Final = {
    "plain": (
        "{% for message in messages %}{% if message['role'] == 'system' %}{{ message['content'] + '\n\n' }}"
        "{% elif message['role'] == 'user' %}{{ 'Question: ' + message['content'] + '\n' }}"
        "{% else %}{{ 'Answer: ' + message['content'] + eos_token + '\n' }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ 'Answer:' }}{% endif %}"
    ),
    # Source: Taori et al. 2023, Stanford Alpaca. The system message is the instruction, the user's is its input;
    # without a system message the user's is the instruction. Further turns repeat input and response.
    "alpaca": (
        "{% set paired = messages[0]['role'] == 'system' %}"
        "{{ 'Below is an instruction that describes a task' + (', paired with an input that provides further context' if paired else '')"
        " + '. Write a response that appropriately completes the request.\n\n' }}"
        "{% for message in messages %}{% if message['role'] == 'assistant' %}"
        "{{ '### Response:' + message['content'] + eos_token + '\n\n' }}"
        "{% else %}{{ ('### Input:\n' if paired and message['role'] == 'user' else '### Instruction:\n') + message['content'] + '\n\n' }}"
        "{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '### Response:' }}{% endif %}"
    ),
}


def set_template(tokenizer: Any, wanted: str | None) -> None:
    """Give `tokenizer` the chat template `wanted`; with None it keeps its own, or gets "plain" when it has none.

    Args:
        tokenizer: a transformers tokenizer; its `chat_template` is replaced.
        wanted: "plain", "alpaca", or the path of a .jinja file, which writes its special tokens itself.

    Raises UnknownNameError for a name that is neither, ConfigurationError for a file that cannot be read.
    """
    if wanted is None and tokenizer.chat_template is not None:
        return
    name = wanted or "plain"
    if name in CHAT_TEMPLATES:
        tokenizer.chat_template = _with_special_tokens(tokenizer, CHAT_TEMPLATES[name])
        return
    if not Path(name).is_file():
        raise UnknownNameError("chat template", name, CHAT_TEMPLATES, "Or give the path of a .jinja file.")
    try:
        tokenizer.chat_template = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"model.chat_template {name} cannot be read: {error}. It must be a text file in UTF-8.") from error


def _with_special_tokens(tokenizer: Any, template: str) -> str:
    """Return `template` between the special tokens that `tokenizer` puts around a text by itself."""
    probe = "a"
    bare, whole = _ids(tokenizer, probe), list(tokenizer(probe)["input_ids"])
    starts = [n for n in range(len(whole) - len(bare) + 1) if whole[n : n + len(bare)] == bare]
    if not bare or not starts:
        return template
    before, after = whole[: starts[0]], whole[starts[0] + len(bare) :]
    opening, closing = ("".join(tokenizer.convert_ids_to_tokens(part)) for part in (before, after))
    if before and _ids(tokenizer, opening + probe) != before + bare:
        opening += " "  # some tokenizers open a text with a blank, and a text behind a special token only when it is written
    if opening:
        template = f"{{{{ {json.dumps(opening)} }}}}{template}"
    return f"{template}{{% if add_generation_prompt %}}{{{{ {json.dumps(closing)} }}}}{{% endif %}}" if closing else template


def _ids(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])
