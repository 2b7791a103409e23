"""Which questions of a comparison to look at: by words, kind, exposure, cause, and by who was right. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from eval.comparison import Comparison, Inspected, Output
from eval.report.questions_data import state

Outcome = Literal["right", "wrong", "abstained", "unscored", "error", "missing"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("right", "wrong", "abstained", "unscored", "error", "missing")
MARKS: Final = {"right": "✓", "wrong": "✗", "unscored": "·", "missing": "·", "error": "!"}  # as the reports have them
_PAIRS: Final = 6  # more are no help


@dataclass(frozen=True)
class Wanted:
    """What a question must have to be shown; what is empty asks for nothing."""

    text: str = ""  # stands, whatever its case, in the question, a gold answer or an answer
    kinds: Collection[str] = ()
    exposures: Collection[str] = ()
    languages: Collection[str] = ()
    tags: Collection[str] = ()  # one of them
    causes: Collection[str] = ()  # of one answer
    of: str | None = None  # the system whose cause counts; None: any
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)  # system → what became of its answer
    pair: tuple[str, str] | None = None  # the first is right and the second wrong

    def __len__(self) -> int:
        """Return how many filters are set, the text and the pair left out: they are in sight."""
        return sum(map(bool, (self.kinds, self.exposures, self.languages, self.tags, self.causes))) + len(self.outcomes)


def mark(output: Output) -> str:
    """Return one sign for an answer: ✓ right, ✗ wrong, ○ wrong by abstaining, · unscored or missing, ! failed.

    >>> [mark(Output("rag", "", value, abstained=True)) for value in (1.0, 0.0)], mark(Output("rag", "", None, error="gone"))
    (['✓', '○'], '!')
    """
    found = state(output)
    return "○" if found == "wrong" and output.abstained else MARKS[found]


def pairs(comparison: Comparison) -> list[tuple[str, str]]:
    """Return (right, wrong) of the comparisons that are asked for most: RAG against fine-tuning both ways, then what a contrast lost."""
    role: dict[str, Any] = {result.system: result.role for result in comparison.systems}
    declared = [(one.a, one.b) for one in comparison.contrasts if one.a in role and one.b in role]
    rivals = [pair for pair in declared if {role[name] for name in pair} == {"rag", "finetuned"}]
    found = [pair for a, b in rivals for pair in ((a, b), (b, a))] + [(b, a) for a, b in declared]
    return list(dict.fromkeys(found))[:_PAIRS]


def chosen_questions(questions: Sequence[Inspected], wanted: Wanted) -> list[Inspected]:
    """Return the questions that pass every filter, in their order."""
    needle = wanted.text.strip().casefold()
    outcomes: list[tuple[str, Outcome]] = list(wanted.outcomes.items())
    if wanted.pair:
        outcomes += [(wanted.pair[0], "right"), (wanted.pair[1], "wrong")]
    return [
        question
        for question in questions
        if (not wanted.kinds or question.kind in wanted.kinds)
        and (not wanted.exposures or question.exposure in wanted.exposures)
        and (not wanted.languages or question.language in wanted.languages)
        and (not wanted.tags or any(tag in wanted.tags for tag in question.tags))
        and (not wanted.causes or any(o.cause in wanted.causes for o in question.outputs if wanted.of in (None, o.system)))
        and (not needle or any(needle in part.casefold() for part in _texts(question)))
        and all(_fits(question, system, outcome) for system, outcome in outcomes)
    ]


def spans(text: str, quotes: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of the quotes that stand in `text`, in order, without overlap.

    >>> spans("The badge is red. It is 9 cm.", ("It is 9 cm.", "badge is red", "is red. It", "blue"))
    ((4, 16), (18, 29))
    """
    found: list[tuple[int, int]] = []
    for quote in quotes:
        start = text.find(quote) if quote else -1
        end = start + len(quote)
        if start >= 0 and all(end <= other[0] or start >= other[1] for other in found):
            found.append((start, end))
    return tuple(sorted(found))


def _texts(question: Inspected) -> list[str]:
    return [question.text, *question.answers, *(output.text for output in question.outputs)]


def _fits(question: Inspected, system: str, outcome: Outcome) -> bool:
    """Tell whether `system` came to `outcome`: an abstention is right or wrong too."""
    found = [output for output in question.outputs if output.system == system]
    return any(output.abstained if outcome == "abstained" else state(output) == outcome for output in found)
