"""From a job to a feed: recipes built and tokenised, before the base model's weights are touched.

So a bill can be written, and a training that was paid for already be recognised, within seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.loading import is_encoder_decoder, load_tokenizer
from chatbot.resolver import resolve
from finetune.feed import Feed
from finetune.job import Job
from finetune.model import TrainingExample
from finetune.passages import find_passages
from finetune.recipes import Materials, build, is_trainable, needs_passages
from finetune.recipes.rendering import Renderer
from foundation.errors import ConfigurationError, DataError
from knowledge_base.model import Question


@dataclass(frozen=True)
class Prepared:
    """A feed ready to be drawn from, and what else is made of the material."""

    feed: Feed
    validation: tuple[TrainingExample, ...]  # each watched question as the recipes of the feed show it
    tokenizer: Any
    window: int  # tokens that the base has positions for; 0 when it does not tell


def prepare(job: Job) -> Prepared:
    """Return the feed of a job.

    Raises DataError without usable material, ConfigurationError for a recipe that lacks what it
    needs or examples longer than the model's window, UnknownNameError for an unknown recipe.
    """
    config = job.config
    if needs_passages(config.recipe) and job.retriever is None:
        raise ConfigurationError("the recipe shows passages and needs an index: ragft index build. Or set finetune.recipe=qa.")
    folder = resolve(job.model.name, job.models)
    tokenizer = load_tokenizer(folder, job.model.chat_template)
    usable = tuple(question for question in job.questions if is_trainable(question))
    feed = Feed(build(config.recipe, _materials(job, usable, tokenizer)), config)
    feed.sharing = not is_encoder_decoder(folder)  # to be expected; tried on the model itself before the first step
    watched = tuple(question for question in job.validation if is_trainable(question))
    validation: tuple[TrainingExample, ...] = ()
    asking = {name: weight for name, weight in config.recipe.items() if name in ("qa", "paraphrases", "raft", "few-shot")}
    if watched:
        made = build(asking or {"qa": 1.0}, _materials(job, watched, tokenizer))
        validation = tuple(recipe.make(index, 0) for recipe in made.values() for index in range(len(recipe)))
    window = _window(folder)
    longest = feed.longest()
    if window and longest.tokens > window:
        raise ConfigurationError(
            f"the longest training example ({longest.recipe}, {longest.source}) has {longest.tokens} tokens, "
            f"and the model positions for {window}. "
            "Show fewer passages (retrieval.k, retrieval.passage_tokens) or shorter ones (finetune.passage_length)."
        )
    return Prepared(feed, validation, tokenizer, window)


def _materials(job: Job, questions: tuple[Question, ...], tokenizer: Any) -> Materials:
    shown = {}
    if job.retriever is not None and needs_passages(job.config.recipe):
        shown = find_passages(job.retriever, questions, job.k)
    return Materials(
        questions=questions,
        renderer=Renderer(tokenizer),
        config=job.config,
        shown=shown,
        k=job.k,
        passage_tokens=job.passage_tokens,
        documents=job.documents,
        examples=job.examples,
        folder=job.folder,
        workspace=job.workspace,
        seed=job.config.seed,
    )


def _window(folder: Path) -> int:
    """Return the positions that a model's configuration declares; 0 where it declares none, as with relative ones."""
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"cannot read the model in {folder}: {error}. A file may be cut off: get the model again.") from error
    return int(getattr(config, "max_position_embeddings", None) or 0)
