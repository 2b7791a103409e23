"""The sections [model] and [systems.NAME], and the systems that need no section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from chatbot.model import Context, System
from foundation.settings import Section


class ModelConfig(Section):
    """Section [model]: which model answers, through which engine, how."""

    name: str = "smollm2-135m-instruct"  # a shipped model, a folder, or a hub id
    engine: str = "transformers"
    precision: Literal["float32", "bfloat16"] = "float32"
    threads: int | None = Field(default=None, ge=1)  # None: as many as torch takes by itself
    batch_size: int = Field(default=16, ge=1)  # requests that share a batch
    batch_tokens: int = Field(default=16 * 512, ge=1)  # prompt tokens of one batch, padding included: bounds memory
    max_new_tokens: int = Field(default=64, ge=1)
    weights: Literal["real", "random"] = "real"  # "random" declares a test model; every report then says so
    languages: tuple[str, ...] | None = None  # None: what the model card declares


class SystemConfig(Section):
    """Section [systems.NAME]: one way to answer."""

    context: Context = "none"
    adapter: str | None = None
    prompt: str | None = None  # a template of chatbot/templates, or a path to a .j2 file


def default_systems(adapter: str = "main") -> dict[str, System]:
    """Return the systems that need no configuration; `adapter` is the one that the fine-tuned two use.

    The first five are compared by default. `gold` and `documents` are bounds to hold them
    against: perfect retrieval, and no cutting into passages.

    >>> list(default_systems())
    ['base', 'few-shot', 'rag', 'finetuned', 'rag+finetuned', 'gold', 'documents']
    """
    systems = (
        System("base"),
        System("few-shot", context="few-shot"),
        System("rag", context="retrieval"),
        System("finetuned", adapter=adapter),
        System("rag+finetuned", context="retrieval", adapter=adapter),
        System("gold", context="gold"),
        System("documents", context="documents"),
    )
    return {system.name: system for system in systems}


def systems_from(sections: Mapping[str, SystemConfig], adapter: str = "main") -> dict[str, System]:
    """Return the default systems with the user's [systems.NAME] sections laid over them.

    >>> systems_from({"brief": SystemConfig(context="retrieval", prompt="brief")})["brief"].context
    'retrieval'
    """
    written = {name: System(name, section.context, section.adapter, section.prompt) for name, section in sections.items()}
    return {**default_systems(adapter), **written}
