"""A fake engine that answers by rules on the prompt: streams, counts, cancels and fails like a real one.

It comes in by the front door (`engine = "scripted"`), so tests and rehearsals of everything
around an engine need no model. Its clock is simulated: equal requests, equal events.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.config import ModelConfig
from chatbot.engine import Capability, Delta, EngineInfo, Event, Finish, Request, check_ids
from chatbot.engines import CAPABILITIES, refuse
from chatbot.engines.adapter_files import check_base
from chatbot.engines.batching import plan_batches
from chatbot.model import FinishReason, Message, Timing, Usage
from foundation.errors import EngineError, UnknownNameError
from foundation.files import read_json
from foundation.fingerprint import fingerprint
from foundation.jsonable import from_json

FALLBACK = "I don't know."
_SECONDS_PER_TOKEN = 0.001  # of the simulated clock


@dataclass(frozen=True)
class Rule:
    """The first rule whose `pattern` is found in the prompt text answers; with `error` it raises instead.

    A rule with an `adapter` holds only for requests under that adapter.
    """

    pattern: str
    answer: str = ""
    error: str | None = None
    adapter: str | None = None


def create(config: ModelConfig, cache: Path) -> ScriptedEngine:
    """Return a scripted engine; when `config.name` is a JSON file, its list of rules is read from there."""
    rules: tuple[Rule, ...] = ()
    if config.name.endswith(".json"):
        rules = from_json(tuple[Rule, ...], read_json(Path(config.name), "rules of the scripted engine"), config.name)
    return ScriptedEngine(rules, config)


class ScriptedEngine:
    """Answers `rules[n].answer` of the first rule that fits, else "I don't know."; a token is a word.

    Made with fewer `capabilities` it refuses the rest, as an engine without them does.
    """

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        config: ModelConfig | None = None,
        capabilities: frozenset[Capability] = CAPABILITIES["scripted"],
    ) -> None:
        self.capabilities = capabilities
        self._rules = tuple(rules)
        self._config = config or ModelConfig(name="scripted", engine="scripted")
        self._adapters: set[str] = set()
        self._wanted: dict[str, bool] = {}

    def info(self) -> EngineInfo:
        """Return what a manifest records."""
        plan = {"batch_size": self._config.batch_size, "batch_tokens": self._config.batch_tokens, "order": "as given, grouped by adapter"}
        return EngineInfo(
            engine="scripted",
            model=self._config.name,
            model_fingerprint=fingerprint(self._rules),
            precision="float32" if self._config.precision == "auto" else self._config.precision,
            languages=self._config.languages or (),
            weights=self._config.weights,
            batch_plan=plan,
        )

    def load_adapter(self, name: str, folder: Path | str) -> None:
        """Make adapter `name` known; the folder must exist and its manifest, if any, fit this engine's fingerprint."""
        if "adapters" not in self.capabilities:
            refuse("scripted", "adapters")
        check_base(Path(folder), fingerprint(self._rules), self._config.name)
        self._adapters.add(name)

    def logprobs(self, prompt: str, completion: str, adapter: str | None = None) -> list[float]:
        """Raise UnsupportedError: rules know no probabilities."""
        refuse("scripted", "logprobs")

    def render(self, messages: Sequence[Message]) -> str:
        """Return the prompt text, one `role: content` line per message."""
        return "\n".join(f"{message.role}: {message.content}" for message in messages)

    def count_tokens(self, text: str) -> int:
        """Return the number of words.

        >>> ScriptedEngine().count_tokens("two words")
        2
        """
        return len(text.split())

    def cancel(self, request_id: str) -> None:
        """Stop a running request before its next word."""
        if request_id in self._wanted:
            self._wanted[request_id] = False

    def run(self, requests: Sequence[Request]) -> Iterator[Event]:
        """Yield the events of all requests; a rule with an error raises EngineError when its batch begins."""
        check_ids(requests, self._wanted)
        for request in requests:
            if request.adapter is not None and "adapters" not in self.capabilities:
                refuse("scripted", "adapters")
            if request.adapter is not None and request.adapter not in self._adapters:
                raise UnknownNameError("adapter", request.adapter, self._adapters, f"Train it with `ragft train {request.adapter}`.")
        return self._events(requests)

    def _events(self, requests: Sequence[Request]) -> Iterator[Event]:
        self._wanted.update((request.id, True) for request in requests)
        lengths = [self.count_tokens(self.render(request.messages)) for request in requests]
        clock = 0.0
        try:
            for batch in plan_batches(
                [request.adapter for request in requests], lengths, self._config.batch_size, self._config.batch_tokens
            ):
                members = [requests[index] for index in batch]
                answers = [re.findall(r"\s*\S+", self._answer(request)) for request in members]
                made = [0] * len(members)
                for step in range(max(len(words) for words in answers)):
                    for row, request in enumerate(members):
                        if step < min(len(answers[row]), request.max_new_tokens) and self._wanted[request.id]:
                            made[row] += 1
                            yield Delta(request.id, answers[row][step])
                prefill, decode = _SECONDS_PER_TOKEN * sum(lengths[index] for index in batch), _SECONDS_PER_TOKEN * max(made)
                for row, request in enumerate(members):
                    reason: FinishReason = (
                        "stop" if made[row] == len(answers[row]) else "length" if self._wanted[request.id] else "cancelled"
                    )
                    yield Finish(
                        request.id, reason, Usage(lengths[batch[row]], made[row]), Timing(queue=clock, prefill=prefill, decode=decode)
                    )
                clock += prefill + decode
        finally:
            for request in requests:
                self._wanted.pop(request.id, None)

    def _answer(self, request: Request) -> str:
        prompt = self.render(request.messages)
        for rule in self._rules:
            if rule.adapter in (None, request.adapter) and re.search(rule.pattern, prompt):
                if rule.error is not None:
                    raise EngineError(rule.error)
                return rule.answer
        return FALLBACK
