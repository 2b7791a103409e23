"""The command line that a filled-in form comes to. Pure functions: the page draws, the command works.

Only what differs from the configuration is said, so that the line stays short and the file stays the one place
where things are settled.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from finetune.config import FinetuneConfig, parse_budget
from foundation.errors import ConfigurationError

Limit = Literal["budget", "tokens", "epochs"]
LIMITS: Final[tuple[Limit, ...]] = ("budget", "tokens", "epochs")
RECIPES: Final = ("qa", "paraphrases", "raft", "documents", "few-shot", "style", "synthetic", "instructions")
# What the folded part of the form offers, as [finetune] has it.
ADVANCED: Final = {
    "model": ("rank", "alpha", "dropout", "rslora", "dora"),
    "optimisation": ("learning_rate", "schedule", "warmup", "batch_size", "seed"),
    "raft": ("distractors", "gold_share", "cite"),
    "paraphrases": ("wordings", "wording_noise", "gaps"),
    "watching": ("validation", "evaluations", "answers", "early_stop", "alarms"),
    "machine": ("precision", "memory", "gradient_checkpointing", "checkpoint_seconds"),
}
_FLAGS: Final = frozenset({"recipe", "method", "budget", "tokens", "epochs", "seed"})  # what `ragft train` has an option for
_MINUTE: Final = 60.0


@dataclass(frozen=True)
class Wanted:
    """What is asked for in the form."""

    name: str
    recipe: Mapping[str, float]
    method: str
    limit: Limit
    amount: float  # minutes, tokens or passes
    seeds: int = 1
    advanced: Mapping[str, Any] = field(default_factory=dict)  # key of [finetune] → value; None: the default


def limit_of(config: FinetuneConfig) -> Limit:
    """Return which limit a configuration sets: a budget before tokens, tokens before epochs.

    >>> limit_of(FinetuneConfig()), limit_of(FinetuneConfig(budget="5m"))
    ('epochs', 'budget')
    """
    return "budget" if config.budget else "tokens" if config.tokens else "epochs"


def amount_of(config: FinetuneConfig, limit: Limit) -> float:
    """Return what the form begins with: the configured amount, or a modest one; a budget in minutes.

    >>> [amount_of(FinetuneConfig(budget="1h30m"), limit) for limit in LIMITS]
    [90.0, 60000.0, 12.0]
    """
    if limit == "budget":
        return parse_budget(config.budget) / _MINUTE if config.budget else 5.0
    return float(config.tokens or 60_000) if limit == "tokens" else config.epochs


def changes(wanted: Wanted, config: FinetuneConfig) -> dict[str, str]:
    """Return by what the form differs from the configuration: key of [finetune] → the value as it is typed, empty to unset it.

    Raises ConfigurationError for a recipe without parts.

    >>> changes(Wanted("main", {"qa": 1.0, "raft": 0.5}, "lora", "budget", 1.5, advanced={"rank": 8, "cite": True}), FinetuneConfig())
    {'recipe': 'qa=1,raft=0.5', 'budget': '90s', 'rank': '8'}
    >>> changes(Wanted("main", {"qa": 1.0, "raft": 1.0}, "lora", "epochs", 12), FinetuneConfig())
    {}
    >>> changes(Wanted("main", {"qa": 1.0, "raft": 1.0}, "lora", "tokens", 60_000), FinetuneConfig(budget="5m"))
    {'budget': '', 'tokens': '60000'}
    >>> changes(Wanted("main", {"qa": 1.0}, "lora", "budget", 5, advanced={"memory": None}), FinetuneConfig(tokens=9, memory="6GB"))
    {'recipe': 'qa=1', 'tokens': '', 'budget': '5m', 'memory': ''}
    """
    if not wanted.recipe:
        raise ConfigurationError("choose at least one recipe: without examples there is nothing to train.")
    found: dict[str, str] = {}
    if dict(wanted.recipe) != config.recipe:
        found["recipe"] = ",".join(f"{name}={weight:g}" for name, weight in wanted.recipe.items())
    if wanted.method != config.method:
        found["method"] = wanted.method
    ending: tuple[Limit, ...] = ("budget", "tokens")  # training ends at the first of these that is set
    found |= {limit: "" for limit in ending if limit != wanted.limit and getattr(config, limit) is not None}
    if (wanted.limit, wanted.amount) != (limit_of(config), amount_of(config, wanted.limit)):
        found[wanted.limit] = _amount(wanted)
    for key, value in wanted.advanced.items():
        if value != getattr(config, key):
            found[key] = _typed(value)
    return found


def overrides(wanted: Wanted, config: FinetuneConfig) -> list[str]:
    """Return the same as texts of the form `section.key=value`.

    >>> overrides(Wanted("main", {"qa": 1.0, "raft": 1.0}, "qlora", "epochs", 12), FinetuneConfig())
    ['finetune.method=qlora']
    """
    return [f"finetune.{key}={value}" for key, value in changes(wanted, config).items()]


def arguments(wanted: Wanted, config: FinetuneConfig) -> list[str]:
    """Return the arguments of `ragft` that train what is wanted.

    >>> arguments(Wanted("main", {"qa": 1.0, "raft": 1.0}, "qlora", "epochs", 12, seeds=3, advanced={"rank": 8}), FinetuneConfig())
    ['train', 'main', '--method', 'qlora', '--seeds', '3', '--set', 'finetune.rank=8']
    """
    found = changes(wanted, config)
    flags = [part for key, value in found.items() if key in _FLAGS and value for part in (f"--{key}", value)]
    several = ["--seeds", str(wanted.seeds)] if wanted.seeds > 1 else []
    rest = [part for key, value in found.items() if key not in _FLAGS or not value for part in ("--set", f"finetune.{key}={value}")]
    return ["train", wanted.name, *flags, *several, *rest]


def command_line(given: list[str], config: Path | None = None, workspace: Path | None = None) -> str:
    """Return arguments as a line to type; the configuration and the workspace stand in it where they are not the usual ones.

    >>> command_line(["train", "main", "--set", "finetune.memory=6 GB"], Path("my.toml"))
    "ragft train main --set 'finetune.memory=6 GB' --config my.toml"
    """
    where = [*(["--config", str(config)] if config else []), *(["--workspace", str(workspace)] if workspace else [])]
    return shlex.join(["ragft", *given, *where])


def _amount(wanted: Wanted) -> str:
    if wanted.limit != "budget":
        return _plain(wanted.amount)
    seconds = round(wanted.amount * _MINUTE)
    return f"{seconds // 60}m" if seconds % 60 == 0 else f"{seconds}s"


def _typed(value: Any) -> str:
    """Return a value as it is typed; nothing for None, which stands for the default."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else _plain(value)


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
