"""Which questions are asked, when not all are: an even share of every kind and language."""

from __future__ import annotations

from collections.abc import Sequence

from foundation.errors import DataError
from knowledge_base.model import Question
from studies.project import Project


def choose_questions(project: Project) -> tuple[Question, ...]:
    """Return the questions of the configured split, in file order, thinned to the configured number.

    Raises DataError when the split is empty.
    """
    config = project.eval_config
    found = project.knowledge_base.split(config.split)
    if not found:
        raise DataError(f"knowledge base {project.knowledge_base.name!r} has no {config.split} questions. Add some, or set eval.split.")
    return thinned(found, config.questions or len(found))


def thinned(questions: Sequence[Question], count: int) -> tuple[Question, ...]:
    """Return at most `count` of the questions, in their order: each kind and language keeps its share, to within one question.

    Within a kind and language they are taken at even steps, so a set sorted by document is
    spread over the documents. Source: systematic sampling with implicit stratification, as in
    Lohr 2021, Sampling: Design and Analysis, 3rd edition.

    >>> questions = [Question(str(n), "?", "en", kind="rare" if n < 2 else "common") for n in range(8)]
    >>> [question.id for question in thinned(questions, 4)]
    ['0', '2', '4', '6']
    """
    if count >= len(questions):
        return tuple(questions)
    step = len(questions) / count if count else 0.0
    by_stratum = sorted(range(len(questions)), key=lambda place: (questions[place].kind, questions[place].language, place))
    return tuple(questions[place] for place in sorted(by_stratum[int(position * step)] for position in range(count)))
