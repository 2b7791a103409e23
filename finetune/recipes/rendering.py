"""Prompts and targets as tokens, by the same renderer that inference uses.

A model trained with one prompt format and asked with another answers nothing useful,
so no prompt text is written here: `chatbot.prompts.render` and the tokenizer's chat
template make the prompt, byte for byte as the engine will.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatbot.loading import render_chat
from chatbot.model import Message
from chatbot.prompts import pack
from finetune.model import TrainingExample
from foundation.errors import ConfigurationError
from retrieval.model import Hit


@dataclass(frozen=True)
class Renderer:
    """Makes token sequences of messages for one tokenizer and chat template."""

    tokenizer: Any

    def example(self, source: str, recipe: str, messages: Sequence[Message], target: str) -> TrainingExample:
        """Return the example that answers `messages` with `target`.

        Raises ConfigurationError when the chat template does not show the target whole, or it has no tokens.
        """
        prompt = render_chat(self.tokenizer, [{"role": message.role, "content": message.content} for message in messages])
        return TrainingExample(source, recipe, prompt, target, self.encode(prompt), self._target_ids(messages, prompt, target))

    def text(self, source: str, recipe: str, text: str) -> TrainingExample:
        """Return the example that is bare text: every token but the first is to be learnt."""
        ids = self.encode(text)
        return TrainingExample(source, recipe, "", text, ids[:1], ids[1:])

    def encode(self, text: str) -> tuple[int, ...]:
        """Return the token ids of `text`; special tokens are in the text itself."""
        return tuple(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def packed(self, passages: tuple[Hit, ...], number: int | None, budget: int) -> tuple[tuple[Hit, ...], int | None]:
        """Keep what inference would keep within `budget` tokens; passage `number` goes first when it would fall out."""

        def count(text: str) -> int:
            return len(self.encode(text))

        kept = pack(passages, budget, count)
        if number is not None and number > len(kept):
            gold = passages[number - 1]
            kept = pack((gold, *(hit for hit in passages if hit is not gold)), budget, count)
            number = 1
        return kept, number

    def _target_ids(self, messages: Sequence[Message], prompt: str, target: str) -> tuple[int, ...]:
        """Return the tokens of the answer and of what the chat template puts at the end of a turn."""
        turns = [{"role": message.role, "content": message.content} for message in messages]
        whole = render_chat(self.tokenizer, [*turns, {"role": "assistant", "content": target}], generation=False)
        _, found, ending = whole.rpartition(target)
        ids = self.encode(target)
        if not found or not ids:
            raise ConfigurationError(
                f"the chat template cuts the answer {target[:60]!r} off: what it makes of it is {whole[len(prompt) :][:60]!r}. "
                "Set model.chat_template to one that shows answers whole (plain always does)."
            )
        end = self.encode(ending.strip())[:1] if found and whole.startswith(prompt) else ()
        return ids + (end or (int(self.tokenizer.eos_token_id),))
