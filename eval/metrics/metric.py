"""What every metric is: a name, a range, a source, and a function of one question and one answer.

The meaning of a metric stands apart from its computation, so that reports can explain a column
without importing what computes it. A metric gives a number or says why there is none; it never
puts a number in the place of a failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from chatbot.model import Answer
from eval.model import Score, Status
from knowledge_base.model import Question

Need = Literal["answers", "answerable", "evidence"]

_MARKER = re.compile(r"\s*\[\s*\d{1,2}(?:\s*[,;–-]\s*\d{1,2})*\s*\]")  # "[2020]" is a year, not a passage


@dataclass(frozen=True)
class Item:
    """One question with what one system answered; `answer` None means that answering failed, or that there is none (`missing`)."""

    question: Question
    answer: Answer | None
    language: str
    system: str = ""
    retrieves: bool = False  # the system looks passages up: then finding none is a miss, not "not applicable"
    missing: bool = False  # an imported system has no answer to this question: it is unscored, not wrong


@dataclass(frozen=True)
class Metric:
    """A measure of one answer. `high` None means that there is no upper bound.

    `measure` gets the question, the answer and the language of both, and gives a number between
    `low` and `high`, or the status that says why there is none.
    """

    name: str
    summary: str
    source: str
    measure: Callable[[Item, Answer], float | Status]
    direction: Literal["higher", "lower"] = "higher"
    low: float = 0.0
    high: float | None = 1.0
    needs: tuple[Need, ...] = ("answers",)

    def score(self, item: Item) -> Score:
        """Return this metric of `item`: a value, or a status without one."""
        if item.answer is None:
            return Score(self.name, item.system, item.question.id, None, "unscored" if item.missing else "error")
        found = self.measure(item, item.answer)
        if isinstance(found, str):
            return Score(self.name, item.system, item.question.id, None, found)
        return Score(self.name, item.system, item.question.id, float(found))

    def info(self) -> dict[str, Any]:
        """Return what a report says of this metric."""
        return {
            "direction": self.direction,
            "low": self.low,
            "high": self.high,
            "needs": list(self.needs),
            "summary": self.summary,
            "source": self.source,
        }


def spoken(text: str) -> str:
    """Return `text` without its citation markers: "[2]" is a pointer and must not count as the answer "2".

    >>> spoken("It weighs 3 kg [2], see also [1, 3].")
    'It weighs 3 kg, see also.'
    """
    return _MARKER.sub("", text)
