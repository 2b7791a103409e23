"""The same project with something changed: another seed, other questions to train on, other adapters behind its systems.

What was loaded already is shared, so that a variant does not load a model again. What varies is for the caller to say.
Variants are trained one after the other, which is work for one process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from finetune.devices import world
from foundation.errors import ConfigurationError
from knowledge_base.model import KnowledgeBase
from studies.project import Project

_PARTS: Final = ("knowledge_base", "embedder", "index", "engine_choice", "engine")


def require_one_process(option: str) -> None:
    """Raise ConfigurationError when several processes train together: all but the first end with the first adapter."""
    if world() > 1:
        raise ConfigurationError(
            f"{option} trains several adapters, one after the other, and {world()} processes were started to train one together. "
            f"Leave {option} away, or start it without accelerate launch."
        )


def variant(project: Project, *, knowledge_base: KnowledgeBase | None = None, **changes: Any) -> Project:
    """Return `project` with fields changed; parts that are loaded by now are the same objects in both.

    Args:
        project: the one to start from.
        knowledge_base: used in the place of the configured one; its documents must be the same, since the index is shared.
        changes: fields of `Project`, such as `finetune_config`.
    """
    other = replace(project, **changes)
    # `cached_property` keeps what it built under its own name; laid there, a part is not built a second time
    other.__dict__.update({part: project.__dict__[part] for part in _PARTS if part in project.__dict__})
    if knowledge_base is not None:
        other.__dict__["knowledge_base"] = knowledge_base
    return other


def with_adapters(project: Project, names: Mapping[str, str]) -> Project:
    """Return `project` with other adapters behind its systems: `names` has old name → new name."""
    systems = {
        name: replace(system, adapter=names.get(system.adapter, system.adapter)) if system.adapter else system
        for name, system in project.systems.items()
    }
    return variant(project, systems=systems)


def with_seed(project: Project, seed: int) -> Project:
    """Return `project` with another training seed."""
    return variant(project, finetune_config=project.finetune_config.model_copy(update={"seed": seed}))
