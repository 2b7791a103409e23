"""Base and adapter as plain peft runs them, for what engines do not tell: log-probabilities, logits, the merged model.

Loaded once for all alarms, in float32 so that a merge can be compared to the last digit, and let go after them.
Answers are the engine's business, not this one's.
"""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatbot.engines.adapter_files import is_whole
from chatbot.engines.adapters import AdapterSlots
from chatbot.engines.local_text import LocalText
from chatbot.engines.passes import passes_for
from chatbot.loading import load_model
from chatbot.model_card import model_fingerprint
from foundation.errors import UnsupportedError
from studies.alarms.context import AlarmContext

if TYPE_CHECKING:
    import torch

Tokens = Sequence[int]
Pair = tuple[Tokens, Tokens]  # what is given, and what follows

LARGEST_ON_CPU = 1_500_000_000  # parameters: beyond, the alarms take hours on a processor
_TOGETHER = 768  # padded tokens in one pass
_MEMORY = 0.8  # share of the free memory that the model may take


@contextmanager
def plain_model(context: AlarmContext) -> Iterator[PlainModel]:
    """Give the model loaded, and free it afterwards.

    Raises UnsupportedError when there is no base folder or the model is too large to be loaded beside the engine.
    """
    require_room(context)
    model = PlainModel(context)
    try:
        yield model
    finally:
        model.close()
        gc.collect()


def require_room(context: AlarmContext) -> None:
    """Raise UnsupportedError with a reason when the base cannot be loaded here in reasonable time and memory."""
    import psutil
    import torch

    parameters = _parameters(_base_of(context))
    on_gpu = context.model.device != "cpu" and torch.cuda.is_available()
    if not on_gpu and parameters > LARGEST_ON_CPU:
        raise UnsupportedError(
            f"the base has {parameters / 1e9:.1f} billion parameters, which takes hours on a processor. "
            "Run the alarms on a GPU (model.device=cuda)."
        )
    free = torch.cuda.mem_get_info()[0] if on_gpu else psutil.virtual_memory().available
    needed = 4 * parameters * (2 if is_whole(context.folder) else 1)  # where all weights were trained, there are two models
    if needed > _MEMORY * free:
        what = "the base and the trained model" if is_whole(context.folder) else "the base"
        raise UnsupportedError(
            f"{what} in float32 would take {needed / 2**30:.0f} GB and {free / 2**30:.0f} GB are free. "
            "Close what else runs, or use a larger machine."
        )


def _base_of(context: AlarmContext) -> Path:
    if context.base is None:
        raise UnsupportedError("the base model is not on this machine. Run the alarms where its folder is (model.engine=transformers).")
    return context.base


def _parameters(folder: Path) -> int:
    """Return the number of parameters from the headers of the weight files, without reading the weights."""
    from math import prod

    from safetensors import safe_open

    total = 0
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "np") as archive:
            total += sum(prod(archive.get_slice(name).get_shape()) for name in archive.keys())  # noqa: SIM118 - no mapping
    return total


def load_whole(folder: Path, context: AlarmContext) -> Any:
    """Return the model in `folder`, of which all weights were trained, as the base is loaded."""
    return load_model(folder, "float32", context.model.device, context.model.chat_template)[0]


class PlainModel:
    """One base with one adapter, which is on or off from call to call."""

    def __init__(self, context: AlarmContext) -> None:
        folder = _base_of(context)
        model, tokenizer = load_model(folder, "float32", context.model.device, context.model.chat_template)
        self._base, self._name = model, "alarms"
        self._slots = AdapterSlots(model, context.model.name, model_fingerprint(folder), lambda other: load_whole(other, context), held=1)
        self._slots.load(self._name, context.folder)
        self._model: Any = None  # once merged: what is then called
        self.whole = is_whole(context.folder)  # all weights were trained: there is no adapter to merge
        self._text = LocalText(tokenizer, int(getattr(model.config, "max_position_embeddings", 0) or 0))
        self._pad, self._end = int(tokenizer.pad_token_id or 0), int(tokenizer.eos_token_id)
        self._accepted = inspect.signature(model.forward).parameters
        self.two_parts = bool(model.config.is_encoder_decoder)

    def encode(self, text: str) -> list[int]:
        """Return the token ids of `text`, special tokens of the chat template included."""
        return self._text.encode(text)

    def close(self) -> None:
        """Let the weights go."""
        del self._base, self._slots, self._model

    def logprobs(self, pairs: Sequence[Pair], *, adapter: bool) -> list[list[float]]:
        """Return the natural log-probability of each token that follows, per pair, with the adapter or without."""
        import torch

        self._switch(on=adapter)
        found: list[list[float]] = [[] for _ in pairs]
        with torch.inference_mode():
            for batch in self._batches(pairs):
                for index, logits in zip(batch, self._along([pairs[index] for index in batch]), strict=True):
                    chosen = torch.tensor(list(pairs[index][1]), device=logits.device).unsqueeze(-1)
                    found[index] = logits.float().log_softmax(-1).gather(-1, chosen).squeeze(-1).tolist()
        return found

    def next_logits(self, prompts: Sequence[Tokens], *, adapter: bool) -> list[torch.Tensor]:
        """Return the logits [vocabulary] of the token after each prompt."""
        import torch

        self._switch(on=adapter)
        with torch.inference_mode():
            return [self._along([(prompt, (self._pad,))])[0][0].float().cpu() for prompt in prompts]

    def greedy(self, prompt: Tokens, count: int) -> list[int]:
        """Return the `count` likeliest tokens one after the other under the adapter, an end of turn last where one comes."""
        import torch

        self._switch(on=True)
        with torch.inference_mode():
            passes = passes_for(self._call, self._base, self._pad)
            made = [int(passes.begin([prompt])[0].argmax())]
            while len(made) < count and made[-1] != self._end:
                made.append(int(passes.go_on(made[-1:])[0].argmax()))
        return made

    def decode(self, ids: Tokens) -> str:
        """Return the text of token ids, special tokens left out."""
        return self._text.decode(ids)

    def merge(self) -> None:
        """Merge the adapter into the weights, for good: from now on the model has one face. A whole model has none."""
        if self.whole:
            return
        self._switch(on=True)
        self._model = self._slots.model.merge_and_unload(adapter_names=[self._name])

    def _switch(self, *, on: bool) -> None:
        if self._model is None:
            self._slots.switch(self._name if on else None)

    def _call(self, **inputs: Any) -> Any:
        return (self._slots.model if self._model is None else self._model)(**inputs)

    def _batches(self, pairs: Sequence[Pair]) -> Iterator[list[int]]:
        """Yield indices of pairs of like length that go through the model together."""
        batch: list[int] = []
        for index in sorted((i for i in range(len(pairs)) if pairs[i][1]), key=lambda i: len(pairs[i][0]) + len(pairs[i][1])):
            length = len(pairs[index][0]) + len(pairs[index][1])
            if batch and (self.two_parts or length * (len(batch) + 1) > _TOGETHER):
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch

    def _along(self, pairs: Sequence[Pair]) -> list[torch.Tensor]:
        """Return the logits [n, vocabulary] at each of the n tokens that follow, per pair."""
        import torch

        if self.two_parts:
            passes = passes_for(self._call, self._base, self._pad)
            return [passes.along(prompt, completion) for prompt, completion in pairs]
        rows = [[*prompt, *completion[:-1]] for prompt, completion in pairs]
        width, kept = max(map(len, rows)), max(len(completion) for _, completion in pairs)
        device = self._base.device
        ids = torch.tensor([[self._pad] * (width - len(row)) + row for row in rows], device=device)
        mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows], device=device)
        wanted = {"position_ids": (mask.cumsum(-1) - 1).clamp(min=0), "logits_to_keep": kept}
        extra = {name: value for name, value in wanted.items() if name in self._accepted}
        logits = self._call(input_ids=ids, attention_mask=mask, use_cache=False, **extra).logits
        return [logits[at, -len(completion) :] for at, (_, completion) in enumerate(pairs)]
