"""The [eval] section: what is asked, of whom, and what is declared before the first answer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from pydantic import Field, field_validator, model_validator

from eval.metrics.catalogue import METRICS, PRIMARY
from foundation.errors import ConfigurationError, UnknownNameError
from foundation.settings import Section
from knowledge_base.model import Split

DEFAULT_SYSTEMS: Final = ("base", "few-shot", "rag", "finetuned", "rag+finetuned")
DEFAULT_CONTRASTS: Final = (
    ("rag", "base"),
    ("finetuned", "base"),
    ("rag", "finetuned"),
    ("rag+finetuned", "rag"),
    ("rag+finetuned", "finetuned"),
    # Only where these systems are asked for. Holm's correction is over all declared contrasts, so naming
    # them makes it stricter for the five above; `contrasts` declares a smaller family.
    ("gold", "base"),
    ("gold", "rag"),
    ("documents", "rag"),
)
_ALPHA: Final = 0.05  # of the verdicts, over all contrasts together


class EvalConfig(Section):
    """Systems, questions, and the plan that the verdict is held to."""

    systems: tuple[str, ...] = Field(DEFAULT_SYSTEMS, min_length=1, description="names of the systems to compare")
    split: Split = Field("test", description="which questions are asked")
    questions: int | None = Field(None, ge=1, description="ask at most this many questions; all when absent")
    primary: str = Field("correct", description="the metric that the contrasts are tested on")
    margin: float = Field(0.05, ge=0, le=1, description="the smallest difference that matters in practice, as a share")
    contrasts: tuple[tuple[str, str], ...] | None = Field(None, description='differences to test, each "a - b"; the usual ones when absent')
    resamples: int = Field(10_000, ge=100, description="bootstrap resamples per interval")
    permutations: int = Field(10_000, ge=100, description="sign flips per test")
    seed: int = Field(0, ge=0, description="seed of the bootstrap and of the permutations")
    latency: int = Field(0, ge=0, description="questions asked one at a time to measure latency")
    confidence: float = Field(0.95, gt=0.5, lt=1, description="confidence of the intervals")
    examples: int = Field(20, ge=0, description="questions shown with all answers in the report")

    @field_validator("systems")
    @classmethod
    def _once_each(cls, systems: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({name for name in systems if systems.count(name) > 1})
        if twice:
            raise ConfigurationError(f"[eval] systems names {', '.join(twice)} more than once. Leave each name once.")
        return systems

    @field_validator("primary")
    @classmethod
    def _known_metric(cls, name: str) -> str:
        if name not in PRIMARY:
            hint = f"{name!r} is measured, but it cannot be a primary metric." if name in METRICS else ""
            raise UnknownNameError("primary metric", name, PRIMARY, hint)
        return name

    @field_validator("contrasts", mode="before")
    @classmethod
    def _parsed(cls, given: Any) -> Any:
        if isinstance(given, (list, tuple)):
            return tuple(parse_contrast(item) for item in given)
        return given

    @model_validator(mode="after")
    def _contrasts_between_systems(self) -> EvalConfig:
        for pair in self.contrasts or ():
            for name in pair:
                if name not in self.systems:
                    raise UnknownNameError("system", name, self.systems, f"The contrast {pair[0]} - {pair[1]} needs it in [eval] systems.")
        return self

    @model_validator(mode="after")
    def _enough_permutations(self) -> EvalConfig:
        tests = len(self.contrasts_among(self.systems))
        if tests / (self.permutations + 1) >= _ALPHA:
            raise ConfigurationError(
                f"[eval] permutations: with {self.permutations} sign flips and {tests} contrasts no difference can reach "
                f"p < 5 % after Holm's correction. Set it to at least {math.ceil(tests / _ALPHA)}, or declare fewer contrasts."
            )
        return self

    def contrasts_among(self, systems: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return the contrasts to test among `systems`: those given, else the usual ones."""
        present = set(systems)
        declared = DEFAULT_CONTRASTS if self.contrasts is None else self.contrasts
        return tuple(pair for pair in declared if set(pair) <= present)


def parse_contrast(given: Any) -> tuple[str, str]:
    """Return the pair (a, b) of "a - b" or of a list of two names; ConfigurationError for anything else.

    >>> parse_contrast("few-shot - base")
    ('few-shot', 'base')
    """
    parts = given.replace(" − ", " - ").split(" - ") if isinstance(given, str) else given
    if not isinstance(parts, (list, tuple)) or len(parts) != 2 or not all(isinstance(part, str) and part.strip() for part in parts):
        raise ConfigurationError(f'[eval] contrasts: {given!r} is not a contrast. Write it as "rag - base", with blanks around the minus.')
    first, second = parts[0].strip(), parts[1].strip()
    if first == second:
        raise ConfigurationError(f"[eval] contrasts: {given!r} compares {first!r} with itself. Name two systems.")
    return first, second
