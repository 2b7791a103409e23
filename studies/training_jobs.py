"""`job_of`: what training an adapter of a project would be given, for all who want to know of a training without running one.

Running it is `finetune.training.train`'s business, which makes the same job of the same material.
"""

from __future__ import annotations

from collections.abc import Sequence

from finetune.holding_out import hold_out
from finetune.job import Job
from finetune.recipes import TEXTS, is_trainable, needs_passages
from foundation.errors import DataError
from knowledge_base.model import Question
from studies.fewshot import few_shot_examples
from studies.project import Project


def job_of(project: Project, name: str, questions: Sequence[Question] | None = None) -> Job:
    """Return the job of training adapter `name` on `questions`, the train split when None, as `studies.training.train_adapter` would.

    Raises DataError without usable train questions where the recipe needs some, and what opening the index raises where it shows passages.
    """
    config, knowledge_base = project.finetune_config, project.knowledge_base
    given = knowledge_base.split("train") if questions is None else questions
    usable = [question for question in given if is_trainable(question)]
    if not usable and TEXTS.isdisjoint(config.recipe):
        raise DataError(f'knowledge base {knowledge_base.name!r} has no train questions. Mark some with "split": "train".')
    trained, watched = hold_out(usable, knowledge_base.split("validation"), config.validation if config.evaluations else 0)
    return Job(
        name=name,
        questions=trained,
        validation=watched,
        model=project.model_config,
        models=project.models,
        config=config,
        workspace=project.workspace,
        retriever=project.index if needs_passages(config.recipe) else None,
        k=project.retrieval_config.k,
        passage_tokens=project.retrieval_config.passage_tokens,
        documents=knowledge_base.documents,
        examples=few_shot_examples(knowledge_base.questions),
        held_out=(*knowledge_base.split("test"), *knowledge_base.split("validation")),
        folder=project.layers.folder,
        progress=False,
    )
