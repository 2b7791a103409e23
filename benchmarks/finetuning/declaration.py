"""What is trained and asked, and which difference each figure looks at: written down before the first run.

All settings are the product's defaults but for those in `SETTINGS`, which were fixed before any test question was asked. Who
wants others tries them on wordings of training questions that are held out (figure `look`), never on the test questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from foundation.errors import UnknownNameError
from foundation.fingerprint import fingerprint

Data = Literal["orlisund", "xquad_en_a"]
Trained = Literal["none", "all", "many", "look"]  # see `benchmarks.finetuning.sets`
Asked = Literal["test", "sample", "many", "look"]

SEEDS: Final = (0, 1, 2)
WORDINGS: Final = (1, 2, 4, 8)
# Of [finetune], the same for every adapter but where a family says otherwise. `tokens` counts what is computed: a beginning
# that bare questions share counts once in all. Micro-batches are fixed so that memory has no say in the order of sums.
SETTINGS: Final[dict[str, Any]] = {
    "method": "lora",
    "rank": 16,
    "alpha": 32.0,
    "learning_rate": 1e-3,
    "batch_size": 8,
    "tokens": 60_000,
    "precision": "float32",
    "micro_tokens": 1024,
    "gradient_checkpointing": False,
    "validation": 0,
    "evaluations": 0,
    "alarms": False,
}


@dataclass(frozen=True)
class Family:
    """Points that differ in their training seed alone: one adapter each, or none, and the questions that it answers."""

    name: str
    data: Data
    systems: tuple[str, ...]
    asked: tuple[Asked, ...]  # the union of these sets
    trained: Trained = "none"
    finetune: dict[str, Any] = field(default_factory=dict)  # over SETTINGS
    seeds: tuple[int, ...] = SEEDS

    @property
    def settings(self) -> dict[str, Any]:
        """Return what of [finetune] is not the default, without the seed; nothing where nothing is trained."""
        return {} if self.trained == "none" else {**SETTINGS, **self.finetune}


@dataclass(frozen=True)
class Point:
    """One family with one training seed: what is run, kept and passed over as a whole."""

    family: Family
    seed: int | None  # None where nothing is trained

    @property
    def name(self) -> str:
        """Return the name of the point, which also names its adapter and its result."""
        return self.family.name if self.seed is None else f"{self.family.name}-seed{self.seed}"  # no dot: peft refuses it in names

    def declared(self, overrides: Sequence[str] = ()) -> str:
        """Return a fingerprint of all that is declared here; a result that was declared otherwise does not count."""
        own = self.family
        return fingerprint(own.name, own.data, own.systems, own.asked, own.trained, own.settings, self.seed, list(overrides))


FAMILIES: Final = (
    Family("untrained", "orlisund", ("base", "rag"), ("sample", "many"), seeds=()),
    # The other training facts stay out of the curve: at equal tokens each of the 60 facts is then visited 30 to 40 times, and
    # the points differ in nothing but how many wordings these visits are spread over.
    *(
        Family(
            f"wordings-{count}",
            "orlisund",
            ("finetuned",),
            ("many", "sample") if count == max(WORDINGS) else ("many",),
            "many",
            {"recipe": {"paraphrases": 1.0}, "wordings": count},
        )
        for count in WORDINGS
    ),
    Family(
        "wordings-8-bf16",
        "orlisund",
        ("finetuned",),
        ("many",),
        "many",
        {"recipe": {"paraphrases": 1.0}, "wordings": 8, "precision": "bfloat16"},
    ),
    Family("qa", "orlisund", ("finetuned", "rag+finetuned"), ("sample",), "all", {"recipe": {"qa": 1.0}}),
    Family("raft", "orlisund", ("rag+finetuned",), ("sample",), "all", {"recipe": {"raft": 1.0}}),
    Family("untrained-xquad", "xquad_en_a", ("rag",), ("test",), seeds=()),
    Family("raft-xquad", "xquad_en_a", ("rag+finetuned",), ("test",), "all", {"recipe": {"raft": 1.0}}),
    # For choosing settings: a quarter of the facts for a quarter of the tokens, so each fact is visited as often as in the curve;
    # some wordings of the training questions are held out and asked instead of the test questions.
    *(
        Family(
            f"look-{count}",
            "orlisund",
            ("finetuned",),
            ("look",),
            "look",
            {"recipe": {"paraphrases": 1.0}, "wordings": count, "tokens": 15_000},
            seeds=(9,),
        )
        for count in (1, 6)
    ),
)
FIGURES: Final[dict[str, tuple[str, ...]]] = {  # figure → the families that it reads, "look" being no figure of the product
    "wordings": ("untrained", *(f"wordings-{count}" for count in WORDINGS)),
    "exposure": ("untrained", "qa", "wordings-8"),
    "raft": ("untrained", "raft", "untrained-xquad", "raft-xquad"),
    "qa-under-rag": ("untrained", "qa"),
    "bf16": ("wordings-8", "wordings-8-bf16"),
    "look": ("look-1", "look-6"),
}


def points(figures: Sequence[str] = ()) -> tuple[Point, ...]:
    """Return the points that the named figures read (all but `look` when none is named): untrained first, then seed by seed.

    A run that is cut short has then whole figures with fewer seeds, not fewer figures.
    Raises UnknownNameError for a name that is no figure.

    >>> [point.name for point in points(["qa-under-rag"])]
    ['untrained', 'qa-seed0', 'qa-seed1', 'qa-seed2']
    """
    for name in figures:
        if name not in FIGURES:
            raise UnknownNameError("figure", name, FIGURES)
    wanted = {family for name in figures or [name for name in FIGURES if name != "look"] for family in FIGURES[name]}
    chosen = [family for family in FAMILIES if family.name in wanted]
    found = [Point(family, None) for family in chosen if not family.seeds]
    seeds = sorted({seed for family in chosen for seed in family.seeds})
    return (*found, *(Point(family, seed) for seed in seeds for family in chosen if seed in family.seeds))


def point(name: str) -> Point:
    """Return the point of a name, or raise UnknownNameError."""
    known = {one.name: one for figure in FIGURES for one in points([figure])}
    if name not in known:
        raise UnknownNameError("point", name, known)
    return known[name]
