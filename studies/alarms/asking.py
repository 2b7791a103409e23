"""Questions asked through the chat engine for an alarm: short greedy answers, many at a time."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from chatbot.chat import Chatbot
from chatbot.config import default_systems
from chatbot.engine import Request, gather
from chatbot.model import Answer, Message
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item
from knowledge_base.model import Question
from studies.alarms.context import AlarmContext

_NUMBERS = itertools.count(1)


def generate(context: AlarmContext, prompts: Sequence[tuple[Message, ...]], *, adapter: bool, tokens: int) -> list[str]:
    """Return the engine's answer to each prompt, at most `tokens` tokens long, with the adapter or without."""
    name = context.adapter if adapter else None
    requests = [Request(f"alarm{next(_NUMBERS)}", messages, name, tokens) for messages in prompts]
    done = gather(context.engine.run(requests))
    return [done[request.id].text.strip() for request in requests]


def ask(context: AlarmContext, questions: Sequence[Question], system: str, *, tokens: int) -> list[Answer]:
    """Return the answers of a default system ("base", "rag", "finetuned", "rag+finetuned") as the chatbot gives them."""
    chatbot = Chatbot(
        context.engine,
        default_systems(context.adapter),
        context.retriever,
        k=context.k,
        passage_tokens=context.passage_tokens,
        max_new_tokens=tokens,
        examples=context.examples,
    )
    return chatbot.ask_many(questions, system)


def correct(question: Question, answer: Answer) -> bool:
    """Tell whether an answer is `correct`, the metric that runs are compared by."""
    return METRICS.get("correct").score(Item(question, answer, question.language)).value == 1.0
