"""Run one point: train its adapter, ask its questions by the path that `ragft compare` takes, score, and keep the result.

A kill costs what training did since its last checkpoint, or one batch of questions; the same call goes on.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from benchmarks.finetuning import sets
from benchmarks.finetuning.declaration import Data, Point
from benchmarks.finetuning.results import METRICS, Result, Row, read, write
from chatbot.config import default_systems
from eval.model import RunManifest, RunRecord
from eval.running import run
from eval.runs import RunFolder
from eval.scores import score_records
from finetune.adapters import find, list_adapters, read_manifest
from finetune.model import AdapterManifest
from foundation.errors import DataError, TrainingError
from foundation.files import read_json, write_json, write_text
from foundation.fingerprint import fingerprint, fingerprint_file
from knowledge_base.exposure import exposures
from knowledge_base.loading import load
from knowledge_base.squad import import_squad
from studies.adapters import fitting_adapters, trained_questions
from studies.comparing import declare
from studies.preparing import ensure_index
from studies.project import Project

_PUBLIC: Final = "RAGFT_DATA"
_PACKAGES: Final = ("foundation", "knowledge_base", "retrieval", "chatbot", "eval", "finetune", "studies", "benchmarks/finetuning")


@dataclass(frozen=True)
class Place:
    """Where things are kept, and what is not as declared (for tests and looks)."""

    workspace: Path
    results: Path
    overrides: tuple[str, ...] = ()  # "section.key=value"
    progress: bool = True


def standing(place: Place, point: Point) -> Result | None:
    """Return the result of a point where it holds: declared as it is now, on the data as they are now where these are at hand."""
    found = read(place.results, point.name)
    if found is None or found.declared != point.declared(place.overrides):
        return None
    try:
        project = open_project(place, point)
    except DataError:  # public data that is not at hand here: a result from where it was stands
        return found
    return found if found.fingerprints.get("knowledge_base") == project.knowledge_base.fingerprint else None


def open_project(place: Place, point: Point) -> Project:
    """Return the project of a point; knowledge bases of one data set share a workspace and so an index.

    Raises DataError where the data set is public and the variable RAGFT_DATA does not lead to it.
    """
    home = place.workspace / f"on-{point.family.data}"
    flags: dict[str, Any] = {f"finetune.{key}": value for key, value in point.family.settings.items()}
    flags |= {"finetune.seed": point.seed}
    given = {override.partition("=")[0].strip() for override in place.overrides}
    flags |= {} if "knowledge_base.path" in given else {"knowledge_base.path": str(_knowledge_base(home, point.family.data))}
    config = home / "ragft.toml"
    if not config.exists():
        write_text(config, "# Settings are declared in benchmarks/finetuning/declaration.py.\n")
    project = Project.open(config, place.overrides, {key: value for key, value in flags.items() if key not in given}, home)
    return replace(project, systems=default_systems(point.name))


def run_point(place: Place, point: Point, say: Callable[[str], None]) -> Result:
    """Return the result of a point and keep it; what is finished of it is not done again. Raises what training and asking raise."""
    project = open_project(place, point)
    knowledge_base = project.knowledge_base
    adapter = _train(project, point, place, say)
    questions = sets.asked(knowledge_base, point.family.asked)
    systems = list(point.family.systems)
    ensure_index(project, systems, say)
    chatbot = project.chatbot(systems)
    adapters = fitting_adapters(project, systems)
    manifest = declare(project, systems, questions, adapters)
    seen = exposures(questions, trained_questions(project, adapters))
    folder = project.workspace / "runs" / manifest.id
    say(f"{point.name}: {len(questions)} questions × {', '.join(systems)}")
    run(folder, chatbot, questions, manifest, batch=project.model_config.batch_size, exposures=seen, progress=place.progress)
    result = _result(point, place.overrides, RunFolder.open(folder), adapter, knowledge_base.fingerprint)
    write(place.results, result)
    return result


def _train(project: Project, point: Point, place: Place, say: Callable[[str], None]) -> AdapterManifest | None:
    """Return the manifest of the point's adapter, trained unless it was trained for this declaration on these data before.

    `train_adapter` would train one anew whose end check failed; here it is asked all the same, and once is enough.
    """
    from studies.training import train_adapter

    if point.family.trained == "none":
        return None
    mark = project.workspace / "trained" / f"{point.name}.json"
    wanted = {"declared": point.declared(place.overrides), "knowledge_base": project.knowledge_base.fingerprint}
    before = _manifest(project, point.name)
    if before and mark.is_file() and read_json(mark, "mark") == wanted:
        return before
    questions = sets.trained(project.knowledge_base, point.family.trained)
    try:
        say(train_adapter(project, point.name, questions=questions, say=say, progress=place.progress))
    except TrainingError as error:
        if _manifest(project, point.name) == before:  # a loss that is no number: there is no new adapter
            raise
        say(f"{point.name}: {error}")
    write_json(mark, wanted)
    return read_manifest(find(project.workspace, point.name))


def _manifest(project: Project, name: str) -> AdapterManifest | None:
    return read_manifest(find(project.workspace, name)) if name in list_adapters(project.workspace) else None


def _result(point: Point, overrides: Sequence[str], folder: RunFolder, adapter: AdapterManifest | None, knowledge_base: str) -> Result:
    manifest, records = folder.manifest, folder.records()
    failed = [record for record in records if record.error]
    if failed:
        raise DataError(
            f"{len(failed)} of {len(records)} questions could not be answered, the first with: {failed[0].error}. "
            f"Mend the cause, remove {folder.path} and run the point again."
        )
    asked = {row.question.id: row for row in folder.asked}
    scores = {(s.metric, s.system, s.question_id): s.value for s in score_records(manifest, folder.asked, records)}

    def row(record: RunRecord) -> Row:
        one = asked[record.question_id]
        values = {metric: scores[metric, record.system, record.question_id] for metric in METRICS}
        return Row(one.question.id, one.question.fact, one.question.kind, one.exposure, **values)

    systems = list(dict.fromkeys(record.system for record in records))
    return Result(
        point=point.name,
        declared=point.declared(overrides),
        data=point.family.data,
        seed=point.seed,
        settings={**point.family.settings, **({"overrides": list(overrides)} if overrides else {})},
        training=None if adapter is None else _training(adapter),
        fingerprints={**_fingerprints(manifest), "knowledge_base": knowledge_base, "code": code_fingerprint()},
        engine=manifest.engine,
        versions=manifest.versions,
        environment={key: manifest.environment.get(key) for key in ("machine", "cores", "threads", "device", "commit")},
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        seconds={name: round(_seconds([record for record in records if record.system == name]), 1) for name in systems},
        rows={name: tuple(row(record) for record in records if record.system == name) for name in systems},
    )


def _fingerprints(manifest: RunManifest) -> dict[str, Any]:
    return {key: manifest.fingerprints.get(key) for key in ("corpus", "questions", "index", "prompts", "model", "adapters")}


def code_fingerprint() -> str:
    """Return a fingerprint of our own sources: it names the code also where there is no commit to name."""
    root = Path(__file__).parents[2]
    files = sorted(path for package in _PACKAGES for path in (root / package).rglob("*.py"))
    return fingerprint([(path.relative_to(root).as_posix(), fingerprint_file(path)) for path in files])


def _seconds(records: Sequence[RunRecord]) -> float:
    """Return the time of a system's batches; each record has that of its whole batch."""
    return sum({record.batch: record.seconds for record in records}.values())


def _training(manifest: AdapterManifest) -> dict[str, Any]:
    """Return what a reader of the figures asks of a training."""
    return {
        "fingerprint": manifest.training_fingerprint,
        "adapter": manifest.adapter_fingerprint,
        "base": manifest.base_fingerprint,
        "questions": len(manifest.question_ids),
        "tokens": manifest.tokens,
        "steps": manifest.steps,
        "seconds": round(manifest.training_seconds, 1),
        "tokens_per_second": round(manifest.tokens_per_second, 1),
        "loss_start": manifest.loss_start,
        "loss_end": manifest.loss_end,
        "examples": {name: seen.examples for name, seen in manifest.coverage.seen.items()},
        "passes": {name: round(seen.passes, 2) for name, seen in manifest.coverage.seen.items()},
        "check": {"passed": manifest.check.passed, "asked": manifest.check.asked, "correct": manifest.check.correct},
    }


def _knowledge_base(home: Path, data: Data) -> Path | str:
    """Return a shipped sample's name, or the folder that a public file is imported into, once."""
    if data == "orlisund":
        return data
    folder = home.resolve() / "knowledge_base"
    if not folder.exists():
        file = Path(os.environ.get(_PUBLIC, "")) / f"{data}.json"
        if not os.environ.get(_PUBLIC) or not file.is_file():
            raise DataError(f"{data}.json is not at hand. Set the variable {_PUBLIC} to the folder that holds it.")
        import_squad(file, folder, "en")
    load(folder)
    return folder
