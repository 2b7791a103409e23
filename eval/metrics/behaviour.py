"""Metrics on how the answer came: abstaining, form, length, tokens, time."""

from __future__ import annotations

from chatbot.model import Answer
from eval.metrics.metric import Item, Meaning, Metric, spoken
from eval.metrics.words import word_count
from eval.model import Status
from knowledge_base.rules import holds


def meets_rule(rule: str, text: str) -> bool:
    """Tell whether an answer meets a question's rule, with its citation markers or without them.

    Some forms hold brackets of their own, such as a JSON list of numbers, which look like citation markers.

    >>> meets_rule("ends with: kg", "It weighs 3 kg [1]"), meets_rule("ends with: [1]", "It weighs 3 kg [1]")
    (True, True)
    """
    return holds(rule, text) or holds(rule, spoken(text))


def _abstention(item: Item, answer: Answer) -> float | Status:
    if item.question.answerable == "unknown":
        return "unscored"
    return float(answer.abstained == (item.question.answerable == "no"))


def _rule(item: Item, answer: Answer) -> float | Status:
    return "not applicable" if item.question.rule is None else float(meets_rule(item.question.rule, answer.text))


def _well_formed(item: Item, answer: Answer) -> float | Status:
    if answer.finish_reason == "unknown":
        return "unscored"
    empty = not any(sign.isprintable() and not sign.isspace() for sign in answer.text)
    return float(not empty and answer.finish_reason == "stop" and not answer.wrong_citations)


def _words(item: Item, answer: Answer) -> float | Status:
    return float(word_count(answer.text, item.language))


def _completion_tokens(item: Item, answer: Answer) -> float | Status:
    return "not applicable" if answer.usage.completion_tokens is None else float(answer.usage.completion_tokens)


def _prompt_tokens(item: Item, answer: Answer) -> float | Status:
    return "not applicable" if answer.usage.prompt_tokens is None else float(answer.usage.prompt_tokens)


def _latency(item: Item, answer: Answer) -> float | Status:
    return "not applicable" if item.seconds is None else item.seconds


ABSTENTION = Metric(
    name="abstention",
    summary="Abstains from a question without an answer in the documents, and from no other.",
    source="Rajpurkar et al. 2018 (SQuAD 2.0), arXiv 1806.03822",
    missing="an abstention 1 on an unanswerable question, else 0; an empty answer abstains from nothing",
    measure=_abstention,
    needs=("answerable",),
)
RULE = Metric(
    name="rule",
    summary="Meets every line of the question's rule (a form, a house style, a JSON Schema).",
    source="This project: knowledge_base/rules.py; JSON Schema draft 2020-12",
    missing="whatever the rule says of it, as of any answer; not applicable to a question without a rule",
    measure=_rule,
    needs=("rule",),
)
WELL_FORMED = Metric(
    name="well_formed",
    summary="Has something to read, was not cut off at the limit of tokens, and every citation number points to a passage shown.",
    source="This project",
    missing="0 for an empty answer; an abstention as any answer; unscored where nobody says how the answer ended (imported)",
    measure=_well_formed,
    needs=("finish reason", "citations"),
)
WORDS = Metric(
    name="words",
    summary="Length of the answer: words and numbers, citation markers left out.",
    source="counted by foundation.language.tokenize",
    missing="0 for an empty answer; an abstention as any answer",
    measure=_words,
    unit="words",
    direction="none",
    high=None,
    needs=(),
)
PROMPT_TOKENS = Metric(
    name="prompt_tokens",
    summary="Tokens that the model read.",
    source="counted by the engine",
    missing="as any answer; not applicable where nobody counted",
    measure=_prompt_tokens,
    unit="tokens",
    direction="lower",
    high=None,
    needs=("token counts",),
)
COMPLETION_TOKENS = Metric(
    name="completion_tokens",
    summary="Tokens that the model wrote.",
    source="counted by the engine",
    missing="as any answer; not applicable where nobody counted",
    measure=_completion_tokens,
    unit="tokens",
    direction="lower",
    high=None,
    needs=("token counts",),
)
LATENCY = Metric(
    name="latency",
    summary="Time from the question to the whole answer, the question asked alone.",
    source="measured by the run (`ragft compare --latency`), or stated by an imported file",
    missing="as any answer; not applicable to a question that was not timed",
    measure=_latency,
    unit="seconds",
    direction="lower",
    high=None,
    needs=("timing",),
)
THROUGHPUT = Meaning(
    name="throughput",
    summary="Questions answered per second in batches: one figure for a system in a run, none for an answer.",
    source="questions over the wall time of their batches",
    missing="counts as any answer; no figure for imported answers",
    unit="questions/s",
    high=None,
    needs=("timing",),
)
