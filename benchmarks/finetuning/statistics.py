"""Levels and differences with intervals: questions paired, facts kept together, the luck of training seeds in the interval.

The intervals are those of `eval.stats.nested`; only what is handed to them is made here.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

from eval.model import Estimate
from eval.stats.nested import nested_mean

Values = Mapping[str, float]  # question id → score
BySeed = Mapping[Any, Values]  # training seed → values; None where nothing was trained

SHARE: Final = (0.0, 1.0)
DIFFERENCE: Final = (-1.0, 1.0)


def level(by_seed: BySeed, facts: Mapping[str, str]) -> Estimate:
    """Return the mean score over seeds with its interval; scores from 0 to 1."""
    return nested_mean(by_seed, facts.__getitem__, bounds=SHARE)


def difference(first: BySeed, second: BySeed, facts: Mapping[str, str]) -> Estimate:
    """Return how much higher `first` scores than `second`, question by question and seed by seed.

    A `second` of one seed, such as a model that was not trained, stands beside each seed of `first`.

    >>> found = difference({0: {"a": 1.0, "b": 1.0}, 1: {"a": 1.0, "b": 0.0}}, {None: {"a": 0.0, "b": 0.0}}, {"a": "A", "b": "B"})
    >>> found.value
    0.75
    """
    return nested_mean(paired(first, second), facts.__getitem__, bounds=DIFFERENCE)


def paired(first: BySeed, second: BySeed) -> dict[Hashable, dict[str, float]]:
    """Return first − second by seed, on the questions that both have.

    Raises ValueError when they have no seed in common and `second` has more than one.

    >>> paired({0: {"a": 1.0, "c": 1.0}}, {0: {"a": 0.25}})
    {0: {'a': 0.75}}
    """
    if len(second) == 1 and not set(first) & set(second):
        (only,) = second.values()
        second = dict.fromkeys(first, only)
    common = [seed for seed in first if seed in second]
    if not common:
        raise ValueError("the two have no training seed in common")
    return {seed: {name: value - second[seed][name] for name, value in first[seed].items() if name in second[seed]} for seed in common}


def gap(first: BySeed, second: BySeed, facts: Mapping[str, str], *, largest: float = 1.0) -> Estimate:
    """Return how much higher one group of questions scores than another, with an interval; the groups share no fact.

    Each question counts for what it moves the difference of the two means by: a question of `first` (n₁ of n) for the
    difference plus (its score − mean₁) n / n₁, one of `second` for the difference less (its score − mean₂) n / n₂. These
    numbers have the difference for their mean, and their spread over facts and seeds is that of the difference.

    Args:
        first, second: by seed, of the same seeds.
        facts: of every question id; no fact may have questions in both groups.
        largest: difference that the scores allow.

    Raises ValueError when the groups share a fact, or are not of the same seeds.
    Source: the difference of two means linearised (influence values), as in Deville 1999, Survey Methodology 25:193.

    >>> facts = {name: name for name in "abcd"}
    >>> gap({0: {"a": 1.0, "b": 0.0}}, {0: {"c": 0.25, "d": 0.25}}, facts).value
    0.25
    """
    if set(first) != set(second):
        raise ValueError("both groups need the same training seeds")
    ours, theirs = ({facts[name] for values in group.values() for name in values} for group in (first, second))
    if ours & theirs:
        raise ValueError(f"fact {sorted(ours & theirs)[0]} has questions in both groups")
    moved: dict[Hashable, dict[str, float]] = {}
    for seed in first:
        means = [sum(group[seed].values()) / len(group[seed]) for group in (first, second)]
        apart, total = means[0] - means[1], len(first[seed]) + len(second[seed])
        moved[seed] = {
            name: apart + sign * (value - mean) * total / len(group[seed])
            for group, mean, sign in ((first, means[0], 1), (second, means[1], -1))
            for name, value in group[seed].items()
        }
    reach = max(abs(value) for values in moved.values() for value in values.values()) + 1.0
    found = nested_mean(moved, facts.__getitem__, bounds=(-reach, reach))
    return Estimate(found.value, max(-largest, found.low), min(largest, found.high), found.n, found.clusters, found.method)
