"""Metrics on how the answer came: whether it abstained when it should, and how many tokens it took."""

from __future__ import annotations

from chatbot.model import Answer
from eval.metrics.metric import Item, Metric
from eval.model import Status


def _abstention(item: Item, answer: Answer) -> float | Status:
    if item.question.answerable == "unknown":
        return "unscored"
    return float(answer.abstained == (item.question.answerable == "no"))


def _completion_tokens(item: Item, answer: Answer) -> float | Status:
    return "not applicable" if answer.usage.completion_tokens is None else float(answer.usage.completion_tokens)


def _prompt_tokens(item: Item, answer: Answer) -> float | Status:
    return "not applicable" if answer.usage.prompt_tokens is None else float(answer.usage.prompt_tokens)


ABSTENTION = Metric(
    name="abstention",
    summary="Abstains from a question without an answer in the documents, and from no other.",
    source="Rajpurkar et al. 2018 (SQuAD 2.0), arXiv 1806.03822",
    measure=_abstention,
    needs=("answerable",),
)
COMPLETION_TOKENS = Metric(
    name="completion_tokens",
    summary="Tokens that the model wrote.",
    source="counted by the engine",
    measure=_completion_tokens,
    direction="lower",
    high=None,
    needs=(),
)
PROMPT_TOKENS = Metric(
    name="prompt_tokens",
    summary="Tokens that the model read.",
    source="counted by the engine",
    measure=_prompt_tokens,
    direction="lower",
    high=None,
    needs=(),
)
