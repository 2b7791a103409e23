"""From a job to a feed: recipes built and tokenised, before the base model's weights are touched.

So a bill can be written, and a training that was paid for already be recognised, within seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from chatbot.loading import is_encoder_decoder, load_tokenizer
from chatbot.resolver import resolve
from finetune.feed import Feed
from finetune.identity import training_fingerprint
from finetune.job import Job
from finetune.model import TrainingExample
from finetune.passages import Shown, find_passages
from finetune.recipes import Materials, build, fault, is_trainable, needs_passages
from finetune.recipes.rendering import Renderer
from foundation.errors import ConfigurationError, DataError
from knowledge_base.model import Question

_BARE = frozenset({"qa", "paraphrases", "synthetic"})  # recipes whose questions are asked as they are: watched so, too
_WATCHED = ("raft", "few-shot")  # recipes whose prompts are watched as they are trained


@dataclass(frozen=True)
class Prepared:
    """A feed ready to be drawn from, and what else is made of the material."""

    job: Job
    feed: Feed
    validation: tuple[TrainingExample, ...]  # the watched questions as the recipes show them, recipes in turn
    tokenizer: Any
    window: int  # tokens that the base has positions for; 0 when it does not tell
    shown: Mapping[str, Shown] = field(default_factory=dict)  # question id → passages

    def fingerprint(self, base: str) -> str:
        """Return the fingerprint of the training, on the base model of fingerprint `base`."""
        return training_fingerprint(self.job, self.feed, self.shown, self.validation, base)


def prepare(job: Job) -> Prepared:
    """Return the feed of a job.

    Raises DataError without usable material, ConfigurationError for a recipe that lacks what it
    needs, for examples longer than the model's window and for an early stop that has nothing to go by,
    UnknownNameError for an unknown recipe.
    """
    config = job.config
    if needs_passages(config.recipe) and job.retriever is None:
        raise ConfigurationError("the recipe shows passages and needs an index: ragft index build. Or set finetune.recipe=qa.")
    folder = resolve(job.model.name, job.models)
    tokenizer = load_tokenizer(folder, job.model.chat_template)
    usable = tuple(question for question in job.questions if is_trainable(question))
    materials = materials_of(job, usable, tokenizer)
    feed = Feed(build(config.recipe, materials), config)
    feed.sharing = not is_encoder_decoder(folder)  # to be expected; tried on the model itself before the first step
    validation = _validation(job, tokenizer)
    _require_something_to_stop_by(job, validation)
    window = _window(folder)
    if found := fault(feed.longest(), window or None):
        raise ConfigurationError(found)
    return Prepared(job, feed, validation, tokenizer, window, materials.shown)


def _validation(job: Job, tokenizer: Any) -> tuple[TrainingExample, ...]:
    """Return the watched questions in the prompts that are trained, recipes in turn; those that a recipe cannot show are passed over."""
    watched = tuple(question for question in job.validation if is_trainable(question))
    names = (*(["qa"] if not _BARE.isdisjoint(job.config.recipe) else []), *(name for name in _WATCHED if name in job.config.recipe))
    if not watched:
        return ()
    config = job.config.model_copy(update={"gold_share": 1.0})  # a refusal says nothing of what was learnt
    materials = materials_of(job, watched, tokenizer, config=config)
    made = []
    for name in names or ("qa",):
        try:
            recipe = build({name: 1.0}, materials)[name]
        except DataError:  # no passage was found for any of them
            continue
        made.append([recipe.make(index, 0) for index in range(len(recipe))])
    return tuple(example for row in zip_longest(*made) for example in row if example is not None)


def _require_something_to_stop_by(job: Job, validation: Sequence[TrainingExample]) -> None:
    config = job.config
    if config.early_stop == "off":
        return
    if not validation or not config.evaluations:
        raise ConfigurationError(
            f"finetune.early_stop={config.early_stop} has nothing to go by: there is no question to watch, or finetune.evaluations is 0. "
            "Mark questions split = validation, raise finetune.validation and finetune.evaluations, or set finetune.early_stop=off."
        )
    if config.early_stop == "answers" and not config.answers:
        raise ConfigurationError(
            "finetune.early_stop=answers needs answers: set finetune.answers to 20 or so, or finetune.early_stop=loss."
        )


def materials_of(job: Job, questions: tuple[Question, ...], tokenizer: Any, **changes: Any) -> Materials:
    """Return what the recipes of a job are made from, for some of its questions; `changes` replace fields of it."""
    shown = {}
    if job.retriever is not None and needs_passages(job.config.recipe):
        shown = find_passages(job.retriever, questions, job.k)
    given: dict[str, Any] = {
        "questions": questions,
        "renderer": Renderer(tokenizer),
        "config": job.config,
        "shown": shown,
        "k": job.k,
        "passage_tokens": job.passage_tokens,
        "documents": job.documents,
        "examples": job.examples,
        "folder": job.folder,
        "workspace": job.workspace,
        "held_out": job.held_out,
        "seed": job.config.seed,
    }
    return Materials(**{**given, **changes})


def _window(folder: Path) -> int:
    """Return the positions that a model's configuration declares; 0 where it declares none, as with relative ones."""
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"cannot read the model in {folder}: {error}. A file may be cut off: get the model again.") from error
    return int(getattr(config, "max_position_embeddings", None) or 0)
