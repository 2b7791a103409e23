"""A person's decision on a draft, written at once: to the question set when it is kept, and to the drafts.

The question gets its id from the draft's, so that a kill between the two writes is mended
by the next review instead of asking the same question twice.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from foundation.errors import DataError, InputError
from foundation.files import read_jsonl
from knowledge_base.drafts import Draft, append_drafts, stands_in
from knowledge_base.question_file import QUESTIONS, append_rows, changing

KIND = "drafted"


def question_row(draft: Draft) -> dict[str, Any]:
    """Return the row of questions.jsonl for a draft that was accepted; fact, group and split follow from the evidence.

    An answer that does not stand in the quote is tagged `abstractive`; a draft from a
    log `log`. Without an answer the question is kept, stays unscored and claims no evidence.

    >>> row = question_row(Draft("d-1", "How many days?", "en", "27 days", log="chat.csv"))
    >>> row["id"], row["answers"], row["tags"], row["answerable"]
    ('q-1', ['27 days'], ['log'], True)
    """
    abstractive = bool(draft.answer and draft.evidence) and not stands_in(
        draft.answer, [span.quote for span in draft.evidence], draft.language
    )
    return {
        "id": question_id(draft),
        "text": draft.question,
        "language": draft.language,
        "answers": [draft.answer] if draft.answer else [],
        "answerable": True if draft.answer else "unknown",
        "evidence": [
            {"document_id": span.document_id, "start": span.start, "quote": span.quote} for span in draft.evidence if draft.answer
        ],
        "kind": KIND,
        "tags": [tag for tag, holds in (("log", draft.log), ("abstractive", abstractive)) if holds],
    }


def question_id(draft: Draft) -> str:
    """Return the id that the question of a draft has or would have."""
    return f"q{draft.id.removeprefix('d')}"


def accept(folder: Path, draft: Draft, *, question: str | None = None, answer: str | None = None, language: str | None = None) -> Draft:
    """Add the draft to the question set as it is, or as edited, and return it as decided.

    Raises InputError when the question is empty, DataError when the draft has become a question
    elsewhere: nothing is written then.
    """
    changed = replace(
        draft,
        question=(draft.question if question is None else question).strip(),
        answer=(draft.answer if answer is None else answer).strip(),
        language=language or draft.language,
    )
    if not changed.question:
        raise InputError("a question without words cannot be accepted. Type it, or reject the draft.")
    decided = replace(changed, status="accepted" if changed == draft else "edited", decided=_today(), reason="")
    with changing(folder) as path:
        if question_id(decided) in _ids(path):
            raise DataError(f"question {question_id(decided)} is there already: this draft was accepted elsewhere meanwhile. Start again.")
        append_rows(path, [question_row(decided)])
    append_drafts(folder, [decided])
    return decided


def reject(folder: Path, draft: Draft, reason: str = "") -> Draft:
    """Keep the draft out of the question set for good, and return it as decided."""
    decided = replace(draft, status="rejected", decided=_today(), reason=reason.strip())
    append_drafts(folder, [decided])
    return decided


def settle(folder: Path, drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """Mark proposed drafts whose question stands in the question set already (a kill came between two writes); return them."""
    taken = _ids(folder / QUESTIONS)
    waiting = [draft for draft in drafts if draft.status == "proposed" and question_id(draft) in taken]
    late = tuple(replace(draft, status="accepted", decided=_today()) for draft in waiting)
    if late:
        append_drafts(folder, late)
    return late


def _ids(path: Path) -> set[Any]:
    return {row.get("id") for _, row in read_jsonl(path, "question file") if isinstance(row, dict)} if path.exists() else set()


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()
