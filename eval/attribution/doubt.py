"""Whether systems that answer in different ways agree on another answer than the gold one: then a person should look at the gold answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from eval.attribution.case import CLOSED_BOOK, Case
from eval.attribution.terms import supported, terms
from knowledge_base.checks.each_question import ABSTRACTIVE

_AGREEING = 3  # systems


def agreeing(cases: Sequence[Case], right: Collection[str]) -> frozenset[str]:
    """Return the systems that agree with others on another answer.

    Two answers are the same when they state the same beyond the question. That counts when at least three systems agree
    (two may share an adapter), some with passages and some without; when they are more than those that gave the gold
    answer; and when all of it stands in one quote of the evidence. Where answers are made of several quotes ("abstractive"),
    one quote alone cannot be the answer, and nothing counts.

    Args:
        cases: the wrong answers to one question.
        right: the systems that gave its gold answer.
    """
    groups: dict[frozenset[str], list[Case]] = defaultdict(list)
    for case in cases:
        if case.claims and not case.abstains:
            groups[frozenset(case.claims)].append(case)
    found: set[str] = set()
    for claims, group in groups.items():
        quotes = [supported(terms(span.quote, group[0].language)) for span in group[0].question.evidence]
        kinds = {case.context in CLOSED_BOOK for case in group}
        enough = len(group) >= _AGREEING and len(group) > len(right) and ABSTRACTIVE not in group[0].question.tags
        if len(kinds) > 1 and enough and any(claims <= quote for quote in quotes):
            found |= {case.system for case in group}
    return frozenset(found)
