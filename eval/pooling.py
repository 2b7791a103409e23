"""Several runs that are one comparison with other training seeds, put together.

One training says how good that adapter is; several say how good such adapters are. They may be pooled only where nothing but
the training seed, and what came of it, sets the runs apart: `eval.alikeness` tells. What the pooled answers are worth is
decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.alikeness import aligned, manifest_differences, question_differences
from eval.comparison import Said
from eval.model import Asked, Latency, RunManifest, RunRecord
from eval.runs import RunFolder
from foundation.errors import DataError, MismatchError
from foundation.fingerprint import fingerprint
from knowledge_base.model import EXPOSURES


@dataclass(frozen=True)
class Pooled:
    """Runs put together: what scoring needs of them."""

    manifest: RunManifest  # of the first run, under an id of its own; its plan names the "runs" and "training_seeds"
    manifests: tuple[RunManifest, ...]  # of each run: adapters' end checks and budgets are there, under the first run's names
    asked: tuple[Asked, ...]
    records: tuple[RunRecord, ...]  # by system, training seed and question
    latencies: tuple[Latency, ...]  # of the first run: a training seed does not change how long an answer takes
    notes: tuple[Said, ...]  # what a reader must be told


def pool(folders: Sequence[Path], *, despite: bool = False) -> Pooled:
    """Return the runs in `folders` as one, with a record per training seed of each system whose adapter was trained anew.

    Systems without such an adapter have the same answers in every run, so those of the first are taken, without a seed;
    where they are not the same after all, a note says so. A question that some trainings showed and others did not come to
    counts as shown, and a note says how many those are. One run alone comes back as it is.

    Args:
        folders: finished runs; the first one's manifest speaks for all.
        despite: go on where more than the training seed differs, and return the differences as a note. Runs that do not ask
            the same questions of the same systems are refused all the same: an answer would have no counterpart.

    Raises MismatchError naming every difference, for two runs with the same training seed, or a k-fold run among several;
    DataError for no folder, a run that is damaged or not finished, or an adapter that does not say its training seed.
    """
    if not folders:
        raise DataError("there is no run to pool. Name at least one run folder.")
    runs = [RunFolder.open(path) for path in folders]
    folded = [run.path.name for run in runs if run.manifest.plan.get("folds")]
    if folded and len(runs) > 1:
        raise MismatchError(
            f"{folded[0]} is a k-fold run, and those are reported one by one. For several training seeds, train a split with --seeds."
        )
    manifests = tuple(aligned(run.manifest, runs[0].manifest) for run in runs)
    found = _differences(runs, manifests, despite)
    seeds = _training_seeds(folders, manifests)
    answers = [_finished(run) for run in runs]
    notes = [Said("pooling-differences", {"differences": found, "count": len(found)})] if found else []
    records: list[RunRecord] = []
    for system in manifests[0].systems:
        name, adapter = str(system["name"]), system.get("adapter")
        if adapter in seeds:
            for seed, at in sorted((seed, at) for at, seed in enumerate(seeds[adapter])):
                records += [replace(record, training_seed=seed) for record in answers[at][name]]
            continue
        own = _seed(manifests[0], adapter) if len(runs) == 1 else None  # in several runs: the same answers beside each seed
        records += [replace(record, training_seed=own) for record in answers[0][name]]
        unsteady = _unsteady([by_system[name] for by_system in answers])
        if unsteady:
            notes.append(Said("pooling-unsteady", {"system": name, "unsteady": unsteady, "count": len(answers[0][name])}))
    joint = _joint(manifests, seeds) if len(runs) > 1 else manifests[0]
    asked, moved = _exposed([run.asked for run in runs])
    if moved:
        notes.append(Said("pooling-exposure", {"questions": moved}))
    return Pooled(joint, manifests, asked, tuple(records), runs[0].latencies(), tuple(notes))


def _exposed(runs: Sequence[Sequence[Asked]]) -> tuple[tuple[Asked, ...], int]:
    """Return the questions as the first run has them, each as exposed as in any run, and how many are not as exposed in all."""
    found = [{row.question.id: row.exposure for row in rows} for rows in runs]
    seen = {row.question.id: [exposures[row.question.id] for exposures in found] for row in runs[0]}
    asked = tuple(replace(row, exposure=min(seen[row.question.id], key=EXPOSURES.index)) for row in runs[0])
    return asked, sum(len(set(exposures)) > 1 for exposures in seen.values())


def _differences(runs: Sequence[RunFolder], manifests: Sequence[RunManifest], despite: bool) -> list[str]:
    """Return all that sets the runs apart from the first but their training seeds, or raise MismatchError where it may not."""
    found: list[str] = []
    unpaired = False
    names = {str(system["name"]) for system in manifests[0].systems}
    for run, manifest in zip(runs[1:], manifests[1:], strict=True):
        lines = question_differences(runs[0].asked, run.asked) + manifest_differences(manifests[0], manifest)
        found += [f"{run.path.name} · {line}" for line in lines]
        unpaired |= {str(system["name"]) for system in manifest.systems} != names
        unpaired |= {row.question.id: row.question for row in run.asked} != {row.question.id: row.question for row in runs[0].asked}
    if unpaired or (found and not despite):
        advice = (
            "They do not ask the same questions of the same systems: compare them run by run."
            if unpaired
            else "Ask the others as the first was asked, or pool them with --despite-differences, and the report lists what differs."
        )
        raise MismatchError(f"these runs differ from {runs[0].path.name} in more than the training seed. {advice}\n  " + "\n  ".join(found))
    return found


def _training_seeds(folders: Sequence[Path], manifests: Sequence[RunManifest]) -> dict[str, list[int]]:
    """Return, for each adapter that is not the same in all runs, its training seed in each run.

    Raises MismatchError when there is none, or two runs trained it with the same seed; DataError when a seed is not known.
    """
    found: dict[str, list[int]] = {}
    for name in manifests[0].adapters:
        if len({manifest.fingerprints.get("adapters", {}).get(name) for manifest in manifests}) == 1:
            continue
        found[name] = []
        for path, manifest in zip(folders, manifests, strict=True):
            seed = _seed(manifest, name)
            if seed is None:
                raise DataError(
                    f"run {path}: adapter {name} does not say its training seed. Train it again, then run `ragft compare` again."
                )
            if seed in found[name]:
                other = folders[found[name].index(seed)]
                raise MismatchError(f"runs {other} and {path} both have {name} trained with seed {seed}. Name each training seed once.")
            found[name].append(seed)
    if len(folders) > 1 and not found:
        raise MismatchError(
            "no adapter differs between these runs: the same answers would count twice. Name runs whose adapters have other training seeds."
        )
    return found


def _seed(manifest: RunManifest, adapter: str | None) -> int | None:
    """Return the training seed in the manifest of `adapter`; None without one."""
    seed = manifest.adapters.get(adapter, {}).get("seed") if adapter else None
    return seed if isinstance(seed, int) else None


def _finished(run: RunFolder) -> dict[str, list[RunRecord]]:
    """Return the records of each system in question order, or raise DataError when some are not there."""
    names, questions = [str(system["name"]) for system in run.manifest.systems], run.manifest.question_ids
    records = {(record.system, record.question_id): record for record in run.records()}
    missing = {name: sum((name, question) not in records for question in questions) for name in names}
    if any(missing.values()):
        by_system = ", ".join(f"{name} {count}" for name, count in missing.items() if count)
        raise DataError(
            f"run {run.path} is not finished: {sum(missing.values())} of {len(names) * len(questions)} answers are missing ({by_system}). "
            "Run the same `ragft compare` again to resume it."
        )
    return {name: [records[name, question] for question in questions] for name in names}


def _unsteady(runs: Sequence[Sequence[RunRecord]]) -> int:
    """Return the number of questions that some run answered in other words than the first."""
    texts = [{record.question_id: record.answer.text if record.answer else None for record in records} for records in runs]
    return sum(any(other[question] != text for other in texts[1:]) for question, text in texts[0].items())


def _joint(manifests: Sequence[RunManifest], seeds: Mapping[str, Sequence[int]]) -> RunManifest:
    """Return the manifest of the pool: the first run's, with what was pooled in its plan."""
    names = [manifest.id for manifest in manifests]
    leaks = max(int(manifest.plan.get("leaks") or 0) for manifest in manifests)
    plan = {**manifests[0].plan, "leaks": leaks, "runs": names, "training_seeds": {name: sorted(found) for name, found in seeds.items()}}
    return replace(manifests[0], id=f"pool-{fingerprint(names)[:10]}", plan=plan)
