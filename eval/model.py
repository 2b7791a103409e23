"""The nouns of an evaluation: RunRecord, RunManifest, Score, and the Comparison that reports render."""

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


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval and what it stands on."""

    value: float
    low: float
    high: float
    n: int  # questions
    clusters: int  # facts


@dataclass(frozen=True)
class SystemResult:
    """All aggregates of one system. `metrics` has the mean of each scored metric."""

    system: str
    metrics: dict[str, Estimate]
    by_exposure: dict[str, dict[str, Estimate]]  # exposure → metric → estimate
    by_kind: dict[str, dict[str, Estimate]]
    citations: dict[str, int]  # answers "with", "without", "wrong" numbers; empty when not applicable
    abstentions: int
    errors: int
    tokens: dict[str, float]  # mean prompt_tokens, completion_tokens
    throughput: dict[str, float]  # questions_per_second, tokens_per_second (batch)
    latency: dict[str, float]  # p50, p95 seconds, one at a time; empty when not measured
    missing: int = 0  # questions that the system has no answer to: imported ones alone can have some
    imported: str = ""  # the file that the answers came from; empty when they were generated in the run
    by_tag: dict[str, dict[str, Estimate]] = field(default_factory=dict)  # a question counts under each of its tags
    by_language: dict[str, dict[str, Estimate]] = field(default_factory=dict)


@dataclass(frozen=True)
class Contrast:
    """One declared contrast on the primary metric: `a` − `b`, paired, clustered by fact."""

    a: str
    b: str
    kind: Literal["controlled", "bundled"]
    difference: Estimate
    p_value: float
    p_holm: float
    wins: int
    ties: int
    losses: int
    verdict: Literal["better", "worse", "not shown"]  # of `a`, after Holm at 5 %
    differs: tuple[str, ...] = ()  # what sets `a` apart from `b`: "context", "adapter"…; exactly one is a controlled contrast
    dropped: int = 0  # questions that only one of the two has a score for, left out of the pairs


@dataclass(frozen=True)
class Example:
    """One question with every system's answer, for reading side by side."""

    question_id: str
    text: str
    language: str
    kind: str
    exposure: str
    answers: tuple[str, ...]
    outputs: tuple[dict[str, Any], ...]  # system, text, correct (bool|None), abstained, error, passages (list of texts)


@dataclass(frozen=True)
class Comparison:
    """Everything that a report says. Built from a run folder alone; JSON round trip."""

    run_id: str
    created: str
    headline: tuple[str, ...]  # plain sentences: what may be concluded, or that nothing may
    scope: dict[str, Any]  # model, engine, precision, weights, corpus, documents, questions, facts, languages, date
    warnings: tuple[str, ...]  # budgeted training, random weights, one training seed, language not spoken, leaks…
    plan: dict[str, Any]
    systems: tuple[SystemResult, ...]
    contrasts: tuple[Contrast, ...]
    metric_names: tuple[str, ...]  # order of the columns
    metric_info: dict[str, dict[str, Any]]  # name → direction, low, high, summary, source
    retrieval: dict[str, Estimate]  # recall@k, mrr on the evidence
    examples: tuple[Example, ...]
    provenance: dict[str, Any] = field(default_factory=dict)
