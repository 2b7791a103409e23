"""Do test questions stand in texts that were taught and are no questions, such as other people's instructions?

Questions are compared with questions by `knowledge_base.exposure`; here its rule is applied to long lists of texts, most of
which are told apart by a cheap measure first. What stands there in other words is not seen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge_base.exposure import LEAK_SIMILARITY, Leak, exposures, leaks, normal_text
from knowledge_base.model import Question
from studies.alarms.context import AlarmContext

_LABEL = re.compile(r"\W*\w+\s*:\s+")  # "Question: …" at the beginning of a line
_BLOCK = 64  # test questions compared at a time: bounds the similarity matrix


def copied_texts(context: AlarmContext) -> tuple[Leak, ...]:
    """Return, per test question, where it stands nearly word for word in `context.texts`: as a whole text or as a line of one.

    Test questions that are train questions too, word for word, are passed over: they are known to have been seen.
    """
    if not context.texts:
        return ()
    known = exposures(context.test, context.training)
    found: list[Leak] = []
    for language in dict.fromkeys(question.language for question in context.test):
        asked = [question for question in context.test if question.language == language and known[question.id] != "verbatim"]
        lines = [Question(place, line, language, fact=f"text {place}") for place, text in context.texts for line in _parts(text)]
        found += leaks(_near(lines, asked), asked)
    return tuple(found)


def _parts(text: str) -> Iterator[str]:
    """Yield a text and its lines, these without a label.

    >>> list(_parts("Answer briefly.\\nQuestion: How deep?"))
    ['Answer briefly.\\nQuestion: How deep?', 'Answer briefly.', 'How deep?']
    """
    lines = [_LABEL.sub("", line, count=1) if _LABEL.match(line) else line for line in text.splitlines()]
    yield from dict.fromkeys(part for part in (text, *lines) if part.strip())


def _near(texts: Sequence[Question], asked: Sequence[Question]) -> list[Question]:
    """Return the texts that may be a copy of a question by `leaks`, which sorts words for each pair anew: too dear for all."""
    import numpy as np
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import cdist

    forms = [[normal_text(one.text, one.language) for one in side] for side in (texts, asked)]
    ordered = [[" ".join(sorted(form.split())) for form in side] for side in forms]
    near = np.zeros(len(texts), dtype=bool)
    for written, wanted in (forms, ordered):
        for first in range(0, len(wanted), _BLOCK):
            near |= cdist(wanted[first : first + _BLOCK], written, scorer=ratio, score_cutoff=LEAK_SIMILARITY).any(axis=0)
    return [text for text, keep in zip(texts, near, strict=True) if keep]
