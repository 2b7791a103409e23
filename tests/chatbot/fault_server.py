"""A small server that speaks the OpenAI protocol and fails on command.

Its models answer with fixed sentences, one word a token, and count words. A test scripts the
next replies to chat requests with `Reply`; when the script is through, it answers properly.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

ANSWER = "Light is scattered by the air, blue light most."


@dataclass(frozen=True)
class Reply:
    """One scripted reply to a chat request; all that is left out is as it should be."""

    status: int = 200
    body: str | None = None  # sent instead of a stream
    kind: str = "application/json"  # of `body`
    headers: Mapping[str, str] = field(default_factory=dict)
    late: float = 0.0  # seconds before anything is sent
    wait: float = 0.0  # seconds between the headers and the first word
    text: str | None = None  # instead of the model's own
    lines: tuple[str, ...] | None = None  # instead of all events
    cut: int | None = None  # words after which the connection breaks
    ends: bool = True  # False: no finish reason, though the body ends as it should
    counts: bool = True  # False: the connection breaks before the usage is told
    usage: bool = True
    reason: str | None = None
    endless: bool = False  # words until the client goes


class FaultServer:
    """Use as a context manager; `url` is its base URL, `asked` has the path, body and headers (names in small letters) of each request."""

    def __init__(self, models: Mapping[str, Mapping[str, Any]], key: str | None = None, *, open_list: bool = False) -> None:
        self.models, self.key, self.open_list = dict(models), key, open_list
        self.texts: dict[str, str] = {}
        self.script: deque[Reply] = deque()
        self.pages: dict[str, tuple[int, str, str]] = {}  # path → status, content type, body
        self.slow: dict[str, float] = {}  # path → seconds before it is served
        self.asked: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.gone, self.closing = threading.Event(), threading.Event()
        self.peak = self.under_way = 0
        self.lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.faults = self  # type: ignore[attr-defined]
        self._http.daemon_threads = True
        self.host = f"127.0.0.1:{self._http.server_address[1]}"
        self.url = f"http://{self.host}/v1"

    @property
    def chats(self) -> list[dict[str, Any]]:
        """The bodies of the chat requests."""
        return [body for path, body, _ in self.asked if path == "/v1/chat/completions"]

    def __enter__(self) -> FaultServer:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Be gone: no connection is taken any more."""
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answering = False  # counted as under way

    @property
    def faults(self) -> FaultServer:
        server: Any = self.server
        return server.faults

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        self._serve(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _serve(self, body: dict[str, Any]) -> None:
        faults = self.faults
        if faults.closing.is_set():  # a connection outlives its server's socket
            self.close_connection = True
            return
        faults.asked.append((self.path, body, {name.lower(): value for name, value in self.headers.items()}))
        faults.closing.wait(faults.slow.get(self.path, 0))
        try:
            if self.path in faults.pages:
                self._page(*faults.pages[self.path])
            elif not self._may_enter():
                self._page(401, "application/json", json.dumps({"error": {"message": f"wrong key: {self.headers['Authorization']}"}}))
            elif self.path == "/v1/models":
                rows = [{"id": name, "object": "model", "created": len(faults.asked), **facts} for name, facts in faults.models.items()]
                self._page(200, "application/json", json.dumps({"object": "list", "data": rows}))
            elif self.path == "/tokenize":
                self._page(200, "application/json", json.dumps({"tokens": list(range(len(body["content"].split())))}))
            elif self.path == "/v1/chat/completions":
                self._chat(body)
            else:
                self._page(404, "application/json", json.dumps({"error": {"message": "not found"}}))
        except ConnectionError:
            faults.gone.set()
            self.close_connection = True

    def _may_enter(self) -> bool:
        key, opened = self.faults.key, self.faults.open_list and self.path == "/v1/models"
        return key is None or opened or self.headers["Authorization"] == f"Bearer {key}"

    def _page(self, status: int, kind: str, text: str, headers: Mapping[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _chat(self, body: dict[str, Any]) -> None:
        faults = self.faults
        with faults.lock:
            reply = faults.script.popleft() if faults.script else Reply()
            faults.under_way += 1
            faults.peak = max(faults.peak, faults.under_way)
            self.answering = True
        try:
            faults.closing.wait(reply.late)
            if reply.body is not None:
                self._leave()
                self._page(reply.status, reply.kind, reply.body, reply.headers)
            elif not body.get("stream"):
                self._leave()
                self._page(200, "application/json", json.dumps({"choices": [{"index": 0, "message": {"content": "Light"}}]}))
            else:
                self._stream(body, reply)
        finally:
            self._leave()

    def _leave(self) -> None:
        """Count the request down, once: before its last bytes, for the client may send the next as soon as it has them."""
        with self.faults.lock:
            self.faults.under_way -= self.answering
        self.answering = False

    def _stream(self, body: dict[str, Any], reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if reply.lines is not None:
            self._leave()
            for line in reply.lines:
                self._send(line)
            return self._end()
        text = reply.text if reply.text is not None else self.faults.texts.get(body["model"], ANSWER)
        words = text.replace(" ", "\0 ").split("\0")
        self._event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]})
        self.faults.closing.wait(reply.wait)
        shown = itertools.repeat(" more") if reply.endless else iter(words[: body["max_tokens"]])
        for number, word in enumerate(shown):
            if number == reply.cut:
                return self._break()
            self._event({"choices": [{"index": 0, "delta": {"content": word}}]})
            if reply.endless:
                self.faults.closing.wait(0.005)
        made = min(len(words), body["max_tokens"])
        if reply.cut == made:
            return self._break()
        reason = reply.reason or ("stop" if made == len(words) else "length")
        if reply.ends:
            self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        if not reply.counts:
            return self._break()
        if reply.usage and body["stream_options"]["include_usage"]:
            prompt = "\n".join(f"{message['role']}: {message['content']}" for message in body["messages"])
            self._event({"choices": [], "usage": {"prompt_tokens": len(prompt.split()), "completion_tokens": made, "total_tokens": 0}})
        self._leave()
        if reply.ends:
            self._send("data: [DONE]\n\n")
        return self._end()

    def _event(self, data: dict[str, Any]) -> None:
        self._send(f"data: {json.dumps({'id': 'x', 'object': 'chat.completion.chunk', 'created': 1, 'model': 'x', **data})}\n\n")

    def _send(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def _break(self) -> None:
        """Drop the connection in the middle of the body."""
        self._leave()
        self.close_connection = True
