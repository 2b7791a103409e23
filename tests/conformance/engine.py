"""What every engine does. A back end's test class inherits `EngineConformance` and gives the fixtures.

What an engine declares in `capabilities` is tested; what it does not declare must be refused
with the name of an engine that can.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from chatbot.engine import Capability, Delta, Engine, Finish, Request, gather
from chatbot.engines import REFERENCE
from chatbot.model import Message
from foundation.errors import DataError, MismatchError, UnknownNameError, UnsupportedError


def request(request_id: str, text: str, *, adapter: str | None = None, tokens: int = 8) -> Request:
    return Request(request_id, (Message("system", "Answer."), Message("user", text)), adapter, tokens)


def need(engine: Engine, capability: Capability) -> None:
    """Skip a test of what `engine` does not declare: that it refuses it is tested apart."""
    if capability not in engine.capabilities:
        pytest.skip(f"{engine.info().engine} declares no {capability}")


class EngineConformance:
    """Fixtures to give: `engine` (fresh state) and `adapter_folder` (an adapter made for it, any folder where it takes none).

    The engine takes 16 requests at a time, and its answer to each of QUESTIONS has at least
    three tokens. COUNTS_TOKENS is False for an engine that cannot count as its model does,
    such as a server's.
    """

    COUNTS_TOKENS = True
    QUESTIONS = ("Why is the sky blue?", "How long is the warranty of the probe?", "Who?")

    def test_each_request_ends_with_exactly_one_finish_after_its_deltas(self, engine: Engine) -> None:
        events = list(engine.run([request(str(n), text) for n, text in enumerate(self.QUESTIONS)]))
        for n in range(len(self.QUESTIONS)):
            own = [event for event in events if event.id == str(n)]
            assert [type(event) for event in own].count(Finish) == 1
            assert isinstance(own[-1], Finish)

    def test_same_requests_give_same_text_and_counts(self, engine: Engine) -> None:
        requests = [request(str(n), text) for n, text in enumerate(self.QUESTIONS)]
        first, second = gather(engine.run(requests)), gather(engine.run(requests))
        assert {key: (done.text, done.usage, done.reason) for key, done in first.items()} == {
            key: (done.text, done.usage, done.reason) for key, done in second.items()
        }
        assert any(done.text for done in first.values())

    def test_token_counts_are_the_engine_s_own(self, engine: Engine) -> None:
        asked = request("a", self.QUESTIONS[0])
        done = gather(engine.run([asked]))["a"]
        assert engine.count_tokens(engine.render(asked.messages)) > 0
        if self.COUNTS_TOKENS:
            assert done.usage.prompt_tokens == engine.count_tokens(engine.render(asked.messages))
        assert done.usage.completion_tokens is not None and 0 < done.usage.completion_tokens <= asked.max_new_tokens

    def test_limit_of_new_tokens_ends_an_answer_with_length(self, engine: Engine) -> None:
        done = gather(engine.run([request("a", self.QUESTIONS[0], tokens=2)]))["a"]
        assert (done.usage.completion_tokens, done.reason) == (2, "length")

    def test_each_request_keeps_its_own_limit_in_a_batch(self, engine: Engine) -> None:
        done = gather(engine.run([request("a", self.QUESTIONS[0], tokens=1), request("b", self.QUESTIONS[0], tokens=3)]))
        assert [done[key].usage.completion_tokens for key in "ab"] == [1, 3]

    def test_timings_are_seconds_and_a_request_that_has_to_wait_queues(self, engine: Engine) -> None:
        finishes = [event for event in engine.run([request(str(n), "Why?") for n in range(20)]) if isinstance(event, Finish)]
        assert all(event.timing.queue >= 0 and event.timing.prefill > 0 and event.timing.decode >= 0 for event in finishes)
        queued = [event.timing.queue for event in finishes]  # in the order of finishing, which batches need not keep
        assert len(queued) == 20 and min(queued) < max(queued)

    def test_streamed_answer_comes_in_pieces(self, engine: Engine) -> None:
        need(engine, "stream")
        events = list(engine.run([request("a", self.QUESTIONS[0], tokens=24)]))
        assert len([event for event in events if isinstance(event, Delta)]) > 1

    def test_cancelled_request_stops_and_says_so_while_others_go_on(self, engine: Engine) -> None:
        events = []
        for event in engine.run([request("a", self.QUESTIONS[0], tokens=24), request("b", self.QUESTIONS[0], tokens=24)]):
            events.append(event)
            if isinstance(event, Delta):
                engine.cancel("a")
        done = gather(events)
        assert done["a"].reason == "cancelled"
        assert done["b"].reason in {"stop", "length"}
        assert len(done["a"].text) < len(done["b"].text)

    def test_cancel_of_a_request_that_does_not_run_changes_nothing(self, engine: Engine) -> None:
        engine.cancel("a")
        assert gather(engine.run([request("a", "Why?")]))["a"].reason != "cancelled"

    def test_engine_serves_on_after_a_consumer_left_half_way(self, engine: Engine) -> None:
        expected = gather(engine.run([request("a", self.QUESTIONS[0])]))["a"].text
        running = engine.run([request("a", self.QUESTIONS[0])])
        assert isinstance(running, Generator)
        next(running)
        running.close()  # what an interrupt does to a generator
        assert gather(engine.run([request("a", self.QUESTIONS[0])]))["a"].text == expected

    def test_request_ids_must_be_unique(self, engine: Engine) -> None:
        with pytest.raises(ValueError, match="unique"):
            list(engine.run([request("a", "x"), request("a", "y")]))

    def test_no_requests_no_events(self, engine: Engine) -> None:
        assert list(engine.run([])) == []

    def test_unknown_adapter_is_refused_before_anything_is_generated(self, engine: Engine) -> None:
        need(engine, "adapters")
        with pytest.raises(UnknownNameError, match="ragft train style"):
            engine.run([request("a", "Why?", adapter="style")])

    def test_adapter_answers_for_itself_and_leaves_the_base_as_it_was(self, engine: Engine, adapter_folder: Path) -> None:
        need(engine, "adapters")
        texts = list(self.QUESTIONS)
        before = [gather(engine.run([request("a", text)]))["a"].text for text in texts]
        engine.load_adapter("style", adapter_folder)
        adapted = [gather(engine.run([request("a", text, adapter="style")]))["a"].text for text in texts]
        after = [gather(engine.run([request("a", text)]))["a"].text for text in texts]
        assert after == before
        assert adapted != before

    def test_one_run_serves_base_and_adapter_together(self, engine: Engine, adapter_folder: Path) -> None:
        need(engine, "adapters")
        engine.load_adapter("style", adapter_folder)
        mixed = gather(engine.run([request("a", "Why is it?"), request("b", "Why is it?", adapter="style")]))
        assert mixed["a"].text == gather(engine.run([request("a", "Why is it?")]))["a"].text
        assert mixed["b"].text == gather(engine.run([request("b", "Why is it?", adapter="style")]))["b"].text

    def test_adapter_made_for_another_base_is_refused_by_both_names(self, engine: Engine, tmp_path: Path) -> None:
        need(engine, "adapters")
        (tmp_path / "manifest.json").write_text(json.dumps({"base": "other-model", "base_fingerprint": "0" * 16}))
        with pytest.raises(MismatchError) as caught:
            engine.load_adapter("style", tmp_path)
        assert "other-model" in str(caught.value)
        assert engine.info().model in str(caught.value)

    def test_missing_adapter_folder_names_the_command(self, engine: Engine, tmp_path: Path) -> None:
        need(engine, "adapters")
        with pytest.raises(DataError, match="ragft train"):
            engine.load_adapter("style", tmp_path / "nowhere")

    def test_adapters_that_are_not_declared_are_refused_naming_an_engine_that_has_them(self, engine: Engine, tmp_path: Path) -> None:
        if "adapters" in engine.capabilities:
            pytest.skip("declared: tested for itself")
        with pytest.raises(UnsupportedError, match=f"no adapters.*{REFERENCE}"):
            engine.load_adapter("style", tmp_path)
        with pytest.raises(UnsupportedError, match=f"no adapters.*{REFERENCE}"):
            engine.run([request("a", "Why?", adapter="style")])

    def test_logprobs_are_one_per_token_and_the_same_again(self, engine: Engine) -> None:
        need(engine, "logprobs")
        prompt = engine.render(request("a", self.QUESTIONS[0]).messages)
        for completion in self.QUESTIONS:
            values = engine.logprobs(prompt, completion)
            assert len(values) == engine.count_tokens(completion) and all(value <= 0 for value in values)
            assert engine.logprobs(prompt, completion) == values
        assert engine.logprobs(prompt, "") == []

    def test_logprobs_of_an_adapter_are_its_own(self, engine: Engine, adapter_folder: Path) -> None:
        need(engine, "logprobs")
        need(engine, "adapters")
        prompt = engine.render(request("a", self.QUESTIONS[0]).messages)
        before = engine.logprobs(prompt, self.QUESTIONS[1])
        engine.load_adapter("style", adapter_folder)
        assert engine.logprobs(prompt, self.QUESTIONS[1], "style") != before == engine.logprobs(prompt, self.QUESTIONS[1])

    def test_logprobs_that_are_not_declared_are_refused_naming_an_engine_that_has_them(self, engine: Engine) -> None:
        if "logprobs" in engine.capabilities:
            pytest.skip("declared: tested for itself")
        with pytest.raises(UnsupportedError, match=f"no logprobs.*{REFERENCE}"):
            engine.logprobs("Why?", "Because.")

    def test_info_says_what_a_manifest_needs(self, engine: Engine) -> None:
        info = engine.info()
        assert info.engine and info.model and len(info.model_fingerprint) == 16
        assert info.precision not in ("", "auto") and info.device not in ("", "auto")  # as it is, not as it was asked for
        assert info.batch_plan["batch_size"] == 16
