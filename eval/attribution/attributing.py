"""Attribute the answers of all systems to one question: one cause each, by rules over the record alone.

A rule may look at the question and its annotations, the answer, the passages that were shown, and what the
other systems answered; never at a model. What the causes add up to is `eval.attribution.flow`'s business.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from chatbot.model import Answer
from eval.attribution.case import Case
from eval.attribution.doubt import agreeing
from eval.attribution.model import Attribution
from eval.attribution.rules import judge
from knowledge_base.model import Exposure, Question


def attribute(
    question: Question,
    exposure: Exposure,
    answers: Mapping[str, Answer | None],
    primary: Mapping[str, float | None],
    errors: Mapping[str, str | None],
    missing: Collection[str],
    context: Mapping[str, str],
) -> dict[str, Attribution]:
    """Return the cause of each system's answer to one question, in the order of `answers`.

    Args:
        question: with its gold answers, evidence and rule.
        exposure: of the question to the training questions of the run.
        answers: system → answer, None where it failed or has none.
        primary: system → value of `correct`, 0 or 1; None where it is not scored. A system left out is not scored.
        errors: system → what failed, None where nothing did.
        missing: systems that have neither an answer nor an error.
        context: system → "none", "few-shot", "retrieval", "gold", "documents" or "imported".

    Raises KeyError for a system without a context.

    >>> asked = Question("q", "How heavy is it?", "en", answers=("3 kg",), answerable="yes")
    >>> said = {"base": Answer("3 kg."), "other": Answer("It weighs 3,000 grams.")}
    >>> found = attribute(asked, "unseen", said, {"base": 1.0, "other": 0.0}, {}, (), {"base": "none", "other": "none"})
    >>> found["base"].cause, found["other"].cause
    ('correct', 'right but mis-scored')
    """
    wrong = {
        system: Case(system, question, answer, context[system], exposure)
        for system, answer in answers.items()
        if answer is not None and not errors.get(system) and (primary.get(system) or 0.0) < 1 and primary.get(system) is not None
    }
    shared = agreeing(tuple(wrong.values()), [system for system in answers if (primary.get(system) or 0.0) >= 1])
    found: dict[str, Attribution] = {}
    for system in answers:
        if errors.get(system):
            found[system] = Attribution("error", "attribution-why-error")
        elif system in missing or answers[system] is None:
            found[system] = Attribution("unscored", "attribution-why-missing")
        elif primary.get(system) is None:
            found[system] = Attribution("unscored", "attribution-why-unscored")
        elif system not in wrong:
            found[system] = Attribution("correct", "attribution-why-correct")
        else:
            found[system] = judge(replace(wrong[system], agrees=system in shared))
    return found
