"""The plan of a run, checked before anything is computed from it: a manifest may have been edited, or damaged."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.metrics.catalogue import METRICS
from eval.model import RunManifest
from foundation.errors import DataError
from foundation.first_few import first_few


class _Plan(BaseModel):
    """What statistics and reports read of a plan; anything else passes."""

    model_config = ConfigDict(extra="allow", strict=True)

    primary: str
    margin: float = Field(ge=0, le=1)
    contrasts: list[list[str]] | None = Field(default_factory=list)
    resamples: int = Field(default=10_000, ge=1)
    permutations: int = Field(default=10_000, ge=1)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    seed: int = Field(default=0, ge=0)
    examples: int = Field(default=20, ge=0)
    leaks: int = Field(default=0, ge=0)
    knowledge_base: dict[str, Any] = Field(default_factory=dict)
    imported: dict[str, dict[str, Any]] = Field(default_factory=dict)


def check_plan(manifest: RunManifest) -> None:
    """Raise DataError when the plan of a run cannot be carried out, naming each value that is at fault."""
    try:
        plan = _Plan.model_validate(
            {key: value for key, value in manifest.plan.items() if value is not None or key in ("primary", "margin")}
        )
    except ValidationError as error:
        faults = [f"plan.{'.'.join(map(str, fault['loc']))}: {fault['msg'].lower()}" for fault in error.errors()]
        raise DataError(
            f"run {manifest.id} cannot be compared, its manifest is damaged: {'; '.join(first_few(faults))}. Run `ragft compare` anew."
        ) from None
    if plan.primary not in METRICS:
        raise DataError(
            f"run {manifest.id} declares the primary metric {plan.primary!r}, which is not known here. "
            "Run `ragft compare` anew: it cannot be chosen afterwards."
        )
    pairs = plan.contrasts or []
    names = {system.get("name") for system in manifest.systems}
    stray = sorted({name for pair in pairs for name in pair} - names)
    if stray or any(len(pair) != 2 for pair in pairs):
        told = f"systems that it did not ask: {', '.join(stray)}" if stray else "other than two systems"
        raise DataError(f"run {manifest.id} declares contrasts with {told}. Run `ragft compare` anew.")
