"""Two systems question by question: paired differences, their intervals, and the p-value of "no difference".

Declared contrasts and explorations read the same ones, so that what is tested in one way in the one is tested so in the other.
With several training seeds an answer is paired with that of the same seed. What is concluded is the business of
`eval.contrasts` and `eval.slicing`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from statistics import fmean

from eval.aggregate import ScoreTable, Values
from eval.model import Estimate
from eval.stats.nested import nested_mean, nested_p
from eval.stats.permutation import sign_flip_p

BySeed = Mapping[Hashable, Values]


def gaps(table: ScoreTable, metric: str, a: str, b: str) -> dict[str, float]:
    """Return question id → value of `a` minus value of `b`, for the questions that both have a score for; the mean over seeds."""
    return averaged(by_seed(table, metric, a, b))


def averaged(by_training: BySeed) -> dict[str, float]:
    """Return question id → mean of its values over the training seeds that have one.

    >>> averaged({1: {"x": 1.0, "y": 0.0}, 2: {"x": 0.0}})
    {'x': 0.5, 'y': 0.0}
    """
    seeds = list(by_training.values())
    if len(seeds) == 1:
        return dict(seeds[0])
    questions = dict.fromkeys(question for seed in seeds for question in seed)
    return {question: fmean(seed[question] for seed in seeds if question in seed) for question in questions}


def by_seed(table: ScoreTable, metric: str, a: str, b: str, within: Values | None = None) -> dict[Hashable, Values]:
    """Return training seed → question id → value of `a` minus value of `b`; seeds without a pair are absent.

    A system that answered once has the same answers beside each seed of the other. With one seed at most there is one entry;
    in a k-fold run there is one per fold, where the pairs are of enough facts for that.

    Args:
        table: the scores.
        metric: of which.
        a: a system.
        b: another.
        within: questions to keep; all when absent.
    """
    if table.folded(a) or table.folded(b):
        mine, theirs = table.scored(a, metric), table.scored(b, metric)
        pairs = _pairs(mine, theirs, within)
        return table.by_fold(pairs) if pairs else {}
    first, second = table.by_training(a, metric), table.by_training(b, metric)
    several = {name for name in (a, b) if len(table.seeds(name)) > 1}
    seeds: list[Hashable] = sorted({*(first if a in several else ()), *(second if b in several else ())}, key=str) if several else [None]
    found: dict[Hashable, Values] = {}
    for seed in seeds:
        mine, theirs = _of(first, seed, steady=a not in several), _of(second, seed, steady=b not in several)
        if pairs := _pairs(mine, theirs, within):
            found[seed] = pairs
    return found


def _pairs(mine: Values, theirs: Values, within: Values | None) -> dict[str, float]:
    return {key: mine[key] - theirs[key] for key in mine if key in theirs and (within is None or key in within)}


def _of(seeds: Mapping[Hashable, Values], seed: Hashable, *, steady: bool) -> Values:
    return next(iter(seeds.values()), {}) if steady else seeds.get(seed, {})


def differences(table: ScoreTable, wanted: Sequence[tuple[str, str, str, Values]]) -> list[Estimate]:
    """Return the interval of each (metric, a, b, paired differences by question); all are resampled at once.

    With several training seeds of either system their luck is in the interval.
    """
    found: list[Estimate | None] = [None] * len(wanted)
    plain = []
    for place, (metric, a, b, values) in enumerate(wanted):
        seeds = by_seed(table, metric, a, b, values)
        if len(seeds) < 2:
            plain.append(place)
        else:
            found[place] = nested_mean(
                seeds, table.fact, bounds=(-1.0, 1.0), confidence=table.confidence, resamples=table.resamples, seed=table.seed
            )
    columns = [table.column(wanted[place][-1]) for place in plain]
    intervals = table.resampler.differences(columns, bounds=[(-1.0, 1.0)] * len(columns), confidence=table.confidence)
    for place, interval in zip(plain, intervals, strict=True):
        found[place] = interval
    return [estimate for estimate in found if estimate is not None]


def difference_p(table: ScoreTable, metric: str, a: str, b: str, found: Values) -> float:
    """Return the p-value of "no difference" on the paired differences `found`, by permutation, and over training seeds too.

    What holds for other seeds too has to be shown over seeds as well as over facts: the larger p-value counts.
    """
    p_value = sign_flip_p(
        list(found.values()),
        [table.fact(key) for key in found],
        permutations=int(table.plan.get("permutations", 10_000)),
        seed=table.seed,
    )
    seeds = by_seed(table, metric, a, b, found)
    return max(p_value, nested_p(seeds, table.fact)) if len(seeds) > 1 else p_value
