"""What generates text: the registry of engines. The seam itself is `chatbot.engine.Engine`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

from chatbot.config import ModelConfig
from chatbot.engine import Capability, Engine
from foundation.errors import UnsupportedError
from foundation.registry import Entry, Registry

REFERENCE: Final = "transformers"

ENGINES: Registry[Callable[[ModelConfig, Path], Engine]] = Registry(
    "engine",
    {
        REFERENCE: Entry("chatbot.engines.transformers_engine:create", summary="the reference: PyTorch, greedy, fixed batch plan"),
        "openvino": Entry(
            "chatbot.engines.openvino_engine:create",
            extra="fast",
            summary="fast on a processor: OpenVINO GenAI, continuous batching, merged adapters",
        ),
        "openai": Entry("chatbot.engines.openai_engine:create", extra="remote", summary="any server that speaks the OpenAI protocol"),
        "scripted": Entry("chatbot.engines.scripted:create", summary="a fake that answers by rules, for tests and rehearsals"),
    },
)

# What each engine can do, known without importing it; the engines take theirs from here.
CAPABILITIES: Final[dict[str, frozenset[Capability]]] = {
    REFERENCE: frozenset({"adapters", "stream", "logprobs"}),
    "openvino": frozenset({"adapters", "stream"}),
    "openai": frozenset({"adapters", "stream"}),
    "scripted": frozenset({"adapters", "stream"}),
}


def engine(config: ModelConfig, cache: Path) -> Engine:
    """Return the engine that `config` names ("auto": see `chatbot.verified.choose`), its model loaded.

    `cache` is the folder of shipped models.
    """
    from chatbot.verified import choose

    chosen = choose(config, cache).config
    return ENGINES.get(chosen.engine)(chosen, cache)


def refuse(name: str, capability: Capability) -> NoReturn:
    """Raise UnsupportedError: engine `name` cannot do `capability`, and these can.

    >>> refuse("openai", "logprobs")
    Traceback (most recent call last):
    foundation.errors.UnsupportedError: engine 'openai' has no logprobs. One that has: transformers (set model.engine).
    """
    able = ", ".join(other for other, can in CAPABILITIES.items() if capability in can and other != name)
    raise UnsupportedError(f"engine {name!r} has no {capability}. One that has: {able} (set model.engine).")
