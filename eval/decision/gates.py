"""Cases in which no choice can be made, whatever the differences are: each with its reason and what to try.

The order is that of docs/decision.md: what makes figures meaningless comes before what makes them too few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from eval.comparison import Comparison, Said, Tongue
from eval.decision.phrases import level, unit
from eval.decision.race import Candidate, as_simple, may_be_chosen, ranked
from eval.decision.relations import links

FLOOR: Final = 0.05
CEILING: Final = 0.95
_FEW_FOUND: Final = 0.5  # below this share of the evidence in the passages, retrieval is what to mend first
_EVIDENCE_FOUND: Final = "recall@k"


@dataclass(frozen=True)
class Stop:
    """Why no choice can be made."""

    reason: str
    headline: Said
    settle: tuple[Said, ...]
    among: tuple[str, ...] = ()


def stop(comparison: Comparison, field: Sequence[Candidate]) -> Stop | None:
    """Return the first reason that forbids a choice among `field` (simplest first), or None."""
    for gate in (_unscored, _random_weights, _language, _alone, _edge, _untested):
        found = gate(comparison, field)
        if found is not None:
            return found
    return None


def unspoken(comparison: Comparison) -> tuple[Tongue, ...]:
    """Return the languages of the questions that the model does not speak."""
    return tuple(tongue for tongue in comparison.tongues if tongue.spoken is False)


def _silence(tongue: Tongue, comparison: Comparison) -> Said:
    """Return why nothing can be said of one language."""
    if tongue.declared:
        values = {"model": comparison.scope.get("model") or "—", "language": tongue.code, "declared": list(tongue.declared)}
        return Said("decision-language-undeclared", values)
    return Said("decision-language-unspoken", {"language": tongue.code, "matching": tongue.matching, "told": tongue.told})


def _unscored(comparison: Comparison, field: Sequence[Candidate]) -> Stop | None:
    if field:
        return None
    return Stop("unscored", Said("decision-unscored", {"metric": comparison.plan["primary"]}), (Said("decision-settle-unscored"),))


def _random_weights(comparison: Comparison, field: Sequence[Candidate]) -> Stop | None:
    if comparison.scope.get("weights") != "random":
        return None
    return Stop("random weights", Said("decision-random-weights"), (Said("decision-settle-random-weights"),))


def _language(comparison: Comparison, field: Sequence[Candidate]) -> Stop | None:
    silent = unspoken(comparison)
    if not silent or len(silent) < len(comparison.tongues):
        return None
    return Stop("language", _silence(silent[0], comparison), tuple(Said("decision-settle-language", {"language": t.code}) for t in silent))


def _alone(comparison: Comparison, field: Sequence[Candidate]) -> Stop | None:
    if len(field) > 1:
        return None
    return Stop("one candidate", Said("decision-one-candidate", {"system": field[0].system}), (Said("decision-settle-one-candidate"),))


def _edge(comparison: Comparison, field: Sequence[Candidate]) -> Stop | None:
    """Stop where all candidates are below 5 % or above 95 %, unless one is shown to beat another all the same."""
    known = links(comparison, [one.system for one in field], margin=float(comparison.plan["margin"]))
    if any(link.beats for link in known.values()):
        return None
    order = ranked(field)
    best, worst = order[0], order[-1]
    primary = str(comparison.plan["primary"])
    count = len(field)
    if best.mean < FLOOR:
        return Stop("floor", Said("decision-floor", {"count": count, **level(best, primary)}), _off_the_floor(comparison))
    if worst.mean > CEILING:
        names = tuple(one.system for one in field)
        values = {"count": count, "simplest": names[0], "alike": as_simple(field, names), **level(worst, primary)}
        return Stop("ceiling", Said("decision-ceiling", values), (Said("decision-settle-ceiling"),), names)
    return None


def _off_the_floor(comparison: Comparison) -> tuple[Said, ...]:
    """Return what to try when nothing answers: retrieval first, where the passages do not hold the evidence."""
    primary = str(comparison.plan["primary"])
    tried = []
    found = [
        result.metrics[_EVIDENCE_FOUND]
        for result in comparison.systems
        if result.context == "retrieval" and may_be_chosen(result.role) and _EVIDENCE_FOUND in result.metrics
    ]
    if found and found[0].value < _FEW_FOUND:
        tried.append(Said("decision-settle-retrieval", {"found": found[0].value}))
    for result in comparison.systems:
        if result.role == "bound" and primary in result.metrics and result.metrics[primary].value >= FLOOR:
            values = {"system": result.system, "level": result.metrics[primary].value, "unit": unit(primary), "metric": primary}
            tried.append(Said("decision-settle-bound", values))
    return (*tried, Said("decision-settle-floor"))


def _untested(comparison: Comparison, field: Sequence[Candidate]) -> Stop | None:
    names = {one.system for one in field}
    if any({contrast.a, contrast.b} <= names for contrast in comparison.contrasts):
        return None
    declared = [pair for pair in comparison.plan.get("contrasts", ()) if set(pair) <= names]
    best = ranked(field)[0]
    values = level(best, str(comparison.plan["primary"]))
    settle = (Said("decision-settle-declare", {"a": best.system, "b": next(one.system for one in field if one != best)}),)
    if declared:
        return Stop("untestable", Said("decision-untestable", values), (Said("decision-settle-unscored"),))
    return Stop("no contrast", Said("decision-no-contrast", values), settle)
