"""The nouns of training: one example, one step, one evaluation, one alarm, and the manifest of an adapter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class TrainingExample:
    """One prompt as the engine would send it, and the tokens to be learnt after it."""

    source: str  # id of what it was made from: a question, a passage, a line of a file
    recipe: str  # the name of the recipe that made it
    prompt: str
    target: str
    prompt_ids: tuple[int, ...]
    target_ids: tuple[int, ...]  # the answer and the end of turn: the only positions with a loss

    @property
    def tokens(self) -> int:
        """Return the length of prompt and target together in tokens."""
        return len(self.prompt_ids) + len(self.target_ids)


@dataclass(frozen=True)
class Step:
    """What one optimiser step did: one line of curve.jsonl."""

    step: int  # from 1
    loss: float  # mean over the answer tokens of the step
    learning_rate: float
    seconds: float  # of training so far, pauses between resumed parts left out
    examples: dict[str, int]  # by recipe, in this step
    tokens: int  # computed in this step: a shared beginning counts once
    grad_norm: float | None = None  # before clipping
    memory: int = 0  # peak resident bytes of the process so far; of the GPU's allocator where training is there


@dataclass(frozen=True)
class Evaluation:
    """What was measured between two steps: one line of evaluations.jsonl."""

    step: int  # after this many steps; 0 is the model before training
    seconds: float  # of training so far
    train_loss: float  # mean per answer token over a fixed sample of training examples, in evaluation mode
    validation_loss: float | None  # the same over the validation examples; None without any
    score: float | None = None  # share of generated validation answers that are `correct`, 0 to 1; None when none was asked
    asked: int = 0  # answers behind the score


@dataclass(frozen=True)
class CheckedQuestion:
    """One training question asked back at the end."""

    question_id: str
    base: str
    trained: str
    correct: bool


@dataclass(frozen=True)
class EndCheck:
    """Did training teach anything? A third of the questions must come back correct, long answers nearly so."""

    passed: bool
    system: str  # the way the questions were asked: "finetuned" or "rag+finetuned"
    asked: int
    correct: int
    changed: int  # answers that differ from the base model's
    answers: tuple[CheckedQuestion, ...] = ()


@dataclass(frozen=True)
class Seen:
    """How much of one recipe was trained."""

    examples: int  # drawn in all
    passes: float  # over what the recipe can make
    size: int  # examples of one pass


@dataclass(frozen=True)
class Coverage:
    """How much of the plan was trained, and what was left out."""

    budgeted: bool  # a time budget ended training
    budget_seconds: float | None
    seen: dict[str, Seen]  # by recipe
    left_out: tuple[str, ...] = ()  # plain sentences for the reader
    stopped: str | None = None  # "early" when validation ended training before its plan did


@dataclass(frozen=True)
class Alarm:
    """One check of a finished adapter for harm that a score on the task does not show."""

    name: str  # "leak", "forgetting", "rag-regression", "adapter-sanity", "unknown-share"
    status: str  # "fired", "quiet", or "not run"
    measure: str  # what the figure is, as a code: "loss-ratio", "points", "share", "logit-gap", …
    figure: float | None
    low: float | None  # interval of the figure
    high: float | None
    threshold: float | None  # beyond it the alarm fires
    count: int  # observations behind the figure
    details: dict[str, Any] = field(default_factory=dict)  # codes and numbers for the report; up to ten examples under "examples"
    reason: str | None = None  # why it was not run


@dataclass(frozen=True)
class AdapterManifest:
    """What an adapter is, what it was made from, and how training went."""

    name: str
    created: str  # ISO 8601, UTC
    base: str
    base_fingerprint: str  # EngineInfo.model_fingerprint of the base that it fits
    weights: str  # "real", or "random" for tiny test models
    adapter_fingerprint: str  # of the weights file
    recipe: dict[str, float]  # recipe → share of the training tokens
    method: str  # "lora", "qlora", "8bit" or "full"
    training_fingerprint: str  # of all that training depends on: equal means that training again is needless
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
    train_loss: float | None = None  # of the weights that were kept, over the examples that alarms look at
    validation_loss: float | None = None  # the same over the validation examples
    validation_ids: tuple[str, ...] = ()  # questions held out of training to watch it
    best_step: int | None = None  # the step whose weights were kept, when not the last
    precision: str = "float32"
    peak_memory: int = 0  # bytes
    curve: tuple[Step, ...] = ()  # at most 100 of the steps, evenly spread: the whole is in curve.jsonl
    evaluations: tuple[Evaluation, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    notes: tuple[str, ...] = ()
