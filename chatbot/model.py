"""The nouns of the chat engine: System, Answer and what they are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from retrieval.model import Hit

Context = Literal["none", "few-shot", "retrieval", "gold", "documents"]
FinishReason = Literal["stop", "length", "cancelled", "unknown"]  # "unknown": answered elsewhere and imported


@dataclass(frozen=True)
class System:
    """One way to answer: where context comes from, and which adapter is on."""

    name: str
    context: Context = "none"
    adapter: str | None = None
    prompt: str | None = None  # a template name; None takes the one of the context


@dataclass(frozen=True)
class Message:
    """One message of a chat prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Usage:
    """Token counts of one answer; None where nobody counted, as in an imported answer."""

    prompt_tokens: int | None
    completion_tokens: int | None


@dataclass(frozen=True)
class Timing:
    """Seconds spent on one answer. In a batch, prefill and decode are the batch's."""

    queue: float = 0.0
    retrieval: float = 0.0
    prefill: float = 0.0
    decode: float = 0.0


@dataclass(frozen=True)
class Citation:
    """A [n] in the answer text, mapped to the passage that it points to."""

    number: int
    document_id: str
    revision: str
    start: int
    end: int


@dataclass(frozen=True)
class Answer:
    """What a system said, and how it came to it. Passages keep their rank order: [1] is `hits[0]`."""

    text: str
    citations: tuple[Citation, ...] = ()
    wrong_citations: tuple[int, ...] = ()  # numbers in the text that point to no passage
    hits: tuple[Hit, ...] = ()  # the passages shown to the model, in prompt order
    abstained: bool = False
    usage: Usage = field(default_factory=lambda: Usage(0, 0))
    timing: Timing | None = field(default_factory=Timing)  # None: nobody measured, as in an imported answer
    finish_reason: FinishReason = "stop"
    prompt_hash: str = ""
