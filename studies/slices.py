"""What the test questions of each slice can show: the smallest difference that their number detects.

A table of ten questions looks like a result and is none. Before anything is run, each
slice of the test split is told how large a difference must be to be seen in it.
Questions about one fact are not independent, so two bounds are given: as if only facts
counted (the wordings of a fact tell nothing beyond one of them), and as if every
question counted by itself. The truth lies between them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from eval.aggregate import kind_of
from eval.stats.power import smallest_difference
from knowledge_base.exposure import exposures
from knowledge_base.model import KnowledgeBase, Question

DISCORDANCE: Final = 0.2  # share of questions that one of two systems answers correctly and the other does not


@dataclass(frozen=True)
class Slice:
    """Some of the scored test questions. The differences are shares of correct answers; None: no difference can be shown."""

    by: str  # "all", "kind", "tag", "language", "exposure", "answerable"
    name: str
    questions: int
    facts: int
    by_facts: float | None  # conservative bound
    by_questions: float | None  # optimistic bound


def slices(kb: KnowledgeBase, discordance: float = DISCORDANCE) -> tuple[Slice, ...]:
    """Return the slices of the test split, all of it first; questions that cannot be scored count in none.

    Both bounds are for a paired comparison at 80 % power and a two-sided α of 0.05.
    """
    test = [question for question in kb.split("test") if question.answerable != "unknown" or question.rule is not None]
    seen = exposures(test, kb.split("train"))
    members: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for question in test:
        members["all", "test"].append(question)
        members["kind", kind_of(question)].append(question)
        for tag in question.tags:
            members["tag", tag].append(question)
        members["language", question.language].append(question)
        members["exposure", seen[question.id]].append(question)
        members["answerable", question.answerable].append(question)
    order = ["all", "kind", "tag", "language", "exposure", "answerable"]
    return tuple(
        _slice(by, name, members[by, name], discordance) for by, name in sorted(members, key=lambda key: (order.index(key[0]), key[1]))
    )


def _slice(by: str, name: str, questions: list[Question], discordance: float) -> Slice:
    facts = len({question.fact for question in questions})
    return Slice(
        by,
        name,
        len(questions),
        facts,
        smallest_difference(facts, discordance),
        smallest_difference(len(questions), discordance),
    )
