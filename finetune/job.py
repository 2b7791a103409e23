"""What one training is asked to do: the material, the base, the settings. Nothing is loaded here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.config import ModelConfig
from chatbot.contexts import Retriever
from chatbot.engine import Engine
from finetune.config import FinetuneConfig
from finetune.model import Alarm, TrainingExample
from knowledge_base.model import Document, Question


@dataclass(frozen=True)
class Finished:
    """An adapter that has been trained, for those who look for harm in it."""

    folder: Path  # of its files
    engine: Engine  # has it loaded
    adapter: str  # its name there
    taught: tuple[Question, ...]  # the questions that its recipes taught
    sample: tuple[TrainingExample, ...]  # some of their examples, first pass
    train_loss: float | None  # mean per answer token over just `sample`, with the weights that were kept; None when not taken


Inspect = Callable[[Finished], Sequence[Alarm]]


@dataclass(frozen=True)
class Job:
    """What to train, on what, and how passages will be shown at inference."""

    name: str
    questions: tuple[Question, ...]  # to be trained
    validation: tuple[Question, ...]  # to be watched, never trained
    model: ModelConfig
    models: Path  # the folder of shipped models
    config: FinetuneConfig
    workspace: Path
    retriever: Retriever | None = None
    k: int = 2  # passages shown at inference
    passage_tokens: int = 600  # their token budget at inference
    documents: tuple[Document, ...] = ()
    examples: tuple[Question, ...] = ()  # the worked examples of the few-shot system
    held_out: tuple[Question, ...] = ()  # test questions: pairs that a model wrote must not teach their facts
    folder: Path = Path()  # what file names in the configuration are relative to
    progress: bool = True
