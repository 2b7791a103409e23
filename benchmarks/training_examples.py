"""The examples of the training benchmark: built once by our renderer, handed to every contestant as the same token ids.

Bare questions, and questions behind the passages that the retriever finds for them: the two
lengths that matter in practice. How the contestants train on them is not decided here.
"""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass
from pathlib import Path

from chatbot.loading import load_tokenizer
from chatbot.prompts import render
from finetune.model import TrainingExample
from finetune.recipes.rendering import Renderer
from foundation.errors import InputError
from knowledge_base.loading import load
from knowledge_base.model import Question
from retrieval.config import RetrievalConfig
from retrieval.embedders import embedder
from retrieval.index import Index

PASSAGES = 2  # behind which a question is asked: prompts of about 250 to 450 tokens
KINDS = ("closed-book", "with passages")


@dataclass(frozen=True)
class Split:
    """What is trained, in this order, and what the loss is taken on afterwards."""

    train: tuple[TrainingExample, ...]
    validation: tuple[TrainingExample, ...]

    @property
    def tokens(self) -> int:
        """Return the real tokens of the training part: prompts and targets, no padding, nothing counted as shared."""
        return sum(example.tokens for example in self.train)


def build(kb_name: str, model: Path, models: Path, train: int, validation: int) -> dict[str, Split]:
    """Return the examples of both kinds, of the same questions in the same order.

    Args:
        kb_name: a shipped sample or a folder.
        model: a transformers folder, for its tokenizer and chat template.
        models: the cache of shipped models, for the embedder.
        train: examples to train on.
        validation: further examples, for the loss.

    Raises InputError when the knowledge base has too few questions.
    """
    kb, renderer = load(kb_name), Renderer(load_tokenizer(model))
    asked = [question for question in kb.questions if question.answers and question.answerable != "no" and not question.history]
    random.Random(0).shuffle(asked)
    asked = asked[: train + validation]
    if len(asked) < train + validation:
        raise InputError(f"{kb_name} has {len(asked)} questions with an answer and {train + validation} are needed. Ask for fewer.")
    config = RetrievalConfig()
    encoder = embedder(config.embedder, models)
    with tempfile.TemporaryDirectory() as folder:
        Index.build(Path(folder), kb.documents, encoder, config, progress=False)
        index = Index.open(Path(folder), encoder, kb.documents, config)
        hits = index.search([question.text for question in asked], PASSAGES)
        index.close()

    def bare(question: Question) -> TrainingExample:
        messages = render(question.text, language=question.language, context="none")
        return renderer.example(question.id, "qa", messages, question.answers[0])

    made = {"closed-book": [bare(question) for question in asked], "with passages": []}
    for question, found in zip(asked, hits, strict=True):
        messages = render(question.text, language=question.language, context="retrieval", passages=found)
        made["with passages"].append(renderer.example(question.id, "raft", messages, question.answers[0]))
    return {kind: Split(tuple(examples[:train]), tuple(examples[train:])) for kind, examples in made.items()}
