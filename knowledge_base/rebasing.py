"""Documents were edited: find each evidence quote again, and say of which questions the answer may be stale.

A quote that stands as before is left alone; one that moved gets its new place; one whose sentence was
lightly reworded is quoted anew, when a gold answer still stands in it. All else is left as it is and
listed with its reason, above all a passage that is there and no longer says the gold answer. The rows
of questions.jsonl are read as they are: a set with broken quotes is what this is for. What becomes of
a single quote is decided in `knowledge_base.relocating`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from foundation.errors import DataError
from foundation.files import parse_json, write_text
from foundation.language import detect, normalise
from knowledge_base.anchoring import places
from knowledge_base.folder import document_files, locate, read_about, refuse_sample
from knowledge_base.model import Document
from knowledge_base.question_file import QUESTIONS, changing
from knowledge_base.relocating import Anchoring, Quote, Relocator
from knowledge_base.settled import read_settled_text

BACKUP: Final = "questions.jsonl.bak"


@dataclass(frozen=True)
class Rebase:
    """What a rebase found, quote by quote, and how many questions it rewrote (or would)."""

    file: Path
    anchorings: tuple[Anchoring, ...]
    questions: int
    rewritten: tuple[str, ...]  # ids
    backup: Path | None  # None: nothing was written

    @property
    def lost(self) -> tuple[Anchoring, ...]:
        """The quotes that could not be re-anchored."""
        return tuple(found for found in self.anchorings if not found.anchored)


def rebase(path: str | Path, previous: str | Path | None = None, *, dry_run: bool = False) -> Rebase:
    """Re-anchor the evidence of the knowledge base at `path` in its documents as they are now.

    Args:
        path: its folder.
        previous: the folder as it was before the edits. Not needed, but it tells equal sentences
            apart by what stood around them, and a renamed document by its text.
        dry_run: write nothing.

    A question is rewritten only when all of its quotes have a place; the file before is kept as
    questions.jsonl.bak. Raises DataError, with the line, for a file that is no question set, and
    for a shipped sample unless nothing is written.
    """
    folder = locate(path)
    if not dry_run:
        refuse_sample(folder)
    only_reading: AbstractContextManager[Path] = nullcontext(folder / QUESTIONS)
    with only_reading if dry_run else changing(folder) as file:
        return _rebased(folder, file, previous, dry_run)


def _rebased(folder: Path, file: Path, previous: str | Path | None, dry_run: bool) -> Rebase:
    language = read_about(folder).language
    text = read_settled_text(file, "question file")
    lines = text.split("\n")
    rows = [(number, _row(line, f"{file}, line {number}")) for number, line in enumerate(lines, start=1) if line.strip()]
    documents = _documents(folder)
    before = _documents(locate(previous)) if previous is not None else {}
    relocator = Relocator(documents, before, [item for _, row in rows for item in row.get("evidence") or ()])
    anchorings: list[Anchoring] = []
    rewritten: list[str] = []
    for number, row in rows:
        found = [relocator.find(_quote(item, row, number, language)) for item in row.get("evidence") or ()]
        anchorings += found
        if all(item.anchored for item in found) and any(item.outcome != "kept" for item in found):
            evidence = [_rewritten(item, done, documents) for item, done in zip(row["evidence"], found, strict=True)]
            lines[number - 1] = json.dumps({**row, "evidence": evidence}, ensure_ascii=False)
            rewritten.append(_name(row, number))
    backup = None
    if rewritten and not dry_run:
        backup = file.with_name(BACKUP)
        write_text(backup, text)
        write_text(file, "\n".join(lines))
    return Rebase(file, tuple(anchorings), len(rows), tuple(rewritten), backup)


def _quote(item: Mapping[str, Any], row: Mapping[str, Any], line: int, language: str | None) -> Quote:
    return Quote(
        line=line,
        question_id=_name(row, line),
        text=normalise(item["quote"]),
        document_id=item["document_id"],
        start=item.get("start"),
        end=item.get("end"),
        answers=tuple(str(answer) for answer in row.get("answers") or ()),
        language=row.get("language") or language or detect(str(row.get("text", ""))) or "en",
    )


def _rewritten(item: Mapping[str, Any], found: Anchoring, documents: Mapping[str, Document]) -> dict[str, Any]:
    """Return one piece of evidence with its new quote; offsets are written where they were, or where the quote needs them."""
    if found.outcome == "kept" or found.start is None:
        return dict(item)
    document = documents[found.document_id]
    changed = {**item, "document_id": document.id, "quote": found.passage}
    needed = len(places(found.passage, document.text)) > 1
    end = found.start + len(found.passage)
    changed |= {key: value for key, value in (("start", found.start), ("end", end)) if needed or item.get(key) is not None}
    return changed | ({"revision": document.revision} if item.get("revision") is not None else {})


def _documents(folder: Path) -> dict[str, Document]:
    return {file.id: file.read() for file in document_files(folder)[0]}


def _name(row: Mapping[str, Any], line: int) -> str:
    return str(row.get("id") or f"line {line}")


def _row(line: str, where: str) -> dict[str, Any]:
    """Return one parsed line whose evidence has the form that is needed here, or raise DataError."""
    try:
        row = parse_json(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{where}: not valid JSON ({error.msg}). Mend it first: ragft kb check lists such lines.") from None
    evidence = row.get("evidence") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(evidence, list | None):
        raise DataError(f"{where}: expected one question per line, its evidence a list. Mend it first: ragft kb check lists such lines.")
    for item in evidence or ():
        start = item.get("start") if isinstance(item, dict) else None
        texts = (item.get("document_id"), item.get("quote")) if isinstance(item, dict) else (None,)
        if not all(isinstance(text, str) and text.strip() for text in texts) or not isinstance(start, int | None):
            raise DataError(f"{where}: evidence needs a document_id and a quote, and its start is a whole number. Mend it first.")
    return row
