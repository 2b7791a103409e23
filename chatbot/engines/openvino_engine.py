"""The fast engine on a processor: OpenVINO GenAI with continuous batching and a shared-prefix cache.

Prompts are tokenised and answers decoded by the same code as in the reference engine; only the
arithmetic in between is OpenVINO's. Whether its answers are the reference's is measured by
`ragft engine verify`. How models get here is `chatbot.engines.openvino_models`' business.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from chatbot.config import ModelConfig
from chatbot.engine import Delta, Engine, EngineInfo, Event, Finish, Request, check_ids
from chatbot.engines import CAPABILITIES, REFERENCE, refuse
from chatbot.engines.adapter_files import check_adapter
from chatbot.engines.detokenize import Detokenizer
from chatbot.engines.gguf_file import why_not
from chatbot.engines.local_text import LocalText
from chatbot.engines.openvino_models import OpenVinoModels, Slot
from chatbot.engines.openvino_requests import Answering, abandon, linear_shapes, take_step
from chatbot.loading import load_tokenizer
from chatbot.model import FinishReason, Message, Timing, Usage
from chatbot.model_card import declared_languages, model_fingerprint
from chatbot.resolver import GGUF_MODELS, resolve
from foundation.errors import EngineError, UnknownNameError, UnsupportedError
from foundation.openvino_library import load, load_genai

NAME = "openvino"


def create(config: ModelConfig, cache: Path) -> Engine:
    """Return the engine with the model of `config`; the reference, with one line that says why, for a model that it cannot run."""
    load_genai("the openvino engine")  # a missing library is said at once, with its extra
    folder = resolve(config.name, cache)
    reason = why_not(folder)
    if not reason:
        try:
            return OpenVinoEngine(config, folder, cache)
        except UnsupportedError as error:
            reason = str(error)
    from chatbot.engines import transformers_engine

    print(f"engine: {config.name} cannot run on openvino ({reason}); the reference ({REFERENCE}) answers.", file=sys.stderr, flush=True)
    precision = config.precision if config.precision != "bfloat16" else "auto"  # chosen for the fast engine, not for this one
    return transformers_engine.create(config.model_copy(update={"engine": REFERENCE, "precision": precision}), cache)


class OpenVinoEngine:
    """Answers with merged models in OpenVINO; `tests/conformance/engine.py` says how it behaves."""

    capabilities = CAPABILITIES[NAME]

    def __init__(self, config: ModelConfig, folder: Path, cache: Path) -> None:
        from transformers import AutoConfig, GenerationConfig

        self._config, self._fingerprint = config, model_fingerprint(folder)
        tokenizer = load_tokenizer(folder, config.chat_template)
        model = AutoConfig.from_pretrained(str(folder), local_files_only=True)
        self._text = LocalText(tokenizer, int(model.max_position_embeddings or 0))
        self._shapes = linear_shapes(model)
        has_own = (folder / "generation_config.json").is_file()
        ends = GenerationConfig.from_pretrained(str(folder), local_files_only=True).eos_token_id if has_own else model.eos_token_id
        ids = ends if isinstance(ends, list) else [ends]
        self._stops = frozenset(int(end) for end in [*ids, tokenizer.eos_token_id] if end is not None)
        declared = config.languages if config.languages is not None else GGUF_MODELS.get(config.name, declared_languages(folder))
        self._languages = tuple(declared)
        head = getattr(model, "head_dim", None) or model.hidden_size // model.num_attention_heads
        values = 2 * model.num_hidden_layers * model.num_key_value_heads * head
        self._models = OpenVinoModels(config, folder, self._fingerprint, cache, values)
        self._models.release(self._models.acquire(None))  # loaded now, so that a fault is said before the first question
        self._numbers = itertools.count(1)
        self._wanted: dict[str, bool] = {}  # request id → False once cancelled

    def info(self) -> EngineInfo:
        """Return what a manifest records."""
        from importlib.metadata import version

        plan = {
            "batch_size": self._config.batch_size,
            "batch_tokens": self._config.batch_tokens,
            "order": "as given, grouped by adapter, joined when there is room",
            "decoding": "greedy",
            "prefix_cache": self._config.prefix_cache,
            "threads": self._config.threads or "as many as OpenVINO takes",
            "weights": "merged, F16",
        }
        return EngineInfo(
            engine=NAME,
            model=self._config.name,
            model_fingerprint=self._fingerprint,
            precision=self._models.precision,
            languages=self._languages,
            weights=self._config.weights,
            batch_plan=plan,
            version=f"openvino-genai {version('openvino-genai')}",
        )

    @property
    def memory(self) -> dict[str, int]:
        """How many models are in memory, how many of them adapters, and the bytes that each takes."""
        return self._models.memory

    def load_adapter(self, name: str, folder: Path | str) -> None:
        """Make the LoRA adapter in `folder` available under `name`; the first time it is merged and converted, which takes seconds."""
        check_adapter(Path(folder), self._fingerprint, self._config.name, self._shapes)
        self._models.add(name, Path(folder))

    def logprobs(self, prompt: str, completion: str, adapter: str | None = None) -> list[float]:
        """Raise UnsupportedError: OpenVINO GenAI tells no probabilities of a given text."""
        refuse(NAME, "logprobs")

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
        """Yield the events of all requests; at most `batch_size` of one adapter are under way at once.

        Raises EngineError before anything is generated when a prompt does not fit the model,
        UnknownNameError for an adapter that is not loaded, ValueError for two requests of one id.
        """
        check_ids(requests, self._wanted)
        prompts = [self._text.encode(self.render(request.messages)) for request in requests]
        for request, prompt in zip(requests, prompts, strict=True):
            if request.adapter is not None and request.adapter not in self._models.names:
                raise UnknownNameError("adapter", request.adapter, self._models.names, f"Train it with `ragft train {request.adapter}`.")
            self._text.check_window(len(prompt), request.max_new_tokens)
            if len(prompt) + request.max_new_tokens > self._models.token_limit:
                raise EngineError(
                    f"{len(prompt)} prompt tokens and {request.max_new_tokens} new ones do not fit the memory that is kept for them "
                    f"({self._models.token_limit} tokens). Raise model.batch_tokens, which that memory follows, or show shorter passages."
                )
        return self._answer(requests, prompts)

    def _answer(self, requests: Sequence[Request], prompts: Sequence[list[int]]) -> Iterator[Event]:
        """Keep every adapter's queue moving, one step each in turn, until all have finished."""
        started = time.perf_counter()
        self._wanted.update((request.id, True) for request in requests)
        slots: dict[str | None, Slot] = {}
        underway: list[Answering] = []
        try:
            for adapter in dict.fromkeys(request.adapter for request in requests):
                slots[adapter] = self._models.acquire(adapter)
            waiting = {
                adapter: [
                    Answering(request, prompt, slot, Detokenizer(self._text.decode))
                    for request, prompt in zip(requests, prompts, strict=True)
                    if request.adapter == adapter
                ]
                for adapter, slot in slots.items()
            }
            while underway or any(waiting.values()):
                for adapter, slot in slots.items():
                    own = [item for item in underway if item.slot is slot]
                    underway += self._admit(waiting[adapter], own)
                    own = [item for item in underway if item.slot is slot]
                    if not own:
                        continue
                    fresh, now = take_step(slot, own), time.perf_counter()
                    for item, tokens in zip(own, fresh, strict=True):
                        yield from self._events(item, tokens, started, now)
                underway = [item for item in underway if not item.reason]
        except RuntimeError as error:  # whatever OpenVINO says: its models may hold half-done requests now
            underway = []
            for slot in slots.values():
                self._models.discard(slot)
            raise EngineError(f"OpenVINO failed while answering: {error}. Ask again, or set model.engine=transformers.") from error
        finally:  # also when the consumer leaves half-way or interrupts
            try:
                abandon(underway)
            finally:
                for request in requests:
                    self._wanted.pop(request.id, None)
                for slot in slots.values():
                    self._models.release(slot)

    def _admit(self, waiting: list[Answering], underway: Sequence[Answering]) -> list[Answering]:
        """Submit waiting requests in order while the batch has room for them and their tokens; return those submitted."""
        if not waiting:  # asked before each step: most have nobody waiting
            return []
        import numpy as np

        openvino, openvino_genai = load("the openvino engine"), load_genai("the openvino engine")
        admitted: list[Answering] = []
        tokens = sum(len(item.prompt) for item in underway)
        while waiting and len(underway) + len(admitted) < self._config.batch_size:
            item = waiting[0]
            tokens += len(item.prompt)
            if (underway or admitted) and tokens > self._config.batch_tokens:
                break
            plan = openvino_genai.GenerationConfig()
            plan.max_new_tokens = item.request.max_new_tokens
            plan.stop_token_ids = set(self._stops)
            plan.eos_token_id = min(self._stops)  # one of them; unset, it would be asked of a tokenizer that is not there
            item.began = time.perf_counter()
            with item.slot.lock:
                ids = openvino.Tensor(np.array([item.prompt], dtype=np.int64))
                item.handle = item.slot.pipeline.add_request(next(self._numbers), ids, plan)
            admitted.append(waiting.pop(0))
        return admitted

    def _events(self, item: Answering, tokens: Sequence[int], started: float, now: float) -> Iterator[Event]:
        """Yield the text of the tokens that came at `now` and, at the end of a request, its Finish."""
        if tokens and not item.tokens:
            item.first = now
        text = ""
        for token in tokens:
            item.tokens += 1
            if token in self._stops:
                item.reason = "stop"
                break
            text += item.stream.push(token)
        if not item.reason and item.tokens >= item.request.max_new_tokens:
            item.reason = "length"
        if not item.reason and not self._wanted.get(item.request.id, False):
            item.reason = "cancelled"
            abandon([item])
        if not item.reason and item.handle.get_status().name == "IGNORED":
            raise EngineError(
                f"OpenVINO had no room left for the {len(item.prompt)} tokens of a prompt beside the others. "
                "Set a smaller model.batch_size, or model.engine=transformers."
            )
        if item.reason in ("stop", "length"):
            text += item.stream.flush()
        if text:
            yield Delta(item.request.id, text)
        if item.reason:
            reason: FinishReason = "stop" if item.reason == "stop" else "length" if item.reason == "length" else "cancelled"
            first = item.first or now
            timing = Timing(queue=item.began - started, prefill=first - item.began, decode=now - first)
            yield Finish(item.request.id, reason, Usage(len(item.prompt), item.tokens), timing)
