"""The messages that the systems send, for the recipes: one call of `chatbot.prompts.render` per context."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.model import Message
from chatbot.prompts import render
from knowledge_base.model import Question
from retrieval.model import Hit


def bare(question: Question, text: str | None = None) -> tuple[Message, ...]:
    """Return what the system without context is sent, with `text` in the place of the question's own words."""
    return render(question.text if text is None else text, language=question.language, context="none", history=question.history)


def with_passages(question: Question, passages: Sequence[Hit]) -> tuple[Message, ...]:
    """Return what the retrieval system is sent."""
    return render(question.text, language=question.language, context="retrieval", passages=passages, history=question.history)


def with_examples(question: Question, examples: Sequence[Question]) -> tuple[Message, ...]:
    """Return what the few-shot system is sent."""
    return render(question.text, language=question.language, context="few-shot", examples=examples, history=question.history)
