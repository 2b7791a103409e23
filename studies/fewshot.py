"""Choose the worked examples of the few-shot system, without giving an answer away."""

from __future__ import annotations

from collections.abc import Sequence

from foundation.fingerprint import fingerprint
from knowledge_base.model import Question

EXAMPLES = 4  # more lengthen every prompt; a 135 M model gains little from them


def few_shot_examples(questions: Sequence[Question], count: int = EXAMPLES) -> tuple[Question, ...]:
    """Return `count` training questions with answers for each language, of facts that no test question asks for.

    One per group (document) while groups last, questions that one document answers
    first, else in an order drawn from the question ids alone, so that the choice is the
    same on every machine. Questions of form (with a
    rule) and follow-ups show nothing of how to answer, and are left out. When every fact
    is tested, facts shared with the test are left out all the same and fewer come back.
    """
    asked = {question.fact for question in questions if question.split == "test"}
    free = [q for q in questions if q.split == "train" and q.answers and not q.history and q.rule is None and q.fact not in asked]
    free.sort(key=lambda question: (len(question.parts) > 1, fingerprint("few-shot", question.id)))
    languages = dict.fromkeys(question.language for question in free)
    return tuple(example for language in languages for example in _spread([q for q in free if q.language == language], count))


def _spread(free: list[Question], count: int) -> list[Question]:
    chosen: list[Question] = []
    while free and len(chosen) < count:
        groups = {question.group for question in chosen}
        fresh = next((question for question in free if question.group not in groups), free[0])
        chosen.append(fresh)
        free = [question for question in free if question.fact != fresh.fact]
    return chosen
