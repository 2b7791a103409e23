"""What a recipe is: a source of training examples that can be drawn by number, any number of times.

How much of each recipe is trained, and in which order, is the feed's business (`finetune.feed`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from finetune.config import FinetuneConfig
from finetune.model import TrainingExample
from finetune.passages import Shown
from finetune.recipes.rendering import Renderer
from knowledge_base.model import Document, Question


class Recipe(Protocol):
    """One kind of training example."""

    name: str
    left_out: Sequence[str]  # plain sentences: what of its material made no example, and why
    questions: Sequence[Question]  # those that it teaches, in whatever words; none where texts are taught

    def __len__(self) -> int:
        """Return the number of examples of one pass."""
        ...

    def make(self, index: int, turn: int) -> TrainingExample:
        """Return example `index` of pass `turn` (from 0); equal arguments give equal examples."""
        ...


@dataclass(frozen=True)
class Materials:
    """What recipes are made from."""

    questions: tuple[Question, ...]  # to be trained
    renderer: Renderer
    config: FinetuneConfig
    shown: Mapping[str, Shown] = field(default_factory=dict)  # question id → passages; empty without a retriever
    k: int = 2  # passages shown at inference
    passage_tokens: int = 600  # their token budget at inference
    documents: tuple[Document, ...] = ()
    examples: tuple[Question, ...] = ()  # the worked examples of the few-shot system
    folder: Path = Path()  # what file names in the configuration are relative to
    workspace: Path = Path()
    held_out: tuple[Question, ...] = ()  # to be asked and never to be taught, in whatever words
    seed: int = 0
