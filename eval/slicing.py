"""Some of the questions at a time: slices, and the contrasts that nobody declared.

A slice of eight questions looks like a result and is none, so slices on few facts are marked, and what
was not declared before the run is corrected as one large family by Benjamini and Hochberg.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from eval.aggregate import ScoreTable, kind_of
from eval.comparison import By, Exploration, Slice
from eval.decision import CEILING, FLOOR
from eval.metrics.catalogue import METRICS
from eval.model import Asked, Estimate
from eval.pairing import difference_p, differences, gaps
from eval.stats.corrections import benjamini_hochberg
from eval.stats.power import smallest_difference
from foundation.language import tokenize

FEW: Final = 10  # facts; below it an interval says more about its method than about the systems
DISCORDANCE: Final = 0.2  # share of questions that one of two systems answers correctly and the other does not
_LENGTHS: Final = ((8, "1–8"), (14, "9–14"))  # words of the question; about a third each of the shipped sample


def slices(table: ScoreTable, systems: Sequence[str]) -> tuple[Slice, ...]:
    """Return every slice that has a scored question, by exposure, kind, tag, language and length of the question."""
    primary = str(table.plan["primary"])
    members = list(_members(table))
    means = iter(table.means([(system, primary, set(ids)) for _, _, ids in members for system in systems]))
    found = []
    for by, name, _ in members:
        scores = {system: estimate for system in systems if (estimate := next(means)) is not None}
        if scores:
            found.append(_slice(by, name, scores))
    return tuple(found)


def explorations(table: ScoreTable, pairs: Sequence[Sequence[str]], found: Sequence[Slice]) -> tuple[Exploration, ...]:
    """Return the declared pairs on the other quality metrics, and on the primary one in each slice where the pair shares enough facts."""
    primary = str(table.plan["primary"])
    metrics = [name for name in METRICS if name != primary and METRICS.get(name).direction == "higher" and METRICS.get(name).high == 1]
    wanted: list[tuple[str, str, str, str, dict[str, float]]] = []
    for metric in metrics:
        wanted += [(metric, a, b, "", gaps(table, metric, a, b)) for a, b in pairs]
    for by, name, ids in _worth_testing(table, found):
        inside = set(ids)
        for a, b in pairs:
            wanted.append((primary, a, b, f"{by}: {name}", {key: gap for key, gap in gaps(table, primary, a, b).items() if key in inside}))
    tested = [one for one in wanted if _enough(table, one[-1], few=FEW if one[3] else 1)]
    p_values = [difference_p(table, metric, a, b, values) for metric, a, b, _, values in tested]
    intervals = differences(table, [(metric, a, b, values) for metric, a, b, _, values in tested])
    return tuple(
        Exploration(metric, a, b, interval, p, q, name)
        for (metric, a, b, name, _), interval, p, q in zip(tested, intervals, p_values, benjamini_hochberg(p_values), strict=True)
    )


def _enough(table: ScoreTable, values: Mapping[str, float], *, few: int) -> bool:
    """Tell whether paired differences stand on at least `few` facts: a pair may share fewer than either system has."""
    return len({table.fact(key) for key in values}) >= few


def _worth_testing(table: ScoreTable, found: Sequence[Slice]) -> Iterator[tuple[By, str, list[str]]]:
    """Yield the slices that are not small; one alone in its dimension is all questions over again, except for a tag."""
    large = {(one.by, one.name) for one in found if not one.few}
    sizes = Counter(one.by for one in found)
    yield from ((by, name, ids) for by, name, ids in _members(table) if (by, name) in large and (sizes[by] > 1 or by == "tag"))


def _members(table: ScoreTable) -> Iterator[tuple[By, str, list[str]]]:
    """Yield each slice's dimension, name and question ids."""
    dimensions: tuple[tuple[By, Callable[[Asked], Sequence[str]]], ...] = (
        ("exposure", lambda row: (row.exposure,)),
        ("kind", lambda row: (kind_of(row.question),)),
        ("tag", lambda row: row.question.tags),
        ("language", lambda row: (row.question.language,)),
        ("length", lambda row: (_length(row.question.text, row.question.language),)),
    )
    for by, labels in dimensions:
        members: dict[str, list[str]] = {}
        for key, row in table.asked.items():
            for label in labels(row):
                members.setdefault(label, []).append(key)
        for name in sorted(members):
            yield by, name, members[name]


def _length(text: str, language: str) -> str:
    words = len(tokenize(text, language))
    return next((name for most, name in _LENGTHS if words <= most), "15+")


def _slice(by: By, name: str, scores: dict[str, Estimate]) -> Slice:
    facts = max(found.clusters for found in scores.values())
    means = [found.value for found in scores.values()]
    return Slice(
        by=by,
        name=name,
        questions=max(found.n for found in scores.values()),
        facts=facts,
        few=facts < FEW,
        smallest=smallest_difference(facts, DISCORDANCE),
        scores=scores,
        edge="floor" if max(means) < FLOOR else "ceiling" if min(means) > CEILING else "",
    )
