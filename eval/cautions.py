"""What weakens a comparison without ending it: each caution is a sentence that stands under the headline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from eval.aggregate import ScoreTable
from eval.model import Contrast, RunManifest, RunRecord, SystemResult
from eval.phrases import listed, percent, plural
from eval.tongues import THRESHOLD, Tongue

FEW_FACTS: Final = 30  # a percentile bootstrap of fewer clusters gives intervals that are too short
_WRONG_SHARE = 0.1
_CUT_SHARE = 0.2


def cautions(
    manifest: RunManifest,
    table: ScoreTable,
    records: Sequence[RunRecord],
    systems: Sequence[SystemResult],
    contrasts: Sequence[Contrast],
    tongues: Sequence[Tongue],
) -> tuple[str, ...]:
    """Return all cautions that apply, the gravest first."""
    return (
        *_model(manifest),
        *_imported(manifest, systems),
        *_reused(manifest),
        *_tongues(tongues),
        *_training(manifest),
        *_questions(manifest, table, systems, contrasts),
        *_abstainers(systems, primary=str(manifest.plan["primary"])),
        *_answers(records, systems),
    )


def _model(manifest: RunManifest) -> Iterator[str]:
    engine = manifest.engine
    if engine.get("weights") == "random":
        yield "The model's weights are random (a test model): no figure here says anything about a real one."
    precision = str(engine.get("precision", ""))
    verified: Mapping[str, Any] | None = manifest.environment.get("verification")
    if verified:
        yield (
            f"Answers were made by {engine.get('engine')} in {precision}. Of {verified['prompts']:,} prompts on "
            f"{verified['knowledge_base']} it answered {verified['identical']:.0%} to the letter as the reference does in float32, "
            "and no mean moved beyond its margin."
        )
    elif precision and precision not in ("float32", "fp32", "served"):
        yield f"Answers were made in {precision}, not in the reference precision float32: some differ from it, in every system alike."


def _imported(manifest: RunManifest, systems: Sequence[SystemResult]) -> Iterator[str]:
    described: Mapping[str, Mapping[str, Any]] = manifest.plan.get("imported") or {}
    for result in systems:
        if result.system not in described:
            continue
        asked = len(manifest.question_ids)
        yield (
            f"{result.system}: answers imported from {result.imported} on {str(described[result.system].get('created', ''))[:10]}, not "
            "generated here. With which model, prompts and passages they were made is not known, and nothing checks that "
            "the gold answers were out of its reach."
        )
        if result.missing:
            yield (
                f"{result.system}: {result.imported} has answers to {asked - result.missing} of {plural(asked, 'question')}; the other "
                f"{result.missing} are unscored, not wrong. If it was asked the easy ones alone, its score is too high."
            )


def _reused(manifest: RunManifest) -> Iterator[str]:
    reused: Mapping[str, Any] = manifest.environment.get("reused") or {}
    if reused.get("systems"):
        yield (
            f"The answers of {listed(list(reused['systems']))} are those of {reused.get('run')}: "
            "contrasts that were not declared there were declared when these answers were known."
        )


def _tongues(tongues: Sequence[Tongue]) -> Iterator[str]:
    for tongue in tongues:
        if tongue.spoken is False and tongue.declared:
            yield f"The model does not declare {tongue.name}, the language of {plural(tongue.questions, 'question')}."
        elif tongue.spoken is False:
            yield (
                f"Only {tongue.matching} of {tongue.told} answers to questions in {tongue.name} are in that language "
                f"(under {percent(THRESHOLD)}): the model is taken not to speak it."
            )
        elif tongue.spoken is None:
            yield f"Whether the model speaks {tongue.name} is open: it declares no languages, and its answers do not tell."


def _training(manifest: RunManifest) -> Iterator[str]:
    used = {str(system["adapter"]) for system in manifest.systems if system.get("adapter")}
    if used:
        yield f"Adapter {listed(sorted(used))}: trained with one seed, so the luck of training is not in the intervals."
    for name in sorted(used):
        adapter = manifest.adapters.get(name, {})
        coverage: Mapping[str, Any] = adapter.get("coverage") or {}
        if coverage.get("budgeted"):
            left = "; ".join(str(part) for part in coverage.get("left_out", ()))
            yield f"Adapter {name}: its training was budgeted (ended by a time limit).{f' Left out: {left}.' if left else ''}"
        if (adapter.get("check") or {}).get("passed") is False:
            yield f"Adapter {name}: training taught it nothing by its own end check."


def _questions(manifest: RunManifest, table: ScoreTable, systems: Sequence[SystemResult], contrasts: Sequence[Contrast]) -> Iterator[str]:
    primary = str(manifest.plan["primary"])
    exposures = [row.exposure for row in table.asked.values()]
    facts = {table.fact(key) for key in table.asked}
    leaks = int(manifest.plan.get("leaks") or 0)
    if leaks:
        yield f"{plural(leaks, 'test question')} stood in the training questions almost word for word under another fact (leaks)."
    if any(system.get("adapter") for system in manifest.systems) and "verbatim" in exposures:
        yield f"{plural(exposures.count('verbatim'), 'test question')} were trained in the same words: look at the exposures apart."
    if len(facts) < FEW_FACTS:
        yield f"Only {plural(len(facts), 'fact')} were asked about: with fewer than {FEW_FACTS} intervals tend to be too short."
    partial = {result.system for result in systems if result.missing}  # told apart: what they lack says nothing about the questions
    unscored = max(
        (counts.get("unscored", 0) for (system, metric), counts in table.statuses.items() if metric == primary and system not in partial),
        default=0,
    )
    if unscored:
        yield f"{plural(unscored, 'question')} could not be scored on {primary} (no known answer)."
    tested = {(contrast.a, contrast.b) for contrast in contrasts}
    for a, b in manifest.plan.get("contrasts", ()):
        if (a, b) not in tested:
            yield f"The declared contrast {a} − {b} could not be tested: no question is scored for both."
    for contrast in contrasts:
        if contrast.dropped:
            yield f"{contrast.a} − {contrast.b} leaves out {plural(contrast.dropped, 'question')} that only one of the two has a score for."
    bundled = [f"{contrast.a} − {contrast.b}" for contrast in contrasts if contrast.kind == "bundled"]  # imported ones always are
    if bundled:
        yield f"Bundled, differing in more than one thing: {listed(bundled)}."


def _abstainers(systems: Sequence[SystemResult], primary: str) -> Iterator[str]:
    for result in systems:
        whole, silent = result.metrics.get(primary), result.by_kind.get("unanswerable", {}).get(primary)
        if primary == "correct" and whole and silent and 2 * silent.value * silent.n > whole.value * whole.n > 0:
            earned = f"{round(silent.value * silent.n)} of its {plural(round(whole.value * whole.n), 'correct answer')}"
            yield f"{result.system} earns {earned} by abstaining from unanswerable questions: look at the kinds apart."


def _answers(records: Sequence[RunRecord], systems: Sequence[SystemResult]) -> Iterator[str]:
    for result in systems:
        answers = [record.answer for record in records if record.system == result.system and record.answer is not None]
        if result.errors:
            first = next(record.error for record in records if record.system == result.system and record.error is not None)
            yield f"{result.system}: {plural(result.errors, 'question')} failed and are not scored (first: {first})."
        cited = result.citations.get("with", 0) + result.citations.get("wrong", 0)
        if cited and not result.imported and result.citations["wrong"] / cited > _WRONG_SHARE:
            yield f"{result.system}: {result.citations['wrong']} of {cited} answers that cite name a passage that was not shown."
        cut = sum(answer.finish_reason == "length" for answer in answers)
        if answers and cut / len(answers) > _CUT_SHARE:
            yield f"{result.system}: {cut} of {len(answers)} answers were cut off at the token limit."
