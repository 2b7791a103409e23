"""What every metric is: its meaning, and a function of one question and one answer.

The meaning (`Meaning`) stands apart from the computation (`Metric`), so that reports and the generated
reference can explain a column without computing it. A metric gives a number or says why there is none; it
never puts a number in the place of a failure, and its failure on one answer does not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Literal

from chatbot.citations import without_markers
from chatbot.model import Answer
from eval.model import Score, Status
from knowledge_base.model import Question
from retrieval.embedders import Embedder

Need = Literal["answers", "answerable", "rule", "evidence", "passages", "citations", "finish reason", "token counts", "timing", "embedder"]

_ROUNDING = 1e-9  # how far over 1 a sum of floats may come out


@dataclass(frozen=True)
class Item:
    """One question with what one system answered; `answer` None means that answering failed, or that there is none (`missing`)."""

    question: Question
    answer: Answer | None
    language: str
    system: str = ""
    retrieves: bool = False  # the system looks passages up: then finding none is a miss, not "not applicable"
    missing: bool = False  # an imported system has no answer to this question: it is unscored, not wrong
    seconds: float | None = None  # from question to whole answer, asked alone; None when not timed


@dataclass(frozen=True)
class Tools:
    """What some metrics need beside the answers. Without an embedder, those that need one leave their scores out."""

    embedder: Embedder | None = None
    languages: tuple[str, ...] = ()  # that the embedder covers, ISO 639-1


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a column of a report means. `high` None means that there is no upper bound."""

    name: str
    summary: str
    source: str
    missing: str  # what an empty or abstaining answer scores
    unit: str = "share"
    direction: Literal["higher", "lower", "none"] = "higher"  # which is better; "none": neither is
    low: float = 0.0
    high: float | None = 1.0
    needs: tuple[Need, ...] = ("answers",)

    def info(self) -> dict[str, Any]:
        """Return what a report says of this metric."""
        return {
            "direction": self.direction,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "needs": list(self.needs),
            "missing": self.missing,
            "summary": self.summary,
            "source": self.source,
        }


@dataclass(frozen=True, kw_only=True)
class Metric(Meaning):
    """A measure of one answer.

    `measure` gets the item and its answer, and gives a number between `low` and `high`, or the status that
    says why there is none.
    """

    measure: Callable[[Item, Answer], float | Status]
    embeds: bool = False  # its values depend on the embedder: made with another one, or with none, they are others

    def score(self, item: Item) -> Score:
        """Return this metric of `item`: a value, or a status without one. Raises whatever `measure` raises."""
        if item.answer is None:
            return self.unvalued(item, "unscored" if item.missing else "error", "no answer" if item.missing else "answering failed")
        found = self.measure(item, item.answer)
        if isinstance(found, str):
            return self.unvalued(item, found)
        high = inf if self.high is None else self.high
        if not (isfinite(found) and self.low - _ROUNDING <= found <= high + _ROUNDING):
            return self.unvalued(item, "error", f"{found} is out of range")
        return Score(self.name, item.system, item.question.id, float(min(max(found, self.low), high)))

    def score_all(self, items: Sequence[Item], tools: Tools) -> list[Score]:
        """Return this metric of each item, in order; where it fails, a score of status "error" that says why.

        Metrics that need `tools`, or are faster on many answers at once, override this.
        """
        return [self._score_or_error(item) for item in items]

    def unvalued(self, item: Item, status: Status, reason: str = "") -> Score:
        """Return the score of `item` without a value."""
        return Score(self.name, item.system, item.question.id, None, status, reason)

    def _score_or_error(self, item: Item) -> Score:
        try:
            return self.score(item)
        except Exception as error:  # whatever a metric trips over, it is this answer's score alone, and the report counts it
            return self.unvalued(item, "error", f"{type(error).__name__}: {error}")


def spoken(text: str) -> str:
    """Return `text` without its citation markers: "[2]" is a pointer and must not count as the answer "2".

    >>> spoken("It weighs 3 kg [2], see also [1, 3].")
    'It weighs 3 kg, see also.'
    """
    return without_markers(text)
