"""The declared contrasts: paired differences, their intervals and tests, corrected together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from eval.aggregate import ScoreTable
from eval.model import Contrast
from eval.stats.holm import holm
from eval.stats.permutation import sign_flip_p

ALPHA: Final = 0.05  # error rate over all declared contrasts together
IMPORTED: Final = "imported"  # the context of a system whose answers were made elsewhere, and what sets it apart from every other


def contrasts(table: ScoreTable, systems: Sequence[Mapping[str, Any]], pairs: Sequence[Sequence[str]]) -> tuple[Contrast, ...]:
    """Return one Contrast per pair (a, b) that has questions scored for both, with Holm over all of them.

    Args:
        table: the scores; `table.plan["primary"]` is the metric.
        systems: the systems as the manifest has them; they tell what a pair differs in.
        pairs: the contrasts declared before the first answer.
    """
    described = {str(system["name"]): system for system in systems}
    found = [made for a, b in pairs if (made := _contrast(table, described, a, b)) is not None]
    corrected = holm([contrast.p_value for contrast in found])
    return tuple(
        replace(contrast, p_holm=p, verdict=_verdict(contrast.difference.value, p)) for contrast, p in zip(found, corrected, strict=True)
    )


def differing(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys in which two systems differ, their names apart; ("imported",) when the answers of either were made elsewhere.

    >>> differing({"name": "x", "context": "none", "adapter": "main"}, {"name": "y", "context": "none", "adapter": None})
    ('adapter',)
    >>> differing({"name": "x", "context": "imported"}, {"name": "y", "context": "none"})
    ('imported',)
    """
    if IMPORTED in (a.get("context"), b.get("context")):
        return (IMPORTED,)
    return tuple(key for key in sorted({*a, *b} - {"name"}) if a.get(key) != b.get(key))


def _contrast(table: ScoreTable, described: Mapping[str, Mapping[str, Any]], a: str, b: str) -> Contrast | None:
    metric = str(table.plan["primary"])
    first, second = table.scored(a, metric), table.scored(b, metric)
    gaps = {key: first[key] - second[key] for key in first if key in second}
    if not gaps:
        return None
    differs = differing(described[a], described[b])
    p_value = sign_flip_p(
        list(gaps.values()),
        [table.fact(key) for key in gaps],
        permutations=int(table.plan.get("permutations", 10_000)),
        seed=int(table.plan.get("seed", 0)),
    )
    return Contrast(
        a=a,
        b=b,
        kind="controlled" if len(differs) == 1 and differs != (IMPORTED,) else "bundled",
        difference=table.estimate(gaps, (-1.0, 1.0)),
        p_value=p_value,
        p_holm=p_value,
        wins=sum(gap > 0 for gap in gaps.values()),
        ties=sum(gap == 0 for gap in gaps.values()),
        losses=sum(gap < 0 for gap in gaps.values()),
        verdict="not shown",
        differs=differs,
        dropped=len(set(first) ^ set(second)),
    )


def _verdict(difference: float, p_holm: float) -> Literal["better", "worse", "not shown"]:
    if p_holm >= ALPHA or difference == 0:
        return "not shown"
    return "better" if difference > 0 else "worse"
