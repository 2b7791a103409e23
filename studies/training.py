"""Train an adapter on a project's own training questions, and have its alarms run.

What is trained how is `finetune.training`'s business, what alarms are given that of `studies.checking`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from chatbot.engines import REFERENCE
from finetune.devices import rank, world
from finetune.model import AdapterManifest
from finetune.reporting import summary
from foundation.errors import DataError
from knowledge_base.model import Question
from studies.checking import inspector
from studies.fewshot import few_shot_examples
from studies.preparing import ensure_index
from studies.project import Project


def train_adapter(
    project: Project,
    name: str,
    *,
    questions: Sequence[Question] | None = None,
    again: bool = False,
    say: Callable[[str], None],
    progress: bool = True,
) -> str:
    """Train adapter `name`, install it in the workspace, and return a summary to print.

    An adapter that is there already and was trained on the same under the same settings is not trained again: `say` is told
    so, and the summary is that of the earlier training; one that failed its end check then raises the same TrainingError again.

    Args:
        project: material, base, settings, workspace.
        name: of the adapter.
        questions: to train on; the train split when None.
        again: train all the same.
        say: told what goes on before training.
        progress: draw a bar on standard error.

    A budget counts from the call. Raises DataError when there is nothing to train on (recipes of texts need no questions), and
    what `finetune.training.train` raises.
    """
    from finetune.recipes import TEXTS, needs_passages
    from finetune.training import train

    began = time.monotonic()
    knowledge_base = project.knowledge_base
    questions = knowledge_base.split("train") if questions is None else questions
    if not questions and TEXTS.isdisjoint(project.finetune_config.recipe):
        raise DataError(f'knowledge base {knowledge_base.name!r} has no train questions. Mark some with "split": "train".')
    retriever = None
    if needs_passages(project.finetune_config.recipe):
        _ensure_index_once(project, say)
        retriever = project.index
    model, engine = project.model_config, None
    if model.engine == "openai":  # a server cannot be handed the adapter that is to be checked
        model = model.model_copy(update={"engine": REFERENCE})
    else:
        engine = project.engine
    manifest: AdapterManifest = train(
        name,
        questions=questions,
        validation=knowledge_base.split("validation"),
        model=model,
        models=project.models,
        finetune=project.finetune_config,
        workspace=project.workspace,
        retriever=retriever,
        k=project.retrieval_config.k,
        passage_tokens=project.retrieval_config.passage_tokens,
        fingerprints={"corpus": knowledge_base.corpus_fingerprint, **({"index": retriever.fingerprint} if retriever else {})},
        documents=knowledge_base.documents,
        examples=few_shot_examples(knowledge_base.questions),
        held_out=(*knowledge_base.split("test"), *knowledge_base.split("validation")),
        folder=project.layers.folder,
        engine=engine,
        again=again,
        inspect=inspector(project, say, progress=progress) if project.finetune_config.alarms else None,
        began=began,
        say=say,
        progress=progress,
    )
    return "\n".join(summary(manifest))


def load_shared(project: Project, say: Callable[[str], None]) -> None:
    """Load what several trainings of variants of `project` have in common, so that each does not load its own."""
    from finetune.recipes import needs_passages

    if needs_passages(project.finetune_config.recipe):
        _ensure_index_once(project, say)
        _ = project.index
    if project.model_config.engine != "openai":
        _ = project.engine


def bystander() -> bool:
    """Tell whether this process is one of several that train together (`accelerate launch`), and not the one that speaks for them."""
    return rank() != 0


def _ensure_index_once(project: Project, say: Callable[[str], None]) -> None:
    """Build a missing index in one process; others that train with it wait for it."""
    from filelock import FileLock

    if project.index_folder.exists() and world() == 1:
        return
    try:
        project.workspace.mkdir(parents=True, exist_ok=True)
        with FileLock(project.workspace / ".index.lock"):
            ensure_index(project, ("rag",), say)
    except OSError as error:
        raise DataError(
            f"cannot write to {project.workspace}: {error.strerror or error}. Free space or choose another workspace."
        ) from error
