"""The chat page through Streamlit's own AppTest, on a project with the scripted engine and the hashing embedder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

pytest.importorskip("streamlit", reason="the app extra is not installed")

from streamlit.testing.v1 import AppTest

from shells.pages.conversation import Exchange, Live, Loaded, history
from studies.preparing import build_index
from studies.project import Project

APP = Path(__file__).parents[2] / "streamlit_app.py"
RULES = [
    {"pattern": "fail now", "error": "the model ran out of memory"},
    {"pattern": "And the second", "answer": "Blue, as I said [2] and [9]."},
    {"pattern": "colour", "answer": "It is *red* ![x](http://evil.example/x.png) [1]."},
]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration file in a folder of its own, named by RAGFT_CONFIG."""
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(RULES), encoding="utf-8")
    path = tmp_path / "ragft.toml"
    path.write_text(f'[model]\nengine = "scripted"\nname = "{rules.as_posix()}"\n[retrieval]\nembedder = "hashing"\n', encoding="utf-8")
    monkeypatch.setenv("RAGFT_CONFIG", str(path))
    monkeypatch.delenv("RAGFT_WORKSPACE", raising=False)
    return path


@pytest.fixture
def indexed(config: Path) -> Path:
    build_index(Project.open(config), lambda _: None)
    return config


def opened() -> AppTest:
    return AppTest.from_file(str(APP), default_timeout=60).run()


def ask(app: AppTest, question: str) -> AppTest:
    return app.chat_input[0].set_value(question).run()


def texts(app: AppTest) -> list[str]:
    return [element.value for message in app.chat_message for element in message.markdown]


def test_systems_without_their_adapter_are_not_offered_and_say_what_to_run(config: Path) -> None:
    app = opened()
    assert not app.exception
    assert app.sidebar.radio[0].options == ["base", "few-shot", "rag", "documents"]
    assert app.sidebar.radio[0].value == "rag"
    (note,) = app.sidebar.info  # one sentence for both systems of the same adapter
    assert "ragft train main" in note.value.replace("\\", "")
    assert "finetuned" in note.value


def test_an_answer_comes_with_passages_citations_and_what_it_took(indexed: Path) -> None:
    app = ask(opened(), "What colour is the badge?")
    assert not app.exception
    question, answer, *passages = texts(app)
    assert question == "What colour is the badge\\?"
    assert ":blue-badge[1]" in answer
    assert "\\*red\\*" in answer  # the model's markup is shown, not obeyed
    assert "](http" not in answer
    assert passages[0].startswith(":blue-badge[1] **")
    assert "score" in passages[0]
    assert app.chat_message[1].expander[0].label == "2 passages"
    effort = app.chat_message[1].caption[0].value
    assert effort.startswith("rag · retrieval ")
    for part in ("prefill", "decode", "prompt +", "answer tokens", "tokens/s"):
        assert part in effort


def test_the_conversation_is_kept_given_to_the_model_and_cleared(config: Path) -> None:
    app = opened()
    app.sidebar.radio[0].set_value("base").run()
    ask(app, "What colour is the badge?")
    ask(app, "And the second colour?")
    assert len(app.chat_message) == 4
    first, second = app.session_state["exchanges"]
    # A token is a word here: the second prompt holds the first question and answer, 5 + 6 words, too.
    assert second.answer.usage.prompt_tokens >= first.answer.usage.prompt_tokens + 10
    assert [turn.role for turn in history([first, second])] == ["user", "assistant"] * 2
    next(button for button in app.sidebar.button if button.label == "Clear chat").click().run()
    assert not app.chat_message
    assert app.session_state["exchanges"] == []


def test_a_number_that_points_to_no_passage_is_marked(indexed: Path) -> None:
    answer = texts(ask(opened(), "And the second?"))[1]
    assert ":blue-badge[2]" in answer
    assert ":red-badge[9 ?]" in answer


def test_a_failing_engine_is_an_error_on_the_page_and_the_chat_goes_on(indexed: Path) -> None:
    app = ask(opened(), "fail now")
    assert not app.exception
    assert [error.value for error in app.error] == ["the model ran out of memory"]
    ask(app, "What colour is it?")
    assert len(app.error) == 1  # the failed turn stays visible
    assert any(":blue-badge[1]" in text for text in texts(app))


def test_a_missing_index_is_built_at_the_first_question_that_needs_it(config: Path) -> None:
    app = ask(opened(), "What colour is it?")
    assert not app.error
    assert len(app.session_state["exchanges"][0].answer.hits) == 2
    assert Project.open(config).index_folder.exists()


def test_a_stale_index_stops_rag_with_the_command_to_run_and_leaves_base_alone(indexed: Path) -> None:
    indexed.write_text(indexed.read_text(encoding="utf-8") + "chunk_tokens = 64\n", encoding="utf-8")
    app = ask(opened(), "What colour is it?")
    assert "ragft index build" in app.error[0].value.replace("\\", "")
    app.sidebar.radio[0].set_value("base").run()
    ask(app, "What colour is it?")
    assert len(app.error) == 1
    assert app.session_state["exchanges"][-1].answer.hits == ()


def test_a_faulty_configuration_is_one_error_and_no_chat(config: Path) -> None:
    config.write_text("[modle]\n", encoding="utf-8")
    app = opened()
    assert not app.exception
    assert "model" in app.error[0].value
    assert not app.chat_input


def test_closing_the_stream_stops_the_engine_and_keeps_what_was_said(indexed: Path) -> None:
    """What Streamlit does to the page when Stop is clicked, without a browser."""
    project = Project.open(indexed)
    live = Live("What colour is it?", "rag")
    stream = Loaded(project).texts(live)
    said = next(stream)
    stream.close()
    exchange = live.exchange()
    assert exchange.answer is not None
    assert exchange.answer.finish_reason == "cancelled"
    assert exchange.answer.text == said.strip()
    assert len(exchange.answer.hits) == 2
    assert exchange.answer.usage.completion_tokens < len(RULES[2]["answer"].split())


def test_stop_from_another_run_of_the_page_ends_the_stream(indexed: Path) -> None:
    live = Live("What colour is it?", "rag")
    said = list(_stopping_after_one(live, Loaded(Project.open(indexed))))
    answer = live.exchange().answer
    assert answer is not None
    assert answer.finish_reason == "cancelled"
    assert len(said) < len(RULES[2]["answer"].split())


def _stopping_after_one(live: Live, loaded: Loaded) -> Iterator[str]:
    for text in loaded.texts(live):
        live.stop()
        yield text


def test_sessions_take_turns_and_one_that_waits_can_be_stopped_without_harm_to_the_other(indexed: Path) -> None:
    loaded = Loaded(Project.open(indexed))
    first, second = Live("What colour is it?", "rag"), Live("What colour is it?", "base")
    stream = loaded.texts(first)
    next(stream)
    waiting = Thread(target=lambda: list(loaded.texts(second)))
    waiting.start()
    second.stop()
    waiting.join(timeout=30)
    assert not waiting.is_alive()
    assert second.text == ""
    list(stream)
    assert first.answer is not None
    assert first.answer.finish_reason == "stop"
    assert list(loaded.texts(Live("What colour is it?", "base")))  # the turn was given back


def test_a_question_stopped_before_its_first_word_is_kept_too() -> None:
    exchange = Live("What?", "rag").exchange()
    assert exchange.question == "What?"
    assert exchange.answer is not None
    assert exchange.answer.finish_reason == "cancelled"
    assert history([exchange, Exchange("a", "rag", None, "broken")]) == ()
