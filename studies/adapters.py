"""Do a project's adapters fit what is asked of them now? Which questions did they see? And where do they go from here?

An adapter answers nothing useful under other prompts than those it was trained with, and
the exposure of a test question means nothing when the training questions were others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.describing import question_fingerprint
from finetune.model import AdapterManifest
from foundation.errors import MismatchError
from knowledge_base.model import Question
from studies.project import Project

if TYPE_CHECKING:
    from finetune.merging import Merged, Precision


def fitting_adapters(project: Project, systems: Sequence[str]) -> dict[str, AdapterManifest]:
    """Return the manifests of the adapters that the named systems use.

    Raises MismatchError, naming the `ragft train` line, for an adapter that was trained
    with other prompt templates or another chat template, or on none of this knowledge base's questions.
    Which chat template a server applies cannot be seen from here.
    """
    from chatbot.prompts import fingerprint_templates
    from finetune.adapters import find, read_manifest

    found = {}
    for name in sorted({adapter for system in systems if (adapter := project.system(system).adapter)}):
        manifest = read_manifest(find(project.workspace, name))
        if manifest.fingerprints.get("prompts") != fingerprint_templates():
            raise MismatchError(f"adapter {name!r} was trained with other prompt templates. Train it again: ragft train {name}")
        trained_with, asked_with = manifest.configuration.get("chat_template"), project.model_config.chat_template
        if trained_with != asked_with and project.model_config.engine != "openai":
            raise MismatchError(
                f"adapter {name!r} was trained with model.chat_template {trained_with or 'of the model'}, and is asked with "
                f"{asked_with or 'that of the model'}. Set it as it was, or train again: ragft train {name}"
            )
        if manifest.question_ids and not trained_questions(project, {name: manifest}):
            knowledge_base = project.knowledge_base.name
            raise MismatchError(
                f"adapter {name!r} was trained on none of the questions of knowledge base {knowledge_base!r} as they stand now. "
                f"Train it again: ragft train {name}"
            )
        found[name] = manifest
    return found


def trained_questions(project: Project, adapters: Mapping[str, AdapterManifest]) -> tuple[Question, ...]:
    """Return the questions that the adapters saw, in the words they saw; without adapters, the train split.

    Pairs that a model wrote for training are among them.
    """
    from finetune.describing import read_written

    if not adapters:
        return project.knowledge_base.split("train")
    seen = {fingerprint for manifest in adapters.values() for fingerprint in manifest.question_fingerprints.values()}
    known = tuple(question for question in project.knowledge_base.questions if question_fingerprint(question) in seen)
    written = {question.id: question for name in adapters for question in read_written(project.adapter_folder(name))}
    return (*known, *written.values())


def systems_using(project: Project, name: str) -> tuple[str, ...]:
    """Return the names of the configured systems that answer with adapter `name`, in the order of the configuration."""
    return tuple(system.name for system in project.systems.values() if system.adapter == name)


def merge_adapter(
    project: Project, name: str, out: Path, *, precision: Precision = "float32", tolerance: float | None = None, despite: bool = False
) -> Merged:
    """Merge adapter `name` into its base as a plain model folder at `out`; see `finetune.merging.merge`.

    Both are held against each other on closed-book prompts of its own training questions, or of any where it was taught none.
    """
    from chatbot.loading import load_tokenizer
    from chatbot.prompts import render
    from chatbot.resolver import resolve
    from finetune.adapters import find, read_manifest
    from finetune.merging import PROMPTS, TOLERANCE, merge
    from finetune.recipes.rendering import Renderer
    from studies.choosing import thinned

    folder = find(project.workspace, name)
    manifest = read_manifest(folder)
    base = resolve(manifest.base, project.models)
    renderer = Renderer(load_tokenizer(base, manifest.configuration.get("chat_template")))
    taught = [question for question in trained_questions(project, {name: manifest}) if question.answers]
    known = taught or [question for question in project.knowledge_base.questions if question.answers]  # texts alone were taught
    examples = [
        renderer.example(q.id, "parity", render(q.text, language=q.language, context="none", history=q.history), q.answers[0])
        for q in thinned(known, PROMPTS)
    ]
    limit = TOLERANCE if tolerance is None else tolerance
    return merge(folder, manifest, base, out, examples, precision=precision, tolerance=limit, despite=despite)


def export_adapter(project: Project, name: str, out: Path, *, gguf: bool = False) -> Path:
    """Write adapter `name` for other machines; see `finetune.exporting.export`. `gguf` adds base and adapter as one GGUF file."""
    from chatbot.resolver import resolve
    from finetune.adapters import find, read_manifest
    from finetune.exporting import export

    folder = find(project.workspace, name)
    manifest = read_manifest(folder)
    return export(folder, manifest, out, gguf_base=resolve(manifest.base, project.models) if gguf else None)
