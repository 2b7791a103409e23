"""What the headline stands on: scope, levels, each contrast, what is implied, memorised or lucky. Keys and values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from eval.comparison import Comparison, Contrast, Said, SystemResult
from eval.decision.gates import unspoken
from eval.decision.phrases import size, unit
from eval.decision.race import Candidate, Standing
from eval.model import Estimate

_NEARLY_ALL: Final = 0.99  # of the resamples; above it a share would be written as 100 %, which no sample supports
_SWITCHES: Final = frozenset({"context", "adapter"})
_IMPORTED: Final = "imported"  # what sets a system apart whose answers were made elsewhere


def scope(comparison: Comparison, field: Sequence[Candidate]) -> Said:
    """Return what a decision holds for, and so what it does not."""
    about = comparison.scope
    return Said(
        "decision-scope",
        {
            "model": about.get("model") or "—",
            "knowledge_base": about.get("knowledge_base") or "—",
            "questions": int(about.get("questions") or 0),
            "scored": max((one.estimate.n for one in field), default=0),
            "facts": int(about.get("facts") or 0),
            "languages": list(about.get("languages") or ()),
            "date": str(about.get("date") or "—"),
        },
    )


def levels(comparison: Comparison) -> tuple[Said, ...]:
    """Return how each system did, in the order of the run; perfect retrieval and imported answers are marked as such."""
    primary = str(comparison.plan["primary"])
    return tuple(_level(result, comparison, primary) for result in comparison.systems)


def grounds(comparison: Comparison, field: Sequence[Candidate], standing: Standing | None) -> tuple[Said, ...]:
    """Return the sentences under the headline, in reading order.

    `standing` is None where no choice can be made at all; then only scope and levels are said.
    """
    if standing is None:
        return (scope(comparison, field), *levels(comparison))
    return (
        scope(comparison, field),
        *(Said("decision-language-left-out", {"language": tongue.code, "questions": tongue.questions}) for tongue in unspoken(comparison)),
        *_choice(comparison, field, standing),
        *levels(comparison),
        *(said for contrast in comparison.contrasts for said in _contrast(contrast, comparison)),
        *_implied(standing),
        *_untested(comparison, standing),
        *_support(comparison, field),
        *(said for result in comparison.systems if result.adapter for said in exposure(result, comparison)),
        *_seeds(comparison),
    )


def exposure(result: SystemResult, comparison: Comparison) -> Iterator[Said]:
    """Yield how a trained system does on facts that it was trained on and on others: memorising is not knowing."""
    groups = {one.name: one.scores[result.system] for one in comparison.slices if one.by == "exposure" and result.system in one.scores}
    known = [groups[name] for name in ("verbatim", "paraphrase") if name in groups]
    values = {"system": result.system, "unit": unit(str(comparison.plan["primary"]))}
    if known and "unseen" in groups:
        new = groups["unseen"]
        counts = {"trained_questions": sum(group.n for group in known), "new": new.value, "new_questions": new.n}
        yield Said("decision-exposure", {**values, "trained": _pooled(known), **counts})
    if len(known) > 1:
        same, other = known
        counts = {"same_questions": same.n, "other_questions": other.n}
        yield Said("decision-exposure-verbatim", {**values, "same": same.value, "other": other.value, **counts})


def _level(result: SystemResult, comparison: Comparison, primary: str) -> Said:
    estimate = result.metrics.get(primary)
    if estimate is None:
        return Said("decision-level-none", {"system": result.system, "metric": primary})
    marked = result.role if result.role in ("bound", "imported") else "candidate"
    values = {"system": result.system, "metric": primary, "unit": unit(primary), "marked": marked, "level": estimate.value}
    counts = {"count": round(estimate.value * estimate.n), "questions": estimate.n}
    return Said("decision-level", {**values, **counts, "low": estimate.low, "high": estimate.high, "confidence": _confidence(comparison)})


def _choice(comparison: Comparison, field: Sequence[Candidate], standing: Standing) -> Iterator[Said]:
    """Yield the choice among our own systems where the headline speaks of an imported one, and why the simplest one is named."""
    from eval.decision.headline import imported_best

    if imported_best(comparison, standing) is not None:
        yield Said("decision-choice", {"verdict": _code(standing.verdict), "system": standing.system or "", "among": list(standing.among)})
    if standing.verdict == "equivalent":
        yield Said("decision-simplest", {"among": list(standing.among), "alike": _alike(field, standing.among)})


def _alike(field: Sequence[Candidate], among: Sequence[str]) -> bool:
    """Tell whether any two of `among` are as simple to run as each other."""
    efforts = [one.effort for one in field if one.system in among]
    return len(set(efforts)) < len(efforts)


def _contrast(contrast: Contrast, comparison: Comparison) -> Iterator[Said]:
    """Yield what one contrast showed, the better system first, and to what its difference may not be put down."""
    margin, gap, test = float(comparison.plan["margin"]), contrast.difference, contrast.equivalence
    turned = contrast.verdict == "worse"
    a, b = (contrast.b, contrast.a) if turned else (contrast.a, contrast.b)
    bounds = {"low": gap.low, "high": gap.high, "same_low": test.low, "same_high": test.high}
    if turned:
        bounds = {"low": -gap.high, "high": -gap.low, "same_low": -test.high, "same_high": -test.low}
    wins, losses = (contrast.losses, contrast.wins) if turned else (contrast.wins, contrast.losses)
    values: dict[str, Any] = {
        "a": a,
        "b": b,
        "gap": -gap.value if turned else gap.value,
        **bounds,
        "confidence": _confidence(comparison),
        "p": contrast.p_holm,
        "same_p": test.p_holm,
        "wins": wins,
        "ties": contrast.ties,
        "losses": losses,
        "margin": margin,
    }
    if contrast.verdict == "not shown":
        yield Said("decision-equal" if test.shown and not contrast.fragile else "decision-open", values)
    else:
        yield Said("decision-better", {**values, "size": size(contrast, margin)})
    if contrast.fragile:
        yield Said("decision-fragile", {"a": a, "b": b})
    yield from _bundled(contrast)


def _bundled(contrast: Contrast) -> Iterator[Said]:
    if contrast.kind == "controlled":
        return
    values = {"a": contrast.a, "b": contrast.b}
    if _IMPORTED in contrast.differs:
        yield Said("decision-bundled-imported", values)
    elif not contrast.differs:
        yield Said("decision-bundled-alike", values)
    elif set(contrast.differs) == _SWITCHES:
        yield Said("decision-bundled", values)
    else:
        yield Said("decision-bundled-settings", {**values, "settings": list(contrast.differs)})


def _implied(standing: Standing) -> Iterator[Said]:
    """Yield the pairs that no contrast declares and that two declared ones settle, where the choice stands on it."""
    for (a, b), link in standing.links.items():
        values = {"a": a, "b": b, "through": link.through, "low": link.narrow[0], "high": link.narrow[1]}
        if link.through and link.beats and a in standing.among:
            yield Said("decision-implied-better", values)
        if link.through and link.equivalent and {a, b} <= set(standing.among) and standing.among.index(a) < standing.among.index(b):
            yield Said("decision-implied-equivalent", values)


def _untested(comparison: Comparison, standing: Standing) -> Iterator[Said]:
    tested = {name for contrast in comparison.contrasts for name in (contrast.a, contrast.b)}
    elsewhere = [result.system for result in comparison.systems if result.system not in tested and result.role in ("imported", "bound")]
    names = [*standing.untested, *elsewhere]
    if names:
        yield Said("decision-untested", {"systems": names, "count": len(names)})


def _support(comparison: Comparison, field: Sequence[Candidate]) -> Iterator[Said]:
    shares = sorted(((comparison.support[one.system], one.system) for one in field if one.system in comparison.support), reverse=True)
    if len(shares) < 2 or any(contrast.fragile for contrast in comparison.contrasts):  # failed answers are in no share
        return
    (share, first), (second_share, second) = shares[:2]
    values = {"first": first, "share": share, "second": second, "second_share": second_share, "sure": share > _NEARLY_ALL}
    names = {one.system for one in field}
    yield Said("decision-support", {**values, "seeds": any(len(one.seeds) > 1 for one in comparison.systems if one.system in names)})


def _seeds(comparison: Comparison) -> Iterator[Said]:
    for result in comparison.systems:
        if len(result.seeds) > 1:
            means = result.seeds.values()
            values = {"system": result.system, "unit": unit(str(comparison.plan["primary"])), "count": len(means)}
            yield Said("decision-seeds", {**values, "lowest": min(means), "highest": max(means)})


def _pooled(groups: Sequence[Estimate]) -> float:
    return sum(group.value * group.n for group in groups) / sum(group.n for group in groups)


def _confidence(comparison: Comparison) -> float:
    return float(comparison.plan.get("confidence", 0.95))


def _code(verdict: str) -> str:
    """Return a verdict as messages select on it."""
    return verdict.replace(" ", "-")
