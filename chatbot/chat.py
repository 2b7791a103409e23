"""`Chatbot`: one question in, one `Answer` out, the same way for every system.

[passages] → prompt within its budget → engine → citations and abstention → `Answer`. The
history goes into the prompt as turns; what a context shows is `chatbot.contexts`' business.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chatbot import citations
from chatbot.abstention import is_abstention
from chatbot.contexts import READS_INDEX, Cutter, Retriever, document_hits, gold_hits, search_query
from chatbot.engine import Completion, Delta, Engine, Event, Request, gather
from chatbot.model import Answer, Message, System
from chatbot.prompts import FALLBACK_LANGUAGE, pack, render
from foundation.errors import ConfigurationError, EngineError, EngineUnavailableError, RagftError, UnknownNameError
from foundation.fingerprint import fingerprint
from foundation.language import detect
from knowledge_base.model import Document, Question, Turn
from retrieval.model import Hit


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
        retriever: finds passages; needed by systems whose context is "retrieval" or "documents".
        documents: the knowledge base's; needed by "documents" and "gold".
        cutter: cuts them into the passages that "gold" shows.
        k: passages asked for.
        passage_tokens: most tokens of passages in a prompt, by the engine's own count.
        document_tokens: the same for systems whose context is "documents".
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
        documents: Sequence[Document] = (),
        cutter: Cutter | None = None,
        k: int = 2,
        passage_tokens: int = 512,
        document_tokens: int = 4000,
        max_new_tokens: int = 64,
        examples: Sequence[Question] = (),
    ) -> None:
        self._engine, self._systems, self._retriever = engine, dict(systems), retriever
        self._documents, self._cutter = {document.id: document for document in documents}, cutter
        self._k, self._passage_tokens, self._document_tokens, self._max_new_tokens = k, passage_tokens, document_tokens, max_new_tokens
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
        for _, item in self.stream_many(question, [system], {system: history}, language):
            if isinstance(item, RagftError):
                raise item
            yield item

    def stream_many(
        self,
        question: str,
        systems: Sequence[str],
        histories: Mapping[str, Sequence[Turn]] | None = None,
        language: str | None = None,
    ) -> Iterator[tuple[str, str | Answer | RagftError]]:
        """Yield the answers of several systems to one question, each item with its system's name: one engine run for all.

        A system's items are its text in pieces as it comes, then the whole `Answer`, or the
        error that stopped it; the others go on. How far the pieces of different systems
        interleave is the engine's affair. Timings of prefill and decode are those of the batch.

        Args:
            question: the user's words.
            systems: different names among the systems.
            histories: earlier turns by system, oldest first: each has heard its own answers.
            language: ISO 639-1 code; detected when None, English when it cannot be told.
        """
        prepared: dict[str, tuple[str, _Prepared]] = {}
        for system in systems:
            try:
                (item,) = self._prepare([_question(question, (histories or {}).get(system, ()), language)], system)
                prepared[item.request.id] = system, item
            except RagftError as error:
                yield system, error
        if prepared:
            yield from self._stream(prepared)

    def _stream(self, prepared: Mapping[str, tuple[str, _Prepared]]) -> Iterator[tuple[str, str | Answer | RagftError]]:
        """Yield what one engine run says of all of `prepared`, which holds (system, request) by request id."""
        events: dict[str, list[Event]] = {request_id: [] for request_id in prepared}
        self._running.update(prepared)
        try:
            for event in self._engine.run([item.request for _, item in prepared.values()]):
                system, item = prepared[event.id]
                events[event.id].append(event)
                if isinstance(event, Delta):
                    yield system, event.text
                else:
                    yield system, self._answer(item, gather(events.pop(event.id))[event.id])
            return
        except RagftError as error:
            failure = error
        finally:
            self._running.difference_update(prepared)
        whole = isinstance(failure, EngineUnavailableError) or len(prepared) == 1
        concerned = failure.request_id if isinstance(failure, EngineError) else ""
        for request_id, seen in events.items():
            if seen or whole or request_id == concerned:
                yield prepared[request_id][0], failure
            else:  # one request can fail the run of all; alone, the error meets the one that it belongs to
                yield from self._stream({request_id: prepared[request_id]})

    def cancel(self) -> None:
        """Stop what is being answered; its answers end with the reason "cancelled". May be called from another thread."""
        for request_id in tuple(self._running):
            self._engine.cancel(request_id)

    def _prepare(self, questions: Sequence[Question], system_name: str) -> list[_Prepared]:
        if system_name not in self._systems:
            raise UnknownNameError("system", system_name, self._systems)
        system = self._systems[system_name]
        started = time.perf_counter()
        shown = self._shown(questions, system)
        shared = (time.perf_counter() - started) / max(len(questions), 1) if system.context in READS_INDEX else 0.0
        return [self._prepare_one(question, system, hits, shared) for question, hits in zip(questions, shown, strict=True)]

    def _shown(self, questions: Sequence[Question], system: System) -> list[Sequence[Hit]]:
        """Return the passages that each question's prompt shows, best first and within the budget."""
        count = self._engine.count_tokens
        if system.context == "gold":
            if self._cutter is None or not all(question.id for question in questions):
                raise ConfigurationError(
                    f"system {system.name!r} shows the evidence of a question of the knowledge base, and this one is not of it. "
                    "Use it in `ragft compare`."
                )
            return list(gold_hits(questions, self._documents, self._cutter))
        if system.context not in READS_INDEX:
            return [() for _ in questions]
        if self._retriever is None:
            raise ConfigurationError(f"system {system.name!r} needs an index and there is none. Build it with `ragft index build`.")
        queries = [search_query(question) for question in questions]
        if system.context == "documents":
            return list(document_hits(queries, self._retriever, self._documents, self._document_tokens, count))
        return [pack(hits, self._passage_tokens, count) for hits in self._retriever.search(queries, self._k)]

    def _prepare_one(self, question: Question, system: System, hits: Sequence[Hit], seconds: float) -> _Prepared:
        language = question.language or detect(question.text) or FALLBACK_LANGUAGE
        messages: tuple[Message, ...] = render(
            question.text,
            language=language,
            context=system.context,
            passages=hits,
            examples=[example for example in self._examples if example.language == language] or self._examples,
            history=question.history,
            template=system.prompt,
        )
        request = Request(f"q{next(self._ids)}", messages, system.adapter, self._max_new_tokens)
        return _Prepared(request, language, tuple(hits), seconds)

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
