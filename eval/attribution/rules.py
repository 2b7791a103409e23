"""The rules of attribution, in order: the first that applies names the cause. docs/attribution.md says them in words.

Root causes come first: what was never retrieved could not be read, so an answer without its
evidence is a failure of retrieval whatever it says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from eval.attribution.case import Case
from eval.attribution.forms import another_form, stands_in_evidence
from eval.attribution.model import Attribution
from eval.comparison import Cause

Rule = Callable[[Case], Attribution | None]


def unanswerable(case: Case) -> Attribution | None:
    """Rule 1: the documents do not answer the question, so the answer should have abstained."""
    if case.question.answerable != "no" or case.question.rule is not None:
        return None
    if case.abstains:
        return _because("right but mis-scored", "abstained-unrecognised")
    if not case.said:
        return _because("undetermined", "empty")
    return _because("should have abstained", "answered-unanswerable")


def form_alone(case: Case) -> Attribution | None:
    """Rule 2: a question of style that marks no evidence: what failed is the form, and nothing tells why."""
    return _because("undetermined", "rule-failed") if case.question.rule is not None and not case.question.evidence else None


def mis_scored(case: Case) -> Attribution | None:
    """Rule 3: the answer gives a gold answer in another form. Where a rule scores, the gold answer alone is not enough."""
    if case.answer.abstained:
        return None
    found = another_form(case.said, case.question, case.language)
    if case.question.rule is not None:
        given = found is not None or case.states_gold
        return _because("undetermined", "rule-failed-gold-given") if given else None
    return None if found is None else _because("right but mis-scored", f"gold-{found}")


def gold_not_in_evidence(case: Case) -> Attribution | None:
    """Rule 4: an answer was given, and no gold answer stands in the quotes that are marked as its evidence."""
    if case.abstains or not case.said or stands_in_evidence(case.question) is not False:
        return None
    return _because("gold doubtful", "gold-not-in-evidence")


def others_agree(case: Case) -> Attribution | None:
    """Rule 5: systems of different kinds give this same answer, and it stands in the evidence."""
    return _because("gold doubtful", "others-agree") if case.agrees else None


def not_retrieved(case: Case) -> Attribution | None:
    """Rule 6: passages were looked up and do not hold all parts of the evidence; to abstain was then right."""
    if case.held is None or case.held[0] == case.held[1]:
        return None
    if case.abstains:
        return _because("not retrieved", "evidence-missing-abstained")
    return _because("not retrieved", "evidence-partly-shown" if case.held[0] else "evidence-missing")


def needless(case: Case) -> Attribution | None:
    """Rule 7: it abstained from a question that the documents answer, and no search had failed it."""
    if not case.abstains:
        return None
    if case.held:
        return _because("abstained needlessly", "abstained-with-evidence")
    if case.sees_nothing:
        return _because("abstained needlessly", "abstained-without-passages")
    return _because("undetermined", "abstained-not-annotated")


def not_read(case: Case) -> Attribution | None:
    """Rule 8: the passages hold the evidence; what the answer says instead stands in them, or does not."""
    if not case.held:
        return None
    if not case.claims:
        return _because("retrieved, not read", "evidence-unused")
    if case.unsupported(tuple(f"{hit.chunk.title} {hit.chunk.text}" for hit in case.answer.hits)):
        return _because("hallucinated", "not-in-passages")
    return _because("retrieved, not read", "elsewhere-in-passages")


def from_memory(case: Case) -> Attribution | None:
    """Rule 9: no passages were shown: a statement that the evidence does not support is made up."""
    if not case.sees_nothing:
        return None
    if not case.said:
        return _because("undetermined", "empty")
    if case.repeats:
        return _because("undetermined", "repeats-question")
    if case.claims and not case.unsupported(tuple(span.quote for span in case.question.evidence)):
        return _because("undetermined", "beside-the-question")
    return _because("hallucinated", "stated-from-memory" if case.exposure == "unseen" else "stated-though-trained")


def nothing_annotated(case: Case) -> Attribution:
    """Rule 10: passages without marked evidence, or an imported answer whose passages are unknown."""
    return _because("undetermined", "not-annotated" if case.reads else "passages-unknown")


RULES: Final[tuple[Rule, ...]] = (
    unanswerable,
    form_alone,
    mis_scored,
    gold_not_in_evidence,
    others_agree,
    not_retrieved,
    needless,
    not_read,
    from_memory,
    nothing_annotated,
)


def judge(case: Case) -> Attribution:
    """Return what the first rule that applies says of one wrong answer."""
    return next(found for rule in RULES if (found := rule(case)) is not None)


def _because(cause: Cause, rule: str) -> Attribution:
    return Attribution(cause, f"attribution-why-{rule}")
