"""The alarms of a project's adapters: those of one just trained, and those of one that is there and never had them.

What an alarm measures is the business of `studies.alarms`; here it is given what the project has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chatbot.engines import REFERENCE
from finetune.adapters import MANIFEST, find, read_manifest
from finetune.config import FinetuneConfig
from finetune.model import AdapterManifest, Alarm, TrainingExample
from foundation.errors import ConfigurationError, DataError, RagftError
from foundation.files import write_json
from foundation.jsonable import to_json
from studies.adapters import fitting_adapters, trained_questions
from studies.fewshot import few_shot_examples
from studies.preparing import ensure_index
from studies.project import Project
from studies.variants import variant

if TYPE_CHECKING:
    from chatbot.engine import Engine
    from finetune.job import Finished, Inspect
    from studies.alarms import AlarmContext

_COARSE = {"qlora": "in 4 bits", "8bit": "in 8 bits"}  # method → how its base is loaded to train


@dataclass(frozen=True)
class _Known:
    """What is known of how an adapter was trained."""

    config: FinetuneConfig
    rendered: tuple[TrainingExample, ...] = ()
    train_loss: float | None = None
    missing: str = ""  # why there are no rendered examples


def inspector(project: Project, say: Callable[[str], None], *, progress: bool = True) -> Inspect:
    """Return the hook that runs the alarms of an adapter just trained. The index is opened, or built, when it is called."""

    def inspect(finished: Finished) -> Sequence[Alarm]:
        from studies.alarms import run_alarms

        context = _context(
            project,
            _Known(project.finetune_config, finished.sample, finished.train_loss),
            say,
            engine=finished.engine,
            adapter=finished.adapter,
            folder=finished.folder,
            training=finished.taught,
            progress=progress,
        )
        found: Sequence[Alarm] = run_alarms(context)
        return found

    return inspect


def check_adapter(project: Project, name: str, *, say: Callable[[str], None], progress: bool = True) -> AdapterManifest:
    """Run the alarms of adapter `name`, put them in the place of those in its manifest, and return that.

    The examples are made again as training made them. Where that is no longer possible, since questions, settings or versions
    have changed, the figures that need them are left out and say so.

    Args:
        project: whose questions it was trained on, and whose base.
        name: of an adapter of the workspace.
        say: told what goes on, and of alarms that could not be run.
        progress: draw a bar on standard error.

    Raises DataError when there is no such adapter, or another was put in its place meanwhile; MismatchError for one of another
    base, of other prompts or of none of these questions; ConfigurationError when its settings are those of another version.
    """
    from chatbot.engines import engine as make_engine
    from chatbot.model import System
    from studies.alarms import run_alarms

    folder = find(project.workspace, name)
    manifest = read_manifest(folder)
    fitting_adapters(variant(project, systems={name: System(name, "none", name)}), [name])
    model = project.model_config
    served = model.engine == "openai"  # a server cannot be handed an adapter
    engine = make_engine(model.model_copy(update={"engine": REFERENCE}), project.models) if served else project.engine
    engine.load_adapter(name, folder)
    context = _context(
        project,
        _trained_as(project, manifest, engine, say),
        say,
        engine=engine,
        adapter=name,
        folder=folder,
        training=trained_questions(project, {name: manifest}),
        progress=progress,
    )
    alarms = tuple(run_alarms(context))
    now = read_manifest(folder)
    if now.adapter_fingerprint != manifest.adapter_fingerprint:
        raise DataError(f"adapter {name!r} was trained again while it was checked. Check it again: ragft adapters check {name}")
    checked = replace(now, alarms=alarms)
    write_json(folder / MANIFEST, to_json(checked))
    return checked


def _context(project: Project, known: _Known, say: Callable[[str], None], **about: Any) -> AlarmContext:
    """Return the context of an adapter; `about` has what is loaded and what was trained."""
    from chatbot.resolver import resolve
    from finetune.recipes.instructions import shown_texts
    from studies.alarms import AlarmContext

    knowledge_base, model = project.knowledge_base, project.model_config
    reason = _why_no_index(project, say)
    given: dict[str, Any] = {"no_retriever": reason} if reason else {"retriever": project.index}
    if known.missing:
        given["no_rendered"] = known.missing
    try:
        given["texts"] = shown_texts(known.config, project.layers.folder)
    except RagftError as error:  # a file of instructions that was there before training, and is gone
        given["no_texts"] = str(error)
    return AlarmContext(
        base=resolve(model.name, project.models),
        model=model,
        validation=knowledge_base.split("validation"),
        test=knowledge_base.split("test"),
        examples=few_shot_examples(knowledge_base.questions),
        k=project.retrieval_config.k,
        passage_tokens=project.retrieval_config.passage_tokens,
        rendered=known.rendered,
        train_loss=known.train_loss,
        quantised=_COARSE.get(known.config.method, ""),
        seed=known.config.seed,
        say=say,
        **given,
        **about,
    )


def _why_no_index(project: Project, say: Callable[[str], None]) -> str:
    """Open the index, built first where there is none; return why that cannot be done, or nothing."""
    from studies.alarms.running import reason_of

    try:
        ensure_index(project, ("rag",), say)
        _ = project.index
    except Exception as error:  # whatever it is, an adapter is finished and the other alarms need no index
        return reason_of(error)
    return ""


def _trained_as(project: Project, manifest: AdapterManifest, engine: Engine, say: Callable[[str], None]) -> _Known:
    """Return how the adapter was trained, its examples made again where they come out as those that were trained."""
    from finetune.evaluating import SAMPLED
    from finetune.preparing import prepare
    from finetune.recipes import needs_passages
    from studies.training_jobs import job_of

    config = _settings(manifest)
    if needs_passages(config.recipe) and (reason := _why_no_index(project, say)):
        return _Known(config, missing=reason)
    try:
        shown = {*manifest.question_ids, *manifest.validation_ids}  # maybe a part of the train split, as in the demo
        questions = [question for question in project.knowledge_base.split("train") if question.id in shown]
        job = job_of(variant(project, finetune_config=config), manifest.name, questions)
        kept = {key: manifest.configuration[key] for key in ("k", "passage_tokens") if key in manifest.configuration}
        prepared = prepare(replace(job, **kept))
    except RagftError as error:
        return _Known(config, missing=f"its training examples cannot be made again: {error}")
    if prepared.fingerprint(engine.info().model_fingerprint) != manifest.training_fingerprint:
        missing = "its training examples cannot be made again as they were: questions, settings or versions have changed since"
        return _Known(config, missing=missing)
    return _Known(config, prepared.feed.sample(SAMPLED), manifest.train_loss)


def _settings(manifest: AdapterManifest) -> FinetuneConfig:
    """Return the [finetune] section that an adapter was trained with."""
    try:
        settings = manifest.configuration
        return FinetuneConfig.model_validate({key: settings[key] for key in FinetuneConfig.model_fields if key in settings})
    except ValueError as error:
        raise ConfigurationError(
            f"the settings in the manifest of adapter {manifest.name!r} are none of this version: {error}. "
            f"Train it again: ragft train {manifest.name}"
        ) from error
