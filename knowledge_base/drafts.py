"""Drafted questions: proposed by a model or taken from a log, and no questions until a person says so.

Drafts live in `drafts.jsonl` beside `questions.jsonl`; loading a knowledge base never
reads them. The file is a journal: rows are only appended and the last row of a draft is
its state, so that drafting may go on while somebody reviews and a kill loses nothing.
What drafts a question is the business of `studies.drafting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from foundation.files import append_jsonl, read_jsonl, trim_torn_tail
from foundation.fingerprint import fingerprint
from foundation.jsonable import from_json, to_json
from foundation.language import states
from knowledge_base.model import Document, Span

FILE_NAME = "drafts.jsonl"
Status = Literal["proposed", "accepted", "edited", "rejected", "discarded"]
STATUSES: tuple[Status, ...] = ("proposed", "accepted", "edited", "rejected", "discarded")
DECIDED = ("accepted", "edited", "rejected")


@dataclass(frozen=True)
class Drafter:
    """What wrote a draft: engine, model, its weights and the prompt, so that another one may try again."""

    engine: str
    model: str
    model_fingerprint: str
    prompt: str  # fingerprint of the prompt template


@dataclass(frozen=True)
class Draft:
    """One drafted question. It has come from a passage (then `drafter` is set) or from the lines `log_lines` of `log`."""

    id: str
    question: str
    language: str
    answer: str = ""  # empty: not known
    status: Status = "proposed"
    evidence: tuple[Span, ...] = ()
    drafter: Drafter | None = None
    log: str | None = None  # file name
    log_lines: tuple[int, ...] = ()
    frequency: int = 1  # how often the log asks it, near-duplicates counted
    reason: str = ""  # why it was discarded or rejected
    decided: str | None = None  # ISO date; who decided is not kept


def draft_id(*parts: object) -> str:
    """Return the id of a draft with this origin: the same origin, the same id.

    >>> draft_id("leave", 4, 11) == draft_id("leave", 4, 11)
    True
    """
    return f"d-{fingerprint(*parts)[:12]}"


def read_drafts(folder: Path) -> tuple[Draft, ...]:
    """Return the drafts of a knowledge base folder in the order in which they were proposed, each as it stands now.

    A last line that a kill has torn is passed over. Raises DataError with the line of any other fault.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return ()
    found: dict[str, Draft] = {}
    for number, row in read_jsonl(path, "drafts", torn_tail=True):
        draft = from_json(Draft, row, f"{path}, line {number}")
        found[draft.id] = draft
    return tuple(found.values())


def append_drafts(folder: Path, drafts: Iterable[Draft]) -> None:
    """Add drafts, or new states of drafts, to the journal; on the disk when this returns."""
    path = folder / FILE_NAME
    trim_torn_tail(path)
    append_jsonl(path, (to_json(draft) for draft in drafts))


def anchored(draft: Draft, documents: Mapping[str, Document]) -> Draft | None:
    """Return the draft with its evidence where it stands today, or None when a quote is gone or stands twice elsewhere."""
    spans = []
    for span in draft.evidence:
        document = documents.get(span.document_id)
        if document is None:
            return None
        if document.text[span.start : span.end] == span.quote:
            spans.append(replace(span, revision=document.revision))
            continue
        if document.text.count(span.quote) != 1:
            return None
        start = document.text.index(span.quote)
        spans.append(Span(document.id, document.revision, start, start + len(span.quote), span.quote))
    return replace(draft, evidence=tuple(spans))


def stands_in(answer: str, quotes: Sequence[str], language: str) -> bool:
    """Tell whether `answer` stands in one of `quotes` as whole normalised words.

    >>> stands_in("27 Days", ["Everybody receives 27 days."], "en"), stands_in("7 days", ["27 days"], "en")
    (True, False)
    """
    return any(states(quote, answer, language) for quote in quotes)
