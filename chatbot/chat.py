"""`Chatbot`: one question in, one `Answer` out, the same way for every system.

[passages] → prompt within its budget → engine → citations and abstention → `Answer`. The
history goes into the prompt as turns; passages are searched with the question alone, so a
follow-up such as "And for children?" finds little until questions are rewritten.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chatbot import citations
from chatbot.abstention import is_abstention
from chatbot.engine import Completion, Delta, Engine, Request, gather
from chatbot.model import Answer, Message, System
from chatbot.prompts import FALLBACK_LANGUAGE, pack, render
from foundation.errors import ConfigurationError, UnknownNameError
from foundation.fingerprint import fingerprint
from foundation.language import detect
from knowledge_base.model import Question, Turn
from retrieval.model import Hit


class Retriever(Protocol):
    """What a chatbot asks for passages; `retrieval.index.Index` is one."""

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """Return at most `k` hits per query, best first."""


@dataclass(frozen=True)
class _Prepared:
    """One question ready for the engine."""

    request: Request
    language: str
    hits: tuple[Hit, ...]
    retrieval_seconds: float


class Chatbot:
    """Answers questions as any of its systems.

    Args:
        engine: generates text; adapters that the systems name must be loaded in it.
        systems: by name.
        retriever: finds passages; needed by systems whose context is "retrieval".
        k: passages asked for.
        passage_tokens: most tokens of passages in a prompt, by the engine's own count.
        max_new_tokens: most tokens of an answer.
        examples: questions with answers for systems whose context is "few-shot"; those in
            the question's language are shown, or all when there is none.
    """

    def __init__(
        self,
        engine: Engine,
        systems: Mapping[str, System],
        retriever: Retriever | None = None,
        *,
        k: int = 2,
        passage_tokens: int = 512,
        max_new_tokens: int = 64,
        examples: Sequence[Question] = (),
    ) -> None:
        self._engine, self._systems, self._retriever = engine, dict(systems), retriever
        self._k, self._passage_tokens, self._max_new_tokens = k, passage_tokens, max_new_tokens
        self._examples = tuple(examples)
        self._ids = itertools.count(1)
        self._running: set[str] = set()

    def ask(self, question: str, system: str = "rag", history: Sequence[Turn] = (), language: str | None = None) -> Answer:
        """Return the answer of `system` to one question.

        Args:
            question: the user's words.
            system: a name among the systems.
            history: earlier turns, oldest first.
            language: ISO 639-1 code; detected when None, English when it cannot be told.

        Raises UnknownNameError for an unknown system or an adapter that is not loaded,
        ConfigurationError for a system that needs an index when there is none, EngineError
        when the engine fails.
        """
        return self.ask_many([_question(question, history, language)], system)[0]

    def ask_many(self, questions: Sequence[Question], system: str) -> list[Answer]:
        """Return the answers in order: one search and one engine run for all of them."""
        prepared = self._prepare(questions, system)
        self._running.update(item.request.id for item in prepared)
        try:
            done = gather(self._engine.run([item.request for item in prepared]))
        finally:
            self._running.difference_update(item.request.id for item in prepared)
        return [self._answer(item, done[item.request.id]) for item in prepared]

    def stream(
        self, question: str, system: str = "rag", history: Sequence[Turn] = (), language: str | None = None
    ) -> Iterator[str | Answer]:
        """Yield the answer's text in pieces as it comes, then the whole `Answer`. Raises like `ask`."""
        (item,) = self._prepare([_question(question, history, language)], system)
        events = []
        self._running.add(item.request.id)
        try:
            for event in self._engine.run([item.request]):
                events.append(event)
                if isinstance(event, Delta):
                    yield event.text
        finally:
            self._running.discard(item.request.id)
        yield self._answer(item, gather(events)[item.request.id])

    def cancel(self) -> None:
        """Stop what is being answered; its answers end with the reason "cancelled". May be called from another thread."""
        for request_id in tuple(self._running):
            self._engine.cancel(request_id)

    def _prepare(self, questions: Sequence[Question], system_name: str) -> list[_Prepared]:
        if system_name not in self._systems:
            raise UnknownNameError("system", system_name, self._systems)
        system = self._systems[system_name]
        started = time.perf_counter()
        found = self._search([question.text for question in questions], system)
        shared = (time.perf_counter() - started) / max(len(questions), 1) if system.context == "retrieval" else 0.0
        return [self._prepare_one(question, system, hits, shared) for question, hits in zip(questions, found, strict=True)]

    def _search(self, queries: Sequence[str], system: System) -> list[list[Hit]]:
        if system.context != "retrieval":
            return [[] for _ in queries]
        if self._retriever is None:
            raise ConfigurationError(f"system {system.name!r} needs an index and there is none. Build it with `ragft index build`.")
        return self._retriever.search(queries, self._k)

    def _prepare_one(self, question: Question, system: System, hits: Sequence[Hit], seconds: float) -> _Prepared:
        language = question.language or detect(question.text) or FALLBACK_LANGUAGE
        shown = pack(hits, self._passage_tokens, self._engine.count_tokens)
        messages: tuple[Message, ...] = render(
            question.text,
            language=language,
            context=system.context,
            passages=shown,
            examples=[example for example in self._examples if example.language == language] or self._examples,
            history=question.history,
            template=system.prompt,
        )
        request = Request(f"q{next(self._ids)}", messages, system.adapter, self._max_new_tokens)
        return _Prepared(request, language, shown, seconds)

    def _answer(self, item: _Prepared, done: Completion) -> Answer:
        text = done.text.strip()
        right, wrong = citations.parse(text, item.hits)
        return Answer(
            text=text,
            citations=right,
            wrong_citations=wrong,
            hits=item.hits,
            abstained=is_abstention(text, item.language),
            usage=done.usage,
            timing=replace(done.timing, retrieval=item.retrieval_seconds),
            finish_reason=done.reason,
            prompt_hash=fingerprint(self._engine.render(item.request.messages)),
        )


def _question(text: str, history: Sequence[Turn], language: str | None) -> Question:
    return Question(id="", text=text, language=language or "", history=tuple(history))
