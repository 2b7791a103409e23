"""The nouns of a run: what was asked, what was answered, what each answer is worth.

What follows from many scores (`Comparison`, `Decision`) is in `eval.comparison`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from chatbot.model import Answer
from knowledge_base.model import Exposure, Question

Status = Literal["scored", "not applicable", "unscored", "error"]


@dataclass(frozen=True)
class RunRecord:
    """One question × system → one answer or one error, or neither when an imported system has no answer to it.

    Passages are kept by content hash in passages.jsonl.
    """

    question_id: str
    system: str
    answer: Answer | None
    error: str | None = None
    training_seed: int | None = None
    decoding_seed: int | None = None
    condition: str = ""
    batch: int = 0  # which batch of its system, from 0
    seconds: float = 0.0  # wall time of that whole batch; 0 when nothing was generated

    @property
    def missing(self) -> bool:
        """Tell whether there is neither an answer nor an error."""
        return self.answer is None and self.error is None


@dataclass(frozen=True)
class Asked:
    """One question of a run as it was when asked, with its exposure to the training questions."""

    question: Question
    exposure: Exposure = "unseen"


@dataclass(frozen=True)
class Latency:
    """One question asked alone: seconds from question to whole answer, or an error."""

    system: str
    question_id: str
    seconds: float | None
    error: str | None = None


@dataclass(frozen=True)
class RunManifest:
    """What was run: enough to refuse a resume with another configuration and to reproduce the run."""

    id: str
    created: str
    configuration: dict[str, Any]
    fingerprints: dict[str, Any]  # corpus, questions, index, examples, prompts, adapters (name → fp), model
    engine: dict[str, Any]  # EngineInfo as JSON
    systems: tuple[dict[str, Any], ...]
    question_ids: tuple[str, ...]
    plan: dict[str, Any]  # primary metric, margin, contrasts, seeds, resamples
    versions: dict[str, str]
    adapters: dict[str, Any] = field(default_factory=dict)  # name → adapter manifest
    environment: dict[str, Any] = field(default_factory=dict)  # threads, device, commit


@dataclass(frozen=True)
class Score:
    """One metric on one record. A failure is a status, never a number."""

    metric: str
    system: str
    question_id: str
    value: float | None
    status: Status = "scored"
    reason: str = ""  # why there is no value, where it is not plain from the status
    training_seed: int | None = None  # of the adapter that answered; None where there is none, or one for all


@dataclass(frozen=True)
class Estimate:
    """A mean with its confidence interval, how that was made, and what it stands on."""

    value: float
    low: float
    high: float
    n: int  # questions
    clusters: int  # facts
    method: str = "bca"  # name of the interval: see `eval.stats.intervals.METHODS`
