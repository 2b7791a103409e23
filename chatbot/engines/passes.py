"""How a model is asked for the logits of the next token: decoder-only and encoder-decoder models alike.

Both classes hold the state of one batch. Which token is chosen, and when a row ends, is the
business of `chatbot.engines.decoding`; what the logits are worth, of the engine.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from foundation.errors import DataError

if TYPE_CHECKING:
    import torch

Forward = Callable[..., Any]  # the model; keyword arguments are transformers' own


class Passes(Protocol):
    """One batch on its way through a model."""

    def begin(self, prompts: Sequence[Sequence[int]]) -> torch.Tensor:
        """Return the logits [rows, vocabulary] of the first new token of each prompt."""

    def go_on(self, tokens: Sequence[int]) -> torch.Tensor:
        """Return the logits [rows, vocabulary] of the token after `tokens`, one token per row."""

    def along(self, prompt: Sequence[int], completion: Sequence[int]) -> torch.Tensor:
        """Return the logits [n, vocabulary] at each of the n tokens of `completion`, in one pass of its own."""


class DecoderPasses:
    """A decoder-only model: prompts padded on the left, so that all rows end where the next token comes.

    Args:
        forward: the model.
        model: the same without adapters, for what its forward accepts: not every architecture takes positions.
        pad: id of the padding token.
    """

    def __init__(self, forward: Forward, model: Any, pad: int) -> None:
        self._forward, self._pad, self._device = forward, pad, model.device
        self._accepted = inspect.signature(model.forward).parameters
        self._mask: Any = None  # [rows, tokens so far]
        self._past: Any = None

    def begin(self, prompts: Sequence[Sequence[int]]) -> torch.Tensor:
        """Return the logits [rows, vocabulary] of the first new token of each prompt."""
        import torch

        width = max(len(prompt) for prompt in prompts)
        ids = torch.tensor([[self._pad] * (width - len(prompt)) + list(prompt) for prompt in prompts], device=self._device)
        self._mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts], device=self._device)
        self._past = None
        return self._pass(ids)

    def go_on(self, tokens: Sequence[int]) -> torch.Tensor:
        """Return the logits [rows, vocabulary] of the token after `tokens`, one token per row."""
        import torch

        self._mask = torch.cat([self._mask, self._mask.new_ones(len(tokens), 1)], dim=-1)
        return self._pass(torch.tensor(tokens, device=self._device).unsqueeze(-1))

    def along(self, prompt: Sequence[int], completion: Sequence[int]) -> torch.Tensor:
        """Return the logits [n, vocabulary] at each of the n tokens of `completion`."""
        import torch

        ids = torch.tensor([[*prompt, *completion[:-1]]], device=self._device)
        kept = len(completion)
        extra = {"logits_to_keep": kept} if "logits_to_keep" in self._accepted else {}
        logits: torch.Tensor = self._forward(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False, **extra).logits
        return logits[0, -kept:]

    def _pass(self, ids: torch.Tensor) -> torch.Tensor:
        positions = (self._mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        wanted = {"position_ids": positions, "logits_to_keep": 1}
        out = self._forward(
            input_ids=ids,
            attention_mask=self._mask,
            past_key_values=self._past,
            use_cache=True,
            **{name: value for name, value in wanted.items() if name in self._accepted},
        )
        self._past = out.past_key_values
        logits: torch.Tensor = out.logits[:, -1]
        return logits


class EncoderDecoderPasses:
    """An encoder-decoder model: the prompt goes to the encoder once, the answer grows in the decoder.

    Args:
        forward: the model.
        model: the same without adapters.
        pad: id of the padding token; prompts are padded on the right, as such models were trained.
        start: id of the token that opens every answer.
    """

    def __init__(self, forward: Forward, model: Any, pad: int, start: int) -> None:
        self._forward, self._pad, self._start, self._device = forward, pad, start, model.device
        self._mask: Any = None  # [rows, prompt tokens]
        self._encoded: Any = None
        self._past: Any = None

    def begin(self, prompts: Sequence[Sequence[int]]) -> torch.Tensor:
        """Return the logits [rows, vocabulary] of the first new token of each prompt."""
        import torch

        width = max(len(prompt) for prompt in prompts)
        ids = torch.tensor([list(prompt) + [self._pad] * (width - len(prompt)) for prompt in prompts], device=self._device)
        self._mask = torch.tensor([[1] * len(prompt) + [0] * (width - len(prompt)) for prompt in prompts], device=self._device)
        self._past = None
        return self._pass([self._start] * len(prompts), input_ids=ids)

    def go_on(self, tokens: Sequence[int]) -> torch.Tensor:
        """Return the logits [rows, vocabulary] of the token after `tokens`, one token per row."""
        return self._pass(tokens, encoder_outputs=self._encoded)

    def along(self, prompt: Sequence[int], completion: Sequence[int]) -> torch.Tensor:
        """Return the logits [n, vocabulary] at each of the n tokens of `completion`."""
        import torch

        ids = torch.tensor([list(prompt)], device=self._device)
        decoder = torch.tensor([[self._start, *completion[:-1]]], device=self._device)
        out = self._forward(input_ids=ids, attention_mask=torch.ones_like(ids), decoder_input_ids=decoder, use_cache=False)
        logits: torch.Tensor = out.logits[0]
        return logits

    def _pass(self, tokens: Sequence[int], **source: Any) -> torch.Tensor:
        import torch

        out = self._forward(
            attention_mask=self._mask,
            decoder_input_ids=torch.tensor(tokens, device=self._device).unsqueeze(-1),
            past_key_values=self._past,
            use_cache=True,
            **source,
        )
        self._past, self._encoded = out.past_key_values, (out.encoder_last_hidden_state,)
        logits: torch.Tensor = out.logits[:, -1]
        return logits


def passes_for(forward: Forward, model: Any, pad: int) -> Passes:
    """Return new passes of the kind that `model` needs.

    Raises DataError for an encoder-decoder model that does not say how its answers begin.
    """
    if not model.config.is_encoder_decoder:
        return DecoderPasses(forward, model, pad)
    start = model.generation_config.decoder_start_token_id
    if start is None:
        start = getattr(model.config, "decoder_start_token_id", None)
    if start is None:
        raise DataError("this encoder-decoder model names no decoder_start_token_id: add it to its generation_config.json.")
    return EncoderDecoderPasses(forward, model, pad, int(start))
