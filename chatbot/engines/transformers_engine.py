"""The reference engine: PyTorch through transformers, greedy, with a fixed batch plan.

It runs decoder-only and encoder-decoder models alike. On a GPU it computes in bfloat16 and
fits its batches to the free memory; this was not run on a GPU, since none was at hand.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from chatbot.config import ModelConfig
from chatbot.engine import Capability, Delta, EngineInfo, Event, Finish, Request, check_ids
from chatbot.engines import CAPABILITIES, REFERENCE
from chatbot.engines.adapters import AdapterSlots
from chatbot.engines.batching import plan_batches
from chatbot.engines.decoding import greedy
from chatbot.engines.detokenize import Detokenizer
from chatbot.engines.local_text import LocalText
from chatbot.engines.memory import batch_tokens
from chatbot.engines.passes import Passes, passes_for
from chatbot.loading import load_model
from chatbot.model import FinishReason, Message, Timing, Usage
from chatbot.model_card import declared_languages, model_fingerprint
from chatbot.placement import place
from chatbot.resolver import GGUF_MODELS, resolve


def create(config: ModelConfig, cache: Path) -> TransformersEngine:
    """Return the engine with the model of `config` loaded; the first call may fetch and convert it."""
    import torch

    if config.threads:
        torch.set_num_threads(config.threads)
    return TransformersEngine(config, resolve(config.name, cache))


class TransformersEngine:
    """Answers with one transformers model and its LoRA adapters; `tests/conformance/engine.py` says how it behaves."""

    capabilities: frozenset[Capability] = CAPABILITIES[REFERENCE]

    def __init__(self, config: ModelConfig, folder: Path) -> None:
        self._placement = place(config.precision, config.device)
        self._config, self._fingerprint = config, model_fingerprint(folder)
        model, tokenizer = load_model(folder, self._placement.precision, self._placement.device, config.chat_template)
        self._base = model
        self._adapters = AdapterSlots(model, config.name, self._fingerprint, self._load_whole, config.adapters_in_memory)
        window = int(getattr(model.config, "max_position_embeddings", 0) or 0)
        self._text = LocalText(tokenizer, window, apart=bool(model.config.is_encoder_decoder))
        self._stops = _stop_ids(model, tokenizer)
        self._pad = int(tokenizer.pad_token_id or 0)
        self._batch_tokens = int(min(config.batch_tokens, _fitting_tokens(model)))
        declared = config.languages if config.languages is not None else GGUF_MODELS.get(config.name, declared_languages(folder))
        self._languages = tuple(declared)
        self._step = threading.Lock()  # two threads may ask at once: one step at a time, each under its own adapter
        self._wanted: dict[str, bool] = {}  # request id → False once cancelled

    def info(self) -> EngineInfo:
        """Return what a manifest records."""
        import torch

        plan = {
            "batch_size": self._config.batch_size,
            "batch_tokens": self._batch_tokens,
            "order": "as given, grouped by adapter",
            "padding": "right" if self._base.config.is_encoder_decoder else "left",
            "decoding": "greedy",
            "threads": torch.get_num_threads(),
        }
        return EngineInfo(
            engine=REFERENCE,
            model=self._config.name,
            model_fingerprint=self._fingerprint,
            precision=self._placement.precision,
            device=self._placement.device,
            languages=self._languages,
            weights=self._config.weights,
            batch_plan=plan,
            version=_versions(quantised=self._placement.quantised),
        )

    def load_adapter(self, name: str, folder: Path | str) -> None:
        """Make the LoRA adapter in `folder` available under `name`; MismatchError when made for another base."""
        with self._step:
            self._adapters.load(name, Path(folder))

    def render(self, messages: Sequence[Message]) -> str:
        """Return the exact prompt text of `messages`, the assistant's turn opened."""
        return self._text.render(messages)

    def count_tokens(self, text: str) -> int:
        """Return the number of the model's tokens in `text`."""
        return len(self._text.encode(text))

    def cancel(self, request_id: str) -> None:
        """Stop a running request before its next token; one that is not running is left alone."""
        if request_id in self._wanted:
            self._wanted[request_id] = False

    def run(self, requests: Sequence[Request]) -> Iterator[Event]:
        """Yield the events of all requests, batch by batch.

        Raises EngineError before anything is generated when a prompt does not fit the model,
        UnknownNameError for an adapter that is not loaded, ValueError for two requests of one id.
        """
        check_ids(requests, self._wanted)
        prompts = [self._text.encode(self.render(request.messages)) for request in requests]
        for request, prompt in zip(requests, prompts, strict=True):
            self._adapters.check(request.adapter)
            self._text.check_window(len(prompt), request.max_new_tokens)
        return self._batches(requests, prompts)

    def logprobs(self, prompt: str, completion: str, adapter: str | None = None) -> list[float]:
        """Return the natural log-probability of each token of `completion` after `prompt`, from one pass of the model.

        The two are tokenised apart, without special tokens, and joined: the prompt stays the
        tokens that an answer would be generated after, whatever follows. So the sum is that of
        this completion as generated; another cut of the joined text into tokens may have another.

        Args:
            prompt: the whole prompt text, as `render` returns it.
            completion: plain text; an empty one has no tokens and gives [].
            adapter: the name of a loaded adapter; None asks the base.

        Raises EngineError when both do not fit the model, UnknownNameError for an adapter that
        is not loaded, ValueError for an empty prompt.
        """
        import torch

        self._adapters.check(adapter)
        asked, wanted = self._text.encode(prompt), self._text.encode(completion)
        if not asked:
            raise ValueError("the prompt has no tokens: there is nothing that the completion could follow")
        self._text.check_window(len(asked), len(wanted))
        if not wanted:
            return []
        with torch.inference_mode():
            logits = self._passes(adapter).along(asked, wanted)  # [tokens, vocabulary]
            chosen = torch.tensor(wanted, device=logits.device).unsqueeze(-1)
            found: list[float] = logits.float().log_softmax(-1).gather(-1, chosen).squeeze(-1).tolist()
        return found

    def _batches(self, requests: Sequence[Request], prompts: Sequence[Sequence[int]]) -> Iterator[Event]:
        started = time.perf_counter()
        self._wanted.update((request.id, True) for request in requests)
        try:
            plan = plan_batches(
                [request.adapter for request in requests],
                [len(prompt) for prompt in prompts],
                self._config.batch_size,
                self._batch_tokens,
            )
            for batch in plan:
                queued = time.perf_counter() - started
                yield from self._batch([requests[index] for index in batch], [prompts[index] for index in batch], queued)
        finally:  # also when the consumer leaves half-way or interrupts
            for request in requests:
                self._wanted.pop(request.id, None)

    def _batch(self, requests: Sequence[Request], prompts: Sequence[Sequence[int]], queued: float) -> Iterator[Event]:
        """Yield the deltas of one batch as they come, then its finishes: a batch's timings are whole only at its end."""
        streams = [Detokenizer(self._text.decode) for _ in requests]
        made, reasons = [0] * len(requests), [""] * len(requests)
        seconds = {True: 0.0, False: 0.0}
        steps = greedy(
            self._passes(requests[0].adapter),
            prompts,
            pad=self._pad,
            stops=self._stops,
            limits=[request.max_new_tokens for request in requests],
            alive=lambda row: self._wanted.get(requests[row].id, False),
        )
        for step in steps:
            seconds[step.prefill] += step.seconds
            for row, token in enumerate(step.tokens):
                if token is None:
                    continue
                made[row] += 1
                ended = token in self._stops
                text = "" if ended else streams[row].push(token)
                if ended or made[row] == requests[row].max_new_tokens:
                    reasons[row] = "stop" if ended else "length"
                    text += streams[row].flush()
                if text:
                    yield Delta(requests[row].id, text)
        timing = Timing(queue=queued, prefill=seconds[True], decode=seconds[False])
        for row, request in enumerate(requests):
            reason: FinishReason = "stop" if reasons[row] == "stop" else "length" if reasons[row] == "length" else "cancelled"
            yield Finish(request.id, reason, Usage(len(prompts[row]), made[row]), timing)

    def _load_whole(self, folder: Path) -> Any:
        return load_model(folder, self._placement.precision, self._placement.device, self._config.chat_template)[0]

    def _passes(self, adapter: str | None) -> Passes:
        return passes_for(lambda **inputs: self._forward(adapter, inputs), self._base, self._pad)

    def _forward(self, adapter: str | None, inputs: dict[str, Any]) -> Any:
        with self._step:
            self._adapters.switch(adapter)
            return self._adapters.model(**inputs)


def _stop_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """Return every id that ends a turn: the tokenizer's and those of the generation configuration."""
    configured = model.generation_config.eos_token_id
    ends = configured if isinstance(configured, list) else [configured]
    return frozenset(int(end) for end in [*ends, tokenizer.eos_token_id] if end is not None)


def _fitting_tokens(model: Any) -> float:
    """Return how many prompt tokens fit the free memory of the model's GPU; on a processor the configuration alone bounds them."""
    import torch

    if model.device.type != "cuda":
        return float("inf")
    return batch_tokens(torch.cuda.mem_get_info(model.device)[0], model.config, model.dtype.itemsize)


def _versions(*, quantised: bool) -> str:
    libraries = ("transformers", "torch", "bitsandbytes") if quantised else ("transformers", "torch")
    return ", ".join(f"{library} {version(library).partition('+')[0]}" for library in libraries)
