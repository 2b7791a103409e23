"""Materials of the tiny knowledge base, for every test of a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from chatbot.loading import load_tokenizer
from finetune.config import FinetuneConfig
from finetune.passages import find_passages
from finetune.recipes import Materials, Renderer
from knowledge_base.model import Document, Question
from tests.finetune.tiny import DOCUMENTS, WordOverlap, questions


def materials(model: Path, asked: Sequence[Question] | None = None, *, passages: bool = True, k: int = 2, **settings: Any) -> Materials:
    """Return the four questions, or those `asked`, with their passages; `settings` are of [finetune]."""
    chosen = tuple(questions() if asked is None else asked)
    return Materials(
        questions=chosen,
        renderer=Renderer(load_tokenizer(model)),
        config=FinetuneConfig(**settings),
        shown=find_passages(WordOverlap(), chosen, k) if passages else {},
        k=k,
        passage_tokens=512,
        documents=tuple(Document(name, "r1", name.title(), text, "en") for name, text in DOCUMENTS.items()),
    )


def wordings(fact: str, count: int, **changes: Any) -> list[Question]:
    """Return the first tiny question in `count` wordings."""
    first = replace(questions()[0], fact=fact, **changes)
    return [replace(first, id=f"{fact}-{number}", text=f"Wording {number} of {fact}: how deep?") for number in range(count)]
