"""What generates text: the registry of engines. The seam itself is `chatbot.engine.Engine`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chatbot.config import ModelConfig
from chatbot.engine import Engine
from foundation.registry import Entry, Registry

ENGINES: Registry[Callable[[ModelConfig, Path], Engine]] = Registry(
    "engine",
    {
        "transformers": Entry("chatbot.engines.transformers_engine:create", summary="the reference: PyTorch, greedy, fixed batch plan"),
        "scripted": Entry("chatbot.engines.scripted:create", summary="a fake that answers by rules, for tests and rehearsals"),
    },
)


def engine(config: ModelConfig, cache: Path) -> Engine:
    """Return the engine that `config` names, its model loaded; `cache` is the folder of shipped models."""
    return ENGINES.get(config.engine)(config, cache)
