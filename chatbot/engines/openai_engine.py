"""The remote engine: any server that speaks the OpenAI protocol answers, adapters by the server's model names.

The server applies its own chat template, counts its own tokens and decides who shares a
batch; this engine asks greedily, keeps the streams in order and records what the server says
of itself. What that leaves open in a comparison stands in docs/servers.md.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NoReturn

from chatbot.config import ModelConfig
from chatbot.engine import Delta, EngineInfo, Event, Finish, Request, check_ids
from chatbot.engines import CAPABILITIES, refuse
from chatbot.engines.remote_calls import Call, Connection, Events, answer
from chatbot.engines.remote_server import Endpoint, Server, count_tokens, endpoint, estimate_tokens, find_model, list_models, look
from chatbot.model import Message, Usage
from foundation.errors import (
    ConfigurationError,
    DataError,
    EngineError,
    EngineUnavailableError,
    MismatchError,
    MissingDependencyError,
    UnknownNameError,
)
from foundation.fingerprint import fingerprint

_COUNTS_KEPT = 1 << 14  # texts whose token count is remembered: passages come again with every question
_POLL = 0.5  # seconds between looks for an interrupt, where a waiting thread does not get one


def create(config: ModelConfig, cache: Path) -> OpenAIEngine:
    """Return the engine for the server at `config.base_url`, which was asked what it has; `cache` is not used.

    A key that can be read on its way is said on standard error.

    Raises ConfigurationError for a missing address, a chat template, a server that cannot be
    reached, is none of this kind or refuses the key, UnknownNameError for a model that it does not have.
    """
    try:
        import openai  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingDependencyError(f"engine 'openai' (library {error.name})", "remote") from error
    if config.chat_template is not None:
        raise ConfigurationError(
            "a server applies its own chat template, so model.chat_template would do nothing. Leave it away, and give the template "
            "to the server (vLLM: --chat-template FILE)."
        )
    place = endpoint(config)
    if place.key and place.readable:
        print(
            f"the key travels readably to {place.host}: model.base_url is http://. Use https:// or a tunnel.", file=sys.stderr, flush=True
        )
    connection = Connection(place.client(), config.concurrency)
    return OpenAIEngine(config, place, connection, connection.wait(look(connection.client, place, config.name)))


class OpenAIEngine:
    """Answers with the models of one server; `tests/conformance/engine.py` says how it behaves."""

    capabilities = CAPABILITIES["openai"]

    def __init__(self, config: ModelConfig, place: Endpoint, connection: Connection, server: Server) -> None:
        self._config, self._place, self._connection, self._server = config, place, connection, server
        self._adapters: dict[str, str] = {}  # our name → the server's
        self._calls: dict[str, tuple[Call, Events]] = {}
        self._lock = threading.Lock()
        self._counted = lru_cache(_COUNTS_KEPT)(self._count)

    def info(self) -> EngineInfo:
        """Return what a manifest records: the server's own account of the model, never the key."""
        import openai

        model = find_model(self._server.models, self._config.name, self._place, "")
        plan = {
            "batch_size": self._config.batch_size,
            "order": "as the server takes them",
            "decoding": "greedy",
            "token counts": "the server's" if self._server.tokenizes else "estimated",
        }
        return EngineInfo(
            engine="openai",
            model=self._config.name,
            model_fingerprint=fingerprint(self._place.url, self._config.name, model),
            precision="served",
            device="remote",
            languages=self._config.languages or (),
            weights=self._config.weights,
            batch_plan=plan,
            version=self._server.version or f"openai client {openai.__version__}",
        )

    def load_adapter(self, name: str, folder: Path | str) -> None:
        """Make the server's model for adapter `name` available: the one that `served_adapters` names, else of the same name.

        The folder must exist and the server must list the model; where it says on which base
        (vLLM does), that must be ours. That the server loaded the weights of this very folder
        cannot be seen from here.

        Raises DataError, UnknownNameError with the server's names, or MismatchError.
        """
        if not Path(folder).is_dir():
            raise DataError(f"adapter folder {folder} does not exist. Train one with `ragft train NAME`.")
        served = self._config.served_adapters.get(name, name)
        models = self._connection.wait(list_models(self._connection.client, self._place))  # it may have got it since
        hint = (
            f"Start vLLM with `--enable-lora --lora-modules {served}=FOLDER`, where FOLDER holds the adapter, "
            f"or write the server's name for it into [model] served_adapters."
        )
        parent = find_model(models, served, self._place, hint).get("parent")
        base = find_model(models, self._config.name, self._place, "")
        if parent in models and models[parent].get("root", parent) != base.get("root", base["id"]):  # one base may have several names
            raise MismatchError(
                f"the server {self._place.host} has {served!r} on the base {parent}, but model.name is {self._config.name}. "
                "Set model.name to that base."
            )
        self._adapters[name] = served

    def render(self, messages: Sequence[Message]) -> str:
        """Return the messages as one `role: content` line each. The server alone knows the prompt that its chat template makes."""
        return "\n".join(f"{message.role}: {message.content}" for message in messages)

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens by the server's tokenizer (llama.cpp, vLLM, TGI), else two fifths of the UTF-8 bytes."""
        return self._counted(text)

    def logprobs(self, prompt: str, completion: str, adapter: str | None = None) -> NoReturn:
        """Raise UnsupportedError: the chat protocol gives no probabilities of a given completion."""
        refuse("openai", "logprobs")

    def cancel(self, request_id: str) -> None:
        """Stop a running request and close its stream; one that is not running is left alone."""
        with self._lock:
            found = self._calls.get(request_id)
        if found is not None:
            call, events = found
            call.cancelled = True
            call.stop()
            events.put((request_id, None))

    def run(self, requests: Sequence[Request]) -> Iterator[Event]:
        """Yield the events of all requests as they come, at most `concurrency` of them under way at once.

        Raises UnknownNameError for an adapter that is not loaded, ValueError for two requests
        of one id; EngineError, which names the server and the first request that failed after its
        retries, when the others are through. After an EngineUnavailableError no further one is begun.
        """
        check_ids(requests, self._calls)
        for request in requests:
            if request.adapter is not None and request.adapter not in self._adapters:
                raise UnknownNameError("adapter", request.adapter, self._adapters, f"Train it with `ragft train {request.adapter}`.")
        return self._events(requests)

    def _events(self, requests: Sequence[Request]) -> Iterator[Event]:
        events: Events = SimpleQueue()
        now = time.perf_counter()
        calls = {request.id: Call(request, self._adapters.get(request.adapter or "", self._config.name), now) for request in requests}
        with self._lock:
            check_ids(requests, self._calls)
            self._calls.update((name, (call, events)) for name, call in calls.items())
        failure: EngineError | None = None
        gone = threading.Event()
        try:
            for call in calls.values():
                if not call.cancelled:  # already, by another thread
                    call.task = self._connection.start(answer(call, self._connection, self._place, events, gone))
            running = set(calls)
            while running:
                name, event = _next(events)
                if name not in running:
                    continue  # what was under way when it was cancelled
                call = calls[name]
                if call.cancelled:  # the server's count will never come: a piece is about a token
                    running.discard(name)
                    yield Finish(name, "cancelled", Usage(None, call.shown), call.timing())
                elif isinstance(event, EngineError):
                    unavailable = isinstance(event, EngineUnavailableError)
                    failure = event if unavailable else failure or event
                    running.discard(name)
                    if unavailable:
                        late = [other for other in running if calls[other].began_after(call)]
                        running.difference_update(late)
                        for other in late:
                            calls[other].stop()
                elif isinstance(event, Exception):
                    raise event
                elif event is not None:
                    call.shown += isinstance(event, Delta)
                    if isinstance(event, Finish):
                        running.discard(name)
                    yield event
            if failure is not None:
                raise failure
        finally:  # also when the consumer leaves half-way or interrupts
            for name, call in calls.items():
                call.stop()
                with self._lock:
                    self._calls.pop(name, None)

    def _count(self, text: str) -> int:
        import openai

        if not self._server.tokenizes:
            return estimate_tokens(text)
        try:
            return self._connection.wait(count_tokens(self._connection.client, self._place, self._config.name, text))
        except (openai.OpenAIError, ValueError) as error:
            raise self._place.failure(error) from None


def _next(events: Events) -> tuple[str, Event | Exception | None]:
    while True:
        try:
            return events.get(timeout=_POLL)
        except Empty:
            continue
