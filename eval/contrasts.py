"""The declared contrasts: paired differences, their intervals and tests, corrected together."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from eval.aggregate import IMPORTED, ScoreTable, Values
from eval.comparison import Contrast, Equivalence
from eval.model import Estimate
from eval.stats.corrections import holm
from eval.stats.effects import effect_sizes
from eval.stats.equivalence import equivalence
from eval.stats.mcnemar import mcnemar_p
from eval.stats.nested import nested_mean, nested_p, spread
from eval.stats.paired import standard_error
from eval.stats.permutation import sign_flip_p
from eval.stats.power import questions_for, visible

ALPHA: Final = 0.05  # error rate over all declared contrasts together


def contrasts(table: ScoreTable, systems: Sequence[Mapping[str, Any]], pairs: Sequence[Sequence[str]]) -> tuple[Contrast, ...]:
    """Return one Contrast per pair (a, b) that has questions scored for both, with Holm over all of them.

    Tests of difference are one family and tests of equivalence another: what each claims excludes the other.

    Args:
        table: the scores; `table.plan["primary"]` is the metric.
        systems: the systems as the manifest has them; they tell what a pair differs in.
        pairs: the contrasts declared before the first answer.
    """
    described = {str(system["name"]): system for system in systems}
    found = [made for a, b in pairs if (made := _contrast(table, described, a, b)) is not None]
    corrected = holm([contrast.p_value for contrast in found])
    equal = holm([contrast.equivalence.p_value for contrast in found])
    return tuple(
        replace(
            contrast,
            p_holm=p,
            verdict=_verdict(contrast.difference.value, p),
            equivalence=replace(contrast.equivalence, p_holm=same, shown=same < ALPHA),
        )
        for contrast, p, same in zip(found, corrected, equal, strict=True)
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


def gaps(table: ScoreTable, metric: str, a: str, b: str) -> dict[str, float]:
    """Return question id → value of `a` minus value of `b`, for the questions that both have a score for."""
    first, second = table.scored(a, metric), table.scored(b, metric)
    return {key: first[key] - second[key] for key in first if key in second}


def differences(table: ScoreTable, wanted: Sequence[tuple[str, str, str, Mapping[str, float]]]) -> list[Estimate]:
    """Return the interval of each (metric, a, b, paired differences by question); all are resampled at once.

    With several training seeds of either system their luck is in the interval.
    """
    found: list[Estimate | None] = [None] * len(wanted)
    plain = []
    for place, (metric, a, b, values) in enumerate(wanted):
        seeds = [table.by_seed.get((name, metric), {}) for name in (a, b)]
        if max(map(len, seeds)) < 2:
            plain.append(place)
        else:
            found[place] = nested_mean(_by_seed(seeds[0], seeds[1], values), table.fact, bounds=(-1.0, 1.0), confidence=table.confidence)
    columns = [table.column(wanted[place][-1]) for place in plain]
    intervals = table.resampler.differences(columns, bounds=[(-1.0, 1.0)] * len(columns), confidence=table.confidence)
    for place, interval in zip(plain, intervals, strict=True):
        found[place] = interval
    return [estimate for estimate in found if estimate is not None]


def _by_seed(first: Mapping[int | None, Values], second: Mapping[int | None, Values], within: Values) -> dict[Hashable, Values]:
    """Return training seed → paired differences by question; a system without seeds has the same answers beside each."""
    seeds = sorted({*first, *second} - {None}, key=str)
    pairs = {seed: (_of(first, seed), _of(second, seed)) for seed in seeds}
    return {
        seed: {key: a[key] - b[key] for key in within if key in a and key in b}
        for seed, (a, b) in pairs.items()
        if a is not None and b is not None
    }


def _of(seeds: Mapping[int | None, Values], seed: int | None) -> Values | None:
    return seeds[None] if set(seeds) == {None} else seeds.get(seed)


def flip_p(table: ScoreTable, found: Mapping[str, float]) -> float:
    """Return the p-value of the paired permutation test on differences by question."""
    return sign_flip_p(
        list(found.values()),
        [table.fact(key) for key in found],
        permutations=int(table.plan.get("permutations", 10_000)),
        seed=table.seed,
    )


def _contrast(table: ScoreTable, described: Mapping[str, Mapping[str, Any]], a: str, b: str) -> Contrast | None:
    metric = str(table.plan["primary"])
    first, second = table.scored(a, metric), table.scored(b, metric)
    found = gaps(table, metric, a, b)
    if not found:
        return None
    values, facts = list(found.values()), [table.fact(key) for key in found]
    differs = differing(described[a], described[b])
    margin = float(table.plan.get("margin", 0.0))
    p_value, error = flip_p(table, found), standard_error(values, facts)
    interval, same = equivalence(values, facts, margin=margin)
    seeds = [table.by_seed.get((name, metric), {}) for name in (a, b)]
    if max(map(len, seeds)) > 1:  # what holds for other seeds too has to be shown over seeds as well as over facts
        by_seed = _by_seed(seeds[0], seeds[1], found)
        p_value, error = max(p_value, nested_p(by_seed, table.fact)), spread(by_seed, table.fact).standard_error
        interval = nested_mean(by_seed, table.fact, bounds=(-1.0, 1.0), confidence=1 - 2 * ALPHA)
        same = max(same, _beyond(by_seed, table, margin), _beyond(by_seed, table, -margin))
    wins, losses = sum(gap > 0 for gap in values), sum(gap < 0 for gap in values)
    binary = all(value in (0.0, 1.0) for key in found for value in (first[key], second[key]))
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
        equivalence=Equivalence(interval.low, interval.high, same, same, False),
        differs=differs,
        dropped=len(set(first) ^ set(second)),
        mcnemar=mcnemar_p(wins, losses) if binary else None,
        effects=effect_sizes([first[key] for key in found], [second[key] for key in found]),
        smallest=visible(error, len(values)),
        needed=questions_for(margin, error, len(values)) if margin > 0 else None,
    )


def _beyond(by_seed: Mapping[Hashable, Values], table: ScoreTable, margin: float) -> float:
    """Return the one-sided p-value of "the mean over seeds and facts lies beyond `margin`", seen from zero."""
    shifted: dict[Hashable, Values] = {seed: {key: value - margin for key, value in values.items()} for seed, values in by_seed.items()}
    half = nested_p(shifted, table.fact) / 2
    inside = spread(shifted, table.fact).value * margin < 0
    return half if inside else 1 - half


def _verdict(gap: float, p_holm: float) -> Literal["better", "worse", "not shown"]:
    if p_holm >= ALPHA or gap == 0:
        return "not shown"
    return "better" if gap > 0 else "worse"
