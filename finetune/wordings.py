"""Other wordings of a training question, made without a model.

A fact trained in one wording is mostly repeated in that wording alone; trained in several,
it is known (Ovadia et al. 2023, arXiv 2312.05934). Two cheap ones: the question
with words left out, and the evidence itself with a gap where the answer stood.
"""

from __future__ import annotations

import random
import re

from knowledge_base.model import Question

GAP = "..."


def vary(text: str, share: float, rng: random.Random) -> str:
    """Return `text` with about `share` of its words left out, in order; at least three words stay.

    Source: random deletion of Wei & Zou 2019, EDA, arXiv 1901.11196.

    >>> vary("how deep may a probe go", 0.0, random.Random(0))
    'how deep may a probe go'
    """
    words = text.split()
    kept = [word for word in words if rng.random() >= share]
    return " ".join(kept) if len(kept) >= min(3, len(words)) else text


def with_gap(question: Question) -> str | None:
    """Return a quote of the evidence with a gap in the place of the answer, or None when no answer stands in it.

    >>> from knowledge_base.model import Span
    >>> quote = "The probe may be lowered to 35 metres at most."
    >>> with_gap(Question("q", "How deep?", "en", ("35 metres",), evidence=(Span("d", "r", 0, 46, quote),)))
    'The probe may be lowered to ... at most.'
    """
    for span in question.evidence:
        quote = " ".join(span.quote.split())
        for answer in question.answers:
            match = re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", quote) if answer.strip() else None
            if match and len(quote) > len(answer):
                return quote[: match.start()] + GAP + quote[match.end() :]
    return None
