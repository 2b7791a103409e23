"""The nouns of training: one example, the end check, and the manifest of an adapter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

ExampleKind = Literal["closed-book", "retrieval"]


@dataclass(frozen=True)
class TrainingExample:
    """One prompt as the engine would send it, and the tokens to be learnt after it."""

    question_id: str
    kind: ExampleKind
    prompt: str
    target: str
    prompt_ids: tuple[int, ...]
    target_ids: tuple[int, ...]  # the answer and the end of turn: the only positions with a loss

    @property
    def tokens(self) -> int:
        """Return the length of the whole sequence in tokens."""
        return len(self.prompt_ids) + len(self.target_ids)


@dataclass(frozen=True)
class Step:
    """What one optimiser step did."""

    step: int  # from 1
    loss: float  # mean over the answer tokens of the step
    learning_rate: float
    seconds: float  # since training began
    closed_book: int  # examples of each kind in the step
    retrieval: int
    tokens: int  # computed: a shared beginning counts once


@dataclass(frozen=True)
class CheckedQuestion:
    """One training question asked back at the end."""

    question_id: str
    base: str
    trained: str
    correct: bool


@dataclass(frozen=True)
class EndCheck:
    """Did training teach anything? A third of the questions must come back correct."""

    passed: bool
    system: str  # the way the questions were asked: "finetuned" or "rag+finetuned"
    asked: int
    correct: int
    changed: int  # answers that differ from the base model's
    answers: tuple[CheckedQuestion, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """How much of the plan was trained: examples seen, and what a budget left out."""

    budgeted: bool
    budget_seconds: float | None
    closed_book_seen: int
    retrieval_seen: int
    closed_book_epochs: float
    retrieval_epochs: float
    left_out: tuple[str, ...] = ()  # plain sentences for the reader


@dataclass(frozen=True)
class AdapterManifest:
    """What an adapter is, what it was made from, and how training went."""

    name: str
    created: str  # ISO 8601, UTC
    base: str
    base_fingerprint: str  # EngineInfo.model_fingerprint of the base that it fits
    weights: str  # "real", or "random" for tiny test models
    adapter_fingerprint: str  # of adapter_model.safetensors
    recipe: str
    configuration: dict[str, Any]
    fingerprints: dict[str, str]  # corpus, index, prompts, questions…
    question_ids: tuple[str, ...]
    question_fingerprints: dict[str, str]  # id → fingerprint of its text and answers
    seed: int
    seconds: float  # the whole command: loading, training, end check
    training_seconds: float
    tokens: int
    tokens_per_second: float
    steps: int
    loss_start: float
    loss_end: float
    coverage: Coverage
    check: EndCheck
    versions: dict[str, str] = field(default_factory=dict)
    trainable_parameters: int = 0
    validation_loss: float | None = None
    precision: str = "float32"
    notes: tuple[str, ...] = ()

    @property
    def budgeted(self) -> bool:
        """Tell whether a time budget, not a number of epochs, ended training."""
        return self.coverage.budgeted
