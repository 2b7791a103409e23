"""What weakens a comparison without ending it: each caution is a sentence that stands under the decision.

Sentences are keys and values, worded in `eval/wording/`. What may be decided is the business of `eval.decision`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from eval.aggregate import ScoreTable
from eval.comparison import Contrast, Exploration, Said, Slice, SystemResult, Tongue
from eval.folding import adapters_behind, fold_cautions
from eval.model import RunManifest, RunRecord
from eval.stats.intervals import carriers
from eval.tongues import THRESHOLD
from eval.training_cautions import alarm_cautions, unseen

FEW_FACTS: Final = 30  # with fewer clusters, bootstrap intervals tend to be too short
_UNEVEN: Final = 0.5  # below this share of the facts, those that carry the figures are told
_Q: Final = 0.05  # of an exploration that shows something
_WRONG_SHARE: Final = 0.1
_CUT_SHARE: Final = 0.2
_REFERENCE: Final = frozenset({"float32", "fp32", "served"})  # precisions that say nothing, or nothing that we know


def cautions(
    manifest: RunManifest,
    table: ScoreTable,
    records: Sequence[RunRecord],
    systems: Sequence[SystemResult],
    contrasts: Sequence[Contrast],
    tongues: Sequence[Tongue],
    slices: Sequence[Slice],
    explorations: Sequence[Exploration] = (),
    *,
    pooled: Sequence[RunManifest] = (),
) -> tuple[Said, ...]:
    """Return all cautions that apply, the gravest first. `pooled` has the manifests of all runs, when there are several."""
    primary = str(manifest.plan["primary"])
    return (
        *_random(manifest),
        *alarm_cautions(pooled or [manifest]),
        *fold_cautions(manifest.plan),
        *_model(manifest),
        *_imported(manifest, systems),
        *_reused(manifest),
        *_tongues(tongues),
        *_training(pooled or [manifest], systems),
        *_questions(manifest, table),
        *_unscored(table, systems, primary),
        *_contrasts(manifest, contrasts),
        *_intervals(systems, primary),
        *_abstainers(systems, slices, primary),
        *_edges(slices, explorations),
        *_answers(records, systems),
    )


def _random(manifest: RunManifest) -> Iterator[Said]:
    if manifest.engine.get("weights") == "random":
        yield Said("cautions-random-weights")


def _model(manifest: RunManifest) -> Iterator[Said]:
    engine = manifest.engine
    precision = str(engine.get("precision", ""))
    verified: Mapping[str, Any] | None = manifest.environment.get("verification")
    if verified:
        values = {key: verified[key] for key in ("prompts", "knowledge_base", "identical")}
        yield Said("cautions-verified-engine", {"engine": str(engine.get("engine")), "precision": precision, **values})
    elif precision and precision not in _REFERENCE:
        yield Said("cautions-precision", {"precision": precision})


def _imported(manifest: RunManifest, systems: Sequence[SystemResult]) -> Iterator[Said]:
    described: Mapping[str, Mapping[str, Any]] = manifest.plan.get("imported") or {}
    asked = len(manifest.question_ids)
    for result in systems:
        if result.system not in described:
            continue
        values = {"system": result.system, "file": result.imported}
        yield Said("cautions-imported", {**values, "date": str(described[result.system].get("created", ""))[:10]})
        if result.missing:
            yield Said(
                "cautions-imported-missing", {**values, "answered": asked - result.missing, "asked": asked, "missing": result.missing}
            )


def _reused(manifest: RunManifest) -> Iterator[Said]:
    reused: Mapping[str, Any] = manifest.environment.get("reused") or {}
    if reused.get("systems"):
        yield Said("cautions-reused", {"systems": list(reused["systems"]), "run": str(reused.get("run"))})


def _tongues(tongues: Sequence[Tongue]) -> Iterator[Said]:
    for tongue in tongues:
        values = {"language": tongue.code, "questions": tongue.questions}
        if tongue.spoken is False and tongue.declared:
            yield Said("cautions-language-undeclared", values)
        elif tongue.spoken is False:
            told = {"matching": tongue.matching, "told": tongue.told, "threshold": THRESHOLD}
            yield Said("cautions-language-unspoken", {"language": tongue.code, **told})
        elif tongue.spoken is None:
            yield Said("cautions-language-open", {"language": tongue.code})


def _training(manifests: Sequence[RunManifest], systems: Sequence[SystemResult]) -> Iterator[Said]:
    used = sorted({str(system["adapter"]) for system in manifests[0].systems if system.get("adapter")})
    seeded = {result.adapter for result in systems if len(result.seeds) > 1}
    lucky = [name for name in used if name not in seeded]
    if lucky and not manifests[0].plan.get("folds"):  # folds are trainings of their own
        yield Said("cautions-one-seed", {"adapters": lucky, "count": len(lucky)})
    told = []
    for name in used:
        behind = [one.adapters.get(each, {}) for one in manifests for each in adapters_behind(one.plan, name)]
        failed = sum((adapter.get("check") or {}).get("passed") is False for adapter in behind)
        for adapter in behind:
            coverage: Mapping[str, Any] = adapter.get("coverage") or {}
            if coverage.get("budgeted"):
                left = [str(part) for part in coverage.get("left_out", ())]
                earlier = Said("cautions-budgeted", {"adapter": name, "left_out": left, "left": len(left)})
                told.append(unseen(name, adapter) or earlier)
        if failed and len(behind) > 1:
            told.append(Said("cautions-untaught-some", {"adapter": name, "failed": failed, "trainings": len(behind)}))
        elif failed:
            told.append(Said("cautions-untaught", {"adapter": name}))
    if manifests[0].plan.get("folds"):  # the trainings of many folds are alike: one sentence of a kind
        told = list({(said.key, said.values["adapter"]): said for said in reversed(told)}.values())[::-1]
    yield from (said for place, said in enumerate(told) if said not in told[:place])


def _questions(manifest: RunManifest, table: ScoreTable) -> Iterator[Said]:
    exposures = [row.exposure for row in table.asked.values()]
    facts = Counter(table.fact(key) for key in table.asked)
    leaks = int(manifest.plan.get("leaks") or 0)
    if leaks:
        yield Said("cautions-leaks", {"questions": leaks})
    if any(system.get("adapter") for system in manifest.systems) and "verbatim" in exposures:
        yield Said("cautions-verbatim", {"questions": exposures.count("verbatim")})
    if len(facts) < FEW_FACTS:
        yield Said("cautions-few-facts", {"facts": len(facts), "fewest": FEW_FACTS})
    carrying = carriers(np.square(list(facts.values()), dtype=np.float64))  # counted as the test of equivalence does
    if carrying < _UNEVEN * len(facts):
        yield Said("cautions-uneven-facts", {"facts": len(facts), "carriers": round(carrying)})


def _unscored(table: ScoreTable, systems: Sequence[SystemResult], primary: str) -> Iterator[Said]:
    """Yield what has no score and should have one: on the primary metric, on others, and more of it in one system than in another."""
    partial = {result.system for result in systems if result.missing}  # told apart: what they lack says nothing about the questions
    whole = [result for result in systems if result.system not in partial]
    unknown = max((result.statuses.get(primary, {}).get("unscored", 0) for result in whole), default=0)
    if unknown:
        yield Said("cautions-unscored", {"questions": unknown, "metric": primary})
    partly: dict[str, int] = {}  # metric → most answers of one system that have nothing to be held against
    for result in whole:
        for metric, counts in result.statuses.items():
            failed = max(0, counts.get("error", 0) - result.errors)  # a question without an answer is told once, for all metrics
            if failed:
                first = table.reasons.get((result.system, metric), {}).get("error", "")
                yield Said("cautions-metric", {"system": result.system, "metric": metric, "failed": failed, "first": first})
            if metric != primary and counts.get("unscored"):
                partly[metric] = max(partly.get(metric, 0), counts["unscored"])
    if partly:
        yield Said("cautions-partly", {"metrics": list(partly), "count": len(partly), "most": max(partly.values())})
    scored = {result.system: len(table.scored(result.system, primary)) for result in whole}
    most = max(scored.values(), default=0)
    for system, count in scored.items():
        if count < most:
            yield Said("cautions-fewer-scored", {"system": system, "metric": primary, "scored": count, "most": most})


def _contrasts(manifest: RunManifest, contrasts: Sequence[Contrast]) -> Iterator[Said]:
    tested = {(contrast.a, contrast.b) for contrast in contrasts}
    for a, b in manifest.plan.get("contrasts", ()):
        if (a, b) not in tested:
            yield Said("cautions-untestable", {"a": a, "b": b})
    for contrast in contrasts:
        if contrast.dropped:
            yield Said("cautions-dropped", {"a": contrast.a, "b": contrast.b, "questions": contrast.dropped})
        if contrast.fragile:
            yield Said("cautions-fragile", {"a": contrast.a, "b": contrast.b})
    bundled = [f"{contrast.a} − {contrast.b}" for contrast in contrasts if contrast.kind == "bundled"]  # imported ones always are
    if bundled:
        yield Said("cautions-bundled", {"contrasts": bundled})


def _intervals(systems: Sequence[SystemResult], primary: str) -> Iterator[Said]:
    """Yield which systems have an interval of another method than BCa, which is not defined or does not hold everywhere."""
    other: dict[str, list[str]] = {}
    for result in systems:
        if primary in result.metrics and result.metrics[primary].method != "bca":
            other.setdefault(result.metrics[primary].method, []).append(result.system)
    for method, names in other.items():
        yield Said("cautions-interval", {"systems": names, "metric": primary, "method": method})


def _abstainers(systems: Sequence[SystemResult], slices: Sequence[Slice], primary: str) -> Iterator[Said]:
    unanswerable = next((one for one in slices if one.by == "kind" and one.name == "unanswerable"), None)
    if primary != "correct" or unanswerable is None:
        return
    for result in systems:
        whole, silent = result.metrics.get(primary), unanswerable.scores.get(result.system)
        if whole and silent and 2 * silent.value * silent.n > whole.value * whole.n > 0:
            counts = {"silent": round(silent.value * silent.n), "correct": round(whole.value * whole.n)}
            yield Said("cautions-abstainer", {"system": result.system, **counts})


def _edges(slices: Sequence[Slice], explorations: Sequence[Exploration]) -> Iterator[Said]:
    """Yield the slices in which every system fails or every system succeeds, and no difference shows all the same."""
    differing = {one.slice for one in explorations if one.q_value < _Q}
    for edge in ("floor", "ceiling"):
        left = [one for one in slices if one.edge == edge and not one.few and f"{one.by}: {one.name}" not in differing]
        names = [f"{one.name} ({one.questions})" for one in left]
        if names:
            yield Said("cautions-edge", {"slices": names, "edge": edge})


def _answers(records: Sequence[RunRecord], systems: Sequence[SystemResult]) -> Iterator[Said]:
    for result in systems:
        own = [record for record in records if record.system == result.system]
        answers = [record.answer for record in own if record.answer is not None]
        first = next((record.error for record in own if record.error is not None), None)
        if result.errors and first is not None:
            yield Said("cautions-errors", {"system": result.system, "questions": result.errors, "first": first})
        cited = result.citations.get("with", 0) + result.citations.get("wrong", 0)
        if cited and not result.imported and result.citations["wrong"] / cited > _WRONG_SHARE:
            yield Said("cautions-citations", {"system": result.system, "wrong": result.citations["wrong"], "cited": cited})
        cut = sum(answer.finish_reason == "length" for answer in answers)
        if answers and cut / len(answers) > _CUT_SHARE:
            yield Said("cautions-cut", {"system": result.system, "cut": cut, "answers": len(answers)})
