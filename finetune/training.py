"""`train`: from questions to an adapter folder that is finished, checked and described, or to none at all."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from filelock import FileLock, Timeout

from chatbot.config import ModelConfig
from chatbot.contexts import Retriever
from chatbot.engine import Engine
from chatbot.engines import REFERENCE
from chatbot.engines import engine as make_engine
from finetune import devices
from finetune.adapters import MANIFEST, adapters_folder, check_name, install, read_manifest
from finetune.checking import Examiner, require
from finetune.checkpoints import FINISHED, FITTED, TrainingFolder, training_folder
from finetune.config import FinetuneConfig, parse_budget
from finetune.describing import describe, write_written
from finetune.evaluating import SAMPLED
from finetune.fitting import Fitted, fit
from finetune.holding_out import hold_out
from finetune.job import Finished, Inspect, Job
from finetune.model import AdapterManifest
from finetune.preparing import Prepared, prepare
from finetune.recipes import TEXTS, is_trainable
from foundation.errors import DataError, TrainingError
from foundation.files import read_json, write_json
from foundation.jsonable import from_json, to_json
from knowledge_base.model import Document, Question

_INSTALLING = 1.0  # seconds kept back for loading the adapter into the engine and writing its folder
_CONVERTING = 12.0  # the same for an engine that merges and converts it first
_PATIENCE = 1.0  # seconds to wait for the lock: one who only looks holds it for an instant
_WAITED = 600.0  # seconds that the other processes of a distributed training wait for the first to prepare


def train(
    name: str,
    *,
    questions: Sequence[Question],
    model: ModelConfig,
    models: Path,
    finetune: FinetuneConfig,
    workspace: Path,
    retriever: Retriever | None = None,
    k: int = 2,
    passage_tokens: int = 600,
    validation: Sequence[Question] = (),
    documents: Sequence[Document] = (),
    examples: Sequence[Question] = (),
    held_out: Sequence[Question] = (),
    folder: Path = Path(),
    fingerprints: Mapping[str, str] | None = None,
    engine: Engine | None = None,
    inspect: Inspect | None = None,
    again: bool = False,
    began: float | None = None,
    say: Callable[[str], None] | None = None,
    progress: bool = True,
) -> AdapterManifest:
    """Train adapter `name` on `questions`, check it, put it in `workspace/adapters/<name>/`, return its manifest.

    What was trained already with the same data, recipe, base, settings, seed and versions is returned as
    it is; a training that was cut short is gone on with from its last checkpoint.

    Args:
        name: letters, digits, "_", "-".
        questions: to be trained; those without an answer that are not known to be unanswerable are passed over.
        model: the base, as the engine loads it.
        models: the folder that shipped models are kept in.
        finetune: recipe, method, rates, and what ends training. `finetune.budget` bounds the whole call but its alarms.
        workspace: holds `adapters/`.
        retriever: finds the passages of recipes that show some.
        k: passages shown at inference, at least 1.
        passage_tokens: their token budget at inference.
        validation: the validation split; of it up to `finetune.validation` questions are watched, never trained. Without it
            other wordings of trained facts are held out of `questions` (`finetune.holding_out`).
        documents: the knowledge base's, for recipes that show them.
        examples: the worked examples of the few-shot system.
        held_out: questions that will be asked: pairs that a model wrote must not teach their facts.
        folder: what file names in `finetune` are relative to.
        fingerprints: of corpus, index…, kept in the manifest.
        engine: answers the end check; None makes one from `model`.
        inspect: run on the finished adapter; its alarms are kept in the manifest.
        again: train even if the adapter is there.
        began: when the command began (time.monotonic), if the budget counts from before this call.
        say: takes a sentence about what is done instead of training.
        progress: show a bar on standard error.

    Raises DataError without usable material, ConfigurationError for a recipe that lacks its retriever and for a
    loss that is no number, TrainingError when the end check fails (the adapter is then kept and marked).
    KeyboardInterrupt keeps a checkpoint and leaves an earlier adapter as it was.
    """
    began = time.monotonic() if began is None else began
    target = adapters_folder(workspace) / check_name(name)
    usable = tuple(question for question in questions if is_trainable(question))
    if not usable and TEXTS.isdisjoint(finetune.recipe):
        raise DataError("there is no training question with an answer. Mark some questions split = train, or give another knowledge base.")
    trained, watched = hold_out(usable, validation, finetune.validation if finetune.evaluations else 0)
    job = Job(
        name=name,
        questions=trained,
        validation=watched,
        model=model,
        models=models,
        config=finetune,
        workspace=workspace,
        retriever=retriever,
        k=k,
        passage_tokens=passage_tokens,
        documents=tuple(documents),
        examples=tuple(examples),
        held_out=tuple(held_out),
        folder=folder,
        progress=progress,
    )
    engine = engine or make_engine(model, models)
    prepared = prepare(job)
    identity = prepared.fingerprint(engine.info().model_fingerprint)
    state = TrainingFolder(training_folder(workspace, name))
    if devices.rank():
        _follow(job, prepared, state, identity, None if again else target)
    with _only_one(state.path, name):
        if not again and (there := _there(target, identity)):
            if state.planned.get("fingerprint") == identity and not state.under_way:  # a kill between the last two steps of a call
                state.discard()
            _tell(
                say, f"adapter {name!r} is there, made from the same data, recipe, base, settings and seed: nothing to train (--again does)"
            )
            require(there.check, name)
            return there
        examiner = Examiner(engine, prepared.feed.questions, finetune, retriever, k=k, passage_tokens=passage_tokens)
        reserve = examiner.ask_base() + (_INSTALLING if engine.info().engine in (REFERENCE, "scripted") else _CONVERTING)
        seconds = None if finetune.budget is None else max(1.0, parse_budget(finetune.budget) - (time.monotonic() - began) - reserve)
        _begin(state, _plan(job, prepared, identity, seconds), say)
        earlier = state.finished() is not None
        fitted, made = _fitted(job, prepared, state)
        check = examiner.examine(made, set(fitted.drawn))
        spent = time.monotonic() - began + (fitted.seconds if earlier else fitted.before)
        taught = tuple(question for question in prepared.feed.questions if question.id in set(fitted.drawn))
        seen = Finished(made, engine, examiner.ADAPTER, taught, prepared.feed.sample(SAMPLED), fitted.train_loss)
        alarms = tuple(inspect(seen)) if inspect else ()
        watched_ids = tuple(dict.fromkeys(example.source for example in prepared.validation))
        manifest = describe(job, taught, watched_ids, fitted, check, engine.info(), made, spent, fingerprints or {}, identity, alarms)
        write_written(made, job.questions, taught)
        write_json(made / MANIFEST, to_json(manifest))
        install(made, target)
        state.discard()
    require(check, name)
    return manifest


def _tell(say: Callable[[str], None] | None, what: str) -> None:
    if say:
        say(what)


def _begin(state: TrainingFolder, plan: Mapping[str, Any], say: Callable[[str], None] | None) -> None:
    """Make the folder ready for a training, and say what becomes of one that was cut short."""
    name, steps, same = plan["name"], state.steps, state.planned.get("fingerprint") == plan["fingerprint"]
    if state.begin(plan):
        _tell(say, f"going on with the training of {name!r} that was cut short")
    elif steps:
        why = "no checkpoint had been written yet" if same else "it was of other data, settings or versions"
        _tell(say, f"a training of {name!r} that was cut short after {steps} steps is begun anew: {why}")


def _plan(job: Job, prepared: Prepared, identity: str, seconds: float | None) -> dict[str, Any]:
    """Return what a watcher wants to know of a training under way."""
    return {
        "fingerprint": identity,
        "name": job.name,
        "steps": prepared.feed.steps,
        "tokens": prepared.feed.planned_tokens,
        "seconds": seconds,
        "evaluations": job.config.evaluations if prepared.validation else 0,
        "recipe": job.config.recipe,
        "method": job.config.method,
        "base": job.model.name,
    }


def _fitted(job: Job, prepared: Prepared, state: TrainingFolder) -> tuple[Fitted, Path]:
    """Return how training went and the folder of the adapter files; a training that had ended already is not redone."""
    made = state.finished()
    if made is None:
        scratch = state.path / f".{FINISHED}"
        shutil.rmtree(scratch, ignore_errors=True)
        try:
            fitted = fit(job, prepared, state, scratch, state.planned["seconds"])
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                f"training of {job.name!r} interrupted: the same command goes on from the last checkpoint. An earlier adapter is untouched."
            ) from None
        write_json(state.path / FITTED, to_json(fitted))
        made = state.finish(scratch)
    return from_json(Fitted, read_json(state.path / FITTED, "training"), str(state.path / FITTED)), made


def _follow(job: Job, prepared: Prepared, state: TrainingFolder, identity: str, target: Path | None) -> NoReturn:
    """Do the part of a further process of a distributed training: its share of every step, and nothing else.

    With the adapter at `target` already there the first process trains nothing, and nor does this one; None: it trains again.
    """
    if target is not None and _there(target, identity):
        raise SystemExit(0)
    waited = time.monotonic()
    while state.planned.get("fingerprint") != identity:
        if time.monotonic() - waited > _WAITED:
            raise TrainingError("the first process of this training did not begin. See its messages; its cause is there.")
        time.sleep(0.2)
    if state.finished() is None:
        fit(job, prepared, state, state.path, state.planned["seconds"])
    raise SystemExit(0)


@contextmanager
def _only_one(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock of an adapter's training; raises DataError when another process trains it, or nothing can be written."""
    lock = FileLock(folder.with_suffix(".lock"), timeout=_PATIENCE)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise DataError(f"adapter {name!r} is being trained by another process. Wait for it, or train under another name.") from None
    except OSError as error:
        raise DataError(f"cannot write to {folder.parent}: {error.strerror or error}. Free space or choose another workspace.") from error
    try:
        yield
    finally:
        lock.release()


def _there(target: Path, identity: str) -> AdapterManifest | None:
    """Return the manifest of a finished adapter of this fingerprint, else None."""
    try:
        manifest = read_manifest(target)
    except DataError:
        return None
    return manifest if manifest.training_fingerprint == identity else None
