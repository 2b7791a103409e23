"""What the record of one answer shows: what it states, whether the passages held the evidence, whether they support it.

Everything here is read from the record; which cause follows is the business of `eval.attribution.rules`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from chatbot.abstention import is_abstention
from chatbot.model import Answer
from eval.attribution.terms import content, is_amount, statements, supported, terms
from eval.metrics.evidence import parts_held
from eval.metrics.metric import spoken
from eval.sentences import sentences
from foundation.language import states
from knowledge_base.model import Exposure, Question

CLOSED_BOOK: Final = ("none", "few-shot")
_ITEM = re.compile(r"^\s*\d{1,2}[.)]\s+(?=\S)", re.MULTILINE)
_REPEATED = 0.6  # share of the terms of the question above which an answer without any other is its echo
_SUPPORTED = 0.6  # share of the claims that must stand in the passages


@dataclass(frozen=True)
class Case:
    """One answer that scored below 1, with all that the rules may look at."""

    system: str
    question: Question
    answer: Answer
    context: str
    exposure: Exposure = "unseen"
    agrees: bool = False  # systems of different kinds give this same other answer

    @property
    def language(self) -> str:
        """The language of question and answer, ISO 639-1."""
        return self.question.language

    @property
    def reads(self) -> bool:
        """Tell whether passages belong to the way this system answers: shown in this record, or looked up in vain."""
        return bool(self.answer.hits) or self.context in ("retrieval", "documents", "gold")

    @property
    def sees_nothing(self) -> bool:
        """Tell whether the system answers from memory. An imported answer without passages may have had some: nobody knows."""
        return not self.reads and self.context in CLOSED_BOOK

    @cached_property
    def said(self) -> str:
        """The answer without citation markers and without the numbers that count the items of a list."""
        return _ITEM.sub("", spoken(self.answer.text)).strip()

    @cached_property
    def abstains(self) -> bool:
        """Tell whether it abstained, or said so in a form that the rule for abstention does not know.

        That is: one sentence abstains, and the others state nothing that the question does not say.
        """
        if self.answer.abstained:
            return True
        parts = [part.strip(" '") for part in sentences(re.sub(r"[\"“”«»]", "\n", self.said))]
        refusing = [is_abstention(part, self.language) for part in parts]
        return any(refusing) and not any(self._claims(part) for part, refuses in zip(parts, refusing, strict=True) if not refuses)

    @cached_property
    def claims(self) -> tuple[str, ...]:
        """What the answer states beyond the question and its history: quantities, then words (`eval.attribution.terms.statements`)."""
        return tuple(self._claims(self.said))

    @cached_property
    def repeats(self) -> bool:
        """Tell whether the answer adds nothing to the question and says most of it again."""
        asked = set(content(terms(self.question.text, self.language), self.language))
        said = set(content(terms(self.said, self.language), self.language))
        return not self.claims and len(asked & said) > _REPEATED * len(asked)

    @property
    def states_gold(self) -> bool:
        """Tell whether a gold answer stands in the answer as whole words."""
        return any(states(self.said, gold, self.language) for gold in self.question.answers)

    @cached_property
    def held(self) -> tuple[int, int] | None:
        """Parts of the evidence that the passages hold, and all parts; None when that cannot be told.

        Without marked evidence a gold answer that stands in a passage as whole words counts as the one part held.
        """
        if not self.reads:
            return None
        parts, hits = self.question.parts, self.answer.hits
        if parts:
            return parts_held(self.question, (hit.chunk for hit in hits)), len(parts)
        stated = any(states(hit.chunk.text, gold, self.language) for hit in hits for gold in self.question.answers)
        return (1, 1) if stated else None

    def unsupported(self, sources: tuple[str, ...]) -> bool:
        """Tell whether no source states what the answer does: one of its quantities, or more than two fifths of all its claims."""
        known = {statement for source in sources for statement in supported(terms(source, self.language))}
        lacking = [claim for claim in self.claims if claim not in known]
        return any(is_amount(claim) for claim in lacking) or len(self.claims) - len(lacking) < _SUPPORTED * len(self.claims)

    def _claims(self, text: str) -> list[str]:
        return [claim for claim in statements(terms(text, self.language), self.language) if claim not in self._asked]

    @cached_property
    def _asked(self) -> frozenset[str]:
        texts = (self.question.text, *(turn.text for turn in self.question.history))
        return frozenset(statement for text in texts for statement in supported(terms(text, self.language)))
