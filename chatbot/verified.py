"""Which engines give the reference's answers, on which model, in which precision: measured, not believed.

A row is written by `ragft engine verify` and holds for one model (by fingerprint), one engine, one
version of its library and one precision. Some rows ship with the package; others grow in the model
cache. `choose` is what `engine = "auto"` means. How a row is measured is `studies.verifying`' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from chatbot.config import ModelConfig
from chatbot.engines import REFERENCE
from chatbot.model_card import model_fingerprint
from chatbot.placement import place
from chatbot.resolver import resolve
from foundation.files import read_json, write_json
from foundation.jsonable import from_json, to_json

SHIPPED: Final = Path(__file__).with_name("verified.json")
_LOCAL: Final = "verified.json"  # in the model cache
MARGINS: Final = {"correct": 0.01, "rougeL": 0.01}  # what the interval must lie within, for both
# What "auto" may take, and the distribution whose version its verification holds for.
LIBRARIES: Final = {"openvino": "openvino-genai"}


@dataclass(frozen=True)
class Agreement:
    """One metric: candidate minus reference over all prompts, with its 90 % interval and the margin that it must stay within."""

    difference: float
    low: float
    high: float
    margin: float | None  # None: shown, not required

    @property
    def holds(self) -> bool:
        """Tell whether the whole interval lies inside the margin; what has no margin always holds."""
        return self.margin is None or (-self.margin <= self.low and self.high <= self.margin)

    @property
    def broken(self) -> bool:
        """Tell whether the difference itself is larger than the margin: not too little measured, but too different."""
        return self.margin is not None and abs(self.difference) > self.margin


@dataclass(frozen=True)
class Verification:
    """What one engine did beside the reference on the same prompts."""

    model: str
    model_fingerprint: str
    engine: str
    version: str
    precision: str
    prompts: int
    questions: int
    systems: tuple[str, ...]
    knowledge_base: str
    identical: float  # share of answers with equal text
    rouge_l: float  # mean ROUGE-L F between the two engines' answers
    speedup: float  # reference seconds by candidate seconds, for batches asked in turns
    agreement: dict[str, Agreement]  # by metric
    failed: int = 0  # prompts that one of the two engines could not answer
    created: str = ""
    machine: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether both required intervals are there and inside their margin, and neither engine failed alone."""
        measured = all(name in self.agreement for name in MARGINS)
        return measured and not self.failed and all(agreement.holds for agreement in self.agreement.values())

    @property
    def broken(self) -> bool:
        """Tell whether the engine was seen to answer differently, which is more than not enough prompts to tell."""
        return bool(self.failed) or any(agreement.broken for agreement in self.agreement.values())

    @property
    def summary(self) -> str:
        """The row in one line, without its verdict."""
        return (
            f"{self.model}: {self.engine} in {self.precision} with {self.version}, on {self.prompts:,} prompts of {self.knowledge_base} "
            f"({self.identical:.1%} identical, {self.speedup:.1f} × as fast)"
        )


@dataclass(frozen=True)
class Choice:
    """What `engine = "auto"` came to: the configuration to use, and the line that says why."""

    config: ModelConfig
    note: str = ""
    row: Verification | None = field(default=None)


def verified(cache: Path) -> tuple[Verification, ...]:
    """Return the rows that ship and those measured here, the latter last; DataError for a damaged file."""
    found: list[Verification] = []
    for file in (SHIPPED, cache / _LOCAL):
        if file.is_file():
            found += from_json(tuple[Verification, ...], read_json(file, "table of verified engines"), str(file))
    return tuple(found)


def remember(cache: Path, row: Verification) -> Path:
    """Write `row` into the table of this machine, in the place of an earlier one for the same thing; return the file."""
    file = cache / _LOCAL
    kept = from_json(tuple[Verification, ...], read_json(file, "table of verified engines"), str(file)) if file.is_file() else ()
    write_json(file, to_json((*(other for other in kept if _what(other) != _what(row)), row)))
    return file


def _what(row: Verification) -> tuple[str, ...]:
    return (row.model_fingerprint, row.engine, row.version, row.precision, row.knowledge_base)


def choose(config: ModelConfig, cache: Path) -> Choice:
    """Return what answers: the engine that `config` names, or for "auto" the fastest that is verified here, else the reference.

    On a GPU "auto" is the reference: the fast engine is one for processors. May fetch the model.
    """
    if config.engine != "auto":
        return Choice(config)
    reference = config.model_copy(update={"engine": REFERENCE})
    if place("auto", config.device).device == "cuda":
        return Choice(reference, "engine: transformers on the GPU")
    mark = model_fingerprint(resolve(config.name, cache))
    rows = [row for row in _latest(verified(cache)) if row.model_fingerprint == mark and row.engine in LIBRARIES]
    usable = [row for row in rows if row.holds and not obstacle(row, config)]
    if usable:
        best = max(usable, key=lambda row: row.speedup)
        fast = config.model_copy(update={"engine": best.engine, "precision": best.precision})
        return Choice(fast, f"engine: {best.engine} in {best.precision}, verified on {best.prompts:,} prompts", best)
    hints = [reason for row in rows if row.holds and (reason := obstacle(row, config))]
    hints += [f"{row.engine} in {row.precision} answered too differently on {row.knowledge_base}" for row in rows if row.broken]
    hint = hints[0] if hints else "no faster one is verified for this model: ragft engine verify"
    return Choice(reference, f"engine: the reference (transformers); {hint}")


def obstacle(row: Verification, config: ModelConfig) -> str | None:
    """Return why a verified engine cannot be used here and now, or None when it can."""
    library = LIBRARIES[row.engine]
    try:
        here = version(library)
    except PackageNotFoundError:
        return f"{row.engine} is faster and verified for this model: pip install 'ragft[fast]'"
    if f"{library} {here}" != row.version:
        return f"{row.engine} was verified with {row.version}, and here is {here}: ragft engine verify"
    if config.precision not in ("auto", row.precision):
        return f"{row.engine} is verified in {row.precision}, and model.precision asks for {config.precision}"
    from chatbot.engines.openvino_models import resolved_precision

    if row.precision == "bfloat16" and resolved_precision("auto") != "bfloat16":
        return f"{row.engine} is verified in bfloat16, which this processor lacks: ragft engine verify"
    return None


def _latest(rows: Sequence[Verification]) -> list[Verification]:
    """Return one row for each engine, version and precision on a model: one that is broken counts over any that holds."""
    best: dict[tuple[str, ...], Verification] = {}
    for row in rows:
        key = _what(row)[:-1]
        if key not in best or _weight(row) >= _weight(best[key]):
            best[key] = row
    return list(best.values())


def _weight(row: Verification) -> int:
    return 2 if row.broken else 1 if row.holds else 0
