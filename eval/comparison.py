"""The nouns of what a run showed: everything that a report says, in numbers and codes, never in a language.

A sentence is kept as a `Said`: the key of a message and its values. `eval.wording` says it in English or
French, so one comparison.json serves both, and the decision can be made again from that file alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from eval.model import Estimate
from eval.trained import TrainedAdapter

SCHEMA: Final = 2  # of comparison.json; raised when a reader of an earlier one would misread a new one

Role = Literal["base", "rag", "finetuned", "both", "bound", "imported"]
Verdict = Literal["rag", "finetuned", "both", "base", "equivalent", "not enough evidence"]
Cause = Literal[  # in the order in which reports list and draw them
    "correct",
    "right but mis-scored",
    "gold doubtful",
    "not retrieved",
    "retrieved, not read",
    "hallucinated",
    "should have abstained",
    "abstained needlessly",
    "undetermined",
    "unscored",
    "error",
]
By = Literal["exposure", "kind", "tag", "language", "length"]  # what slices divide the questions by, in the order of reports


@dataclass(frozen=True)
class Said:
    """One sentence: the key of a message in `eval/wording/<language>/*.ftl`, and the values that it names."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)  # numbers as shares, names as they are, lists of names


@dataclass(frozen=True)
class Tongue:
    """One language of the questions. `spoken` None means that it could not be told."""

    code: str
    questions: int
    spoken: bool | None
    declared: tuple[str, ...]  # by the model; empty when it declares none
    told: int = 0  # answers whose language could be told
    matching: int = 0  # of these, in the language of the question


@dataclass(frozen=True)
class SystemResult:
    """All aggregates of one system over all its questions."""

    system: str
    role: Role  # what a decision may call it; "bound" is perfect retrieval, which nobody can deploy
    context: str  # of the system: "none", "few-shot", "retrieval", "gold", "documents", "imported"
    adapter: str | None
    metrics: dict[str, Estimate]  # metric → mean over the questions that it scores; unbounded metrics have one too
    statuses: dict[str, dict[str, int]]  # metric → status → number of questions: what was not scored is counted here
    citations: dict[str, int]  # answers "with", "without", "wrong" numbers; empty when not applicable
    abstentions: int
    errors: int
    throughput: dict[str, float]  # questions_per_second, tokens_per_second (batch)
    latency: dict[str, float]  # p50, p95 seconds, one at a time, questions; empty when not measured
    causes: dict[str, int] = field(default_factory=dict)  # Cause → questions, all of them, "correct" included
    flow: tuple[tuple[str, str, int], ...] = ()  # from, to, questions: the stages of `eval.attribution.flow`
    seeds: dict[str, float] = field(default_factory=dict)  # training seed → its own mean of the primary metric; empty with one
    missing: int = 0  # questions that the system has no answer to: imported ones alone can have some
    imported: str = ""  # the file that the answers came from; empty when they were generated in the run


@dataclass(frozen=True)
class Equivalence:
    """Two one-sided tests against the declared margin, at 5 %: is the difference too small to matter?"""

    low: float  # of the 90 % interval
    high: float
    p_value: float
    p_holm: float
    shown: bool  # p_holm < 5 %
    evidence: dict[str, float] = field(default_factory=dict)  # of `eval.stats.equivalence.Evidence`: the test at any margin; not for seeds


@dataclass(frozen=True)
class Contrast:
    """One declared contrast on the primary metric: `a` − `b`, paired, clustered by fact."""

    a: str
    b: str
    kind: Literal["controlled", "bundled"]
    difference: Estimate
    standard_error: float  # of the difference, robust to clusters
    p_value: float  # paired permutation, whole facts
    p_holm: float
    wins: int
    ties: int
    losses: int
    verdict: Literal["better", "worse", "not shown"]  # of `a`, after Holm at 5 %
    equivalence: Equivalence
    differs: tuple[str, ...] = ()  # what sets `a` apart from `b`: "context", "adapter"…; exactly one is a controlled contrast
    dropped: int = 0  # questions that only one of the two has a score for, left out of the pairs
    mcnemar: float | None = None  # exact p of McNemar's test, which takes questions as independent; None when not binary
    effects: dict[str, float] = field(default_factory=dict)  # effect size → value, see `eval.stats.effects`
    smallest: float = 0.0  # smallest difference that these questions show with 80 % power, at 5 % over all declared contrasts
    needed: int | None = None  # questions that show a difference of the margin likewise; None for a margin of 0, and where none are enough
    p_beyond: float = 1.0  # Holm-corrected and one-sided: that the difference exceeds the margin in the direction seen
    beyond: bool = False  # p_beyond < 5 %
    fragile: bool = False  # its difference is gone where failed answers count as 0: not shown for this alone
    trainings: int = 1  # training seeds, or folds, whose luck is in its intervals; 1: it is not


@dataclass(frozen=True)
class Exploration:
    """A contrast on another metric or in a slice. Not declared: `q_value` is Benjamini–Hochberg over all explorations."""

    metric: str
    a: str
    b: str
    difference: Estimate
    p_value: float
    q_value: float
    slice: str = ""  # "kind: list" and the like; empty for all questions


@dataclass(frozen=True)
class Slice:
    """Some of the questions. `few` means too few facts for an interval that holds: figures are counts to look at, no more."""

    by: By
    name: str
    questions: int
    facts: int
    few: bool
    smallest: float | None  # smallest difference that it can show, as a share; None: none at all
    scores: dict[str, Estimate]  # system → primary metric
    edge: Literal["", "floor", "ceiling"] = ""  # every system below 5 % or above 95 % here


@dataclass(frozen=True)
class RiskCoverage:
    """What a system would get wrong if it answered only where `signal` is high (Geifman and El-Yaniv 2017, arXiv 1705.08500)."""

    system: str
    signal: str
    coverage: tuple[float, ...]  # shares of the questions answered, rising
    risk: tuple[float, ...]  # share wrong among these
    area: float  # under the curve; lower is better
    at_random: float  # the same with a signal that knows nothing: the share wrong


@dataclass(frozen=True)
class Output:
    """What one system made of one question."""

    system: str
    text: str
    correct: float | None  # 1 or 0 by the metric "correct", whatever the primary metric is; None when unscored
    abstained: bool = False
    error: str | None = None
    missing: bool = False
    cause: str = ""  # Cause, with the rule that gave it in `why`
    why: str = ""  # key of the rule, see docs/attribution.md
    passages: tuple[str, ...] = ()  # keys of `Comparison.passages`, in prompt order
    citations: tuple[int, ...] = ()  # numbers in the text that point to one of them
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Inspected:
    """One question with every system's answer."""

    question_id: str
    text: str
    language: str
    kind: str
    exposure: str
    answers: tuple[str, ...]
    outputs: tuple[Output, ...]
    fact: str = ""
    tags: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()  # quotes


@dataclass(frozen=True)
class Passage:
    """A passage that some system was shown."""

    title: str
    document_id: str
    text: str


@dataclass(frozen=True)
class MarginCase:
    """What the decision would be from this margin up to the next one."""

    margin: float
    verdict: Verdict
    system: str | None


@dataclass(frozen=True)
class Decision:
    """What may be decided, how sure that is, and what would change it. The rule is written in docs/decision.md."""

    verdict: Verdict
    system: str | None  # that stands for it; the simplest of `among` when they are equivalent; None without evidence
    among: tuple[str, ...]  # candidates that no other was shown to beat by enough to matter, simplest first
    reason: str  # code of the rule that decided
    margin: float
    headline: Said
    sentences: tuple[Said, ...] = ()  # what the headline stands on
    settle: tuple[Said, ...] = ()  # what would settle it, or change it
    support: dict[str, float] = field(default_factory=dict)  # candidate → share of resamples in which it scores highest
    margins: tuple[MarginCase, ...] = ()  # the decision at other margins
    costs: dict[str, Any] = field(default_factory=dict)  # nothing yet: what each system costs will stand here


@dataclass(frozen=True)
class Comparison:
    """Everything that a report says. Built from a run folder alone; JSON round trip, schema in docs/comparison.schema.json."""

    schema: int  # of this file; readers refuse another
    run_id: str
    created: str
    decision: Decision
    scope: dict[str, Any]  # model, engine, precision, weights, knowledge_base, documents, questions, facts, languages, date, k
    warnings: tuple[Said, ...]  # gravest first
    plan: dict[str, Any]
    systems: tuple[SystemResult, ...]
    contrasts: tuple[Contrast, ...]
    explorations: tuple[Exploration, ...]
    slices: tuple[Slice, ...]
    tongues: tuple[Tongue, ...]
    risk_coverage: tuple[RiskCoverage, ...]
    metric_names: tuple[str, ...]  # order of the columns, the primary metric first
    metric_info: dict[str, dict[str, Any]]  # name → direction, low, high, summary, source, missing, needs
    support: dict[str, float]  # system → share of resamples in which it scores highest on the primary metric
    questions: tuple[Inspected, ...]
    passages: dict[str, Passage]
    provenance: dict[str, Any] = field(default_factory=dict)
    training: tuple[TrainedAdapter, ...] = ()  # the adapters that systems answer with
