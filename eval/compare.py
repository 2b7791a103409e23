"""Run folders in, a Comparison out: score, aggregate, test, explain, decide. Reads the folders and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from eval.aggregate import ScoreTable, system_result
from eval.cautions import cautions
from eval.comparison import SCHEMA, Comparison, Decision, RiskCoverage, Said, SystemResult
from eval.contrasts import contrasts
from eval.decision import decide, may_be_chosen
from eval.inspection import Inspection, inspect
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Tools
from eval.model import Asked, RunManifest, RunRecord, Score
from eval.plan import check_plan
from eval.pooling import Pooled, pool
from eval.scores import embedder_key, kept_scores, records_key, score_records, write_scores
from eval.selective import risk_coverage
from eval.slicing import explorations, slices
from eval.tongues import tongues
from eval.training import trained
from foundation.errors import DataError
from foundation.files import read_json, write_json
from foundation.jsonable import to_json

FILE: Final = "comparison.json"


def compare(
    run_folder: Path, *others: Path, save: bool = True, into: Path | None = None, tools: Tools | None = None, despite: bool = False
) -> Comparison:
    """Return the comparison of a finished run, or of several that differ in their training seed alone.

    Args:
        run_folder: a folder filled by `eval.running.run`.
        others: the same run with other training seeds: their answers are pooled, and the luck of training is in the intervals.
        save: also write scores.parquet and comparison.json.
        into: the folder that they are written to; default: the one that `folder_of` tells.
        tools: the embedder that some metrics need; without it their earlier scores are taken over, or they are left out.
        despite: pool runs that differ in more than the seed, and say in what.

    Raises DataError when a folder is no run, is damaged, or has questions still to be asked; MismatchError for runs
    that cannot be compared.
    """
    pooled = pool([run_folder, *others], despite=despite)
    manifest = pooled.manifest
    check_plan(manifest)
    place = into or folder_of(run_folder, manifest.id, others)
    if save:
        _not_newer(place / FILE)
    scores, embedded = _scores(pooled, place, run_folder, tools or Tools(None, ()), save=save)
    table = ScoreTable.build(pooled.asked, scores, manifest.plan)
    comparison = _comparison(pooled, table, embedded=embedded)
    comparison = replace(comparison, decision=decide(comparison))
    if save:
        write_json(place / FILE, to_json(comparison))
    return comparison


def _not_newer(file: Path) -> None:
    """Raise DataError when `file` is a comparison of a later version of this program, which may hold what this one does not know."""
    try:
        found = read_json(file, "comparison") if file.is_file() else {}
    except DataError:
        return  # a broken one is made again
    schema = found.get("schema") if isinstance(found, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        raise DataError(
            f"{file} was written by a later version (schema {schema}; this one writes {SCHEMA}) and is left as it is. "
            "Use that version, or write elsewhere: `ragft report RUN --out FOLDER`."
        )


def folder_of(run_folder: Path, run_id: str, others: Sequence[Path]) -> Path:
    """Return where scores and reports are kept: the run's own folder, and one beside it for runs that were pooled."""
    return run_folder.parent / run_id if others else run_folder


def _scores(pooled: Pooled, place: Path, run_folder: Path, tools: Tools, *, save: bool) -> tuple[tuple[Score, ...], bool]:
    """Return all scores, and whether an embedder went into those that one can go into."""
    key, embedder = records_key(pooled.records), embedder_key(tools)
    # written elsewhere before, the run's own folder may have them
    kept = next((found for folder in dict.fromkeys((place, run_folder)) if (found := kept_scores(folder, key, embedder))), {})
    scores = score_records(pooled.manifest, pooled.asked, pooled.records, latencies=pooled.latencies, tools=tools, kept=kept)
    if save and (embedder or not kept):  # scores taken over keep the name of the embedder that made them
        write_scores(place, scores, key, embedder)
    return scores, bool(embedder or kept)


def _without_embedder(table: ScoreTable, systems: Sequence[SystemResult], *, embedded: bool) -> tuple[Said, ...]:
    """Return the caution that no embedder was here, where one would have changed a figure."""
    grounded = [one.system for one in systems if "groundedness" in one.metrics]
    likened = any(row.question.answers for row in table.asked.values())
    return () if embedded or not (grounded or likened) else (Said("scores-no-embedder", {"grounded": bool(grounded)}),)


def _comparison(pooled: Pooled, table: ScoreTable, *, embedded: bool) -> Comparison:
    """Return everything but the decision."""
    manifest, records = pooled.manifest, pooled.records
    names = [str(system["name"]) for system in manifest.systems]
    imported: Mapping[str, Any] = manifest.plan.get("imported") or {}
    seen = inspect(manifest, pooled.asked, records, table)
    systems = tuple(
        _explained(
            system_result(
                system,
                table,
                [record for record in records if record.system == name],
                [row for row in pooled.latencies if row.system == name],
                imported.get(name),
            ),
            seen,
        )
        for system, name in zip(manifest.systems, names, strict=True)
    )
    pairs = manifest.plan.get("contrasts", ())
    tested = contrasts(table, manifest.systems, pairs)
    sliced = slices(table, names)
    explored = explorations(table, pairs, sliced)
    spoken = tongues(manifest, pooled.asked, [record for record in records if record.system not in imported])  # it is the model that speaks
    primary = str(manifest.plan["primary"])
    measured = {name for result in systems for name in result.metrics}
    return Comparison(
        schema=SCHEMA,
        run_id=manifest.id,
        created=manifest.created,
        decision=Decision("not enough evidence", None, (), "undecided", float(manifest.plan["margin"]), Said("")),
        scope=_scope(manifest, pooled.asked, table, [tongue.code for tongue in spoken]),
        warnings=(
            *pooled.notes,
            *_without_embedder(table, systems, embedded=embedded),
            *cautions(manifest, table, records, systems, tested, spoken, sliced, explored, pooled=pooled.manifests),
        ),
        plan=manifest.plan,
        systems=systems,
        contrasts=tested,
        explorations=explored,
        slices=sliced,
        tongues=spoken,
        risk_coverage=_risk_coverage(table, records, names),
        metric_names=tuple(sorted((name for name in METRICS if name in measured), key=lambda name: name != primary)),
        metric_info={name: METRICS.get(name).info() for name in METRICS},
        support=_support(table, systems, primary),
        questions=seen.questions,
        passages=seen.passages,
        provenance={
            "engine": manifest.engine,
            "fingerprints": manifest.fingerprints,
            "versions": manifest.versions,
            "environment": manifest.environment,
            "configuration": manifest.configuration,
        },
        training=trained(pooled.manifests),
    )


def _support(table: ScoreTable, systems: Sequence[SystemResult], primary: str) -> dict[str, float]:
    """Return the share of resamples in which each system that may be chosen scores highest."""
    columns = {one.system: table.column(table.scored(one.system, primary)) for one in systems if may_be_chosen(one.role)}
    scored = {name: column for name, column in columns.items() if any(value is not None for value in column)}
    return table.resampler.support(scored) if scored else {}


def _explained(result: SystemResult, seen: Inspection) -> SystemResult:
    return replace(result, causes=seen.causes[result.system], flow=seen.flows[result.system])


def _scope(manifest: RunManifest, asked: Sequence[Asked], table: ScoreTable, languages: Sequence[str]) -> dict[str, Any]:
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
        "languages": list(languages),
        "date": manifest.created[:10],
        "k": manifest.plan.get("k"),
        "imported": [f"{name}: {about.get('file')}" for name, about in (manifest.plan.get("imported") or {}).items()],
    }


def _risk_coverage(table: ScoreTable, records: Sequence[RunRecord], names: Sequence[str]) -> tuple[RiskCoverage, ...]:
    """Return a curve per system that shows passages, for each signal that could hold an answer back.

    With several training seeds each answer of each seed is one that could be held back.
    """
    primary = str(table.plan["primary"])
    curves = []
    for name in names:
        asked = [
            (record, right) for record in records if record.system == name and (right := _score_of(table, primary, record)) is not None
        ]
        answered = [(record, record.answer, right) for record, right in asked if record.answer is not None and not record.answer.abstained]
        # a gold passage has no score of a search, and documents carry that of their best passage
        signals = {
            "passage score": [(answer.hits[0].score, right) for _, answer, right in answered if answer.hits and answer.hits[0].score],
            "groundedness": [
                (value, right) for record, _, right in answered if (value := _score_of(table, "groundedness", record)) is not None
            ],
        }
        for signal, pairs in signals.items():
            if len({value for value, _ in pairs}) > 1:
                curves.append(risk_coverage(name, signal, [value for value, _ in pairs], [right for _, right in pairs], asked=len(asked)))
    return tuple(curves)


def _score_of(table: ScoreTable, metric: str, record: RunRecord) -> float | None:
    return table.by_seed.get((record.system, metric), {}).get(record.training_seed, {}).get(record.question_id)
