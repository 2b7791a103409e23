"""From the results of points to levels and differences, figure by figure: numbers only, no layout.

A figure is made of what there is: a family without any result is named as missing, one that lacks seeds says how many it has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from benchmarks.finetuning.declaration import FIGURES, WORDINGS, points
from benchmarks.finetuning.results import Result, facts
from benchmarks.finetuning.statistics import BySeed, difference, gap, level
from eval.model import Estimate

Wanted = str | None  # "above" or "below" zero for the whole interval; None: shown, nothing is claimed
Runs = Mapping[str, Mapping[int | None, Result]]  # family → seed → result


@dataclass(frozen=True)
class Line:
    """One level or difference."""

    what: str
    metric: str
    estimate: Estimate
    seeds: int
    wanted: Wanted = None

    @property
    def reached(self) -> bool | None:
        """Tell whether the interval lies where it should; None where nothing was declared."""
        if self.wanted is None:
            return None
        return self.estimate.low > 0 if self.wanted == "above" else self.estimate.high < 0


@dataclass(frozen=True)
class Figure:
    """What one question of issue and reader comes to."""

    name: str
    levels: tuple[Line, ...] = ()
    differences: tuple[Line, ...] = ()
    speeds: dict[str, tuple[float, ...]] = field(default_factory=dict)  # family → training tokens per second of each seed
    missing: tuple[str, ...] = ()  # points without a result
    mixed: tuple[str, ...] = ()  # what is not the same in all results: engines, machines, library versions…


def figure(name: str, results: Mapping[str, Result]) -> Figure:
    """Return a figure from the results of its points, by point name; what lacks a result is left out and named.

    Raises UnknownNameError for a name that is no figure.
    """
    wanted = points([name])
    runs: dict[str, dict[int | None, Result]] = {}
    for point in wanted:
        if point.name in results:
            runs.setdefault(point.family.name, {})[point.seed] = results[point.name]
    made = _MAKERS[name](_Tables(runs)) if runs else Figure(name)
    speeds = {
        family: tuple(found.training["tokens_per_second"] for found in by_seed.values() if found.training)
        for family, by_seed in runs.items()
    }
    return Figure(
        name,
        made.levels,
        made.differences,
        {family: values for family, values in speeds.items() if values},
        tuple(point.name for point in wanted if point.name not in results),
        mixed([found for by_seed in runs.values() for found in by_seed.values()]),
    )


def mixed(results: Sequence[Result]) -> tuple[str, ...]:
    """Return what sets results apart that should differ in nothing but their declaration, a line each."""
    kinds: dict[str, Callable[[Result], str]] = {
        "engines": lambda one: f"{one.engine['engine']} in {one.engine['precision']}, {one.engine.get('version', '')}",
        "torch": lambda one: one.versions.get("torch", "unknown"),
        "transformers": lambda one: one.versions.get("transformers", "unknown"),
        "prompts": lambda one: str(one.fingerprints.get("prompts")),
        "base models": lambda one: str(one.fingerprints.get("model")),
    }
    found = {kind: sorted({tell(one) for one in results}) for kind, tell in kinds.items()}
    return tuple(f"{kind}: {'; '.join(values)}" for kind, values in found.items() if len(values) > 1)


@dataclass(frozen=True)
class _Tables:
    """The results of a figure, asked for by family."""

    runs: Runs

    @property
    def facts(self) -> dict[str, str]:
        return facts({(family, seed): found for family, by_seed in self.runs.items() for seed, found in by_seed.items()})

    def get(self, family: str, system: str, metric: str = "correct", exposure: str | None = None) -> BySeed | None:
        """Return the scores by seed; None when no seed has one."""
        found = {seed: one.values(system, metric, exposure) for seed, one in self.runs.get(family, {}).items()}
        return {seed: values for seed, values in found.items() if values} or None

    def level(self, what: str, scores: BySeed | None, metric: str = "correct") -> list[Line]:
        return [] if scores is None else [Line(what, metric, level(scores, self.facts), len(scores))]

    def difference(
        self, what: str, first: BySeed | None, second: BySeed | None, wanted: Wanted = None, metric: str = "correct"
    ) -> list[Line]:
        if first is None or second is None or (len(second) > 1 and not set(first) & set(second)):
            return []
        seeds = len(set(first) & set(second)) or len(first)
        return [Line(what, metric, difference(first, second, self.facts), seeds, wanted)]

    def gap(
        self, what: str, first: BySeed | None, second: BySeed | None, wanted: Wanted = None, metric: str = "correct", largest: float = 1.0
    ) -> list[Line]:
        if first is None or second is None or set(first) != set(second):
            return []
        return [Line(what, metric, gap(first, second, self.facts, largest=largest), len(first), wanted)]


def of_many(tables: _Tables, family: str, system: str, metric: str = "correct") -> BySeed | None:
    """Return the scores on the questions of the curve: those whose fact the curve's adapters were trained on."""
    asked = {
        name
        for count in WORDINGS
        for one in tables.runs.get(f"wordings-{count}", {}).values()
        for name in one.values("finetuned", exposure="paraphrase")
    }
    found = tables.get(family, system, metric)
    kept = {seed: {name: value for name, value in values.items() if name in asked} for seed, values in (found or {}).items()}
    return {seed: values for seed, values in kept.items() if values} or None


def _wordings(tables: _Tables) -> Figure:
    levels, differences = [], []
    for metric in ("correct", "token_f1"):
        levels += tables.level("not trained", of_many(tables, "untrained", "base", metric), metric)
        for count in WORDINGS:
            name = f"{count} wording{'s' if count > 1 else ''}"
            levels += tables.level(name, of_many(tables, f"wordings-{count}", "finetuned", metric), metric)
        one = of_many(tables, "wordings-1", "finetuned", metric)
        for count in WORDINGS[:0:-1]:
            aim = "above" if count == max(WORDINGS) and metric == "correct" else None
            more = of_many(tables, f"wordings-{count}", "finetuned", metric)
            differences += tables.difference(f"{count} wordings − 1 wording", more, one, aim, metric)
    return Figure("wordings", tuple(levels), tuple(differences))


def _exposure(tables: _Tables) -> Figure:
    levels, differences = [], []
    for family, aim in (("qa", "above"), ("wordings-8", None)):
        for metric in ("correct", "contained"):
            seen, unseen = (tables.get(family, "finetuned", metric, exposure) for exposure in ("paraphrase", "unseen"))
            levels += tables.level(f"{family}, paraphrase", seen, metric) + tables.level(f"{family}, unseen", unseen, metric)
            differences += tables.gap(f"{family}: paraphrase − unseen", seen, unseen, aim if metric == "correct" else None, metric)
            base = tables.get("untrained", "base", metric)
            before, after = _gain(unseen, base), _gain(seen, base)
            differences += tables.gap(f"{family}: the same of what training gained", after, before, None, metric, 2.0)
    return Figure("exposure", tuple(levels), tuple(differences))


def _gain(trained: BySeed | None, base: BySeed | None) -> BySeed | None:
    """Return what training gained on each question that the untrained model was asked too."""
    if trained is None or base is None:
        return None
    (before,) = base.values()
    return {seed: {name: value - before[name] for name, value in values.items() if name in before} for seed, values in trained.items()}


def _raft(tables: _Tables) -> Figure:
    levels, differences = [], []
    for data, before, after in (("sample", "untrained", "raft"), ("xquad_en_a", "untrained-xquad", "raft-xquad")):
        for metric in ("correct", "contained", "token_f1"):
            rag, both = _sampled(tables, before, after, metric)
            levels += tables.level(f"{data}: RAG", rag, metric) + tables.level(f"{data}: RAG + raft", both, metric)
            differences += tables.difference(f"{data}: RAG + raft − RAG", both, rag, "above" if metric == "correct" else None, metric)
    return Figure("raft", tuple(levels), tuple(differences))


def _qa_under_rag(tables: _Tables) -> Figure:
    levels, differences = [], []
    for metric in ("correct", "contained", "token_f1"):
        rag, both = _sampled(tables, "untrained", "qa", metric)
        levels += tables.level("RAG", rag, metric) + tables.level("RAG + qa", both, metric)
        differences += tables.difference("RAG + qa − RAG", both, rag, "below" if metric == "correct" else None, metric)
    # Added after the first seed had been seen: on trained facts memory makes up for what is no longer read.
    for metric in ("correct", "contained"):
        rag, both = _sampled(tables, "untrained", "qa", metric, "unseen")
        levels += tables.level("unseen facts: RAG", rag, metric) + tables.level("unseen facts: RAG + qa", both, metric)
        differences += tables.difference("unseen facts: RAG + qa − RAG", both, rag, None, metric)
    return Figure("qa-under-rag", tuple(levels), tuple(differences))


def _sampled(tables: _Tables, before: str, after: str, metric: str, exposure: str | None = None) -> tuple[BySeed | None, BySeed | None]:
    """Return the scores of RAG without and with an adapter, on the questions that both were asked (the untrained one is asked more).

    With `exposure` only those of that exposure to what the adapter was trained on.
    """
    rag, both = tables.get(before, "rag", metric), tables.get(after, "rag+finetuned", metric, exposure)
    if rag is None or both is None:
        return rag, both
    asked = {name for values in both.values() for name in values}
    return {seed: {name: value for name, value in values.items() if name in asked} for seed, values in rag.items()}, both


def _bf16(tables: _Tables) -> Figure:
    levels, differences = [], []
    for metric in ("correct", "token_f1"):
        full, half = (of_many(tables, family, "finetuned", metric) for family in ("wordings-8", "wordings-8-bf16"))
        levels += tables.level("float32", full, metric) + tables.level("bfloat16", half, metric)
        differences += tables.difference("bfloat16 − float32", half, full, None, metric)
    return Figure("bf16", tuple(levels), tuple(differences))


def _look(tables: _Tables) -> Figure:
    one, six = (tables.get(family, "finetuned") for family in ("look-1", "look-6"))
    levels = tables.level("1 wording", one) + tables.level("6 wordings", six)
    return Figure("look", tuple(levels), tuple(tables.difference("6 wordings − 1 wording", six, one)))


_MAKERS: Final[dict[str, Callable[[_Tables], Figure]]] = {
    "wordings": _wordings,
    "exposure": _exposure,
    "raft": _raft,
    "qa-under-rag": _qa_under_rag,
    "bf16": _bf16,
    "look": _look,
}


def speedup(made: Figure, first: str, second: str) -> float | None:
    """Return how many times as many tokens a second `first` trained as `second`, by medians over seeds; None where one is missing."""
    if not (made.speeds.get(first) and made.speeds.get(second)):
        return None
    return median(made.speeds[first]) / median(made.speeds[second])


def all_figures(results: Mapping[str, Result], names: Sequence[str] = ()) -> tuple[Figure, ...]:
    """Return the named figures, all but `look` when none is named."""
    return tuple(figure(name, results) for name in names or [name for name in FIGURES if name != "look"])
