"""Do a project's adapters fit what is asked of them now? And which questions did they see?

An adapter answers nothing useful under other prompts than those it was trained with, and
the exposure of a test question means nothing when the training questions were others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from finetune.describing import question_fingerprint
from finetune.model import AdapterManifest
from foundation.errors import MismatchError
from knowledge_base.model import Question
from studies.project import Project


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
        if not trained_questions(project, {name: manifest}):
            knowledge_base = project.knowledge_base.name
            raise MismatchError(
                f"adapter {name!r} was trained on none of the questions of knowledge base {knowledge_base!r} as they stand now. "
                f"Train it again: ragft train {name}"
            )
        found[name] = manifest
    return found


def trained_questions(project: Project, adapters: Mapping[str, AdapterManifest]) -> tuple[Question, ...]:
    """Return the questions that the adapters saw, in the words they saw; without adapters, the train split."""
    if not adapters:
        return project.knowledge_base.split("train")
    seen = {fingerprint for manifest in adapters.values() for fingerprint in manifest.question_fingerprints.values()}
    return tuple(question for question in project.knowledge_base.questions if question_fingerprint(question) in seen)
