"""Texts to sentences, so that an answer can be held against its passages sentence by sentence.

Answers and passages are Markdown: a line ends a sentence, and list items and table rows are sentences
of their own. No model and no list of abbreviations but a short one: a sentence that is cut in two
("approx. | 3 kg") is made whole again by whoever looks at two neighbours. Offsets are not kept.
"""

from __future__ import annotations

import re
from typing import Final

_ITEM: Final = re.compile(r"^\s*(?:[-*+•>]\s+|#+\s+|\d{1,2}[.)]\s+)+")
_ABBREVIATED: Final = r"(?<!\b[A-Z])(?<!\b(?:Mr|Dr|No|St|vs|al|cf|ca|pp|av|ap))(?<!\b(?:Mrs|Mme|etc|fig|Fig|Vol|vol|art|Art|env))"
_END: Final = re.compile(rf"(?:[!?…؟。！？]|{_ABBREVIATED}\.)(?:\s?»)?[)\]\"”»*_]*(?:\s++(?![a-zà-ÿ])|$)|(?<=[。！？])")
_BLANK: Final = re.compile(r"^[\W_]*$")


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, in order; what has neither letter nor digit is left out.

    >>> sentences("# Leave\\n\\nPlan 3.5 weeks. Ask Dr. Lind!\\n- one item\\n|---|")
    ['Leave', 'Plan 3.5 weeks.', 'Ask Dr. Lind!', 'one item']
    >>> sentences("« Déjà ? » Oui, à 14 h. env. 3 jours")
    ['« Déjà ? »', 'Oui, à 14 h. env. 3 jours']
    >>> sentences("It weighs approx.  three kg.")
    ['It weighs approx.  three kg.']
    """
    found: list[str] = []
    for line in text.splitlines():
        body = _ITEM.sub("", line)
        start = 0
        for end in _END.finditer(body):
            found.append(body[start : end.end()].strip())
            start = end.end()
        found.append(body[start:].strip())
    return [sentence for sentence in found if not _BLANK.match(sentence)]
