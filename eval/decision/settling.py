"""What would settle an open choice, or change a settled one: questions, seeds, contrasts, margins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from eval.comparison import Comparison, Contrast, MarginCase, Said
from eval.decision.race import Candidate, Standing, race
from eval.decision.relations import ALPHA, over_seeds
from eval.stats.power import questions_for, visible

MARGINS: Final = (0.0, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2)  # the decision is told at each of them
_PAIRS: Final = 3  # open pairs told, those that need the fewest questions first


def at_margins(comparison: Comparison, field: Sequence[Candidate]) -> tuple[MarginCase, ...]:
    """Return the decision at each margin of `MARGINS` and at the declared one, equal neighbours merged.

    With several training seeds there are none: what the run's test of equivalence found at its own margin rests on facts and on
    seeds, and cannot be made again at another one from what a contrast keeps.
    """
    cases: list[MarginCase] = []
    for case in _each(comparison, field):
        if not cases or (case.verdict, case.system) != (cases[-1].verdict, cases[-1].system):
            cases.append(case)
    return tuple(cases)


def settle(comparison: Comparison, field: Sequence[Candidate], standing: Standing) -> tuple[Said, ...]:
    """Return what would settle an open choice or change a settled one, the most useful first."""
    settled = standing.verdict != "not enough evidence"
    return (
        *(() if settled else _open_pairs(comparison, standing)),
        *_declare(comparison, field, standing),
        *_other_seeds(comparison, field),
        *_other_facts(comparison, field, standing),
        *_other_margins(comparison, field, standing),
    )


def _each(comparison: Comparison, field: Sequence[Candidate]) -> Iterator[MarginCase]:
    if any(over_seeds(contrast) for contrast in comparison.contrasts):
        return
    for margin in sorted({*MARGINS, float(comparison.plan["margin"])}):
        standing = race(comparison, field, margin)
        yield MarginCase(margin, standing.verdict, standing.system)


def _open_pairs(comparison: Comparison, standing: Standing) -> Iterator[Said]:
    """Yield how many questions the open pairs need, those that need the fewest first."""
    if standing.reason == "circle":
        yield Said("decision-settle-circle")
        return
    wanted = {frozenset(pair) for pair in standing.undecided}
    open_ = [contrast for contrast in comparison.contrasts if frozenset((contrast.a, contrast.b)) in wanted]
    if failing := [contrast for contrast in open_ if contrast.fragile]:
        yield Said("decision-settle-failures", {"contrasts": [f"{contrast.a} − {contrast.b}" for contrast in failing]})
    pairs = [contrast for contrast in open_ if not contrast.fragile]
    alpha = ALPHA / max(1, len(comparison.plan.get("contrasts", ())))  # what Holm's correction asks of the first of them
    margin, folds = float(comparison.plan["margin"]), bool(comparison.plan.get("folds"))
    told = sorted((_questions(contrast, margin, alpha, folds=folds) for contrast in pairs), key=lambda one: one[0])
    yield from (said for _, said in told[:_PAIRS])


def _questions(contrast: Contrast, margin: float, alpha: float, *, folds: bool) -> tuple[int, Said]:
    """Return how many questions would settle one open pair, and the sentence that says so.

    First what the margin needs. Where these questions are that many already, the difference seen lies where neither
    test can speak: then what it would take if it stayed as it is, to be told from 0 or from the margin, whichever is farther off.
    With several training seeds more questions alone may not do, since they do not lessen the luck of training.
    """
    asked, gap = contrast.difference.n, abs(contrast.difference.value)
    values = {"a": contrast.a, "b": contrast.b, "asked": asked, "margin": margin, "gap": contrast.difference.value}
    if contrast.needed is not None and contrast.needed > asked:
        return contrast.needed, Said("decision-settle-questions", {**values, "needed": contrast.needed, "more": contrast.needed - asked})
    if over_seeds(contrast):
        return asked, Said("decision-settle-more-folds" if folds else "decision-settle-more-seeds", {"a": contrast.a, "b": contrast.b})
    distance = max(gap, margin - gap)
    if distance == 0:
        return asked, Said(
            "decision-settle-smallest", {**values, "smallest": contrast.smallest or visible(contrast.standard_error, asked, alpha=alpha)}
        )
    farther = "zero" if gap >= margin - gap else "margin"
    needed = max(questions_for(distance, contrast.standard_error, asked, alpha=alpha), asked + 1)
    return needed, Said("decision-settle-questions-as-seen", {**values, "needed": needed, "more": needed - asked, "farther": farther})


def _declare(comparison: Comparison, field: Sequence[Candidate], standing: Standing) -> Iterator[Said]:
    """Yield the contrasts to declare: open pairs that have none, and what the best candidate was never held against."""
    known = {frozenset((contrast.a, contrast.b)) for contrast in comparison.contrasts}
    for a, b in standing.undecided:
        if frozenset((a, b)) not in known:
            yield Said("decision-settle-declare", {"a": b, "b": a})
    left = [one for one in field if one.system in standing.among]
    if left and standing.untested:
        best = max(left, key=lambda one: one.mean).system
        for name in standing.untested:
            yield Said("decision-settle-declare", {"a": best, "b": name})


def _other_seeds(comparison: Comparison, field: Sequence[Candidate]) -> Iterator[Said]:
    """Yield the trained candidates that stand on one training: folds are trainings of their own, and cannot be trained so."""
    seeds = {result.system: result.seeds for result in comparison.systems}
    lucky = [one.system for one in field if one.adapter and len(seeds[one.system]) < 2]
    if lucky and not comparison.plan.get("folds"):
        yield Said("decision-settle-seeds", {"systems": lucky})


def _other_facts(comparison: Comparison, field: Sequence[Candidate], standing: Standing) -> Iterator[Said]:
    """Yield that a trained candidate still in the race was asked about trained facts only."""
    trained = [one.system for one in field if one.adapter and one.system in standing.among]
    exposures = {one.name for one in comparison.slices if one.by == "exposure"}
    if trained and exposures and "unseen" not in exposures:
        yield Said("decision-settle-facts", {"systems": trained})


def _other_margins(comparison: Comparison, field: Sequence[Candidate], standing: Standing) -> Iterator[Said]:
    """Yield the nearest smaller and the nearest larger margin of `MARGINS` at which the decision would be another one."""
    declared = float(comparison.plan["margin"])
    cases = list(_each(comparison, field))
    other = [case for case in cases if (case.verdict, case.system) != (standing.verdict, standing.system)]
    smaller = [case for case in other if case.margin < declared][-1:]
    larger = [case for case in other if case.margin > declared][:1]
    for case in (*smaller, *larger):
        values = {"margin": case.margin, "verdict": case.verdict.replace(" ", "-"), "system": case.system or ""}
        yield Said("decision-settle-margin", values)
    if cases and not other and standing.verdict != "not enough evidence":
        yield Said("decision-settle-no-margin", {"lowest": MARGINS[0], "highest": max(MARGINS[-1], declared)})
