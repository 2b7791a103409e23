"""The remote engine: against a real server (llama.cpp's), and against one that fails on command."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chatbot.chat import Chatbot
from chatbot.config import ModelConfig, default_systems
from chatbot.engine import Delta, Engine, Event, Finish, Request, gather
from chatbot.engines import engine as make_engine
from chatbot.engines.remote_calls import Connection
from chatbot.model import Answer, Message, Usage
from foundation.errors import (
    ConfigurationError,
    EngineError,
    EngineUnavailableError,
    MismatchError,
    RagftError,
    UnknownNameError,
    UnsupportedError,
)
from foundation.jsonable import to_json
from shells.cli import app
from studies.comparing import run_comparison
from studies.project import Project
from tests.chatbot.fault_server import ANSWER, FaultServer, Reply
from tests.chatbot.llama_server import serving
from tests.conformance.engine import EngineConformance
from tests.studies.project_files import write_project

pytest.importorskip("openai", reason="the extra `remote` is not installed")


MODEL = "small-model"
KEY = "sk-test-0123456789-secret"


@pytest.fixture(autouse=True)
def no_key_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    for name in ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    models = {MODEL: {"owned_by": "vllm", "root": "/models/small", "parent": None}, "style": {"parent": MODEL}}
    with FaultServer(models) as running:
        running.texts["style"] = "Another style entirely of nine words is used here."
        yield running


def connect(server: FaultServer, **settings: Any) -> Engine:
    return remote(server.url, **{"name": MODEL, **settings})


def remote(url: str | None, **settings: Any) -> Engine:
    return make_engine(ModelConfig(engine="openai", base_url=url, **{"timeout": 30, "retries": 2, **settings}), Path("unused"))


def ask(request_id: str, text: str = "Why?", adapter: str | None = None, tokens: int = 24) -> Request:
    return Request(request_id, (Message("user", text),), adapter, tokens)


def answered(engine: Engine) -> str:
    return gather(engine.run([ask("a")]))["a"].text


class TestScriptedServer(EngineConformance):
    @pytest.fixture
    def engine(self, server: FaultServer) -> Engine:
        return connect(server)

    @pytest.fixture
    def adapter_folder(self, tmp_path: Path) -> Path:
        return tmp_path

    def test_adapter_made_for_another_base_is_refused_by_both_names(self, engine: Engine, tmp_path: Path) -> None:
        """Weights on a server have no fingerprint to compare: here the server's own word on the base is what counts."""
        models = {MODEL: {"root": "/a"}, "other-model": {"root": "/b"}, "style": {"parent": "other-model"}}
        with FaultServer(models) as server, pytest.raises(MismatchError, match=f"other-model.*{MODEL}"):
            connect(server).load_adapter("style", tmp_path)


@pytest.fixture(scope="module")
def gguf(smollm: Path) -> Path:
    return next((smollm.parent / "smollm2-135m-instruct").glob("*.gguf"))


@pytest.fixture(scope="module")
def llama_url(gguf: Path) -> Iterator[str]:
    pytest.importorskip("xllamacpp", reason="the real server comes with the extra `dev`")
    with serving(gguf, "smollm2-135m-instruct") as url:
        yield url


def real(url: str, **settings: Any) -> Engine:
    return remote(url, **{"name": "smollm2-135m-instruct", "timeout": 120, **settings})


class TestLlamaServer(EngineConformance):
    COUNTS_TOKENS = False  # the server's chat template adds marks that `render` does not know

    @pytest.fixture
    def engine(self, llama_url: str) -> Engine:
        return real(llama_url, concurrency=1)  # who shares a batch moves the last digits, and now and then a greedy choice

    @pytest.fixture
    def adapter_folder(self, tmp_path: Path) -> Path:
        return tmp_path

    @pytest.mark.slow
    def test_timings_are_seconds_and_a_request_that_has_to_wait_queues(self, engine: Engine) -> None:
        super().test_timings_are_seconds_and_a_request_that_has_to_wait_queues(engine)

    # llama.cpp serves no adapter under a model name of its own; TestScriptedServer has these tests.
    test_adapter_answers_for_itself_and_leaves_the_base_as_it_was = None
    test_one_run_serves_base_and_adapter_together = None
    test_adapter_made_for_another_base_is_refused_by_both_names = None


def test_real_server_streams_counts_and_stops_as_its_model_does(llama_url: str, smollm: Path) -> None:
    # Expected: the tokenizer and chat template of the same model, by transformers.
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(smollm)
    messages = (Message("user", "Say the word hello."),)
    prompt = tokenizer.apply_chat_template([to_json(message) for message in messages], add_generation_prompt=True, return_dict=True)
    engine = real(llama_url)
    events = list(engine.run([Request("a", messages, None, 12), ask("b", "Count from one to five in words.", tokens=6)]))
    done = gather(events)
    assert (done["a"].text, done["a"].reason, done["a"].usage.prompt_tokens) == ("Hello.", "stop", len(prompt["input_ids"]))
    assert (done["b"].usage.completion_tokens, done["b"].reason) == (6, "length")
    assert len([event for event in events if isinstance(event, Delta) and event.id == "b"]) > 1
    text = "Où est passée la sonde nº 120 ?"
    assert engine.count_tokens(text) == len(tokenizer(text, add_special_tokens=False)["input_ids"])


def test_real_server_refuses_a_prompt_that_does_not_fit(llama_url: str) -> None:
    with pytest.raises(EngineError, match=r"127\.0\.0\.1.*fewer or shorter passages"):
        gather(real(llama_url).run([ask("a", "Why is the sky blue? " * 400)]))


def test_real_server_with_a_key_is_refused_before_any_question(gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # llama.cpp lists its models to everybody, so only what needs the key shows that it is wrong.
    pytest.importorskip("xllamacpp", reason="the real server comes with the extra `dev`")
    with serving(gguf, "smollm2-135m-instruct", KEY) as url:
        with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
            real(url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        assert gather(real(url).run([ask("a", tokens=1)]))["a"].usage.completion_tokens == 1


@pytest.mark.slow
def test_a_comparison_runs_on_a_real_server(llama_url: str, tmp_path: Path) -> None:
    from studies.reporting import write_reports

    settings = {"engine": "openai", "name": "smollm2-135m-instruct", "base_url": llama_url, "max_new_tokens": 16}
    flags = {f"model.{name}": value for name, value in settings.items()}
    project = Project.open(write_project(tmp_path), (), {**flags, "eval.questions": 2, "eval.systems": ["base", "rag"]})
    folder = run_comparison(project, project.eval_config.systems, say=lambda _: None, progress=False)
    comparison, written = write_reports(folder)
    assert [result.system for result in comparison.systems] == ["base", "rag"]
    records = [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]
    assert len(records) == 4 and all(record["answer"]["usage"]["completion_tokens"] > 0 for record in records)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["engine"]["engine"], manifest["engine"]["device"]) == ("openai", "remote")
    assert all(path.exists() for path in written)


# --- what the server is asked ---


def test_requests_are_greedy_streamed_and_sent_to_the_model_of_their_adapter(server: FaultServer, tmp_path: Path) -> None:
    server.models["main-v2"] = {}
    engine = connect(server, served_adapters={"main": "main-v2"})
    engine.load_adapter("main", tmp_path)
    gather(engine.run([ask("a", adapter="main", tokens=5)]))
    (body,) = server.chats
    assert body["model"] == "main-v2"
    assert (body["temperature"], body["max_tokens"], body["stream"], body["stream_options"]) == (0, 5, True, {"include_usage": True})
    assert body["messages"] == [{"role": "user", "content": "Why?"}]


def test_no_more_requests_are_under_way_than_allowed_though_two_threads_ask(server: FaultServer) -> None:
    engine = connect(server, concurrency=3)
    server.script.extend([Reply(wait=0.05)] * 10)

    def run(name: str) -> dict[str, str]:
        return {key: done.text for key, done in gather(engine.run([ask(f"{name}{n}") for n in range(5)])).items()}

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(run, "ab")
    assert first == {f"a{n}": ANSWER for n in range(5)} and second == {f"b{n}": ANSWER for n in range(5)}
    assert server.peak == 3


def test_tokens_are_counted_once_per_text(server: FaultServer) -> None:
    engine = connect(server)
    before = len(server.asked)
    assert [engine.count_tokens("three small words") for _ in range(5)] == [3] * 5
    assert len(server.asked) == before + 1


def test_without_a_tokenizer_at_the_server_tokens_are_estimated_from_above(server: FaultServer, smollm: Path) -> None:
    from transformers import AutoTokenizer

    server.pages["/tokenize"] = (404, "text/html", "<html>no</html>")
    engine = connect(server)
    assert engine.info().batch_plan["token counts"] == "estimated"
    tokenizer = AutoTokenizer.from_pretrained(smollm)
    for text in ("The warranty of the probe is 14 days.", "La garantie de la sonde dure quatorze jours, à compter de la livraison."):
        assert engine.count_tokens(text) >= len(tokenizer(text)["input_ids"])
    assert engine.count_tokens("") == 0


def test_information_tells_the_server_s_own_account_and_is_stable(server: FaultServer) -> None:
    server.pages["/version"] = (200, "application/json", '{"version": "0.19.1"}')
    first, second = connect(server).info(), connect(server).info()
    assert first == second  # though `created` differs with each listing
    assert (first.model, first.precision, first.device, first.version) == (MODEL, "served", "remote", "0.19.1")
    server.models[MODEL] = {**server.models[MODEL], "root": "/models/other"}
    assert connect(server).info().model_fingerprint != first.model_fingerprint


def test_logprobs_are_refused_naming_an_engine_that_has_them(server: FaultServer) -> None:
    with pytest.raises(UnsupportedError, match="transformers"):
        connect(server).logprobs("a", "b")


# --- faults that pass, and faults that stay ---


PASSING = {
    "429 with Retry-After": [Reply(429, body="{}", headers={"Retry-After": "0.1"})],
    "500": [Reply(500, body='{"error": {"message": "out of memory"}}')],
    "503 and 502": [Reply(503, body="{}", headers={"Retry-After": "0.1"}), Reply(502, body="<html>", kind="text/html")],
    "cut before the first word": [Reply(cut=0)],
    "cut after words": [Reply(cut=4)],
    "cut twice": [Reply(cut=4), Reply(cut=2)],
    "cut after the last word": [Reply(cut=9)],
    "ended without a reason": [Reply(ends=False)],
    "silent before the first word": [Reply(wait=9)],
    "silent before the headers": [Reply(late=9)],
    "wrong JSON": [Reply(lines=('data: {"choices": [\n\n',))],
    "error in the stream": [Reply(lines=('data: {"error": {"message": "overloaded", "code": 503}}\n\n',))],
}


@pytest.mark.parametrize("script", PASSING.values(), ids=list(PASSING))
def test_a_fault_that_passes_leaves_no_trace_in_the_answer(server: FaultServer, script: list[Reply]) -> None:
    engine = connect(server, timeout=2 if any(reply.wait or reply.late for reply in script) else 30)
    server.script.extend(script)
    done = gather(engine.run([ask("a")]))["a"]
    assert (done.text, done.reason, done.usage) == (ANSWER, "stop", Usage(2, 9))  # "user: Why?" and the words of ANSWER
    assert len(server.chats) == len(script) + 1


STAYING = {
    "500": (Reply(500, body='{"error": {"message": "out of memory"}}'), "failed .500. and says 'out of memory'.*log"),
    "429": (Reply(429, body="{}", headers={"Retry-After": "0.1"}), "model.concurrency"),
    "cut": (Reply(cut=4), "broke off its answer"),
    "wrong JSON": (Reply(lines=("data: {nonsense\n\n",)), "not the OpenAI protocol.*base_url"),
    "other JSON": (Reply(lines=('data: {"result": "Light"}\n\n', "data: [1, 2]\n\n")), "not the OpenAI protocol.*base_url"),
}


@pytest.mark.parametrize(("reply", "said"), STAYING.values(), ids=list(STAYING))
def test_a_fault_that_stays_is_one_error_after_the_retries(server: FaultServer, reply: Reply, said: str) -> None:
    engine = connect(server, retries=1)
    server.script.extend([reply] * 9)
    with pytest.raises(EngineError, match=said) as caught:
        gather(engine.run([ask("a")]))
    assert server.host in str(caught.value)
    assert len(server.chats) == 2
    server.script.clear()
    assert answered(engine) == ANSWER  # it serves on


FINAL = {
    "401": (Reply(401, body="{}"), "OPENAI_API_KEY"),
    "404": (Reply(404, body='{"error": {"message": "no model"}}'), "model.name"),
    "400": (Reply(400, body='{"error": {"message": "temperature is not allowed"}}'), "temperature is not allowed"),
    "window of vLLM": (
        Reply(400, body='{"error": {"message": "This model\'s maximum context length is 2048 tokens."}}'),
        r"retrieval\.passage_tokens",
    ),
    "window of TGI": (Reply(422, body='{"error": "Input validation error: `inputs` must have less than 4095 tokens"}'), "fewer or shorter"),
    "window in the stream": (Reply(lines=('data: {"error": {"message": "context size exceeded", "code": 400}}\n\n',)), "fewer or shorter"),
    "a page of HTML": (Reply(body="<html>Welcome</html>", kind="text/html"), "does not stream"),
    "a whole answer at once": (Reply(body='{"choices": []}'), "does not stream"),
}


@pytest.mark.parametrize(("reply", "said"), FINAL.values(), ids=list(FINAL))
def test_what_another_try_cannot_mend_is_an_error_at_once(server: FaultServer, reply: Reply, said: str) -> None:
    engine = connect(server)
    server.script.append(reply)
    with pytest.raises(EngineError, match=said) as caught:
        answered(engine)
    assert server.host in str(caught.value) and "<html" not in str(caught.value)
    assert len(server.chats) == 1


def test_a_slow_first_word_within_the_time_out_is_no_fault(server: FaultServer) -> None:
    engine = connect(server, timeout=10, retries=0)
    server.script.append(Reply(late=0.6, wait=0.6))
    assert answered(engine) == ANSWER
    assert len(server.chats) == 1


@pytest.mark.parametrize("other", ["Light comes from elsewhere now.", "Light is scattered"], ids=["differs", "shorter"])
def test_a_cut_answer_that_comes_otherwise_is_not_patched_together(server: FaultServer, other: str) -> None:
    engine = connect(server)
    server.script.extend([Reply(cut=5), Reply(text=other)])
    with pytest.raises(EngineError, match="gave another one"):
        answered(engine)


def test_words_shown_before_a_cut_are_not_shown_again(server: FaultServer) -> None:
    engine = connect(server)
    server.script.extend([Reply(cut=3), Reply(cut=5)])
    events = list(engine.run([ask("a")]))
    assert "".join(event.text for event in events if isinstance(event, Delta)) == ANSWER
    assert [type(event) for event in events].count(Finish) == 1


def test_a_server_that_counts_nothing_gives_an_answer_without_counts(server: FaultServer) -> None:
    engine = connect(server)
    server.script.extend([Reply(usage=False), Reply(counts=False)])
    for _ in range(2):
        done = gather(engine.run([ask("a")]))["a"]
        assert (done.text, done.usage) == (ANSWER, Usage(None, None))


def test_uncounted_tokens_are_left_out_of_what_ask_shows(server: FaultServer, tmp_path: Path) -> None:
    server.script.append(Reply(usage=False))
    settings = ("model.engine=openai", f"model.name={MODEL}", f"model.base_url={server.url}")
    overrides = [part for setting in settings for part in ("--set", setting)]
    asked = ["ask", "Why?", "--system", "base", "--show", "timing", "--config", str(write_project(tmp_path)), *overrides]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0 and done.stdout.startswith(ANSWER)
    assert done.stdout.splitlines()[-1] == "finished by stop"


def test_a_reason_of_the_server_s_own_is_unknown(server: FaultServer) -> None:
    engine = connect(server)
    server.script.append(Reply(reason="content_filter"))
    assert gather(engine.run([ask("a")]))["a"].reason == "unknown"


# --- one failure among others ---


def test_one_request_that_fails_leaves_the_others_of_its_run_alone(server: FaultServer) -> None:
    engine = connect(server, concurrency=1)
    server.script.extend([Reply(), Reply(400, body='{"error": {"message": "bad words"}}')])
    events: list[Event] = []
    with pytest.raises(EngineError, match="bad words") as caught:
        for event in engine.run([ask("a"), ask("b"), ask("c")]):
            events.append(event)
    assert {name: done.text for name, done in gather(events).items()} == {"a": ANSWER, "c": ANSWER}
    assert caught.value.request_id == "b" and not isinstance(caught.value, EngineUnavailableError)


GONE = {
    "unreachable": (None, "cannot reach"),
    "silent": (Reply(late=9), r"was silent for 2 seconds.*model\.timeout"),
    "silent in its answer": (Reply(wait=9), r"was silent for 2 seconds.*model\.timeout"),
    "429": (Reply(429, body="{}"), "takes no more requests"),
    "429 in the stream": (Reply(lines=('data: {"error": {"message": "slow down", "code": 429}}\n\n',)), "takes no more requests"),
    "503": (Reply(503, body="{}"), "failed .503."),
    "401": (Reply(401, body="{}"), "OPENAI_API_KEY"),
}


@pytest.mark.parametrize(("reply", "said"), GONE.values(), ids=list(GONE))
def test_a_server_that_is_gone_is_said_once_and_nothing_more_is_begun(server: FaultServer, reply: Reply | None, said: str) -> None:
    engine = connect(server, concurrency=1, retries=0, timeout=2 if reply and reply.late + reply.wait else 30)
    if reply is None:
        server.close()
    server.script.extend([reply] if reply else [])
    with pytest.raises(EngineUnavailableError, match=said):
        gather(engine.run([ask(name) for name in "abcd"]))
    assert len(server.chats) == (1 if reply else 0)


def test_a_run_stops_when_its_server_dies_and_the_same_call_goes_on(server: FaultServer, tmp_path: Path) -> None:
    """No error record is made of a question that a dead server could not answer: nobody would ask it again."""
    project = served_project(server, tmp_path, "model.batch_size=2", "model.concurrency=1", "model.retries=0")
    server.script.extend([Reply(), Reply(), Reply(), Reply(503, body="{}")])  # the second of the second batch
    with pytest.raises(EngineUnavailableError, match="503"):
        run_comparison(project, ("base",), say=lambda _: None, progress=False)
    (folder,) = (project.workspace / "runs").iterdir()
    assert len((folder / "records.jsonl").read_text().splitlines()) == 2
    asked = len(server.chats)
    # It goes on with other patience, another limit and another name of the key.
    changed = served_project(
        server, tmp_path, "model.batch_size=2", "model.timeout=20", "model.retries=1", "model.concurrency=4", "model.api_key_env=PATH"
    )
    assert run_comparison(changed, ("base",), say=lambda _: None, progress=False) == folder
    records = [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]
    assert len(records) == 6 and all(record["error"] is None for record in records)
    assert len(server.chats) == asked + 4


def served_project(server: FaultServer, folder: Path, *overrides: str) -> Project:
    config = folder / "ragft.toml"
    return Project.open(
        config if config.exists() else write_project(folder),
        ("model.engine=openai", f"model.name={MODEL}", f"model.base_url={server.url}", 'eval.systems=["base"]', *overrides),
    )


def test_one_failing_system_of_several_is_told_alone_and_asked_once(server: FaultServer) -> None:
    server.script.extend([Reply(400, body='{"error": {"message": "bad words"}}')])
    chatbot = Chatbot(connect(server, concurrency=1), default_systems())
    items = list(chatbot.stream_many("Why?", ["base", "few-shot"]))
    last = dict(items)
    failed, answer = last["base"], last["few-shot"]
    assert isinstance(failed, EngineError) and "bad words" in str(failed)
    assert isinstance(answer, Answer) and answer.text == ANSWER
    assert len(server.chats) == 2


def test_systems_at_a_server_that_is_gone_are_not_tried_one_by_one(server: FaultServer) -> None:
    server.script.extend([Reply(503, body="{}")] * 4)
    chatbot = Chatbot(connect(server, concurrency=1, retries=0), default_systems())
    items = list(chatbot.stream_many("Why?", ["base", "few-shot"]))
    assert [(system, type(item)) for system, item in items] == [("base", EngineUnavailableError), ("few-shot", EngineUnavailableError)]
    assert len(server.chats) == 1


# --- leaving ---


def test_cancelled_request_closes_its_stream(server: FaultServer) -> None:
    engine = connect(server)
    server.script.append(Reply(endless=True))
    events = []
    for event in engine.run([ask("a")]):
        events.append(event)
        engine.cancel("a")
    assert [type(event) for event in events] == [Delta, Finish]
    assert events[-1].reason == "cancelled" and events[-1].usage.completion_tokens == 1
    assert server.gone.wait(10)


def test_cancel_reaches_a_request_that_waits_for_a_place(server: FaultServer) -> None:
    engine = connect(server, concurrency=1)
    server.script.append(Reply(endless=True))
    reasons = {}
    for event in engine.run([ask("a"), ask("b")]):
        if isinstance(event, Finish):
            reasons[event.id] = event.reason
        engine.cancel("b")
        if "b" in reasons:
            engine.cancel("a")
    assert reasons == {"a": "cancelled", "b": "cancelled"}
    assert len(server.chats) == 1


def test_cancel_before_a_request_is_sent_keeps_it_from_being_sent(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = connect(server)
    start = Connection.start

    def cancelling(connection: Connection, work: Any) -> Any:
        engine.cancel("b")  # as another thread may, while the run begins
        return start(connection, work)

    monkeypatch.setattr(Connection, "start", cancelling)
    done = gather(engine.run([ask("a"), ask("b")]))
    assert (done["a"].text, done["b"].reason) == (ANSWER, "cancelled")
    assert len(server.chats) == 1


def test_consumer_that_leaves_closes_all_streams(server: FaultServer) -> None:
    engine = connect(server)
    server.script.append(Reply(endless=True))
    running = engine.run([ask("a")])
    next(running)
    running.close()
    assert server.gone.wait(10)
    assert answered(engine) == ANSWER


@pytest.mark.skipif(os.name != "posix", reason="sends the signal of Ctrl-C as POSIX does")
def test_interrupt_ends_the_wait_for_a_silent_server(server: FaultServer) -> None:
    engine = connect(server, timeout=60)
    server.script.append(Reply(late=60))
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # tests started in the background ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            timer.start()
            answered(engine)
    finally:
        signal.signal(signal.SIGINT, before)
    assert answered(engine) == ANSWER


# --- before any question ---


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"url": None}, r"model\.base_url, such as"),
        ({"url": "localhost:8000/v1"}, "no web address"),
        ({"url": "http://local host:8000/v1"}, "no web address"),
        ({"url": "http://localhost:port/v1"}, "no web address"),
        ({"url": f"http://me:{KEY}@localhost:8000/v1"}, "password"),
        ({"url": f"http://localhost:8000/v1?key={KEY}"}, "recorded with every run"),
        ({"api_key_env": "MY_SERVER_KEY"}, "MY_SERVER_KEY, which is not set"),
        ({"api_key_env": KEY}, "no name of an environment variable"),
        ({"chat_template": "plain"}, "vLLM: --chat-template"),
    ],
)
def test_address_and_key_that_cannot_be_used(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        remote(**{"url": "http://localhost:1/v1", **settings})
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "override",
    [
        "model.api_key_env=hf_AbCdEfGhIjKlMnOp",
        "model.api_key_env=['hf_AbCdEfGhIjKlMnOp']",
        "model.base_url=http://hf_AbCdEfGhIjKlMnOp@localhost:8000/v1",
        "model.base_url=http://localhost:8000/v1?token=hf_AbCdEfGhIjKlMnOp",
        "model.base_url=['hf_AbCdEfGhIjKlMnOp']",
    ],
)
def test_secret_in_the_wrong_key_is_refused_with_the_configuration_and_not_shown(tmp_path: Path, override: str) -> None:
    with pytest.raises(ConfigurationError, match=r"model\.(api_key_env|base_url)") as caught:
        Project.open(write_project(tmp_path), [override])
    assert "hf_" not in str(caught.value)


def test_address_of_version_6_is_shown_as_it_is_written() -> None:
    with pytest.raises(ConfigurationError, match=r"cannot reach \[::1\]:1 "):
        remote("http://[::1]:1/v1/", name=MODEL, retries=0)


@pytest.mark.parametrize("proxy", ["socks5://me:hf_AbCd@localhost:1", "ftp://me:hf_AbCd@localhost:1", "http://me:hf_AbCd@localhost:port"])
def test_proxy_that_cannot_be_used_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)  # as where it is not installed
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ConfigurationError, match=r"ALL_PROXY.*cannot be used") as caught:
        remote("http://localhost:1/v1", name=MODEL)
    assert "hf_" not in str(caught.value) and caught.value.__cause__ is None


def test_what_the_environment_holds_for_openai_is_not_sent_to_other_servers(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    ambient = "X-Team: secret-team\nauthorization: Bearer secret-bearer\ncontent-type: text/secret\nAccept: text/secret"
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", ambient)
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, f"secret-{name}")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.key = KEY
    assert answered(connect(server)) == ANSWER
    assert {headers.get("authorization") for _, _, headers in server.asked} == {f"Bearer {KEY}"}
    assert not [value for _, _, headers in server.asked for value in headers.values() if "secret" in value.replace(KEY, "")]


@pytest.mark.parametrize(
    ("url", "key", "warned"),
    [
        ("http://models.example/v1", KEY, True),
        ("http://models.example/v1", "", False),
        ("https://models.example/v1", KEY, False),
        ("http://localhost/v1", KEY, False),
    ],
)
def test_key_that_can_be_read_on_its_way_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str, key: str, warned: bool
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    monkeypatch.setenv("ALL_PROXY", "http://localhost:1")  # nobody there: no name is looked up, nothing is sent
    with pytest.raises(ConfigurationError, match="cannot reach"):
        remote(url, name=MODEL, retries=0)
    said = capsys.readouterr().err
    assert ("travels readably to models.example" in said) is warned and KEY not in said


def test_key_with_a_line_break_inside_is_refused_without_showing_it(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\nand more")
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY holds") as caught:
        connect(server)
    assert KEY not in str(caught.value)


def test_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound, not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot reach 127.0.0.1:{port}.*running"):
            remote(f"http://127.0.0.1:{port}/v1", name=MODEL)


def test_server_that_is_silent_when_it_starts_is_no_reason_to_raise_the_time_out(server: FaultServer) -> None:
    server.slow["/v1/models"] = 9.0
    with pytest.raises(ConfigurationError, match=f"{server.host} was asked for its models and silent for 1 seconds") as caught:
        connect(server, timeout=1, retries=0)
    assert "model.timeout" not in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="fills the queue of a listening socket as Linux counts it")
def test_connection_that_nobody_takes_is_not_reached() -> None:
    cannot = pytest.raises(ConfigurationError, match=r"cannot reach 127\.0\.0\.1.*ConnectTimeout")
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.create_connection(full.getsockname()), cannot:
        remote(f"http://127.0.0.1:{full.getsockname()[1]}/v1", name=MODEL, timeout=0.5, retries=0)


NO_SERVERS: dict[str, tuple[int, str, str]] = {
    "a page of HTML": (200, "text/html", "<html>Welcome</html>"),
    "404": (404, "text/html", "<html>Not found</html>"),
    "other JSON": (200, "application/json", '{"status": "ok"}'),
    "a list of other things": (200, "application/json", '["a", "b"]'),
    "broken JSON": (200, "application/json", '{"data": ['),
}


@pytest.mark.parametrize("page", NO_SERVERS.values(), ids=list(NO_SERVERS))
def test_server_of_another_kind(server: FaultServer, page: tuple[int, str, str]) -> None:
    server.pages["/v1/models"] = page
    with pytest.raises(ConfigurationError, match=r"model\.base_url.*/v1") as caught:
        connect(server)
    assert server.host in str(caught.value) and "<html" not in str(caught.value)
    assert not server.chats


def test_model_that_the_server_does_not_have(server: FaultServer) -> None:
    with pytest.raises(UnknownNameError, match=f"Did you mean '{MODEL}'.*Known: {MODEL}, style.*model.name") as caught:
        connect(server, name="smal-model")
    assert server.host in str(caught.value) and caught.value.exit_code == 2
    server.pages["/v1/models"] = (200, "application/json", '{"object": "list", "data": null}')  # Ollama without models
    with pytest.raises(UnknownNameError, match="Known: none"):
        connect(server)


def test_of_many_models_those_like_the_name_are_shown(server: FaultServer) -> None:
    server.models.update({f"vendor-{number:03}/big": {} for number in range(300)} | {"\x1b[2Jsmall-modem": {}})
    with pytest.raises(UnknownNameError, match=rf"Known: {MODEL}\. It has 301 more\. Set") as caught:
        connect(server, name="Small-modell")
    with pytest.raises(UnknownNameError, match=r"Known: small-model, style, vendor-000/big, .*vendor-005/big\. It has 294 more\.") as other:
        connect(server, name="0")
    assert "\x1b" not in str(caught.value) + str(other.value)


def test_bare_name_of_an_ollama_model_is_known(server: FaultServer) -> None:
    server.models["llama3.2:latest"] = {}
    assert connect(server, name="llama3.2").info().model == "llama3.2"


def test_adapter_that_the_server_does_not_have_tells_how_to_serve_it(server: FaultServer, tmp_path: Path) -> None:
    engine = connect(server)
    with pytest.raises(UnknownNameError, match=r"Did you mean 'style'.*--enable-lora --lora-modules styl=FOLDER.*served_adapters"):
        engine.load_adapter("styl", tmp_path)
    server.models["styl"] = {"parent": MODEL}  # loaded while the engine runs
    engine.load_adapter("styl", tmp_path)


def test_missing_and_wrong_keys_name_the_variable(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.key = KEY
    with pytest.raises(ConfigurationError, match=r"wants a key and none was sent.*OPENAI_API_KEY"):
        connect(server)
    monkeypatch.setenv("MY_SERVER_KEY", "wrong")
    with pytest.raises(ConfigurationError, match=r"refuses the key.*MY_SERVER_KEY"):
        connect(server, api_key_env="MY_SERVER_KEY")
    server.open_list = True
    with pytest.raises(ConfigurationError, match=r"refuses the key.*MY_SERVER_KEY"):
        connect(server, api_key_env="MY_SERVER_KEY")
    server.pages["/tokenize"] = server.pages["/props"] = (404, "text/html", "<html>no</html>")  # only a question needs the key now
    with pytest.raises(ConfigurationError, match=r"refuses the key.*MY_SERVER_KEY"):
        connect(server, api_key_env="MY_SERVER_KEY")
    with pytest.raises(ConfigurationError, match=r"wants a key and none was sent.*OPENAI_API_KEY"):
        connect(server)
    monkeypatch.setenv("MY_SERVER_KEY", KEY)
    assert answered(connect(server, api_key_env="MY_SERVER_KEY")) == ANSWER


def test_key_is_nowhere_to_be_read(server: FaultServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.key = KEY
    said: list[str] = []

    def fails(reply: Reply, do: Callable[[], object]) -> None:
        server.script.append(reply)
        with pytest.raises(RagftError) as caught:
            do()
        said.append(f"{caught.value!r} {caught.getrepr(chain=True, showlocals=False)}")

    with caplog.at_level(logging.DEBUG):
        engine = connect(server, retries=1)
        assert answered(engine) == ANSWER
        echo = json.dumps({"error": {"message": f"bad request with Authorization: Bearer {KEY}"}})
        for status in (400, 401, 404, 422):
            fails(Reply(status, body=echo), lambda: answered(engine))
        server.script.append(Reply(cut=2))
        fails(Reply(500, body=echo, headers={"x-should-retry": "false"}), lambda: answered(engine))
        server.pages["/v1/models"] = (400, "application/json", echo)
        fails(Reply(), lambda: connect(server))
    assert any(headers.get("authorization") == f"Bearer {KEY}" for _, _, headers in server.asked)  # it was sent, though
    logged = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert "127.0.0.1" in logged or "HTTP" in logged
    for text in (logged, *said, repr(engine), repr(vars(engine)), json.dumps(to_json(engine.info()))):
        assert KEY not in text
