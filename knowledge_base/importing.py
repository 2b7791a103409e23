"""A table of questions into a knowledge base folder: mapped, told apart, anchored, and appended in one write.

Nothing is lost without a word: rows that are left out are counted and named, and the
folder's own questions are never changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from foundation.errors import DataError
from foundation.files import write_text
from foundation.first_few import first_few
from knowledge_base.cells import Entry, entry
from knowledge_base.columns import match
from knowledge_base.folder import refuse_sample
from knowledge_base.merging import Conflict, OnConflict, merge
from knowledge_base.model import Document, Question
from knowledge_base.new_rows import question_rows
from knowledge_base.question_file import append_rows, changing
from knowledge_base.rules import problem
from knowledge_base.squad import slug
from knowledge_base.tabular import Table, read_table
from knowledge_base.tolerant import read_tolerantly
from knowledge_base.tongues import tongues


@dataclass(frozen=True)
class QuestionImport:
    """What an import did. Rows = imported + duplicates + already_there + without_text + those of conflicts left out."""

    into: Path
    table: Table
    columns: Mapping[str, str]  # our field → the table's column
    rows: int
    imported: int
    duplicates: int  # rows that say what another row says
    already_there: int  # rows that a question of the folder says
    unknown: int  # imported without an answer: unscored
    without_text: tuple[int, ...]  # numbers of rows without a question
    languages: dict[str, int]  # imported questions per language
    doubtful: int  # languages that the text left open
    conflicts: tuple[Conflict, ...]
    unanchored: tuple[tuple[int, str], ...]  # (row number, why its quote is no evidence)
    unquoted: tuple[int, ...]  # numbers of imported rows that name a document and quote nothing of it
    renamed: int  # ids that were taken


def import_questions(
    source: str | Path, into: Path, columns: Mapping[str, str] | None = None, *, on_conflict: OnConflict = "error"
) -> QuestionImport:
    """Append the questions of `source` to the knowledge base folder `into`, which is created when missing.

    `columns` names the table's columns by our fields (`knowledge_base.columns.KNOWN`).
    Raises DataError, with nothing written, for what cannot be read, for values that say
    nothing, and for contradicting rows unless `on_conflict` says what becomes of them.
    """
    refuse_sample(into)
    table = read_table(source)
    fields = match(table.columns, columns or {}, table.source)
    entries, without_text = _entries(table, fields)
    entries, doubtful = _with_languages(entries)
    with changing(into) as path:
        documents, existing = _folder(into)
        merged = merge(entries, existing, on_conflict)
        if merged.conflicts and on_conflict == "error":
            raise DataError(_conflict_message(table, merged.conflicts))
        made = question_rows(merged.entries, documents, (question.id for question in existing))
        if made.rows:
            _write(into, path, made.rows)
    return QuestionImport(
        into=into,
        table=table,
        columns=fields,
        rows=len(table.rows),
        imported=len(made.rows),
        duplicates=merged.duplicates,
        already_there=merged.already_there,
        unknown=sum(row["answerable"] == "unknown" and "rule" not in row for row in made.rows),
        without_text=without_text,
        languages=dict(Counter(row["language"] for row in made.rows).most_common()),
        doubtful=doubtful,
        conflicts=tuple(merged.conflicts),
        unanchored=made.unanchored,
        unquoted=tuple(each.number for each in merged.entries if each.unquoted),
        renamed=made.renamed,
    )


def _entries(table: Table, columns: Mapping[str, str]) -> tuple[list[Entry], tuple[int, ...]]:
    entries: list[Entry] = []
    faults: list[str] = []
    without_text: list[int] = []
    for number, row in table.rows:
        try:
            one = entry(number, row, columns, f"{table.unit} {number}")
        except DataError as error:
            faults.append(str(error))
            continue
        if one.rule is not None and (fault := problem(one.rule)) is not None:
            faults.append(f"{table.unit} {number}: {fault}")
        elif one.answerable == "no" and one.answers:
            faults.append(f"{table.unit} {number}: is marked unanswerable and has an answer. Remove one of the two.")
        elif one.text:
            entries.append(one)
        else:
            without_text.append(number)
    if faults:
        raise DataError(f"{table.source}: nothing was imported.\n{_listed(faults)}")
    if not entries:
        raise DataError(f"{table.source}: holds no question ({len(table.rows)} rows, column {columns['text']!r}).")
    return entries, tuple(without_text)


def _folder(into: Path) -> tuple[Sequence[Document], Sequence[Question]]:
    documents = into / "documents"
    if not (into / "questions.jsonl").exists() and not (documents.is_dir() and any(documents.iterdir())):
        return (), ()
    reading = read_tolerantly(into)
    if reading.faults:
        raise DataError(f"{into} has {len(reading.faults)} faults already. Run `ragft kb check {into}` and mend them first.")
    return reading.kb.documents, reading.kb.questions


def _with_languages(entries: Sequence[Entry]) -> tuple[list[Entry], int]:
    silent = [place for place, each in enumerate(entries) if each.language is None]
    declared = Counter(each.language for each in entries if each.language)
    found = tongues([entries[place].text for place in silent], declared.most_common(1)[0][0] if declared else None)
    filled = list(entries)
    for place, code in zip(silent, found.codes, strict=True):
        filled[place] = replace(entries[place], language=code)
    return filled, found.doubtful


def _write(into: Path, path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append the rows, and make what a new folder needs; what was made goes again when the rows cannot be written."""
    with ExitStack() as undo:
        about, documents = into / "kb.toml", into / "documents"
        if not about.exists():
            write_text(about, f'name = "{slug(into.resolve().name)}"\n')
            undo.callback(about.unlink)
        if not documents.exists():
            documents.mkdir()
            undo.callback(documents.rmdir)
        append_rows(path, rows)
        undo.pop_all()


def _conflict_message(table: Table, conflicts: Sequence[Conflict]) -> str:
    lines = [described(conflict, table.unit) for conflict in conflicts]
    return (
        f"{table.source}: {len(conflicts)} questions have contradicting answers; nothing was imported.\n{_listed(lines)}\n"
        "Correct them, or choose --on-conflict first (keep the first answer), merge (all are right) or skip (leave the question out)."
    )


def described(conflict: Conflict, unit: str) -> str:
    """Return one line that names a conflict's rows and answers."""
    places = [f"{unit} {number}" for number in conflict.numbers]
    if conflict.existing:
        places.insert(0, f"question {conflict.existing} of the folder")
    return f"{conflict.text!r}: " + ", ".join(f"{place}: {said!r}" for place, said in zip(places, conflict.answers, strict=True))


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"  {line}" for line in first_few(lines))
