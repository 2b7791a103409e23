"""The manifest of a finished adapter: what it was made from, by what, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from chatbot.engine import EngineInfo
from chatbot.prompts import fingerprint_templates
from finetune.adapters import WEIGHTS
from finetune.fitting import Fitted, Job
from finetune.model import AdapterManifest, EndCheck
from foundation.fingerprint import fingerprint, fingerprint_file
from knowledge_base.model import Question

LIBRARIES = ("torch", "transformers", "peft", "accelerate", "tokenizers")
OVERRUN = 0.15  # of the budget: what is promised
_AVERAGED = 5  # steps behind the first and the last loss: single steps jump about


def question_fingerprint(question: Question) -> str:
    """Return the fingerprint of what a question teaches: its text and its answers."""
    return fingerprint(question.text, question.answers, question.answerable)


def describe(
    job: Job, fitted: Fitted, check: EndCheck, info: EngineInfo, folder: Path, seconds: float, given: Mapping[str, str]
) -> AdapterManifest:
    """Return the manifest of the adapter files in `folder`; `given` are fingerprints known to the caller (corpus, index)."""
    questions = {question.id: question_fingerprint(question) for question in job.questions}
    losses = [step.loss for step in fitted.steps]
    first, last = losses[:_AVERAGED], losses[-_AVERAGED:]
    return AdapterManifest(
        name=job.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        base=job.model.name,
        base_fingerprint=info.model_fingerprint,
        weights=info.weights,
        adapter_fingerprint=fingerprint_file(folder / WEIGHTS),
        recipe=job.config.recipe,
        configuration={
            **job.config.model_dump(mode="json"),
            "k": job.k,
            "passage_tokens": job.passage_tokens,
            "checkpointed": fitted.checkpointing,
            "chat_template": job.model.chat_template,
        },
        fingerprints={**given, "prompts": fingerprint_templates(), "questions": fingerprint(questions)},
        question_ids=tuple(questions),
        question_fingerprints=questions,
        seed=job.config.seed,
        seconds=round(seconds, 1),
        training_seconds=round(fitted.seconds, 1),
        tokens=fitted.tokens,
        tokens_per_second=round(fitted.tokens_per_second, 1),
        steps=len(fitted.steps),
        loss_start=round(sum(first) / len(first), 4),
        loss_end=round(sum(last) / len(last), 4),
        coverage=fitted.coverage,
        check=check,
        versions={library: version(library) for library in LIBRARIES},
        trainable_parameters=fitted.trainable_parameters,
        validation_loss=fitted.validation_loss,
        precision=job.config.precision,
        notes=_notes(job, seconds),
    )


def _notes(job: Job, seconds: float) -> tuple[str, ...]:
    """Say so when the budget was overrun: loading, one step and the end check take their time whatever was asked."""
    if job.budget is None or seconds <= (1 + OVERRUN) * job.budget:
        return ()
    return (
        f"took {seconds:.0f} s, longer than its budget of {job.budget:.0f} s: loading, one step and the end check alone need more here",
    )
