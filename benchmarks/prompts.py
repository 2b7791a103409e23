"""The prompts of the engine benchmark: real questions of a knowledge base, short, few-shot and with passages.

Every round gets questions that no earlier round asked, so that what a prefix cache saves is
what it saves in use. Which engine answers them is not decided here.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.loading import load_tokenizer, render_chat
from chatbot.model import Context, Message
from chatbot.prompts import render
from foundation.errors import InputError
from knowledge_base.loading import load
from knowledge_base.model import KnowledgeBase, Question
from retrieval.config import RetrievalConfig
from retrieval.embedders import embedder
from retrieval.index import Index
from retrieval.model import Hit
from studies.fewshot import few_shot_examples

KINDS: dict[str, Context] = {"short": "none", "few-shot": "few-shot", "RAG": "retrieval"}
RAG_TOKENS = 450  # what the mean RAG prompt should come near; the number of passages is chosen for it
_MOST_PASSAGES = 8


@dataclass(frozen=True)
class Prompt:
    """One prompt in both forms: messages for our engines, token ids for libraries that know no chat."""

    id: str
    messages: tuple[Message, ...]
    tokens: tuple[int, ...]


@dataclass(frozen=True)
class Round:
    """What one round asks, by kind of prompt."""

    batch: dict[str, tuple[Prompt, ...]]  # all at once
    single: dict[str, tuple[Prompt, ...]]  # one after the other, no first passage of which appears anywhere else


@dataclass(frozen=True)
class Plan:
    """All prompts of a run, and prompts to warm up with, which no round asks."""

    rounds: tuple[Round, ...]
    warm_up: tuple[Prompt, ...]
    passages: int  # per RAG prompt
    mean_tokens: dict[str, float]  # per kind


def build_plan(kb_name: str, model: Path, models: Path, rounds: int, batch: int, single: int) -> Plan:
    """Return the prompts of `rounds` rounds of `batch` questions at once and `single` one by one.

    Args:
        kb_name: a shipped sample or a folder.
        model: a transformers folder, for its tokenizer and chat template.
        models: the cache of shipped models, for the embedder.

    Raises InputError when the knowledge base has too few questions.
    """
    kb, tokenizer = load(kb_name), load_tokenizer(model)
    asked = [question for question in kb.questions if not question.history]
    random.Random(0).shuffle(asked)
    asked = asked[: 4 * (rounds * (batch + single) + 2)]  # more than needed, to choose from
    found = _search(kb, models, asked)
    alone, together = _split(asked, found, rounds * single, rounds * batch + 1)
    count = _passages(alone + together, found, tokenizer)
    examples = few_shot_examples(kb.questions)

    def make(kind: str, questions: Sequence[Question]) -> tuple[Prompt, ...]:
        return tuple(
            _prompt(f"{kind}-{question.id}", _messages(kind, question, found[question.id][:count], examples), tokenizer)
            for question in questions
        )

    def part(questions: Sequence[Question], number: int, size: int) -> dict[str, tuple[Prompt, ...]]:
        return {kind: make(kind, questions[number * size : (number + 1) * size]) for kind in KINDS}

    plan = tuple(Round(part(together[1:], number, batch), part(alone, number, single)) for number in range(rounds))
    warm_up = tuple(prompt for kind in KINDS for prompt in make(kind, together[:1]))
    lengths = {kind: statistics.mean(len(prompt.tokens) for one in plan for prompt in one.batch[kind]) for kind in KINDS}
    return Plan(plan, warm_up, count, lengths)


def _search(kb: KnowledgeBase, models: Path, questions: Sequence[Question]) -> dict[str, list[Hit]]:
    config = RetrievalConfig()
    encoder = embedder(config.embedder, models)
    with tempfile.TemporaryDirectory() as folder:
        Index.build(Path(folder), kb.documents, encoder, config, progress=False)
        index = Index.open(Path(folder), encoder, kb.documents, config)
        hits = index.search([question.text for question in questions], _MOST_PASSAGES)
        index.close()
    return {question.id: found for question, found in zip(questions, hits, strict=True)}


def _split(questions: Sequence[Question], found: dict[str, list[Hit]], alone: int, together: int) -> tuple[list[Question], list[Question]]:
    """Return `alone` questions whose first passage is first for no other one taken, and `together` others."""
    taken: set[str] = set()
    one_by_one: list[Question] = []
    for question in questions:
        first = found[question.id][0].chunk.id
        if len(one_by_one) < alone and first not in taken:
            taken.add(first)
            one_by_one.append(question)
    others = [question for question in questions if found[question.id][0].chunk.id not in taken][:together]
    if len(one_by_one) < alone or len(others) < together:
        raise InputError(f"the knowledge base has too few questions: {alone + together} of different passages are needed. Ask for fewer.")
    return one_by_one, others


def _passages(questions: Sequence[Question], found: dict[str, list[Hit]], tokenizer: Any) -> int:
    """Return the number of passages with which the mean RAG prompt comes nearest to RAG_TOKENS."""
    sample = questions[:40]

    def mean(count: int) -> float:
        return statistics.mean(len(_prompt("", _messages("RAG", one, found[one.id][:count], ()), tokenizer).tokens) for one in sample)

    return min(range(1, _MOST_PASSAGES + 1), key=lambda count: abs(mean(count) - RAG_TOKENS))


def _messages(kind: str, question: Question, hits: Sequence[Hit], examples: Sequence[Question]) -> tuple[Message, ...]:
    own = [example for example in examples if example.language == question.language] or examples
    return render(question.text, language=question.language, context=KINDS[kind], passages=hits, examples=own)


def _prompt(name: str, messages: tuple[Message, ...], tokenizer: Any) -> Prompt:
    text = render_chat(tokenizer, [{"role": message.role, "content": message.content} for message in messages])
    return Prompt(name, messages, tuple(tokenizer(text, add_special_tokens=False)["input_ids"]))
