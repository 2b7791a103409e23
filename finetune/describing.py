"""The manifest of a finished adapter: what it was made from, by what, and how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from chatbot.engine import EngineInfo
from chatbot.prompts import fingerprint_templates
from finetune.adapters import weights_file
from finetune.fitting import Fitted
from finetune.job import Job
from finetune.model import AdapterManifest, Alarm, Coverage, EndCheck, Step
from foundation.files import append_jsonl, read_jsonl
from foundation.fingerprint import fingerprint, fingerprint_file
from foundation.jsonable import from_json, to_json
from knowledge_base.model import Question

_KEPT = 100  # steps of the curve in the manifest: as many as a chart can show
WRITTEN = "written-questions.jsonl"
LIBRARIES = ("torch", "transformers", "peft", "accelerate", "tokenizers")
OVERRUN = 0.15  # of the budget: what is promised
_AVERAGED = 5  # steps behind the first and the last loss: single steps jump about


def question_fingerprint(question: Question) -> str:
    """Return the fingerprint of what a question teaches: its text and its answers."""
    return fingerprint(question.text, question.answers, question.answerable)


def write_written(folder: Path, given: Sequence[Question], taught: Sequence[Question]) -> None:
    """Keep the questions that were taught but are none of the knowledge base's, such as pairs that a model wrote."""
    known = {question.id for question in given}
    written = [to_json(question) for question in taught if question.id not in known]
    if written:
        (folder / WRITTEN).unlink(missing_ok=True)
        append_jsonl(folder / WRITTEN, written)


def read_written(folder: Path) -> tuple[Question, ...]:
    """Return what `write_written` kept with the adapter in `folder`."""
    if not (folder / WRITTEN).is_file():
        return ()
    return tuple(from_json(Question, row, f"{folder / WRITTEN}, line {number}") for number, row in read_jsonl(folder / WRITTEN))


def describe(
    job: Job,
    taught: Sequence[Question],
    watched: tuple[str, ...],
    fitted: Fitted,
    check: EndCheck,
    info: EngineInfo,
    folder: Path,
    seconds: float,
    given: Mapping[str, str],
    identity: str,
    alarms: tuple[Alarm, ...],
) -> AdapterManifest:
    """Return the manifest of the adapter files in `folder`.

    `taught` are the questions that its recipes taught, `watched` the ids of those held out to watch it;
    `seconds` is what the command took, its alarms left out;
    `given` are fingerprints known to the caller (corpus, index), `identity` the training's own.
    """
    questions = {question.id: question_fingerprint(question) for question in taught}
    losses = [step.loss for step in fitted.steps]
    first, last = losses[:_AVERAGED], losses[-_AVERAGED:]
    kept = [each for each in fitted.evaluations if each.step == fitted.best_step] or list(fitted.evaluations[-1:])
    return AdapterManifest(
        name=job.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        base=job.model.name,
        base_fingerprint=info.model_fingerprint,
        weights=info.weights,
        adapter_fingerprint=fingerprint_file(weights_file(folder)),
        recipe=job.config.recipe,
        method=job.config.method,
        training_fingerprint=identity,
        configuration={
            **job.config.model_dump(mode="json"),
            "k": job.k,
            "passage_tokens": job.passage_tokens,
            "micro_tokens": fitted.memory.micro_tokens,
            "checkpointed": fitted.memory.checkpointing,
            "chat_template": job.model.chat_template,
            "validation_trained_facts": _on_trained_facts(job.validation, taught),
        },
        fingerprints={
            **given,
            "prompts": fingerprint_templates(),
            "questions": fingerprint(sorted(map(question_fingerprint, job.questions))),
        },
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
        train_loss=fitted.train_loss,
        validation_loss=kept[0].validation_loss if kept else None,
        validation_ids=watched,
        best_step=fitted.best_step,
        precision=job.config.precision,
        peak_memory=fitted.peak_memory,
        curve=_thinned(fitted.steps),
        evaluations=fitted.evaluations,
        alarms=alarms,
        notes=_notes(fitted.coverage, seconds),
    )


def _on_trained_facts(watched: Sequence[Question], taught: Sequence[Question]) -> float | None:
    """Return the share of the watched questions whose fact is trained in other words; None without any."""
    facts = {question.fact for question in taught if question.fact}
    return sum(question.fact in facts for question in watched) / len(watched) if watched else None


def _thinned(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return at most `_KEPT` of the steps, evenly spread, the first and the last among them."""
    if len(steps) <= _KEPT:
        return tuple(steps)
    return tuple(steps[round(place * (len(steps) - 1) / (_KEPT - 1))] for place in range(_KEPT))


def _notes(coverage: Coverage, seconds: float) -> tuple[str, ...]:
    """Say so when the budget was overrun: loading, one step and the end check take their time whatever was asked."""
    if coverage.budget_seconds is None or seconds <= (1 + OVERRUN) * coverage.budget_seconds:
        return ()
    return (
        f"took {seconds:.0f} s, longer than its budget of {coverage.budget_seconds:.0f} s: "
        "loading, one step and the end check alone need more here",
    )
