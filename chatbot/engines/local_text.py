"""Text to tokens and back, the same for every engine that runs a model here: only the arithmetic in between may differ.

Which requests share a batch, and what is computed, is the engines' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chatbot.loading import render_chat
from chatbot.model import Message
from foundation.errors import EngineError


class LocalText:
    """A model's tokenizer and window.

    Args:
        tokenizer: as `chatbot.loading.load_tokenizer` returns it.
        window: tokens of prompt and answer together that the model has positions for; 0 when it does not tell.
        apart: the model has a window for each of the two (encoder-decoder models).
    """

    def __init__(self, tokenizer: Any, window: int, *, apart: bool = False) -> None:
        self.tokenizer = tokenizer
        self._window, self._apart = window, apart

    def render(self, messages: Sequence[Message]) -> str:
        """Return the exact prompt text of `messages`, the assistant's turn opened."""
        return render_chat(self.tokenizer, [{"role": message.role, "content": message.content} for message in messages])

    def encode(self, text: str) -> list[int]:
        """Return the token ids of `text`; special tokens are in the text itself, where the chat template put them."""
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of token ids, special tokens left out."""
        return str(self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def check_window(self, prompt: int, new: int) -> None:
        """Raise EngineError when `prompt` tokens and `new` ones do not fit the model."""
        needed = max(prompt, new) if self._apart else prompt + new
        if self._window and needed > self._window:
            raise EngineError(
                f"{prompt} prompt tokens and {new} new ones do not fit the model's {self._window}. "
                "Show fewer or shorter passages (retrieval.k, retrieval.passage_tokens), or a shorter history."
            )
