"""The engine seam: what generates text.

An engine takes a list of requests and yields events as they happen. Batching,
streaming and blocking calls are helpers on that one method, so every engine gives
all three. What not every engine can do, it declares in `capabilities`; asking for
the rest raises UnsupportedError (see `chatbot.engines.refuse`), which names one that can.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from chatbot.model import FinishReason, Message, Timing, Usage

Capability = Literal["adapters", "stream", "logprobs"]


@dataclass(frozen=True)
class Request:
    """One completion to make. `adapter` None means the base model."""

    id: str
    messages: tuple[Message, ...]
    adapter: str | None = None
    max_new_tokens: int = 64


@dataclass(frozen=True)
class Delta:
    """A piece of text of one request, in order."""

    id: str
    text: str


@dataclass(frozen=True)
class Finish:
    """The end of one request."""

    id: str
    reason: FinishReason
    usage: Usage
    timing: Timing


Event = Delta | Finish


@dataclass(frozen=True)
class Completion:
    """One request's whole outcome."""

    text: str
    reason: FinishReason
    usage: Usage
    timing: Timing


@dataclass(frozen=True)
class EngineInfo:
    """What a manifest says of an engine: name, model fingerprint, precision, batch plan…"""

    engine: str
    model: str
    model_fingerprint: str
    precision: str
    device: str = "cpu"
    languages: tuple[str, ...] = ()  # languages that the model declares; empty = undeclared
    weights: str = "real"  # "random" for tiny test models: every report then says so
    batch_plan: dict[str, Any] = field(default_factory=dict)
    version: str = ""  # of the library that computes, which a verification holds for


class Engine(Protocol):
    """What every engine does. Implementations pass tests/conformance/engine.py."""

    capabilities: frozenset[Capability]

    def info(self) -> EngineInfo:
        """Return what a manifest records."""

    def run(self, requests: Sequence[Request]) -> Iterator[Event]:
        """Yield the events of all requests; each request ends with exactly one Finish."""

    def cancel(self, request_id: str) -> None:
        """Stop one request; its Finish then has the reason "cancelled"."""

    def load_adapter(self, name: str, folder: Any) -> None:
        """Make the PEFT adapter in `folder` available under `name`."""

    def logprobs(self, prompt: str, completion: str, adapter: str | None = None) -> list[float]:
        """Return the natural log-probability of each token of `completion` after `prompt`, both as the model sees them."""

    def render(self, messages: Sequence[Message]) -> str:
        """Return the exact prompt text that the model sees for `messages`."""

    def count_tokens(self, text: str) -> int:
        """Return the number of the model's tokens in `text`."""


def check_ids(requests: Sequence[Request], running: Container[str]) -> None:
    """Raise ValueError when two requests share an id, or one has the id of a request in `running`."""
    if len({request.id for request in requests}) < len(requests) or any(request.id in running for request in requests):
        raise ValueError("request ids must be unique among the running requests")


def gather(events: Iterable[Event]) -> dict[str, Completion]:
    """Collect events into one Completion per request id."""
    texts: dict[str, list[str]] = {}
    done: dict[str, Completion] = {}
    for event in events:
        if isinstance(event, Delta):
            texts.setdefault(event.id, []).append(event.text)
        else:
            text = "".join(texts.pop(event.id, []))
            done[event.id] = Completion(text, event.reason, event.usage, event.timing)
    return done
