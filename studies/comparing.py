"""Run a comparison from a project: declare it, answer, score, and write its reports.

The run's id is the fingerprint of what it declares. The same configuration on the
same knowledge base, model and adapters is therefore the same run: an interrupted
one goes on, a finished one is only reported again.
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from chatbot.config import TRANSPORT
from chatbot.contexts import READS_INDEX
from eval.imported import Answering, ImportedSystem
from eval.model import Asked, RunManifest
from eval.reusing import carry_over
from eval.runs import RunFolder
from finetune.model import AdapterManifest
from foundation.errors import DataError
from foundation.fingerprint import fingerprint
from foundation.jsonable import to_json
from knowledge_base.exposure import exposures, leaks
from knowledge_base.model import Question
from studies.adapters import fitting_adapters, trained_questions
from studies.choosing import choose_questions
from studies.doctor import versions
from studies.fewshot import few_shot_examples
from studies.importing import imported_among
from studies.preparing import ensure_index
from studies.project import Project


def declare(
    project: Project,
    systems: Sequence[str],
    questions: Sequence[Question],
    adapters: Mapping[str, AdapterManifest],
    imported: Mapping[str, ImportedSystem] | None = None,
) -> RunManifest:
    """Return the manifest of a run: all that is fixed before the first answer. `imported` has the systems that are not generated."""
    from chatbot.prompts import fingerprint_templates

    plain = {name: to_json(manifest) for name, manifest in adapters.items()}
    examples = few_shot_examples(project.knowledge_base.questions)
    config = project.eval_config
    info = project.engine.info()
    knowledge_base = project.knowledge_base
    foreign = imported or {}
    contexts = {project.system(name).context for name in systems if name not in foreign}
    body: dict[str, Any] = {
        "configuration": {
            **project.configuration,
            "model": project.engine_choice.config.model_dump(mode="json"),
        },  # "auto" as it was resolved
        "fingerprints": {
            "corpus": knowledge_base.corpus_fingerprint,
            "questions": fingerprint([to_json(question) for question in questions]),
            "index": project.index.fingerprint if contexts & set(READS_INDEX) else None,
            "examples": fingerprint([to_json(example) for example in examples]) if "few-shot" in contexts else None,
            "prompts": fingerprint_templates(),
            "model": info.model_fingerprint,
            "adapters": {name: fingerprint({**manifest, "alarms": None}) for name, manifest in plain.items()},
        },
        "engine": to_json(info),
        "systems": tuple(foreign[name].system if name in foreign else to_json(project.system(name)) for name in systems),
        "question_ids": tuple(question.id for question in questions),
        "plan": {
            "primary": config.primary,
            "margin": config.margin,
            "contrasts": [list(pair) for pair in config.contrasts_among(systems)],
            "resamples": config.resamples,
            "permutations": config.permutations,
            "confidence": config.confidence,
            "seed": config.seed,
            "examples": config.examples,
            "k": project.retrieval_config.k,
            "leaks": len(leaks(trained_questions(project, adapters), questions)),
            "knowledge_base": {"name": knowledge_base.name, "documents": len(knowledge_base.documents)},
        },
        "versions": versions(),
        "adapters": plain,
    }
    if imported:
        body["fingerprints"]["imported"] = {name: system.manifest.answers for name, system in imported.items()}
        body["plan"]["imported"] = {name: system.about for name, system in imported.items()}
    created = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    environment = {**_environment(info.device), "verification": to_json(project.engine_choice.row)}
    configuration = body["configuration"]
    model = {key: value for key, value in configuration["model"].items() if key not in TRANSPORT}
    # What was found in an adapter changes none of its answers.
    bare = {name: {**manifest, "alarms": None} for name, manifest in plain.items()}
    naming = {**body, "configuration": {**configuration, "model": model}, "adapters": bare}
    return RunManifest(id=f"run-{fingerprint(naming)[:10]}", created=created, environment=environment, **body)


def run_comparison(
    project: Project,
    systems: Sequence[str],
    *,
    run: str | None = None,
    reuse: Path | None = None,
    say: Callable[[str], None],
    progress: bool = True,
) -> Path:
    """Answer every question with every system and return the run folder; what is there already is not redone.

    `run` names the folder; without it the name is derived from what is declared. `reuse` is an
    earlier run: what the systems asked alike answered there is not answered again, unless
    something that the answers depend on has changed.
    Raises DataError for a missing adapter (with the line that trains it), and
    MismatchError when the folder `run` belongs to another configuration.
    """
    from eval.running import run as answer

    project = with_the_engine_of(run, project)
    questions = choose_questions(project)
    imported = imported_among(project, systems, questions)
    generated = [name for name in systems if name not in imported]
    missing = project.missing_adapters()
    for name in systems:
        if name in missing:
            raise DataError(f"system {name!r} cannot answer yet: {missing[name]}")
    ensure_index(project, generated, say)
    chatbot = project.chatbot(generated)
    adapters = fitting_adapters(project, generated)
    manifest = declare(project, systems, questions, adapters, imported)
    folder = project.workspace / "runs" / (run or manifest.id)
    say(f"{len(questions)} questions × {len(systems)} systems into {folder}")
    seen = exposures(questions, trained_questions(project, adapters))
    if reuse is not None:
        asked = tuple(Asked(question, seen.get(question.id, "unseen")) for question in questions)
        taken = carry_over(reuse, folder, manifest, asked, project.model_config.batch_size)
        say(f"taken over from {reuse}: {', '.join(taken) or 'nothing'}")
    answer(
        folder,
        Answering(chatbot, imported) if imported else chatbot,
        questions,
        manifest,
        exposures=seen,
        batch=project.model_config.batch_size,
        latency=project.eval_config.latency,
        progress=progress,
        imported={name: system.seconds for name, system in imported.items()},
    )
    return folder


def with_the_engine_of(run: str | None, project: Project) -> Project:
    """Return the project with "auto" read as the engine that the run `run` was begun with, if it was: a run has one engine."""
    if run is None or project.model_config.engine != "auto" or not RunFolder.holds_run(project.workspace / "runs" / run):
        return project
    begun = RunFolder.open(project.workspace / "runs" / run).manifest.configuration["model"]
    settings = {"engine": begun["engine"], "precision": begun["precision"]}
    return replace(project, model_config=project.model_config.model_copy(update=settings))


def _environment(device: str) -> dict[str, Any]:
    import torch

    threads = torch.get_num_threads()
    return {"machine": platform.machine(), "cores": os.cpu_count(), "threads": threads, "device": device, "commit": _commit()}


def _commit() -> str | None:
    """Return the commit of our own sources, None outside a checkout or without git."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=Path(__file__).parent, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
