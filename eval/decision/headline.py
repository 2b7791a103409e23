"""The one sentence that a decision begins with, as a key and its values."""

from __future__ import annotations

from collections.abc import Sequence

from eval.comparison import Comparison, Contrast, Said
from eval.decision.phrases import level, size, unit
from eval.decision.race import Candidate, Standing, as_simple
from eval.decision.relations import links


def headline(comparison: Comparison, field: Sequence[Candidate], standing: Standing) -> Said:
    """Return what an executive reads first; an imported system that beats every candidate left comes before all else."""
    best = imported_best(comparison, standing)
    if best is not None:
        return best
    margin, primary = float(comparison.plan["margin"]), str(comparison.plan["primary"])
    among, out = list(standing.among), list(standing.beaten)
    if standing.reason == "winner":
        return _winner(comparison, next(one for one in field if one.system == standing.system), standing)
    if standing.reason == "equivalent":
        values = {"among": among, "simplest": among[0], "alike": as_simple(field, among), "margin": margin}
        return Said("decision-equivalent", {**values, "out": out, "beaten": len(out)})
    if standing.reason == "untested rival":
        rival = max((one for one in field if one.system in standing.untested), key=lambda one: one.mean)
        return Said("decision-untested-rival", {**level(rival, primary), "among": among})
    if standing.reason == "circle":
        return Said("decision-circle", {"systems": out})
    if standing.reason == "not compared":
        a, b = standing.undecided[0]
        return Said("decision-not-compared", {"a": a, "b": b})
    return Said("decision-undecided", {"among": among, "out": out, "beaten": len(out)})


def imported_best(comparison: Comparison, standing: Standing) -> Said | None:
    """Return that an imported system beats every candidate that no other one beats, if one does."""
    margin, primary = float(comparison.plan["margin"]), str(comparison.plan["primary"])
    for result in comparison.systems:
        if result.role != "imported" or primary not in result.metrics or not standing.among:
            continue
        known = links(comparison, [result.system, *standing.among], margin=margin)
        over = [known.get((result.system, name)) for name in standing.among]
        if all(link is not None and link.beats for link in over):
            smallest, nearest = min((link.gap, name) for link, name in zip(over, standing.among, strict=True) if link is not None)
            values = {"system": result.system, "level": result.metrics[primary].value, "unit": unit(primary), "metric": primary}
            return Said("decision-imported-best", {**values, "gap": smallest, "nearest": nearest})
    return None


def won(comparison: Comparison, winner: str, standing: Standing) -> list[tuple[str, float, Contrast]]:
    """Return whom `winner` beats in a declared contrast, with difference and contrast, the smallest difference first."""
    found = []
    for contrast in comparison.contrasts:
        other = _other(contrast, winner)
        if other is not None and (link := standing.links.get((winner, other))) is not None and link.beats:
            found.append((other, link.gap, contrast))
    return sorted(found, key=lambda one: one[1])


def _winner(comparison: Comparison, winner: Candidate, standing: Standing) -> Said:
    margin, primary = float(comparison.plan["margin"]), str(comparison.plan["primary"])
    over = won(comparison, winner.system, standing)
    (first, first_gap), (second, second_gap) = (*((other, gap) for other, gap, _ in over), ("", 0.0), ("", 0.0))[:2]
    sizes = {size(contrast, margin) for _, _, contrast in over}
    return Said(
        "decision-winner",
        {
            **level(winner, primary),
            "verdict": winner.verdict,
            "over": len(over),
            "first": first,
            "first_gap": first_gap,
            "second": second,
            "second_gap": second_gap,
            "size": "perhaps" if "perhaps" in sizes else "beyond" if "beyond" in sizes else "none",
            "margin": margin,
        },
    )


def _other(contrast: Contrast, system: str) -> str | None:
    if system not in (contrast.a, contrast.b):
        return None
    return contrast.b if contrast.a == system else contrast.a
