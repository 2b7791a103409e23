"""Train an adapter on a project's own training questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from chatbot.engines import REFERENCE
from finetune.model import AdapterManifest
from finetune.reporting import summary
from foundation.errors import DataError
from knowledge_base.model import Question
from studies.preparing import ensure_index
from studies.project import Project


def train_adapter(
    project: Project,
    name: str,
    *,
    questions: Sequence[Question] | None = None,
    say: Callable[[str], None],
    progress: bool = True,
) -> str:
    """Train adapter `name` on `questions` (the train split when None), install it in the workspace, and return a summary to print.

    A budget counts from the call. Raises DataError when there is nothing to train on,
    and what `finetune.training.train` raises.
    """
    from finetune.training import train

    began = time.monotonic()
    knowledge_base = project.knowledge_base
    questions = knowledge_base.split("train") if questions is None else questions
    if not questions:
        raise DataError(f'knowledge base {knowledge_base.name!r} has no train questions. Mark some with "split": "train".')
    retriever = None
    if project.finetune_config.recipe != "closed-book":
        ensure_index(project, ("rag",), say)
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
        engine=engine,
        began=began,
        progress=progress,
    )
    return "\n".join(summary(manifest))
