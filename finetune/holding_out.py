"""Which questions watch a training instead of being trained.

On facts that no model can know a held-out *fact* cannot get better however good the training
is: its loss rises from the start, and says nothing. What can be learnt is to answer a trained
fact in *other words*. So, where no validation split was declared, one wording each is held out of
facts that are trained in several.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from finetune.recipes import is_trainable
from knowledge_base.model import Question

_WORDINGS = 4  # a fact needs so many before one is taken away: its training hardly changes then
_MOST = 0.1  # of the training questions, at most


def hold_out(questions: Sequence[Question], declared: Sequence[Question], count: int) -> tuple[tuple[Question, ...], tuple[Question, ...]]:
    """Return (questions to train, questions to watch), the latter at most `count`; the same for every training seed.

    Args:
        questions: the training split.
        declared: the validation split; where it has usable questions they are taken and nothing is held out.
        count: 0 or more.
    """
    drawn = random.Random("validation")
    usable = [question for question in declared if is_trainable(question)]
    if usable:
        return tuple(questions), tuple(drawn.sample(usable, min(count, len(usable))))
    wordings: dict[tuple[str, str], list[Question]] = {}
    for question in questions:
        if question.fact and not question.history and question.rule is None and is_trainable(question):
            wordings.setdefault((question.fact, question.language), []).append(question)
    rich = [each for each in wordings.values() if len(each) >= _WORDINGS]
    most = min(count, int(_MOST * len(questions)), len(rich))
    held = {drawn.choice(each).id for each in drawn.sample(rich, most)}
    return (
        tuple(question for question in questions if question.id not in held),
        tuple(question for question in questions if question.id in held),
    )
