"""What would make an example useless, found before hours are spent: no answer left to learn, or no room for it."""

from __future__ import annotations

from finetune.model import TrainingExample
from finetune.recipes.rendering import Renderer
from foundation.errors import ConfigurationError

_ASKED, _ANSWERED = "the question probe", "the answer probe"
_SETTINGS = {
    "raft": "retrieval.passage_tokens or finetune.distractors",
    "style": "retrieval.passage_tokens",
    "documents": "finetune.passage_length",
    "few-shot": "the number or the length of the worked examples (tag or shorten train questions)",
    "instructions": "the length of the examples in finetune.instructions",
}


def check_template(renderer: Renderer) -> None:
    """Raise ConfigurationError when the chat template drops the question or cuts the answer off."""
    from chatbot.loading import render_chat

    asked = [{"role": "user", "content": _ASKED}]
    prompt = render_chat(renderer.tokenizer, asked)
    whole = render_chat(renderer.tokenizer, [*asked, {"role": "assistant", "content": _ANSWERED}], generation=False)
    for text, needed, what in ((prompt, _ASKED, "the user's question"), (whole, _ANSWERED, "the assistant's answer")):
        if needed not in text:
            raise ConfigurationError(
                f"the chat template leaves out {what}, so nothing can be learnt with it. Mend it, or set model.chat_template to plain."
            )


def fault(example: TrainingExample, window: int | None) -> str | None:
    """Return what makes an example useless and which setting to change, or None.

    Args:
        example: as a recipe made it.
        window: the most tokens that the model reads; None when it has no limit.

    >>> fault(TrainingExample("q1", "raft", "", "", (1,) * 60, (2,) * 5), 64)
    "raft example 'q1' is 65 tokens long and the model reads 64: lower retrieval.passage_tokens or finetune.distractors."
    >>> fault(TrainingExample("q1", "qa", "", "", (1,), (2,)), 64) is None
    True
    """
    if not example.target_ids:
        return f"{example.recipe} example {example.source!r} has no token to learn: its answer is empty for this tokenizer"
    if window is not None and example.tokens > window:
        setting = _SETTINGS.get(example.recipe, "the length of its answer")
        where = f"{example.recipe} example {example.source!r}"
        return f"{where} is {example.tokens:,} tokens long and the model reads {window:,}: lower {setting}."
    return None
