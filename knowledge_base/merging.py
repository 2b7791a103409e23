"""Rows that ask the same: copies are dropped and counted, contradictions are settled as the user says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from foundation.errors import UnknownNameError
from foundation.language import normal_answer
from knowledge_base.cells import Entry
from knowledge_base.exposure import normal_text
from knowledge_base.model import Question

OnConflict = Literal["error", "first", "merge", "skip"]
_POLICIES: Final[dict[str, OnConflict]] = {"error": "error", "first": "first", "merge": "merge", "skip": "skip"}


@dataclass(frozen=True)
class Conflict:
    """The same question with answers of which none is the same. `numbers` are those of its rows."""

    text: str
    numbers: tuple[int, ...]
    answers: tuple[str, ...]  # one text per row, answers joined by " | "; the first may be an existing question's
    existing: str = ""  # id of the question of the folder that has the first of the answers


@dataclass
class Merged:
    """The entries that remain, and what became of the others."""

    entries: list[Entry] = field(default_factory=list)
    duplicates: int = 0
    already_there: int = 0
    conflicts: list[Conflict] = field(default_factory=list)


def settled_by(name: str) -> OnConflict:
    """Return the way of settling conflicts that has this name, or raise UnknownNameError."""
    if name not in _POLICIES:
        raise UnknownNameError("way to settle conflicts", name, _POLICIES)
    return _POLICIES[name]


def merge(entries: Sequence[Entry], existing: Sequence[Question], on_conflict: OnConflict) -> Merged:
    """Return the entries without copies, conflicts settled by `on_conflict`; needs every language filled in.

    "first" keeps the first answer, "merge" takes all of them as right, "skip" leaves the
    question out. An existing question is never changed: against it, all three leave the
    row out. "error" settles as "skip" does; the caller refuses when there are conflicts.
    """
    there = {_key(q.text, q.language, [(turn.role, turn.text) for turn in q.history]): q for q in existing}
    groups: dict[str, list[Entry]] = {}
    for each in entries:
        groups.setdefault(_key(each.text, each.language or "", [(turn["role"], turn["text"]) for turn in each.history]), []).append(each)
    merged = Merged()
    for key, members in groups.items():
        known = there.get(key)
        kept, rivals = members[0], []
        for other in members[1:]:
            joined = _joined(kept, other)
            if joined is None:
                rivals.append(other)
            else:
                kept = joined
                merged.duplicates += 1
        if known is not None:
            told = bool(known.answers) or known.answerable != "unknown" or not kept.answers  # else the row says what the folder does not
            same = told and _agree(known.answers, known.answerable, kept.answers, kept.answerable, known.language)
            if same and not rivals:
                merged.already_there += 1
            else:
                rows = [kept, *rivals]
                said = (_said(known.answers, known.answerable), *(_said(row.answers, row.answerable) for row in rows))
                merged.conflicts.append(Conflict(kept.text, tuple(row.number for row in rows), said, known.id))
            continue
        if rivals:
            rows = [kept, *rivals]
            said = tuple(_said(row.answers, row.answerable) for row in rows)
            merged.conflicts.append(Conflict(kept.text, tuple(row.number for row in rows), said))
            if on_conflict == "merge":
                answers = tuple(dict.fromkeys(answer for row in rows for answer in row.answers))
                kept = replace(kept, answers=answers, answerable="yes" if answers else "no")
            elif on_conflict != "first":
                continue
        merged.entries.append(kept)
    return merged


def _key(text: str, language: str, history: Sequence[tuple[str, str]]) -> str:
    return normal_text(text, language) + (f"\x00{json.dumps(history)}" if history else "")


def _joined(one: Entry, other: Entry) -> Entry | None:
    """Both rows as one when they do not contradict each other: what one leaves open, the other says."""
    if not _agree(one.answers, one.answerable, other.answers, other.answerable, one.language or "en"):
        return None
    gaps = {
        name: getattr(other, name)
        for name in ("id", "kind", "split", "fact", "group", "tags", "rule", "quotes")
        if not getattr(one, name) and getattr(other, name)
    }
    known = one.answerable if one.answerable != "unknown" else other.answerable
    return replace(one, answers=tuple(dict.fromkeys((*one.answers, *other.answers))), answerable=known, **gaps)


def _agree(one: Sequence[str], one_answerable: str, other: Sequence[str], other_answerable: str, language: str) -> bool:
    """An unknown answer contradicts nothing; known ones must share one; answerable and unanswerable never agree."""
    if {one_answerable, other_answerable} == {"yes", "no"}:
        return False
    if not one or not other:
        return True
    left, right = ({" ".join(normal_answer(answer, language)) for answer in answers} for answers in (one, other))
    return bool(left & right)


def _said(answers: Sequence[str], answerable: str) -> str:
    return " | ".join(answers) or ("unanswerable" if answerable == "no" else answerable)
