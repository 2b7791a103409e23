"""What becomes of one evidence quote in documents that were edited: where it stands now, or why it has no place.

In this order: exactly in its document, lightly reworded there, exactly in one other document. A
document that is gone is replaced by its successor, if one can be told. The order matters: an exact
copy elsewhere, on an obsolete page say, must not hide that the quoted document now says something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from foundation.language import normalise
from knowledge_base.anchoring import NEAR, SURROUNDED, Place, distinct, most_alike, nearest_passage, nearest_to, places
from knowledge_base.model import Document
from knowledge_base.rewording import trouble_with

Outcome = Literal[
    "kept", "moved", "reworded", "other document", "answer changed", "sense changed", "ambiguous", "quote gone", "document gone"
]
ANCHORED: Final = ("kept", "moved", "reworded", "other document")


@dataclass(frozen=True)
class Quote:
    """One piece of evidence as it is written, with what its question says of it."""

    line: int
    question_id: str
    text: str
    document_id: str
    start: int | None
    end: int | None
    answers: tuple[str, ...]
    language: str


@dataclass(frozen=True)
class Anchoring:
    """What became of one quote. `passage` is the text now, or the nearest one when it was not taken."""

    line: int
    question_id: str
    outcome: Outcome
    document_id: str  # where the passage stands; the old document when there is none
    quote: str
    passage: str = ""
    start: int | None = None
    similarity: float | None = None  # percent, of passage to quote
    count: int = 0  # places, when there are several
    unsure: bool = False  # told by its offset alone: few words, and nothing known of what stood around them

    @property
    def anchored(self) -> bool:
        """Tell whether the quote has a place in the documents as they are now."""
        return self.outcome in ANCHORED


class Relocator:
    """Finds quotes in the documents as they are now.

    Args:
        now: documents by id.
        before: those of the state that the quotes were taken from; empty when it is not at hand.
        evidence: all evidence rows, by which the successors of documents that are gone are told.
    """

    def __init__(self, now: Mapping[str, Document], before: Mapping[str, Document], evidence: Sequence[Mapping[str, Any]]) -> None:
        self._now, self._before = now, before
        self._successors = _successors(now, before, evidence)

    def find(self, quote: Quote) -> Anchoring:
        """Return what becomes of `quote`."""
        document = self._now.get(quote.document_id) or self._now.get(self._successors.get(quote.document_id, ""))
        if document is None:
            return self._elsewhere(quote, None) or _made(quote, "document gone")
        exact = self._exact(quote, document)
        if exact is not None:
            return exact
        near = nearest_passage(quote.text, document.text)
        return self._reworded(quote, document, near) or self._elsewhere(quote, document) or _made(quote, "quote gone", document, near)

    def _exact(self, quote: Quote, document: Document) -> Anchoring | None:
        found = places(quote.text, document.text)
        meant = self._meant(found, quote, document)
        if not meant:
            return None
        if len(meant) > 1:
            return _made(quote, "ambiguous", document, count=len(meant))
        start, end = meant[0], meant[0] + len(quote.text)
        stands = len(found) == 1 if quote.start is None else (quote.start == start and quote.end in (None, end))
        outcome: Outcome = "other document" if document.id != quote.document_id else "kept" if stands else "moved"
        unsure = outcome == "moved" and quote.document_id not in self._before and not distinct(quote.text)
        return _made(quote, outcome, document, Place(start, end, 100.0), unsure=unsure)

    def _meant(self, found: list[int], quote: Quote, document: Document) -> list[int]:
        """Return the one of the places that is meant; all of them when nothing tells, none when another mention alone is left."""
        old = self._before.get(quote.document_id)
        stood = places(quote.text, old.text) if old else []
        if found and old is not None and (quote.start in stood or len(stood) == 1):
            start = quote.start if quote.start is not None and quote.start in stood else stood[0]
            chosen, alike = most_alike(found, document.text, len(quote.text), old.text, start)
            return [chosen] if distinct(quote.text) or alike >= SURROUNDED else []
        return [nearest_to(found, quote.start)] if found and quote.start is not None else found

    def _reworded(self, quote: Quote, document: Document, near: Place | None) -> Anchoring | None:
        if near is None or near.similarity < NEAR:
            return None
        trouble = trouble_with(quote.text, document.text[near.start : near.end], quote.answers, quote.language)
        if trouble is None and not distinct(quote.text):
            return None
        return _made(quote, trouble or ("reworded" if document.id == quote.document_id else "other document"), document, near)

    def _elsewhere(self, quote: Quote, document: Document | None) -> Anchoring | None:
        others = [other for other in self._now.values() if other is not document] if distinct(quote.text) else []
        found = [(other, start) for other in others for start in places(quote.text, other.text)]
        if len(found) == 1:
            other, start = found[0]
            return _made(quote, "other document", other, Place(start, start + len(quote.text), 100.0))
        return _made(quote, "ambiguous", count=len(found)) if found else None


def _made(
    quote: Quote, outcome: Outcome, document: Document | None = None, place: Place | None = None, count: int = 0, unsure: bool = False
) -> Anchoring:
    where = quote.document_id if document is None else document.id
    if document is None or place is None:
        return Anchoring(quote.line, quote.question_id, outcome, where, quote.text, count=count)
    passage = document.text[place.start : place.end]
    return Anchoring(quote.line, quote.question_id, outcome, where, quote.text, passage, place.start, place.similarity, count, unsure)


def _successors(now: Mapping[str, Document], before: Mapping[str, Document], evidence: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return, for documents that are gone, the one with the same text, else the one where most of their quotes stand."""
    revisions = {document.revision: document.id for document in now.values()}
    votes: dict[str, Counter[str]] = {}
    for item in evidence:
        gone = str(item["document_id"])
        if gone in now:
            continue
        vote = votes.setdefault(gone, Counter())
        old = before.get(gone)
        for revision in (item.get("revision"), old.revision if old else None):
            if revision in revisions:
                vote[revisions[revision]] += len(evidence)  # the same text: more than all quotes together
        if distinct(item["quote"]):
            homes = [document.id for document in now.values() if normalise(item["quote"]) in document.text]
            vote.update(homes if len(homes) == 1 else ())
    ranked = {gone: vote.most_common(2) for gone, vote in votes.items()}
    return {gone: top[0][0] for gone, top in ranked.items() if top and (len(top) == 1 or top[0][1] > top[1][1])}
