"""Requests to a server: one event loop in a thread, one task per request, their events into a queue.

Threads would do for sending, but a thread that waits for a server cannot be stopped; a task
can, at once. What a failure means is `remote_server`'s business, which request belongs to
which run the engine's.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
import weakref
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from chatbot.engine import Delta, Event, Finish, Request
from chatbot.engines.remote_server import Endpoint, status_of
from chatbot.model import FinishReason, Timing, Usage
from foundation.errors import EngineError, EngineUnavailableError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

T = TypeVar("T")
Events = SimpleQueue[tuple[str, Event | Exception | None]]  # None: the request was cancelled

_REASONS: dict[str, FinishReason] = {"stop": "stop", "eos_token": "stop", "stop_sequence": "stop", "length": "length"}
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0  # seconds before a stream is asked for again; doubled each time


@dataclass
class Call:
    """One request under way: the loop's thread writes what happened when, the consumer reads it."""

    request: Request
    model: str  # the server's name for what answers
    asked: float
    begun: float | None = None  # when it got one of the places at the server
    first: float | None = None  # when its first text came
    failed: float | None = None
    shown: int = 0  # pieces of text that the consumer has got
    cancelled: bool = False
    task: Future[None] | None = None

    def timing(self) -> Timing:
        """Return the seconds spent until now."""
        now = time.perf_counter()
        begun = self.begun or now
        first = self.first or now
        return Timing(queue=begun - self.asked, prefill=first - begun, decode=now - first)

    def began_after(self, other: Call) -> bool:
        """Tell whether it got no place before `other` failed."""
        return self.begun is None or (other.failed is not None and self.begun >= other.failed)

    def stop(self) -> None:
        """Stop it, wherever it is."""
        if self.task is not None:
            self.task.cancel()


class Connection:
    """A client and the loop that it runs on, in a thread that ends with this object."""

    def __init__(self, client: AsyncOpenAI, concurrency: int) -> None:
        self.client, self.places = client, asyncio.Semaphore(concurrency)
        started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        thread = threading.Thread(target=lambda: asyncio.run(_serve(client, started)), name="remote-engine", daemon=True)
        thread.start()
        self._loop, ended = started.result()
        weakref.finalize(self, _end, self._loop, ended, thread)

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start `work` on the loop; cancelling the future stops it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what `work` gives; an interrupt of the waiting thread stops it."""
        future = self.start(work)
        try:
            return future.result()
        finally:
            future.cancel()


async def _serve(client: AsyncOpenAI, started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]) -> None:
    ended = asyncio.Event()
    async with client:
        started.set_result((asyncio.get_running_loop(), ended))
        await ended.wait()


def _end(loop: asyncio.AbstractEventLoop, ended: asyncio.Event, thread: threading.Thread) -> None:
    if thread.is_alive():
        loop.call_soon_threadsafe(ended.set)
        if thread is not threading.current_thread():
            thread.join(timeout=1)


async def answer(call: Call, connection: Connection, place: Endpoint, events: Events, gone: threading.Event) -> None:
    """Put the Deltas of `call` and its Finish into `events`, or the one EngineError that ends it.

    `gone` is shared by the calls of one run: set when the server is found to be gone, and nothing is begun after that,
    however late the consumer comes to hear of it.
    """
    async with connection.places:
        if gone.is_set():
            return
        call.begun = time.perf_counter()
        try:
            await _Answering(call, connection.client, place, events).run()
        except Exception as error:  # the consumer's thread raises it: here nobody would see it
            call.failed = time.perf_counter()
            if isinstance(error, EngineUnavailableError):
                gone.set()  # before the place is free for the next one
            if isinstance(error, EngineError):
                error.request_id = call.request.id
            events.put((call.request.id, error))


class _StreamError(Exception):
    """A stream broke in a way that another try may mend; `failure` is the error for when none does."""

    def __init__(self, failure: EngineError) -> None:
        super().__init__(str(failure))
        self.failure = failure


@dataclass
class _Answering:
    """One request from its first try to its end."""

    call: Call
    client: AsyncOpenAI
    place: Endpoint
    events: Events
    said: str = ""  # text handed on: it cannot be taken back
    left: int = field(init=False)  # tries that remain, those inside the client included

    def __post_init__(self) -> None:
        self.left = self.place.retries

    async def run(self) -> None:
        """Ask, and ask again when the stream breaks: a greedy answer begins as it began, so it goes on where it was cut."""
        wait = _FIRST_WAIT
        while True:
            try:
                reason, usage = await self._attempt()
                break
            except _StreamError as fault:
                if not self.left:
                    raise fault.failure from None
            self.left -= 1
            await asyncio.sleep(wait * random.uniform(0.75, 1))  # not all requests at once
            wait = min(2 * wait, _LONGEST_WAIT)
        request = self.call.request
        self.events.put((request.id, Finish(request.id, _REASONS.get(reason, "unknown"), usage, self.call.timing())))

    async def _attempt(self) -> tuple[str, Usage]:
        import openai

        stream = await self._open()
        heard, reason, usage, understood = "", "", Usage(None, None), False
        try:
            async with stream:
                async for chunk in stream:
                    usage = _usage(chunk) or usage
                    choice = next(iter(getattr(chunk, "choices", None) or ()), None)
                    content = getattr(getattr(choice, "delta", None), "content", None)
                    heard += content if isinstance(content, str) else ""
                    self._hand_on(heard)
                    reason = str(getattr(choice, "finish_reason", None) or reason)
                    understood = understood or choice is not None
        except (openai.APITimeoutError, openai.APIConnectionError) as error:
            if not reason:  # else only the count of tokens is lost
                raise _StreamError(self._broken(error)) from None
        except (openai.APIError, ValueError) as error:
            status = status_of(error)
            if status is not None and status < 500 and status != 429:
                raise self.place.failure(error) from None
            raise _StreamError(self.place.failure(error)) from None
        if not reason:
            raise _StreamError(self._broken(None) if understood else self.place.failure(ValueError()))
        if heard != self.said:
            raise self._another()
        return reason, usage

    async def _open(self) -> Any:
        """Return the stream of a new try; the client itself tries again while no stream has begun."""
        import openai

        request = self.call.request
        client = self.client.with_options(max_retries=self.left)
        create: Any = client.chat.completions.with_raw_response.create
        try:
            response = await create(
                model=self.call.model,
                messages=[{"role": message.role, "content": message.content} for message in request.messages],
                temperature=0,
                max_tokens=request.max_new_tokens,
                stream=True,
                stream_options={"include_usage": True},
            )
        except openai.OpenAIError as error:
            raise self.place.failure(error) from None
        self.left -= response.retries_taken
        if "text/event-stream" not in response.headers.get("content-type", ""):
            await response.http_response.aclose()
            raise EngineError(f"{self.place.host} does not stream its answers as the OpenAI protocol says. Check model.base_url.")
        return response.parse()

    def _hand_on(self, heard: str) -> None:
        """Hand on what is new in `heard`; a later try first says again what was handed on."""
        if self.said.startswith(heard):
            return
        if not heard.startswith(self.said):
            raise self._another()
        if self.call.first is None:
            self.call.first = time.perf_counter()
        self.events.put((self.call.request.id, Delta(self.call.request.id, heard[len(self.said) :])))
        self.said = heard

    def _broken(self, error: Exception | None) -> EngineError:
        import openai

        if isinstance(error, openai.APITimeoutError):
            return self.place.failure(error)
        return EngineError(
            f"{self.place.host} broke off its answer. Look at the server's log, and whether a proxy between cuts long answers."
        )

    def _another(self) -> EngineError:
        return EngineError(
            f"{self.place.host} broke off its answer and gave another one when asked again, so it could not be continued. Ask once more."
        )


def _usage(chunk: Any) -> Usage | None:
    told = getattr(chunk, "usage", None)
    counts = [getattr(told, name, None) for name in ("prompt_tokens", "completion_tokens")]
    prompt, completion = (count if isinstance(count, int) else None for count in counts)
    return None if told is None else Usage(prompt, completion)
