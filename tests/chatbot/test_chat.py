"""`Chatbot` through its front door, on the scripted engine and a retriever that knows what it finds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from chatbot.chat import Chatbot
from chatbot.config import SystemConfig, default_systems, systems_from
from chatbot.engine import Event, Request
from chatbot.engines.scripted import Rule, ScriptedEngine
from chatbot.model import Answer
from foundation.errors import ConfigurationError, EngineError, UnknownNameError
from knowledge_base.model import Question, Turn
from retrieval.model import Chunk, Hit


class Shelf:
    """A retriever that finds the same two passages for all, and notes what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[str], int]] = []

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        self.calls.append((list(queries), k))
        chunks = [
            Chunk("w@0-20", "warranty", "r1", 0, 20, "The warranty is 14 days.", "Warranty"),
            Chunk("x@5-9", "other", "r2", 5, 9, "More."),
        ]
        return [[Hit(chunk, 1.0, rank) for rank, chunk in enumerate(chunks[:k], start=1)] for _ in queries]


class Counting(ScriptedEngine):
    """A scripted engine that notes how many requests each run had."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        super().__init__(rules)
        self.runs: list[int] = []

    def run(self, requests: Sequence[Request]) -> Iterator[Event]:
        self.runs.append(len(requests))
        return super().run(requests)


class Breaking(ScriptedEngine):
    """A scripted engine whose runs break after some events, as a connection does."""

    def __init__(self, rules: Sequence[Rule], after: int) -> None:
        super().__init__(rules)
        self._after = after

    def run(self, requests: Sequence[Request]) -> Iterator[Event]:
        yield from itertools.islice(super().run(requests), self._after)
        raise EngineError("the server hung up")


RULES = [
    Rule("boom", error="out of memory"),
    Rule("(?s)The warranty is 14 days.*[Ww]arranty", "14 days [1] or [7]."),
    Rule("Weight", "2 kg", adapter="main"),
]


def bot(retriever: Shelf | None = None, **options: int) -> Chatbot:
    return Chatbot(ScriptedEngine(RULES), default_systems(), retriever, **options)


def test_answer_carries_passages_citations_counts_and_hash() -> None:
    answer = bot(Shelf()).ask("How long is the warranty?")
    assert answer.text == "14 days [1] or [7]."
    assert [(citation.number, citation.document_id) for citation in answer.citations] == [(1, "warranty")]
    assert answer.wrong_citations == (7,)
    assert [hit.rank for hit in answer.hits] == [1, 2]
    assert not answer.abstained and answer.finish_reason == "stop"
    assert answer.usage.completion_tokens == 5
    assert answer.timing.retrieval > 0 and len(answer.prompt_hash) == 16


def test_closed_book_answer_has_no_passages_and_takes_no_search() -> None:
    shelf = Shelf()
    answer = bot(shelf).ask("How long is the warranty?", system="base")
    assert answer.abstained and answer.hits == () and answer.timing.retrieval == 0
    assert shelf.calls == []


def test_many_questions_are_one_search_and_come_back_in_order() -> None:
    shelf = Shelf()
    questions = [Question("a", "Warranty?", "en"), Question("b", "Colour?", "en")]
    answers = bot(shelf, k=1).ask_many(questions, "rag")
    assert shelf.calls == [(["Warranty?", "Colour?"], 1)]
    assert [answer.abstained for answer in answers] == [False, True]
    assert answers[0].timing.retrieval == answers[1].timing.retrieval


def test_asking_one_by_one_gives_the_same_answers_as_asking_together() -> None:
    questions = [Question("a", "Warranty?", "en"), Question("b", "Colour?", "en")]
    together = bot(Shelf()).ask_many(questions, "rag")
    alone = [bot(Shelf()).ask(question.text, language="en") for question in questions]
    assert [(answer.text, answer.prompt_hash) for answer in together] == [(answer.text, answer.prompt_hash) for answer in alone]


def test_passages_are_packed_to_the_budget_before_they_are_numbered() -> None:
    assert [hit.rank for hit in bot(Shelf(), passage_tokens=6).ask("Warranty?").hits] == [1]


def test_stream_gives_pieces_then_the_answer_they_make() -> None:
    *pieces, answer = bot(Shelf()).stream("How long is the warranty?")
    assert isinstance(answer, Answer)
    assert len(pieces) == 5 and "".join(str(piece) for piece in pieces) == answer.text


def test_cancel_ends_a_stream_early_and_the_next_question_is_whole() -> None:
    chatbot = bot(Shelf())
    pieces: list[str | Answer] = []
    for piece in chatbot.stream("How long is the warranty?"):
        pieces.append(piece)
        chatbot.cancel()
    assert isinstance(pieces[-1], Answer) and pieces[-1].finish_reason == "cancelled"
    assert pieces[-1].text == "14"
    assert chatbot.ask("How long is the warranty?").finish_reason == "stop"


def test_several_systems_answer_in_one_engine_run_each_piece_by_piece() -> None:
    engine = Counting(RULES)
    items = list(Chatbot(engine, default_systems(), Shelf()).stream_many("How long is the warranty?", ["rag", "base"]))
    assert engine.runs == [2]
    pieces = {name: [item for system, item in items if system == name and isinstance(item, str)] for name in ("rag", "base")}
    answers = {system: item for system, item in items if isinstance(item, Answer)}
    assert answers["rag"].text == "".join(pieces["rag"]) == "14 days [1] or [7]."
    assert answers["base"].text == "".join(pieces["base"]) == "I don't know."
    assert len(answers["rag"].hits) == 2 and answers["base"].hits == ()
    # The scripted engine makes one word of each answer at a time: the two grow together.
    assert [system for system, _ in items[:4]] == ["rag", "base", "rag", "base"]


def test_streamed_together_is_what_each_system_says_alone() -> None:
    names = ["base", "few-shot", "rag"]
    together = {system: item for system, item in bot(Shelf()).stream_many("Warranty?", names) if isinstance(item, Answer)}
    for name in names:
        alone = bot(Shelf()).ask("Warranty?", name)
        assert (together[name].text, together[name].prompt_hash) == (alone.text, alone.prompt_hash)


def test_each_system_hears_its_own_earlier_answers() -> None:
    said = {
        name: (Turn("user", "Colour?"), Turn("assistant", answer)) for name, answer in (("base", "Red."), ("few-shot", "Blue and grey."))
    }
    chatbot = bot()
    together = {system: item for system, item in chatbot.stream_many("And the size?", list(said), said) if isinstance(item, Answer)}
    for name, turns in said.items():
        assert together[name].prompt_hash == chatbot.ask("And the size?", name, turns).prompt_hash
        assert together[name].prompt_hash != chatbot.ask("And the size?", name).prompt_hash


@pytest.mark.parametrize("names", [["base", "rag", "few-shot"], ["rag", "few-shot", "base"]])
def test_a_system_that_cannot_be_prepared_is_an_item_and_the_others_answer(names: list[str]) -> None:
    items = list(bot().stream_many("Warranty?", names))  # no retriever
    errors = {system: str(item) for system, item in items if isinstance(item, Exception)}
    assert list(errors) == ["rag"] and "ragft index build" in errors["rag"]
    assert {system for system, item in items if isinstance(item, Answer)} == {"base", "few-shot"}


def test_an_adapter_that_is_not_loaded_fails_its_system_alone() -> None:
    items = dict(bot(Shelf()).stream_many("How long is the warranty?", ["rag", "finetuned", "base"]))  # the last item of each
    assert isinstance(items["finetuned"], UnknownNameError) and "ragft train main" in str(items["finetuned"])
    rag, base = items["rag"], items["base"]
    assert isinstance(rag, Answer) and rag.text == "14 days [1] or [7]."
    assert isinstance(base, Answer) and base.abstained


def test_a_run_that_one_request_breaks_is_repeated_for_the_others() -> None:
    # Only the prompt of "rag" holds a passage, so only its answer breaks the engine, and with it the joint run.
    engine = ScriptedEngine([Rule("The warranty is 14 days", error="out of memory"), Rule("Warranty", "Two years.")])
    items = list(Chatbot(engine, default_systems(), Shelf()).stream_many("Warranty?", ["base", "rag", "few-shot"]))
    last = dict(items)
    assert isinstance(last["rag"], EngineError) and "out of memory" in str(last["rag"])
    assert [last[name].text for name in ("base", "few-shot") if isinstance(last[name], Answer)] == ["Two years."] * 2
    assert [item for system, item in items if system == "base"][:-1] == ["Two", " years."]  # no piece twice


def test_what_was_begun_when_the_run_breaks_is_not_begun_again() -> None:
    chatbot = Chatbot(Breaking([Rule("Weight", "2 kg each")], after=2), default_systems())
    items = list(chatbot.stream_many("Weight?", ["base", "few-shot"]))
    assert [item for _, item in items if isinstance(item, str)] == ["2", "2"]
    assert [(system, str(item)) for system, item in items if isinstance(item, Exception)] == [
        ("base", "the server hung up"),
        ("few-shot", "the server hung up"),
    ]


def test_cancel_ends_all_systems_that_stream() -> None:
    chatbot = bot(Shelf())
    answers = []
    for _, item in chatbot.stream_many("How long is the warranty?", ["rag", "base"]):
        chatbot.cancel()
        answers += [item] if isinstance(item, Answer) else []
    assert [answer.finish_reason for answer in answers] == ["cancelled", "cancelled"]
    assert [answer.text for answer in answers] == ["14", ""]


def test_no_systems_no_items() -> None:
    assert list(bot().stream_many("Warranty?", [])) == []


def test_follow_up_is_searched_with_what_was_asked_before_it() -> None:
    shelf = Shelf()
    chatbot = bot(shelf)
    said = [Turn("user", "Which one?"), Turn("assistant", "Say it."), Turn("user", "The boiler?"), Turn("assistant", "Yes.")]
    plain, followed = chatbot.ask("And then?"), chatbot.ask("And then?", history=said)
    assert plain.prompt_hash != followed.prompt_hash
    assert [queries for queries, _ in shelf.calls] == [["And then?"], ["The boiler? And then?"]]


def test_language_is_given_else_detected_else_english() -> None:
    chatbot = bot(Shelf())
    french = chatbot.ask("Quelle est la durée de la garantie ?", system="base")
    assert french.prompt_hash == chatbot.ask("Quelle est la durée de la garantie ?", system="base", language="fr").prompt_hash
    assert french.prompt_hash != chatbot.ask("Quelle est la durée de la garantie ?", system="base", language="en").prompt_hash
    assert chatbot.ask("42 km", system="base").prompt_hash == chatbot.ask("42 km", system="base", language="en").prompt_hash


def test_examples_in_the_question_s_language_are_preferred() -> None:
    examples = (Question("1", "Colour?", "en", ("Red",)), Question("2", "Couleur ?", "fr", ("Rouge",)))
    both = Chatbot(ScriptedEngine(), default_systems(), examples=examples)
    english = Chatbot(ScriptedEngine(), default_systems(), examples=examples[:1])
    assert both.ask("Size?", "few-shot", language="en").prompt_hash == english.ask("Size?", "few-shot", language="en").prompt_hash
    assert (
        both.ask("Größe?", "few-shot", language="de").usage.prompt_tokens
        > english.ask("Größe?", "few-shot", language="de").usage.prompt_tokens
    )


def test_adapter_of_a_system_answers_and_a_missing_one_names_the_command(tmp_path: Path) -> None:
    engine = ScriptedEngine(RULES)
    chatbot = Chatbot(engine, default_systems("main"))
    with pytest.raises(UnknownNameError, match="ragft train main"):
        chatbot.ask("Weight?", system="finetuned")
    engine.load_adapter("main", tmp_path)
    assert chatbot.ask("Weight?", system="finetuned").text == "2 kg"
    assert chatbot.ask("Weight?", system="base").abstained


def test_unknown_system_offers_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'finetuned'"):
        bot().ask("?", system="fine-tuned")


def test_system_that_needs_an_index_says_how_to_build_it() -> None:
    with pytest.raises(ConfigurationError, match="ragft index build"):
        bot().ask("?", system="rag")


def test_failing_engine_raises_and_the_chatbot_serves_on() -> None:
    chatbot = bot(Shelf())
    with pytest.raises(EngineError, match="out of memory"):
        chatbot.ask("boom")
    assert chatbot.ask("How long is the warranty?").finish_reason == "stop"


def test_no_questions_no_answers() -> None:
    assert bot(Shelf()).ask_many([], "rag") == []


def test_systems_of_the_user_are_laid_over_the_defaults() -> None:
    systems = systems_from(
        {"rag": SystemConfig(context="retrieval", prompt="mine.j2"), "brief": SystemConfig(adapter="brief")}, adapter="tuned"
    )
    assert list(systems) == ["base", "few-shot", "rag", "finetuned", "rag+finetuned", "gold", "documents", "brief"]
    assert systems["rag"].prompt == "mine.j2" and systems["rag+finetuned"].adapter == "tuned" and systems["brief"].adapter == "brief"
