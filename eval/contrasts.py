"""The declared contrasts: paired differences, their intervals and tests, corrected together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final, Literal

from eval.aggregate import IMPORTED, ScoreTable
from eval.comparison import Contrast, Equivalence
from eval.pairing import BySeed, averaged, by_seed, difference_p, differences, gaps
from eval.stats.corrections import holm
from eval.stats.effects import effect_sizes
from eval.stats.equivalence import beyond_p, equivalence, evidence
from eval.stats.mcnemar import mcnemar_p
from eval.stats.nested import nested_mean, nested_p, spread
from eval.stats.paired import standard_error
from eval.stats.power import questions_beside, questions_for, visible

ALPHA: Final = 0.05  # error rate over all declared contrasts together


def contrasts(table: ScoreTable, systems: Sequence[Mapping[str, Any]], pairs: Sequence[Sequence[str]]) -> tuple[Contrast, ...]:
    """Return one Contrast per pair (a, b) that has questions scored for both, with Holm over all of them.

    Tests of difference are one family, tests of equivalence another, and tests of a difference beyond the margin a third,
    at 5 % each: the chance that any of the three holds a false finding is bounded by their sum, not by 5 %.
    A difference that is gone where failed answers count as 0 is not shown, and called fragile.

    Args:
        table: the scores; `table.plan["primary"]` is the metric.
        systems: the systems as the manifest has them; they tell what a pair differs in.
        pairs: the contrasts declared before the first answer.
    """
    described = {str(system["name"]): system for system in systems}
    alpha = ALPHA / max(1, len(pairs))
    found = [made for a, b in pairs if (made := _contrast(table, described, a, b, alpha)) is not None]
    corrected = holm([contrast.p_value for contrast in found])
    equal = holm([contrast.equivalence.p_value for contrast in found])
    beyond = holm([contrast.p_beyond for contrast in found])
    return tuple(_concluded(table, contrast, p, same, far) for contrast, p, same, far in zip(found, corrected, equal, beyond, strict=True))


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


def _contrast(table: ScoreTable, described: Mapping[str, Mapping[str, Any]], a: str, b: str, alpha: float) -> Contrast | None:
    """Return the contrast before what needs all of them; `alpha` is the error rate that its power is reckoned at."""
    metric = str(table.plan["primary"])
    first, second = table.scored(a, metric), table.scored(b, metric)
    found = gaps(table, metric, a, b)
    if not found:
        return None
    values, facts = list(found.values()), [table.fact(key) for key in found]
    differs = differing(described[a], described[b])
    margin = float(table.plan.get("margin", 0.0))
    seeds = by_seed(table, metric, a, b)
    error, needed, test, beyond = _over_seeds(table, seeds, margin, alpha) if len(seeds) > 1 else _over_facts(values, facts, margin, alpha)
    wins, losses = sum(gap > 0 for gap in values), sum(gap < 0 for gap in values)
    binary = all(value in (0.0, 1.0) for key in found for value in (first[key], second[key]))
    p_value = difference_p(table, metric, a, b, found)
    return Contrast(
        a=a,
        b=b,
        kind="controlled" if len(differs) == 1 and differs != (IMPORTED,) else "bundled",
        difference=differences(table, [(metric, a, b, found)])[0],
        standard_error=error,
        p_value=p_value,
        p_holm=p_value,
        wins=wins,
        ties=len(values) - wins - losses,
        losses=losses,
        verdict="not shown",
        equivalence=test,
        differs=differs,
        dropped=len(set(first) ^ set(second)),
        mcnemar=mcnemar_p(wins, losses) if binary else None,
        effects=effect_sizes([first[key] for key in found], [second[key] for key in found]),
        smallest=visible(error, len(values), alpha=alpha),
        needed=needed,
        p_beyond=beyond,
        trainings=max(1, len(seeds)),
    )


def _over_facts(values: Sequence[float], facts: Sequence[str], margin: float, alpha: float) -> tuple[float, int | None, Equivalence, float]:
    """Return standard error, questions needed, the test of equivalence, and the p-value of "beyond the margin"."""
    error = standard_error(values, facts)
    needed = questions_for(margin, error, len(values), alpha=alpha) if margin > 0 else None
    interval, same = equivalence(values, facts, margin=margin)
    if interval.clusters == 1:
        return error, needed, Equivalence(interval.low, interval.high, same, same, False), 1.0
    known = evidence(values, facts)
    far = beyond_p(known if interval.value >= 0 else known.turned(), margin)
    return error, needed, Equivalence(interval.low, interval.high, same, same, False, asdict(known)), far


def _over_seeds(table: ScoreTable, seeds: BySeed, margin: float, alpha: float) -> tuple[float, int | None, Equivalence, float]:
    """Return the same for other training seeds too."""
    parts = spread(seeds, table.fact)
    asked = len({key for values in seeds.values() for key in values})
    interval = nested_mean(seeds, table.fact, bounds=(-1.0, 1.0), confidence=1 - 2 * ALPHA, resamples=table.resamples, seed=table.seed)
    average = averaged(seeds)
    alone = equivalence(list(average.values()), [table.fact(key) for key in average], margin=margin)[1]
    above, below = _above_p(table, seeds, margin), _above_p(table, seeds, -margin)  # of "it lies above"
    same = max(alone, 1 - above, below)
    return (
        parts.standard_error,
        questions_beside(margin, parts.facts, parts.seeds, asked, alpha=alpha) if margin > 0 else None,
        Equivalence(interval.low, interval.high, same, same, False),
        above if parts.value >= 0 else 1 - below,
    )


def _above_p(table: ScoreTable, seeds: BySeed, margin: float) -> float:
    """Return the one-sided p-value that speaks for a mean over seeds and facts above `margin`."""
    shifted = {seed: {key: value - margin for key, value in values.items()} for seed, values in seeds.items()}
    half = nested_p(shifted, table.fact) / 2
    return half if spread(shifted, table.fact).value > 0 else 1 - half


def _concluded(table: ScoreTable, contrast: Contrast, p_holm: float, same: float, far: float) -> Contrast:
    """Return the contrast with what its corrected p-values show."""
    verdict = _verdict(contrast.difference.value, p_holm)
    fragile = verdict != "not shown" and not _holds_with_failures(table, contrast)
    verdict = "not shown" if fragile else verdict
    return replace(
        contrast,
        p_holm=p_holm,
        verdict=verdict,
        equivalence=replace(contrast.equivalence, p_holm=same, shown=same < ALPHA),
        p_beyond=far,
        beyond=far < ALPHA and verdict != "not shown",
        fragile=fragile,
    )


def _holds_with_failures(table: ScoreTable, contrast: Contrast) -> bool:
    """Tell whether a difference that was shown has the same sign, and p below 5 %, where failed answers count as 0."""
    if not any(system in (contrast.a, contrast.b) for system, _ in table.failed):
        return True
    metric, a, b = str(table.plan["primary"]), contrast.a, contrast.b
    counted = table.with_failures_as_zero(metric)
    found = gaps(counted, metric, a, b)
    same_sign = sum(found.values()) * contrast.difference.value > 0
    return same_sign and difference_p(counted, metric, a, b, found) < ALPHA


def _verdict(gap: float, p_holm: float) -> Literal["better", "worse", "not shown"]:
    if p_holm >= ALPHA or gap == 0:
        return "not shown"
    return "better" if gap > 0 else "worse"
