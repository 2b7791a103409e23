"""A small bot with known answers, so that every figure of a comparison can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from chatbot.model import Answer, Citation, Timing, Usage
from eval.model import RunManifest
from foundation.errors import EngineError
from knowledge_base.model import Question, Span
from retrieval.model import Chunk, Hit

SYSTEMS: tuple[dict[str, Any], ...] = (
    {"name": "base", "context": "none", "adapter": None, "prompt": None},
    {"name": "few-shot", "context": "few-shot", "adapter": None, "prompt": None},
    {"name": "rag", "context": "retrieval", "adapter": None, "prompt": None},
    {"name": "finetuned", "context": "none", "adapter": "main", "prompt": None},
    {"name": "rag+finetuned", "context": "retrieval", "adapter": "main", "prompt": None},
)
CONTRASTS = [["rag", "base"], ["finetuned", "base"], ["rag", "finetuned"], ["rag+finetuned", "rag"], ["rag+finetuned", "finetuned"]]
# How many of the first questions each system knows.
KNOWN = {"base": 2, "few-shot": 4, "rag": 27, "finetuned": 15, "rag+finetuned": 41}


def make_question(number: int, **changes: Any) -> Question:
    """Question `number` about product `number`; its answer is "<number> kg", its evidence ten characters of document d<number>."""
    given: dict[str, Any] = {
        "id": f"q{number:02}",
        "text": f"How heavy is product {number}?",
        "language": "en",
        "answers": (f"{number} kg",),
        "answerable": "yes",
        "evidence": (Span(f"d{number}", "r1", 10, 20, "x" * 10),),
        "kind": "number" if number % 2 else "list",
        "fact": f"f{number:02}",
        "group": f"d{number}",
        "split": "test",
    }
    return Question(**{**given, **changes})


def make_chunk(document: str, start: int = 0, end: int = 30) -> Chunk:
    text = f"{document}: " + "y" * (end - start - len(document) - 2)
    return Chunk(f"{document}@{start}-{end}", document, "r1", start, end, text, title=document)


@dataclass
class KnowingBot:
    """Answers the first `known[system]` questions; `fail` holds texts that break it, alone or in a batch."""

    known: dict[str, int] = field(default_factory=lambda: dict(KNOWN))
    fail: frozenset[str] = frozenset()
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    stop_after: int | None = None

    def ask_many(self, questions: Sequence[Question], system: str) -> list[Answer]:
        if self.stop_after is not None and len(self.asked) >= self.stop_after:
            raise KeyboardInterrupt
        self.asked.append((system, tuple(question.id for question in questions)))
        for question in questions:
            if question.id in self.fail:
                raise EngineError(f"out of memory on {question.id}")
        return [self._answer(question, system) for question in questions]

    def _answer(self, question: Question, system: str) -> Answer:
        number = int(question.id[1:])
        retrieves = "rag" in system
        knows = number < self.known[system]
        weight = question.answers[0] if question.answers else "nothing"
        text = f"It weighs {weight} [1]." if knows and retrieves else f"It weighs {weight}." if knows else "I don't know."
        hits = (Hit(make_chunk("d999"), 0.9, 1), Hit(make_chunk(f"d{number}"), 0.8, 2)) if retrieves else ()
        return Answer(
            text=text,
            citations=(Citation(1, "d999", "r1", 0, 30),) if knows and retrieves else (),
            hits=hits,
            abstained=not knows,
            usage=Usage(100 if retrieves else 20, 6),
            timing=Timing(0.0, 0.1, 0.2, 0.3),
            prompt_hash="p",
        )


def make_manifest(
    questions: Sequence[Question], systems: Sequence[dict[str, Any]] = SYSTEMS, plan: dict[str, Any] | None = None, **fields: Any
) -> RunManifest:
    """A manifest of `questions` and `systems`; `fields` replace its own, entries of `plan` are merged."""
    present = {system["name"] for system in systems}
    usual = {
        "primary": "correct",
        "margin": 0.05,
        "contrasts": [pair for pair in CONTRASTS if set(pair) <= present],
        "resamples": 2000,
        "permutations": 2000,
        "seed": 0,
        "confidence": 0.95,
        "examples": 20,
        "k": 2,
        "leaks": 0,
        "knowledge_base": {"name": "products", "documents": 60},
    }
    given: dict[str, Any] = {
        "id": "run-test",
        "created": "2026-11-21T08:00:00+00:00",
        "configuration": {"model": {"name": "scripted", "batch_size": 8}},
        "fingerprints": {"corpus": "c0", "model": "m0", "adapters": {"main": "a0"}},
        "engine": {"engine": "scripted", "model": "scripted", "precision": "float32", "weights": "real", "languages": ["en"]},
        "systems": tuple(systems),
        "question_ids": tuple(question.id for question in questions),
        "plan": {**usual, **(plan or {})},
        "versions": {"ragft": "0.1.0"},
        "adapters": {"main": {"coverage": {"budgeted": False, "left_out": []}, "check": {"passed": True}}},
        "environment": {"threads": 1},
    }
    return RunManifest(**{**given, **fields})
