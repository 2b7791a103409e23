"""What a question's example teaches: its answer, or that there is none, in the words that the prompts ask for."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.prompts import FALLBACK_LANGUAGE
from knowledge_base.model import Question

ABSTENTIONS = {"en": "I don't know.", "fr": "Je ne sais pas."}  # what the prompts ask for, word for word


def is_trainable(question: Question) -> bool:
    """Tell whether a question has something to learn: a gold answer, or that there is none.

    >>> is_trainable(Question("q", "How deep?", "en", ("35 metres",))), is_trainable(Question("q", "How deep?", "en"))
    (True, False)
    """
    return bool(question.text.strip()) and (question.answerable == "no" or any(answer.strip() for answer in question.answers))


def abstention(language: str) -> str:
    """Return the refusal that the prompts of a language ask for, in English where there is none in it.

    >>> abstention("fr"), abstention("de")
    ('Je ne sais pas.', "I don't know.")
    """
    return ABSTENTIONS.get(language, ABSTENTIONS[FALLBACK_LANGUAGE])


def target(question: Question, number: int | None = None) -> str:
    """Return what is to be answered: the first gold answer, followed by `[number]` if given, or the refusal.

    The question must be trainable (`is_trainable`).

    >>> target(Question("q", "How deep?", "en", ("35 metres", "35 m"), "yes"), 2)
    '35 metres [2]'
    """
    if question.answerable == "no":
        return abstention(question.language)
    answer = next(answer.strip() for answer in question.answers if answer.strip())
    return answer if number is None else f"{answer} [{number}]"


def usable(questions: Sequence[Question], recipe: str) -> tuple[tuple[Question, ...], tuple[str, ...]]:
    """Return the trainable questions in order, and the sentence that says how many others there were.

    >>> usable([Question("q", "How deep?", "en")], "qa")
    ((), ('qa: 1 question left out: it has no answer and is not marked unanswerable',))
    """
    kept = tuple(question for question in questions if is_trainable(question))
    return kept, said(recipe, len(questions) - len(kept), "it has no answer and is not marked unanswerable")


def said(recipe: str, count: int, why: str) -> tuple[str, ...]:
    """Return the sentence for `count` questions left out of a recipe; none for none.

    >>> said("raft", 2, "no passage found holds its answer")
    ('raft: 2 questions left out: no passage found holds its answer',)
    """
    if not count:
        return ()
    return (f"{recipe}: {count} question{'s' if count > 1 else ''} left out: {why}",)
