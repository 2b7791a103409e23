"""A run folder in, a Comparison out: score, aggregate, test, decide. Reads the folder and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.aggregate import ScoreTable, kind_of, system_result
from eval.cautions import cautions
from eval.contrasts import contrasts
from eval.decision import decide
from eval.metrics.catalogue import METRICS, RETRIEVAL
from eval.model import Asked, Comparison, Estimate, Example, RunManifest, RunRecord, SystemResult
from eval.runs import RunFolder
from eval.scores import score_records, write_scores
from eval.tongues import Tongue, tongues
from foundation.errors import DataError
from foundation.files import write_json
from foundation.jsonable import to_json

FILE = "comparison.json"


def compare(run_folder: Path, *, save: bool = True) -> Comparison:
    """Return the comparison of the finished run in `run_folder`.

    Args:
        run_folder: a folder filled by `eval.running.run`.
        save: also write scores.parquet and comparison.json into the folder.

    Raises DataError when the folder is no run, is damaged, or has questions still to be asked.
    """
    run = RunFolder.open(run_folder)
    manifest, asked = run.manifest, run.asked
    _check_plan(manifest)
    records = _finished(run)
    scores = score_records(manifest, asked, records)
    table = ScoreTable.build(asked, scores, manifest.plan)
    timed = run.latencies()
    names = [str(system["name"]) for system in manifest.systems]
    imported: Mapping[str, Any] = manifest.plan.get("imported") or {}
    systems = tuple(
        system_result(
            name, table, [r for r in records if r.system == name], [row for row in timed if row.system == name], imported.get(name)
        )
        for name in names
    )
    tested = contrasts(table, manifest.systems, manifest.plan.get("contrasts", ()))
    spoken = tongues(manifest, asked, [record for record in records if record.system not in imported])  # it is the model that speaks
    primary = str(manifest.plan["primary"])
    measured = {name for result in systems for name in result.metrics}
    comparison = Comparison(
        run_id=manifest.id,
        created=manifest.created,
        headline=(),
        scope=_scope(manifest, asked, table, spoken),
        warnings=cautions(manifest, table, records, systems, tested, spoken),
        plan=manifest.plan,
        systems=systems,
        contrasts=tested,
        metric_names=tuple(
            sorted((name for name in METRICS if name in measured and name not in RETRIEVAL), key=lambda name: name != primary)
        ),
        metric_info={name: METRICS.get(name).info() for name in METRICS},
        retrieval=_retrieval(manifest, systems),
        examples=_examples(asked, records, table, names, int(manifest.plan.get("examples", 20))),
        provenance={
            "engine": manifest.engine,
            "fingerprints": manifest.fingerprints,
            "versions": manifest.versions,
            "environment": manifest.environment,
            "configuration": manifest.configuration,
        },
    )
    comparison = replace(
        comparison, headline=decide(comparison, spoken, {str(system["name"]) for system in manifest.systems if system.get("adapter")})
    )
    if save:
        write_scores(run_folder, scores)
        write_json(run_folder / FILE, to_json(comparison))
    return comparison


def _check_plan(manifest: RunManifest) -> None:
    """Raise DataError when the manifest's plan cannot be carried out on its systems."""
    if manifest.plan.get("primary") not in METRICS:
        raise DataError(
            f"run {manifest.id} declares no primary metric that is known here. Run `ragft compare` anew: it cannot be chosen afterwards."
        )
    names = {system.get("name") for system in manifest.systems}
    stray = {name for pair in manifest.plan.get("contrasts", ()) for name in pair} - names
    if stray:
        raise DataError(f"run {manifest.id} declares contrasts with systems that it did not ask: {', '.join(sorted(stray))}.")


def _finished(run: RunFolder) -> tuple[RunRecord, ...]:
    """Return the records in the order of systems and questions, or raise DataError when some are not there."""
    wanted = [(str(system["name"]), question) for system in run.manifest.systems for question in run.manifest.question_ids]
    records = {(record.system, record.question_id): record for record in run.records()}
    missing = sum(key not in records for key in wanted)
    if missing:
        count = f"{missing} of {len(wanted)} answers are missing"
        raise DataError(f"run {run.path} is not finished: {count}. Run the same `ragft compare` again to resume it.")
    return tuple(records[key] for key in wanted)


def _scope(manifest: RunManifest, asked: Sequence[Asked], table: ScoreTable, spoken: Sequence[Tongue]) -> dict[str, Any]:
    engine = manifest.engine
    corpus: Mapping[str, Any] = manifest.plan.get("knowledge_base") or {}
    return {
        "model": engine.get("model"),
        "engine": engine.get("engine"),
        "precision": engine.get("precision"),
        "weights": engine.get("weights"),
        "knowledge_base": corpus.get("name"),
        "documents": corpus.get("documents"),
        "questions": len(asked),
        "facts": len({table.fact(row.question.id) for row in asked}),
        "languages": [tongue.code for tongue in spoken],
        "date": manifest.created[:10],
        "k": manifest.plan.get("k"),
        "imported": [f"{name}: answers from {about.get('file')}" for name, about in (manifest.plan.get("imported") or {}).items()],
    }


def _retrieval(manifest: RunManifest, systems: Sequence[SystemResult]) -> dict[str, Estimate]:
    """Return the retrieval figures of the first system that retrieves; the others share its index and questions."""
    retrieving = {str(system["name"]) for system in manifest.systems if system.get("context") == "retrieval"}
    first = next((result for result in systems if result.system in retrieving), None)
    return {} if first is None else {name: first.metrics[name] for name in RETRIEVAL if name in first.metrics}


def _examples(
    asked: Sequence[Asked], records: Sequence[RunRecord], table: ScoreTable, names: Sequence[str], count: int
) -> tuple[Example, ...]:
    """Return `count` questions at even steps through the run: none is picked for what was answered."""
    by_key = {(record.system, record.question_id): record for record in records}
    step = max(1.0, len(asked) / count) if count else 1.0
    chosen = [asked[int(position * step)] for position in range(min(count, len(asked)))]
    return tuple(
        Example(
            question_id=row.question.id,
            text=row.question.text,
            language=row.question.language,
            kind=kind_of(row.question),
            exposure=row.exposure,
            answers=row.question.answers,
            outputs=tuple(_output(by_key[name, row.question.id], table) for name in names),
        )
        for row in chosen
    )


def _output(record: RunRecord, table: ScoreTable) -> dict[str, Any]:
    correct = table.scored(record.system, "correct").get(record.question_id)
    answer = record.answer
    return {
        "system": record.system,
        "text": answer.text if answer else "",
        "correct": None if correct is None else bool(correct),
        "abstained": answer.abstained if answer else False,
        "error": record.error,
        "passages": [hit.chunk.text for hit in answer.hits] if answer else [],
        "missing": record.missing,
    }
