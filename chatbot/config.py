"""The sections [model] and [systems.NAME], and the systems that need no section."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from chatbot.model import Context, System
from foundation.errors import ConfigurationError
from foundation.settings import Section

Precision = Literal["auto", "float32", "bfloat16", "8bit", "4bit"]

# Keys of [model] that say how a server is reached, not what it answers: recorded, yet no part of a run's identity.
TRANSPORT: Final = ("timeout", "retries", "concurrency", "api_key_env")


class ModelConfig(Section):
    """Section [model]: which model answers, through which engine, how."""

    name: str = Field(default="smollm2-135m-instruct", description="a shipped model, a local folder, or a hub id")
    engine: str = Field(
        default="auto",
        description="what generates text; auto: the fastest that was verified on this model, else the reference (transformers)",
    )
    precision: Precision = Field(
        default="auto", description="what the engine computes in; auto: on a processor the reference takes float32"
    )
    device: Literal["auto", "cpu", "cuda"] = Field(default="auto", description="where the transformers engine computes")
    threads: int | None = Field(
        default=None, ge=1, description="threads of the local engines; as many as torch takes by itself when absent"
    )
    batch_size: int = Field(default=16, ge=1, description="requests that share a batch")
    batch_tokens: int = Field(default=16 * 512, ge=1, description="prompt tokens of one batch, padding included: bounds memory")
    max_new_tokens: int = Field(default=64, ge=1, description="longest answer, in tokens")
    weights: Literal["real", "random"] = Field(default="real", description="random declares a test model; every report then says so")
    languages: tuple[str, ...] | None = Field(
        default=None, description="codes of the languages that the model speaks; what its card declares when absent"
    )
    chat_template: str | None = Field(default=None, description="plain, alpaca or a .jinja file; the model's own when absent, else plain")
    prefix_cache: bool = Field(default=True, description="openvino: what prompts begin with in common is computed once")
    adapters_in_memory: int = Field(
        default=2,
        ge=1,
        description="models held besides the base: one per adapter (openvino), or per adapter trained in full (transformers)",
    )
    base_url: str | None = Field(default=None, description="address of the server of the openai engine, such as http://localhost:8000/v1")
    api_key_env: str = Field(default="OPENAI_API_KEY", description="the environment variable that holds the key, never the key")
    served_adapters: dict[str, str] = Field(default_factory=dict, description="adapter → the server's name for it, where they differ")
    concurrency: int = Field(default=8, ge=1, description="requests under way at a server at once")
    timeout: float = Field(default=120.0, gt=0, description="seconds of silence after which a request to a server is given up")
    retries: int = Field(default=4, ge=0, description="further tries after a failure that may pass")

    # Both values are recorded, and who mistakes these keys for others writes a secret there. Therefore no ValueError:
    # the message made of one shows the value.

    @field_validator("base_url", mode="before")
    @classmethod
    def _bare_address(cls, value: Any) -> str | None:
        if value is None:
            return None
        url = value.strip().rstrip("/") if isinstance(value, str) else ""
        try:
            parts = urlsplit(url)
            usable = bool(parts.hostname) and parts.scheme in ("http", "https") and (parts.port is None or parts.port > 0)
        except ValueError:
            usable = False
        if not usable or not re.fullmatch(r"[!-~]+", url):
            raise ConfigurationError("model.base_url is no web address. Write it like http://localhost:8000/v1.")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ConfigurationError(
                "model.base_url holds a name, a password or a query, and it is recorded with every run. "
                "Write the bare address and put the key into an environment variable (model.api_key_env names it)."
            )
        return url

    @field_validator("api_key_env", mode="before")
    @classmethod
    def _name_of_a_variable(cls, value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[A-Z_][A-Z0-9_]*", value):
            raise ConfigurationError(
                "model.api_key_env is no name of an environment variable (capitals, digits and _). "
                "Put the key into one, and its name here: OPENAI_API_KEY."
            )
        return value


class SystemConfig(Section):
    """Section [systems.NAME]: one way to answer."""

    context: Context = Field(default="none", description="what the prompt shows: none, few-shot, retrieval, gold or documents")
    adapter: str | None = Field(default=None, description="name of the adapter that is on; none when absent")
    prompt: str | None = Field(
        default=None, description="a template of chatbot/templates, or a path to a .j2 file; the one of the context when absent"
    )


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
