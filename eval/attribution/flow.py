"""Where the questions of one system go: the stages of its answers, counted for an alluvial chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from chatbot.model import Answer
from eval.attribution.case import Case
from eval.attribution.model import Attribution, Evidence, FlowRow
from eval.comparison import Cause
from knowledge_base.model import Question

START: Final = "flow-asked"
_EVIDENCE: Final[dict[Evidence, str]] = {
    "shown": "flow-evidence-shown",
    "not shown": "flow-evidence-not-shown",
    "unknown": "flow-evidence-unknown",
    "no passages": "flow-no-passages",
}
_UNANSWERABLE: Final = "flow-unanswerable"
_ANSWER: Final = {True: "flow-abstained", False: "flow-answered", None: "flow-no-answer"}
_CAUSE: Final[dict[Cause, str]] = {
    "correct": "flow-correct",
    "right but mis-scored": "flow-right-but-mis-scored",
    "gold doubtful": "flow-gold-doubtful",
    "not retrieved": "flow-not-retrieved",
    "retrieved, not read": "flow-retrieved-not-read",
    "hallucinated": "flow-hallucinated",
    "should have abstained": "flow-should-have-abstained",
    "abstained needlessly": "flow-abstained-needlessly",
    "undetermined": "flow-undetermined",
    "unscored": "flow-unscored",
    "error": "flow-error",
}
STAGES: Final = ((START,), (*_EVIDENCE.values(), _UNANSWERABLE), tuple(_ANSWER.values()), tuple(_CAUSE.values()))


def flow_row(question: Question, answer: Answer | None, context: str, attribution: Attribution) -> FlowRow:
    """Return one record as a row of the flow; `context` is that of its system."""
    if answer is None:
        return FlowRow(attribution.cause, "no passages", None, question.answerable)
    case = Case("", question, answer, context)
    known: Evidence = "unknown" if case.held is None else "shown" if case.held[0] == case.held[1] else "not shown"
    abstained = answer.abstained if attribution.cause == "correct" else case.abstains
    return FlowRow(attribution.cause, known if case.reads else "no passages", abstained, question.answerable)


def flow(rows: Sequence[FlowRow]) -> tuple[tuple[str, str, int], ...]:
    """Return (from, to, questions) between the stages of one system, stage by stage; what has no question is left out.

    The nodes are keys of messages, in the order of `STAGES`. As many questions leave a node as come to it.

    >>> flow([FlowRow("correct", "shown", False), FlowRow("not retrieved", "not shown", True)])[:2]
    (('flow-asked', 'flow-evidence-shown', 1), ('flow-asked', 'flow-evidence-not-shown', 1))
    """
    found: list[tuple[str, str, int]] = []
    paths = [(START, _seen(row), _ANSWER[row.abstained], _CAUSE[row.cause]) for row in rows]
    for stage in range(len(STAGES) - 1):
        counts = Counter(path[stage : stage + 2] for path in paths)
        ordered = sorted(counts, key=lambda pair: (STAGES[stage].index(pair[0]), STAGES[stage + 1].index(pair[1])))
        found += [(first, second, counts[first, second]) for first, second in ordered]
    return tuple(found)


def _seen(row: FlowRow) -> str:
    return _UNANSWERABLE if row.answerable == "no" else _EVIDENCE[row.evidence]
