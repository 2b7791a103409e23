"""The training itself: load the base, add LoRA, feed it, save the adapter files."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from pathlib import Path

from chatbot.config import ModelConfig
from chatbot.contexts import Retriever
from chatbot.loading import is_encoder_decoder, load_model
from chatbot.resolver import resolve
from finetune.batching import common_prefix
from finetune.clock import Clock
from finetune.config import FinetuneConfig
from finetune.examples import ExampleMaker, is_trainable
from finetune.feed import Feed
from finetune.lora import add_adapter, save_adapter, set_checkpointing, trainable_parameters
from finetune.loss import mean_loss, shares_prefixes
from finetune.model import Coverage, Step
from finetune.passages import find_passages
from finetune.reporting import Bar
from foundation.errors import ConfigurationError
from knowledge_base.model import Question

VALIDATED = 40  # validation questions whose loss is taken: a few seconds, also under a budget


@dataclass(frozen=True)
class Job:
    """What to train, on what, and how passages will be shown at inference."""

    name: str
    questions: tuple[Question, ...]
    validation: tuple[Question, ...]
    model: ModelConfig
    models: Path  # the folder of shipped models
    config: FinetuneConfig
    retriever: Retriever | None
    k: int
    passage_tokens: int
    budget: float | None  # seconds of the whole command
    deadline: float | None  # when training must end, on time.monotonic's clock
    progress: bool


@dataclass(frozen=True)
class Fitted:
    """How training went."""

    steps: tuple[Step, ...]
    seconds: float
    tokens: int
    tokens_per_second: float
    coverage: Coverage
    trainable_parameters: int
    checkpointing: bool
    validation_loss: float | None


def check_base(model: ModelConfig, models: Path) -> None:
    """Raise ConfigurationError when the base is of a kind that is not trained here."""
    if is_encoder_decoder(resolve(model.name, models)):
        raise ConfigurationError(
            f"{model.name} is an encoder-decoder model: it answers and takes adapters made elsewhere with peft, but only "
            "decoder-only models are trained here. Set model.name to one, such as the embedded smollm2-135m-instruct."
        )


def fit(job: Job, folder: Path, scratch: Path) -> Fitted:
    """Train and write the adapter files to `folder`; `scratch` takes what transformers writes besides.

    The base model is released on return, so that the engine that checks the adapter has the memory.
    """
    from finetune.trainer import AnswerTrainer

    config = job.config
    base_folder = resolve(job.model.name, job.models)
    base, tokenizer = load_model(base_folder, config.precision, chat_template=job.model.chat_template)
    shown = find_passages(job.retriever, job.questions, job.k) if job.retriever is not None and config.recipe != "closed-book" else {}
    maker = ExampleMaker(
        tokenizer=tokenizer,
        shown=shown,
        k=job.k,
        passage_tokens=job.passage_tokens,
        distractors=config.distractors,
        cite=config.cite,
        wording_noise=config.wording_noise,
        gaps=config.gaps,
        seed=config.seed,
    )
    model = add_adapter(base, config, str(base_folder.resolve()))
    pad_id = int(tokenizer.pad_token_id)
    samples = [maker.make(question, "closed-book") for question in job.questions[:4]]
    share = shares_prefixes(model, samples, pad_id)
    shared_tokens = common_prefix([sample.prompt_ids for sample in samples]) if share else 0
    feed = Feed(maker, job.questions, config, budgeted=job.deadline is not None, shared_tokens=shared_tokens)
    checkpointing = set_checkpointing(model, config, max(feed.longest(), config.micro_tokens))
    clock = Clock(feed, job.deadline)
    bar = Bar(job.name, clock, shown=job.progress)
    try:
        AnswerTrainer(model, feed, clock, config, pad_id=pad_id, share=share, scratch=scratch, on_step=bar.update).train()
    finally:
        bar.close()
    seconds = clock.elapsed
    held_out = [maker.make(question, "closed-book") for question in job.validation if is_trainable(question)][:VALIDATED]
    save_adapter(model, folder)
    fitted = Fitted(
        steps=tuple(clock.steps),
        seconds=seconds,
        tokens=clock.tokens,
        tokens_per_second=clock.tokens / seconds,
        coverage=feed.coverage(job.budget),
        trainable_parameters=trainable_parameters(model),
        checkpointing=checkpointing,
        validation_loss=mean_loss(model, held_out, config.micro_tokens, pad_id) if held_out else None,
    )
    del model, base
    gc.collect()
    return fitted
