"""What the chat page keeps between reruns, free of Streamlit.

Whenever the user touches a control, Streamlit starts the script anew in another thread and
ends the running one at its next drawing call. Answers in the making must survive that:
the new run calls `Live.stop` and waits for `Live.done`; the old one takes what was said so
far and leaves an Exchange behind in every case.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING

from chatbot.model import Answer, Usage
from foundation.errors import RagftError
from knowledge_base.model import Turn

if TYPE_CHECKING:
    from chatbot.chat import Chatbot
    from chatbot.engine import EngineInfo
    from studies.project import Project

MOST = 4  # systems side by side: more columns are too narrow to read
_POLL = 0.2  # seconds between two looks at whether a waiting question was stopped


@dataclass(frozen=True)
class Reply:
    """What came of one system: its answer (whole or stopped), or an error with what was said before it."""

    answer: Answer | None
    error: str | None = None


@dataclass(frozen=True)
class Exchange:
    """One question and the reply of each system that was asked, by name in the order of the columns."""

    question: str
    replies: Mapping[str, Reply]


@dataclass
class Live:
    """The answers to one question in the making. `done` is set when all are over, whichever way, and kept."""

    question: str
    systems: tuple[str, ...]
    histories: Mapping[str, Sequence[Turn]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)  # by system: what was said so far
    replies: dict[str, Reply] = field(default_factory=dict)  # of the systems that are through
    stopped: bool = False
    done: Event = field(default_factory=Event)
    _chatbot: Chatbot | None = None

    def follow(self, chatbot: Chatbot, systems: Sequence[str]) -> Generator[str]:
        """Yield the name of a system whenever there is more of it to show.

        Closing the iterator stops the engine and takes what it still reports.
        """
        self._chatbot = chatbot
        stream = chatbot.stream_many(self.question, systems, self.histories)
        try:
            for system, item in stream:
                self._take(system, item)
                yield system
                if self.stopped:  # also of a request that began after `stop` was called
                    chatbot.cancel()
        except GeneratorExit:
            chatbot.cancel()
            with suppress(RagftError):  # nobody waits for these answers any more
                for system, item in stream:
                    self._take(system, item)
                    chatbot.cancel()
            raise

    def _take(self, system: str, item: str | Answer | RagftError) -> None:
        if isinstance(item, str):
            self.texts[system] = self.texts.get(system, "") + item
        elif isinstance(item, Answer):
            self.replies[system] = Reply(item)
        else:
            self.fail(item, [system])

    def fail(self, error: RagftError, systems: Sequence[str] | None = None) -> None:
        """Let `error` end the systems named (default: all that are not through), with what they said so far."""
        for system in systems or [name for name in self.systems if name not in self.replies]:
            said = self.texts.get(system)
            self.replies[system] = Reply(_cut(said) if said else None, str(error))

    def stop(self) -> None:
        """Ask the engine to stop, from any thread. What was said so far is kept."""
        self.stopped = True
        if self._chatbot is not None:
            self._chatbot.cancel()

    def exchange(self) -> Exchange:
        """Return what came of it: per system the whole answer, the error, or what was said before it was stopped."""
        return Exchange(self.question, {name: self.replies.get(name) or Reply(_cut(self.texts.get(name, ""))) for name in self.systems})


@dataclass
class Loaded:
    """One project with its model in memory, shared by all sessions of the app.

    A batch takes the whole engine, so sessions take turns.
    """

    project: Project
    _turn: Lock = field(default_factory=Lock)
    _chatbots: dict[tuple[str, ...], Chatbot] = field(default_factory=dict)

    @property
    def info(self) -> EngineInfo | None:
        """What is known of the engine; None until a question has brought it into memory, which only then settles "auto"."""
        return self.project.engine.info() if "engine" in vars(self.project) else None

    def follow(self, live: Live) -> Generator[str]:
        """Wait for a turn, load what `live` needs, and yield as `Live.follow` does; one that was stopped while waiting yields none.

        A system that cannot be loaded fails alone; a model that cannot be loaded raises RagftError.
        """
        while not self._turn.acquire(timeout=_POLL):
            if live.stopped:
                return
        try:
            ready = () if live.stopped else self._ready(live)
            yield from tuple(live.replies)
            if ready and not live.stopped:
                yield from live.follow(self._chatbot(ready), ready)
        finally:
            self._turn.release()

    def _ready(self, live: Live) -> tuple[str, ...]:
        """Return the systems of `live` that can be loaded, and fail the others. All at once first: adapters are then loaded once."""
        _ = self.project.engine  # a model that cannot be loaded is no single system's fault
        with suppress(RagftError):
            self._chatbot(live.systems)
            return live.systems
        for system in live.systems:
            try:
                self._chatbot((system,))
            except RagftError as error:
                live.fail(error, [system])
        return tuple(name for name in live.systems if name not in live.replies)

    def _chatbot(self, systems: tuple[str, ...]) -> Chatbot:
        """Return a chatbot for some systems, loaded at its first use: `base` needs no index and no adapter."""
        from studies.preparing import ensure_index

        if systems not in self._chatbots:
            ensure_index(self.project, systems, lambda _: None)
            self._chatbots[systems] = self.project.chatbot(systems)
        return self._chatbots[systems]


def history(exchanges: Sequence[Exchange], system: str) -> tuple[Turn, ...]:
    """Return the turns that `system` took part in and answered, oldest first: what other systems said is not its own."""
    replies = [(exchange.question, exchange.replies.get(system)) for exchange in exchanges]
    answered = [(question, reply.answer.text) for question, reply in replies if reply and reply.answer and not reply.error]
    return tuple(turn for question, text in answered if text for turn in (Turn("user", question), Turn("assistant", text)))


def _cut(said: str) -> Answer:
    """Return an answer that was ended before its engine could count it."""
    return Answer(said, usage=Usage(None, None), timing=None, finish_reason="cancelled")
