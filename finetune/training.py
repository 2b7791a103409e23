"""`train`: from questions to an adapter folder that is finished, checked and described, or to none at all."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from chatbot.config import ModelConfig
from chatbot.contexts import Retriever
from chatbot.engine import Engine
from chatbot.engines import REFERENCE
from chatbot.engines import engine as make_engine
from finetune.adapters import CURVE, MANIFEST, adapters_folder, check_name, install
from finetune.checking import Examiner, require
from finetune.config import FinetuneConfig, parse_budget
from finetune.describing import describe
from finetune.examples import is_trainable
from finetune.fitting import Job, check_base, fit
from finetune.model import AdapterManifest
from foundation.errors import ConfigurationError, DataError
from foundation.files import append_jsonl, write_json
from foundation.jsonable import to_json
from knowledge_base.model import Question

_INSTALLING = 1.0  # seconds kept back for loading the adapter into the engine and writing its folder
_CONVERTING = 12.0  # the same for an engine that merges and converts it first


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
    fingerprints: Mapping[str, str] | None = None,
    engine: Engine | None = None,
    began: float | None = None,
    progress: bool = True,
) -> AdapterManifest:
    """Train adapter `name` on `questions`, check it, put it in `workspace/adapters/<name>/`, return its manifest.

    Args:
        name: letters, digits, ".", "_", "-".
        questions: the training split; those without an answer that are not known to be unanswerable are passed over.
        model: the base, as the engine loads it.
        models: the folder that shipped models are kept in.
        finetune: recipe, rank, rates, budget. `finetune.budget` bounds the whole call.
        workspace: holds `adapters/`.
        retriever: finds the passages of the "mix" and "retrieval" recipes.
        k: passages shown at inference, at least 1.
        passage_tokens: their token budget at inference.
        validation: questions whose closed-book loss is measured at the end.
        fingerprints: of corpus, index…, kept in the manifest.
        engine: answers the end check; None makes one from `model`.
        began: when the command began (time.monotonic), if the budget counts from before this call.
        progress: show a bar on standard error.

    Raises DataError without usable questions, ConfigurationError for a recipe that
    lacks its retriever or a base that cannot be trained, TrainingError when the end check fails (the adapter is kept and
    marked). KeyboardInterrupt leaves no new adapter and the earlier one as it was.
    """
    began = time.monotonic() if began is None else began
    target = adapters_folder(workspace) / check_name(name)
    usable = tuple(question for question in questions if is_trainable(question))
    if not usable:
        raise DataError("there is no training question with an answer. Mark some questions split = train, or give another knowledge base.")
    if finetune.recipe != "closed-book" and retriever is None:
        raise ConfigurationError(
            f"recipe {finetune.recipe!r} shows passages and needs an index: ragft index build. Or set finetune.recipe=closed-book."
        )
    budget = parse_budget(finetune.budget) if finetune.budget else None
    check_base(model, models)
    engine = engine or make_engine(model, models)
    examiner = Examiner(engine, usable, finetune, retriever, k=k, passage_tokens=passage_tokens)
    reserve = examiner.ask_base() + (_INSTALLING if engine.info().engine in (REFERENCE, "scripted") else _CONVERTING)
    deadline = None if budget is None else began + budget - reserve
    job = Job(name, usable, tuple(validation), model, models, finetune, retriever, k, passage_tokens, budget, deadline, progress)
    scratch = _scratch(target)
    try:
        folder = scratch / "adapter"
        fitted = fit(job, folder, scratch)
        check = examiner.examine(folder)
        manifest = describe(job, fitted, check, engine.info(), folder, time.monotonic() - began, fingerprints or {})
        append_jsonl(folder / CURVE, [to_json(step) for step in fitted.steps])
        write_json(folder / MANIFEST, to_json(manifest))
        install(folder, target)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"training of {name!r} interrupted: no adapter was written; an earlier one of this name is untouched."
        ) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    require(check, name)
    return manifest


def _scratch(target: Path) -> Path:
    """Return a new hidden folder beside `target`: renaming out of it never crosses a file system."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise DataError(f"cannot write to {target.parent}: {error.strerror or error}. Free space or choose another workspace.") from error
