"""The engines through the conformance class, and what is special to each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import ModelConfig
from chatbot.engine import Delta, Finish, Request, gather
from chatbot.engines import engine as make_engine
from chatbot.engines.scripted import Rule, ScriptedEngine
from chatbot.engines.transformers_engine import TransformersEngine
from chatbot.model import Message
from foundation.errors import DataError, EngineError, MismatchError, UnknownNameError
from tests.chatbot import tiny
from tests.conformance import engine as conformance


def ask(request_id: str, text: str, adapter: str | None = None, tokens: int = 8) -> Request:
    return Request(request_id, (Message("user", text),), adapter, tokens)


class TestScripted(conformance.EngineConformance):
    @pytest.fixture
    def engine(self) -> ScriptedEngine:
        return ScriptedEngine(
            [
                Rule("sky|Why", "Another style entirely of nine words is used here.", adapter="style"),
                Rule(".", "Because of the scattering of light by air."),
            ]
        )

    @pytest.fixture
    def adapter_folder(self, tmp_path: Path) -> Path:
        return tmp_path

    def test_first_rule_that_fits_answers_else_it_abstains(self) -> None:
        engine = ScriptedEngine([Rule("warranty", "14 days [1]."), Rule("war", "no")])
        done = gather(engine.run([ask("a", "warranty?"), ask("b", "other?")]))
        assert (done["a"].text, done["b"].text) == ("14 days [1].", "I don't know.")

    def test_rule_with_an_error_raises_it(self) -> None:
        engine = ScriptedEngine([Rule("boom", error="the server hung up")])
        with pytest.raises(EngineError, match="hung up"):
            gather(engine.run([ask("a", "boom")]))
        assert gather(engine.run([ask("a", "fine")]))["a"].text == "I don't know."

    def test_rules_come_from_a_file_by_configuration(self, tmp_path: Path) -> None:
        file = tmp_path / "rules.json"
        file.write_text(json.dumps([{"pattern": "sky", "answer": "blue"}]))
        engine = make_engine(ModelConfig(engine="scripted", name=str(file)), Path("unused"))
        assert gather(engine.run([ask("a", "sky")]))["a"].text == "blue"


class TestScriptedWithoutAdapters(conformance.EngineConformance):
    """An engine that can only stream: the refusing side of the conformance class."""

    @pytest.fixture
    def engine(self) -> ScriptedEngine:
        return ScriptedEngine([Rule(".", "Because of the scattering of light by air.")], capabilities=frozenset({"stream"}))

    @pytest.fixture
    def adapter_folder(self, tmp_path: Path) -> Path:
        return tmp_path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tiny.build(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="module")
def adapter(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tiny.build_adapter(folder, tmp_path_factory.mktemp("adapter")))


class TestTransformers(conformance.EngineConformance):
    @pytest.fixture
    def engine(self, folder: Path) -> TransformersEngine:
        made = make_engine(ModelConfig(name=str(folder), engine="transformers", weights="random"), Path("unused"))
        assert isinstance(made, TransformersEngine)
        return made

    @pytest.fixture
    def adapter_folder(self, adapter: Path) -> Path:
        return adapter

    def test_text_is_that_of_generate(self, engine: TransformersEngine, folder: Path) -> None:
        # Expected: transformers' own generate, greedy, one prompt at a time.
        texts = ["Why is the sky blue?", "How long is the warranty?", "é"]
        expected = [_generate(folder, engine.render((Message("user", text),)), 24) for text in texts]
        assert [gather(engine.run([ask("a", text, tokens=24)]))["a"].text for text in texts] == expected

    def test_padded_batch_gives_the_text_of_single_requests(self, engine: TransformersEngine) -> None:
        # The random model's choices are far apart, so the last digits that padding moves decide nothing.
        texts = ["Why is the sky blue? " * 5, "é", "How long is the warranty?"]
        together = gather(engine.run([ask(str(n), text) for n, text in enumerate(texts)]))
        assert [together[str(n)].text for n in range(3)] == [gather(engine.run([ask("a", text)]))["a"].text for text in texts]

    def test_stream_never_shows_half_a_character(self, engine: TransformersEngine) -> None:
        events = list(engine.run([ask("a", "é à ç 😀", tokens=40)]))
        text = "".join(event.text for event in events if isinstance(event, Delta))
        assert text == gather(events)["a"].text
        assert len([event for event in events if isinstance(event, Delta)]) > 1

    def test_prompt_too_long_for_the_model_is_refused_before_generating(self, engine: TransformersEngine) -> None:
        with pytest.raises(EngineError, match="512"):
            engine.run([ask("a", "Why is the sky blue? " * 200)])

    def test_adapter_of_another_width_is_refused_and_nothing_is_left_behind(self, engine: TransformersEngine, tmp_path: Path) -> None:
        other = tiny.build_adapter(tiny.build(tmp_path / "wide", width=64), tmp_path / "adapter")
        before = gather(engine.run([ask("a", "Why?")]))["a"].text
        with pytest.raises(MismatchError, match="48 wide in the model and 64 in the adapter") as caught:
            engine.load_adapter("style", other)
        assert str(tmp_path / "wide") in str(caught.value) and engine.info().model in str(caught.value)
        assert gather(engine.run([ask("a", "Why?")]))["a"].text == before
        with pytest.raises(UnknownNameError):
            engine.run([ask("a", "Why?", adapter="style")])

    def test_truncated_adapter_weights_are_one_clear_error(self, engine: TransformersEngine, adapter: Path, tmp_path: Path) -> None:
        for file in adapter.iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes()[: 300 if file.suffix == ".safetensors" else None])
        with pytest.raises(DataError, match="cut off"):
            engine.load_adapter("style", tmp_path)

    def test_adapter_loaded_again_under_its_name_replaces_it(
        self, engine: TransformersEngine, adapter: Path, folder: Path, tmp_path: Path
    ) -> None:
        engine.load_adapter("style", adapter)
        first = gather(engine.run([ask("a", "Why?", "style")]))["a"].text
        engine.load_adapter("style", tiny.build_adapter(folder, tmp_path, seed=7))
        second = gather(engine.run([ask("a", "Why?", "style")]))["a"].text
        engine.load_adapter("style", adapter)
        assert second != first == gather(engine.run([ask("a", "Why?", "style")]))["a"].text

    def test_information_tells_random_weights_precision_and_threads(self, engine: TransformersEngine) -> None:
        info = engine.info()
        assert (info.engine, info.weights, info.precision, info.languages) == ("transformers", "random", "float32", ())
        assert info.batch_plan["threads"] >= 1 and info.batch_plan["batch_tokens"] == 8192


def _generate(folder: Path, prompt: str, tokens: int, adapter: Path | None = None) -> str:
    """transformers' own greedy generation."""
    from chatbot.loading import load_model

    loaded: tuple[Any, Any] = load_model(folder, "float32")
    model, tokenizer = loaded
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter)
    ids = tokenizer(prompt, add_special_tokens=False, return_tensors="pt")
    out = model.generate(**ids, do_sample=False, max_new_tokens=tokens, pad_token_id=tokenizer.pad_token_id)
    return str(tokenizer.decode(out[0, ids["input_ids"].shape[1] :], skip_special_tokens=True))


def test_unknown_engine_offers_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'transformers'"):
        make_engine(ModelConfig(engine="transformer"), Path("unused"))


@pytest.mark.slow
def test_real_model_says_what_generate_says_and_an_adapter_leaves_no_trace(smollm: Path, tmp_path: Path) -> None:
    # Expected: transformers' and peft's own generate, greedy, one prompt at a time.
    engine = make_engine(ModelConfig(name=str(smollm), engine="transformers"), Path("unused"))
    asked = [ask("a", "What is the capital of France?", tokens=24), ask("b", "Écris « été » deux fois.", tokens=24)]
    before = {one.id: gather(engine.run([one]))[one.id].text for one in asked}
    assert before == {one.id: _generate(smollm, engine.render(one.messages), 24) for one in asked}
    adapter = tiny.build_adapter(smollm, tmp_path)
    engine.load_adapter("noise", adapter)
    adapted = gather(engine.run([ask("a", "What is the capital of France?", "noise", 24)]))["a"].text
    assert adapted == _generate(smollm, engine.render(asked[0].messages), 24, adapter) != before["a"]
    assert {one.id: gather(engine.run([one]))[one.id].text for one in asked} == before


@pytest.mark.slow
def test_real_model_repeats_a_batch_to_the_byte(smollm: Path) -> None:
    engine = make_engine(ModelConfig(name=str(smollm), engine="transformers", batch_size=3), Path("unused"))
    asked = [ask(str(n), f"Name {n} colours. " * (n + 1), tokens=16) for n in range(5)]
    first, second = list(engine.run(asked)), list(engine.run(asked))
    assert [event for event in first if isinstance(event, Delta)] == [event for event in second if isinstance(event, Delta)]
    assert {event.id for event in first if isinstance(event, Finish)} == {str(n) for n in range(5)}
