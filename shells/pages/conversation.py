"""What the chat page keeps between reruns, free of Streamlit.

Whenever the user touches a control, Streamlit starts the script anew in another thread and
ends the running one at its next drawing call. An answer in the making must survive that:
the new run calls `Live.stop` and waits for `Live.done`; the old one takes what was said so
far and leaves an Exchange behind in every case.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING

from chatbot.model import Answer, System
from eval.report.examples_view import pieces
from eval.report.figures import plain, seconds
from foundation.errors import RagftError
from knowledge_base.model import Turn

if TYPE_CHECKING:
    from chatbot.chat import Chatbot
    from studies.project import Project

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_POLL = 0.2  # seconds between two looks at whether a waiting question was stopped
_ANY = 999  # while an answer streams, its passages are not known yet and every number is shown as a citation


@dataclass(frozen=True)
class Exchange:
    """One question and what came of it: an answer (whole or stopped) or an error."""

    question: str
    system: str
    answer: Answer | None
    error: str | None = None


@dataclass
class Live:
    """An answer in the making. `done` is set when it is over, whichever way, and kept."""

    question: str
    system: str
    history: tuple[Turn, ...] = ()
    text: str = ""
    answer: Answer | None = None
    error: str | None = None
    stopped: bool = False
    done: Event = field(default_factory=Event)
    _chatbot: Chatbot | None = None

    def texts(self, chatbot: Chatbot) -> Generator[str]:
        """Yield the text so far after each piece. Closing the iterator stops the engine and takes what it still reports."""
        self._chatbot = chatbot
        stream = chatbot.stream(self.question, self.system, self.history, None)
        try:
            for item in stream:
                if isinstance(item, Answer):
                    self.answer = item
                else:
                    self.text += item
                    yield self.text
        except GeneratorExit:
            chatbot.cancel()
            with suppress(RagftError):  # nobody waits for this answer any more
                self.answer = next((item for item in stream if isinstance(item, Answer)), None)
            raise

    def stop(self) -> None:
        """Ask the engine to stop, from any thread. What was said so far is kept."""
        self.stopped = True
        if self._chatbot is not None:
            self._chatbot.cancel()

    def exchange(self) -> Exchange:
        """Return what came of it: the whole answer, the error, or what was said before it was stopped."""
        cut = self.answer is None and self.error is None
        return Exchange(self.question, self.system, Answer(self.text, finish_reason="cancelled") if cut else self.answer, self.error)


@dataclass
class Loaded:
    """One project with its model in memory, shared by all sessions of the app.

    The engine switches adapters between requests, so sessions take turns.
    """

    project: Project
    _turn: Lock = field(default_factory=Lock)
    _chatbots: dict[str, Chatbot] = field(default_factory=dict)

    def texts(self, live: Live) -> Generator[str]:
        """Wait for a turn, load what `live` needs, and yield its texts; one that was stopped while waiting yields none."""
        while not self._turn.acquire(timeout=_POLL):
            if live.stopped:
                return
        try:
            if not live.stopped:
                yield from live.texts(self._chatbot(live.system))
        finally:
            self._turn.release()

    def _chatbot(self, system: str) -> Chatbot:
        """Return a chatbot for one system, loaded at its first use: `base` needs no index and no adapter."""
        from studies.preparing import ensure_index

        if system not in self._chatbots:
            ensure_index(self.project, [system], lambda _: None)
            self._chatbots[system] = self.project.chatbot([system])
        return self._chatbots[system]


def history(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return the turns of the exchanges that ended with an answer, oldest first."""
    answered = [(exchange.question, exchange.answer.text) for exchange in exchanges if exchange.answer and exchange.answer.text]
    return tuple(turn for question, answer in answered for turn in (Turn("user", question), Turn("assistant", answer)))


def describe(system: System) -> str:
    """Return a system's two switches in words.

    >>> describe(System("rag", "retrieval")), describe(System("both", "retrieval", "main"))
    ('retrieval, no adapter', 'retrieval, adapter main')
    """
    context = "no context" if system.context == "none" else system.context
    return f"{context}, {'adapter ' + system.adapter if system.adapter else 'no adapter'}"


def marked(text: str, passages: int = _ANY) -> str:
    """Return an answer as Streamlit Markdown: foreign markup disarmed, citations as badges.

    Args:
        text: what the model said.
        passages: how many it was shown; a number above points to none and is shown in red with a question mark.

    >>> marked("*Red* [1] ![x](http://y) [3]", 2)
    '\\\\*Red\\\\* :blue-badge[1] \\\\!\\\\[x\\\\]\\\\(http\\\\:\\\\/\\\\/y\\\\) :red-badge[3 ?]'
    """
    return "".join(
        disarmed(piece.text)
        if piece.citation is None
        else f":blue-badge[{piece.citation}]"
        if piece.known
        else f":red-badge[{piece.citation} ?]"
        for piece in pieces(plain(text), passages)
    )


def disarmed(text: str) -> str:
    """Return foreign text as Markdown that shows it as it is: no links, images or formulas; line breaks kept.

    >>> disarmed("a_b\\nc")
    'a\\\\_b  \\nc'
    """
    return _PUNCTUATION.sub(r"\\\1", plain(text)).replace("\n", "  \n")


def effort(answer: Answer) -> str:
    """Return what an answer took, in one line: seconds per stage, tokens, tokens per second.

    >>> from chatbot.model import Timing, Usage
    >>> effort(Answer("x", usage=Usage(420, 30), timing=Timing(0, 0.02, 0.4, 2.0)))
    'retrieval 20 ms · prefill 400 ms · decode 2.00 s · 420 prompt + 30 answer tokens · 15.0 tokens/s'
    """
    timing, usage = answer.timing, answer.usage
    parts = []
    if timing is not None:
        parts += [f"retrieval {seconds(timing.retrieval)}"] if timing.retrieval else []
        parts += [f"prefill {seconds(timing.prefill)}", f"decode {seconds(timing.decode)}"]
    parts.append(f"{usage.prompt_tokens} prompt + {usage.completion_tokens} answer tokens")
    if timing is not None and timing.decode > 0 and usage.completion_tokens:
        parts.append(f"{usage.completion_tokens / timing.decode:.1f} tokens/s")
    endings = {"length": "cut at the token limit", "cancelled": "stopped"}
    return " · ".join([*parts, endings[answer.finish_reason]] if answer.finish_reason in endings else parts)
