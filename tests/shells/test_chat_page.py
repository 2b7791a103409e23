"""The chat page through Streamlit's own AppTest, on a project with the scripted engine and the hashing embedder."""

from __future__ import annotations

import json
import re
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

pytest.importorskip("streamlit", reason="the app extra is not installed")

from streamlit.testing.v1 import AppTest

from chatbot.model import Answer
from foundation.errors import EngineError
from knowledge_base.model import Turn
from shells.pages.conversation import Exchange, Live, Loaded, Reply, history
from studies.answer_spans import sentences
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


def opened(*systems: str) -> AppTest:
    """Return the page with `systems` chosen (default: what is chosen at the start)."""
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    return choose(app, *systems) if systems else app


def choose(app: AppTest, *systems: str) -> AppTest:
    """Let exactly `systems` be chosen, box by box."""
    for name, box in boxes(app).items():
        if box.value != (name in systems):
            (box.check() if name in systems else box.uncheck()).run()
    return app


def boxes(app: AppTest) -> dict[str, Any]:
    return {str(box.key).removeprefix("system "): box for box in app.sidebar.checkbox}


def chosen(app: AppTest) -> list[str]:
    return [name for name, box in boxes(app).items() if box.value]


def ask(app: AppTest, question: str) -> AppTest:
    return app.chat_input[0].set_value(question).run()


def texts(app: AppTest) -> list[str]:
    return [element.value for message in app.chat_message for element in message.markdown]


def last(app: AppTest) -> Exchange:
    found: Exchange = app.session_state["exchanges"][-1]
    return found


def answer_of(exchange: Exchange, system: str) -> Answer:
    answer = exchange.replies[system].answer
    assert answer is not None
    return answer


def test_systems_without_their_adapter_are_not_offered_and_say_what_to_run(config: Path) -> None:
    app = opened()
    assert not app.exception
    assert list(boxes(app)) == ["base", "few-shot", "rag", "documents"]
    assert chosen(app) == ["rag"]
    (note,) = app.sidebar.info  # one sentence for both systems of the same adapter
    assert "ragft train main" in note.value.replace("\\", "")
    assert "finetuned" in note.value


def test_the_sidebar_says_what_answers(config: Path) -> None:
    app = opened("base")
    said = standing(app)
    assert said[0].endswith("rules.json") and said[1] == "Engine: scripted" and said[2].startswith("Knowledge base: ")
    ask(app, "What colour is it?")
    assert standing(app)[1].startswith("Engine: scripted, ") and standing(app)[1].endswith(", cpu")  # as the engine says itself


def test_an_automatic_engine_is_not_settled_before_the_first_question(config: Path) -> None:
    config.write_text(config.read_text(encoding="utf-8").replace('engine = "scripted"', 'engine = "auto"'), encoding="utf-8")
    assert "at the first question" in standing(opened())[1]


def standing(app: AppTest) -> list[str]:
    return str(app.sidebar.caption[-1].value).replace("\\", "").split("  \n")


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
    assert app.chat_message[1].expander[0].label == "2 passages, 1 cited"
    effort = app.chat_message[1].caption[-1].value
    assert effort.startswith("rag · retrieval ")
    for part in ("prefill", "decode", "prompt +", "answer tokens", "tokens/s"):
        assert part in effort


def test_two_systems_answer_side_by_side_below_one_question(indexed: Path) -> None:
    app = ask(opened("base", "rag"), "What colour is the badge?")
    assert not app.exception
    assert [message.name for message in app.chat_message] == ["user"]  # the question, once
    assert cells(app) == ["base", "rag"]
    assert list(last(app).replies) == ["base", "rag"]
    assert answer_of(last(app), "base").hits == ()
    assert len(answer_of(last(app), "rag").hits) == 2
    (passages,) = app.get("popover")  # rag's alone
    assert passages.proto.popover.label == "2 passages, 1 cited"
    assert any("measure of one system" in caption.value for caption in app.caption)


def cells(app: AppTest) -> list[str]:
    """Return the names above the answers of the last question."""
    names = [element.value.strip("*") for element in app.grid[-1].markdown if element.value.startswith("**")]
    return [name.replace("\\", "") for name in names]


def test_four_systems_answer_and_the_sixth_box_adds_none(indexed: Path) -> None:
    with open(indexed, "a", encoding="utf-8") as file:
        file.write('[systems.plain]\ncontext = "none"\n')
    app = opened("base", "few-shot", "rag", "documents")
    boxes(app)["plain"].check().run()
    assert chosen(app) == ["base", "few-shot", "rag", "documents"]  # the fifth is taken back
    (refusal,) = app.sidebar.warning
    assert "At most 4" in refusal.value and "plain" in refusal.value
    ask(app, "What colour is the badge?")
    assert not app.exception and not app.error
    assert not app.sidebar.warning  # said once
    assert cells(app) == ["base", "few-shot", "rag", "documents"]
    assert all(answer_of(last(app), name).finish_reason == "stop" for name in last(app).replies)
    boxes(app)["base"].uncheck().run()
    boxes(app)["plain"].check().run()  # now there is room
    assert chosen(app) == ["few-shot", "rag", "documents", "plain"]


def test_no_system_chosen_is_a_hint_and_no_question(config: Path) -> None:
    app = opened()
    boxes(app)["rag"].uncheck().run()
    assert "Choose at least one system" in app.main.info[0].value
    assert app.chat_input[0].disabled


def test_the_sentence_that_a_citation_rests_on_is_marked_in_its_passage(indexed: Path) -> None:
    """The answer repeats a sentence of the passage that it cites; what is marked is that sentence."""
    app = ask(opened(), "What colour is the badge?")
    passage = answer_of(last(app), "rag").hits[1].chunk.text
    start, end = max(sentences(passage), key=lambda place: place[1] - place[0])
    sentence = passage[start:end]
    rules = json.loads((indexed.parent / "rules.json").read_text(encoding="utf-8"))
    (indexed.parent / "rules.json").write_text(json.dumps([{"pattern": ".", "answer": f"{sentence} [2]"}, *rules]), encoding="utf-8")
    next(button for button in app.sidebar.button if button.label.startswith("Reload")).click().run()
    ask(app, "What colour is the badge?")
    shown = [element.value for element in app.chat_message[-1].expander[0].markdown]
    assert shown[0].startswith(":blue-badge[2] ") and shown[2].startswith(":gray-badge[1] ")  # the cited one first
    (ground,) = re.findall(r":yellow-background\[((?:\\.|[^\]\\])*)\]", shown[1])
    assert re.sub(r"\\(.)", r"\1", ground) == sentence
    assert ":yellow-background[" not in shown[3]


def test_the_conversation_is_kept_given_to_the_model_and_cleared(config: Path) -> None:
    app = opened("base")
    ask(app, "What colour is the badge?")
    ask(app, "And the second colour?")
    assert len(app.chat_message) == 4
    first, second = app.session_state["exchanges"]
    # A token is a word here: the second prompt holds the first question and answer, 5 + 6 words, too.
    assert prompt_tokens(second, "base") >= prompt_tokens(first, "base") + 10
    assert [turn.role for turn in history([first, second], "base")] == ["user", "assistant"] * 2
    next(button for button in app.sidebar.button if button.label == "Clear chat").click().run()
    assert not app.chat_message
    assert app.session_state["exchanges"] == []


def prompt_tokens(exchange: Exchange, system: str) -> int:
    return answer_of(exchange, system).usage.prompt_tokens or 0


def test_a_system_hears_only_the_turns_that_it_answered(config: Path) -> None:
    app = opened("base")
    ask(app, "What colour is the badge?")
    choose(app, "base", "few-shot")
    ask(app, "What colour is it?")
    both = last(app)
    choose(app, "few-shot")
    ask(app, "What colour is it?")
    heard = history(app.session_state["exchanges"], "few-shot")
    assert [turn.text for turn in heard if turn.role == "user"] == ["What colour is it?"] * 2
    # A token is a word: "base" was shown 5 + 6 words of its first turn, "few-shot" none; at its own second turn it was shown 4 + 6.
    alone = opened("base", "few-shot")
    ask(alone, "What colour is it?")
    fresh = last(alone)
    assert prompt_tokens(both, "few-shot") == prompt_tokens(fresh, "few-shot")
    assert prompt_tokens(both, "base") > prompt_tokens(fresh, "base")
    assert prompt_tokens(last(app), "few-shot") > prompt_tokens(fresh, "few-shot")


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


def test_what_stops_all_systems_is_said_once(indexed: Path) -> None:
    app = ask(opened("base", "rag"), "fail now")
    assert [error.value for error in app.error] == ["the model ran out of memory"]
    assert [reply.error for reply in last(app).replies.values()] == ["the model ran out of memory"] * 2


def test_a_missing_index_is_built_at_the_first_question_that_needs_it(config: Path) -> None:
    app = ask(opened(), "What colour is it?")
    assert not app.error
    assert len(answer_of(last(app), "rag").hits) == 2
    assert Project.open(config).index_folder.exists()


def test_a_stale_index_stops_rag_with_the_command_to_run_and_leaves_base_alone(indexed: Path) -> None:
    indexed.write_text(indexed.read_text(encoding="utf-8") + "chunk_tokens = 64\n", encoding="utf-8")
    app = ask(opened(), "What colour is it?")
    assert "ragft index build" in app.error[0].value.replace("\\", "")
    choose(app, "base", "rag", "few-shot")
    ask(app, "What colour is it?")
    assert len(app.error) == 2  # that of the first turn, and that in the column of "rag"
    assert "ragft index build" in app.grid[0].error[0].value.replace("\\", "")
    assert last(app).replies["rag"].answer is None
    for name in ("base", "few-shot"):
        assert answer_of(last(app), name).finish_reason == "stop" and answer_of(last(app), name).hits == ()


def test_a_model_that_cannot_be_loaded_is_one_error_for_all(indexed: Path) -> None:
    (indexed.parent / "rules.json").write_text("no JSON", encoding="utf-8")
    app = ask(opened("base", "few-shot"), "What colour is it?")
    assert not app.exception
    assert len(app.error) == 1 and "rules.json" in app.error[0].value.replace("\\", "")


def test_a_faulty_configuration_is_one_error_and_no_chat(config: Path) -> None:
    config.write_text("[modle]\n", encoding="utf-8")
    app = opened()
    assert not app.exception
    assert "model" in app.error[0].value
    assert not app.chat_input


@pytest.mark.parametrize("systems", [("rag",), ("base", "rag", "few-shot")])
def test_closing_the_stream_stops_the_engine_and_keeps_what_was_said(indexed: Path, systems: tuple[str, ...]) -> None:
    """What Streamlit does to the page when Stop is clicked, without a browser."""
    live = Live("What colour is it?", systems)
    loaded = Loaded(Project.open(indexed))
    stream = loaded.follow(live)
    for _ in systems:
        next(stream)
    said = dict(live.texts)
    stream.close()
    exchange = live.exchange()
    assert list(said) == list(exchange.replies) == list(systems)  # the scripted engine gives a word of each in turn
    for name in systems:
        answer = answer_of(exchange, name)
        assert answer.finish_reason == "cancelled"
        assert answer.text == said[name].strip() == "It"
        assert answer.usage.completion_tokens == 1
        assert bool(answer.hits) == (name == "rag")
    assert list(loaded.follow(Live("What colour is it?", ("base",))))  # the turn was given back


def test_stop_from_another_run_of_the_page_ends_all_streams(indexed: Path) -> None:
    live = Live("What colour is it?", ("base", "rag"))
    grown = 0
    for _ in Loaded(Project.open(indexed)).follow(live):
        grown += 1
        live.stop()
    for name in live.systems:
        assert answer_of(live.exchange(), name).finish_reason == "cancelled"
    assert grown <= 4  # one word each at most, and two ends


def test_an_answer_that_broke_keeps_what_was_said_before_and_is_no_history() -> None:
    live = Live("What?", ("base", "rag"), texts={"base": "It is"})
    live.fail(EngineError("the server hung up"))
    replies = live.exchange().replies
    assert replies["base"].answer is not None and replies["base"].answer.text == "It is"
    assert replies["rag"].answer is None
    assert {reply.error for reply in replies.values()} == {"the server hung up"}
    assert history([live.exchange()], "base") == ()


def test_sessions_take_turns_and_one_that_waits_can_be_stopped_without_harm_to_the_other(indexed: Path) -> None:
    loaded = Loaded(Project.open(indexed))
    first, second = Live("What colour is it?", ("rag", "base")), Live("What colour is it?", ("base",))
    stream = loaded.follow(first)
    next(stream)
    waiting = Thread(target=lambda: list(loaded.follow(second)))
    waiting.start()
    second.stop()
    waiting.join(timeout=30)
    assert not waiting.is_alive()
    assert second.texts == {}
    list(stream)
    assert [answer_of(first.exchange(), name).finish_reason for name in first.systems] == ["stop", "stop"]
    assert list(loaded.follow(Live("What colour is it?", ("base",))))  # the turn was given back


def test_a_question_stopped_before_its_first_word_is_kept_too() -> None:
    exchange = Live("What?", ("rag", "base")).exchange()
    assert exchange.question == "What?"
    for name in ("rag", "base"):
        assert answer_of(exchange, name).finish_reason == "cancelled"
    assert history([exchange, Exchange("a", {"rag": Reply(None, "broken")})], "rag") == ()


def test_history_is_each_system_s_own() -> None:
    said = [
        Exchange("One?", {"rag": Reply(Answer("1")), "base": Reply(Answer("one"))}),
        Exchange("Two?", {"base": Reply(Answer("two"))}),
    ]
    assert history(said, "rag") == (Turn("user", "One?"), Turn("assistant", "1"))
    assert [turn.text for turn in history(said, "base")] == ["One?", "one", "Two?", "two"]
    assert history(said, "few-shot") == ()
