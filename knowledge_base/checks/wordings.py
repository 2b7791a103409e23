"""How much the wordings of one fact resemble each other.

Wordings made from a template share most words, and a test on them measures memory of
the template. The measure is the token Jaccard |A ∩ B| / |A ∪ B| of two wordings in one
language, averaged over the pairs of a fact and then over the facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from foundation.language import tokenize
from knowledge_base.checks.finding import Finding
from knowledge_base.model import KnowledgeBase

MOST_ALIKE = 0.5  # mean over the facts
_WORST = 5


@dataclass(frozen=True)
class Wordings:
    """The mean over facts with two wordings or more (None without such facts), and the facts that are worst."""

    facts: int
    mean: float | None
    worst: tuple[tuple[str, float], ...]  # (fact, mean Jaccard of its pairs), highest first


def wordings(kb: KnowledgeBase) -> Wordings:
    """Return how alike the wordings of the facts are; questions with a history are no wordings of their own."""
    words: dict[tuple[str, str], list[set[str]]] = defaultdict(list)
    for question in kb.questions:
        if not question.history:
            words[question.fact, question.language].append(set(tokenize(question.text, question.language)))
    pairs: dict[str, list[float]] = defaultdict(list)
    for (fact, _), sets in words.items():
        pairs[fact].extend(jaccard(one, other) for one, other in combinations(sets, 2))
    means = {fact: fmean(values) for fact, values in pairs.items() if values}
    worst = sorted(means.items(), key=lambda pair: (-pair[1], pair[0]))[:_WORST]
    return Wordings(len(means), fmean(means.values()) if means else None, tuple(worst))


def jaccard(one: set[str], other: set[str]) -> float:
    """Return |A ∩ B| / |A ∪ B|, 0 for two empty sets.

    >>> jaccard({"how", "heavy", "is", "it"}, {"what", "is", "it"})
    0.4
    """
    return len(one & other) / len(one | other) if one | other else 0.0


def alike(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield one finding when the wordings resemble each other too much."""
    found = wordings(kb)
    if found.mean is not None and found.mean > MOST_ALIKE:
        worst = ", ".join(f"{fact} {value:.2f}" for fact, value in found.worst)
        message = (
            f"the wordings of a fact share {found.mean:.2f} of their words (mean over {found.facts} facts; at most {MOST_ALIKE} is asked). "
            f"Reword the worst: {worst}."
        )
        yield Finding("warning", "wordings-alike", "questions", message)
