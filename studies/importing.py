"""The answers of a bot that an enterprise has already, as a system of its own comparison.

Joins the project (its knowledge base, its systems, its workspace) with `eval.importing`, which
matches, and `eval.imported`, which keeps. From then on the system is compared by its name.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.imported import (
    ImportedSystem,
    ImportManifest,
    imported_folder,
    imported_names,
    read_import_manifest,
    read_imported,
    write_imported,
)
from eval.importing import Matched, find_columns, match
from foundation.errors import ConfigurationError, DataError, UnknownNameError
from knowledge_base.model import Question
from knowledge_base.settled import read_settled
from knowledge_base.tabular import Table, read_table
from studies.project import Project


@dataclass(frozen=True)
class Import:
    """What an import made."""

    folder: Path
    manifest: ImportManifest
    matched: Matched
    per_split: Mapping[str, tuple[int, int]]  # split → (questions answered, questions)
    unit: str = "line"  # what the numbers of rows count: lines, rows or entries
    short: tuple[int, ...] = ()  # rows with fewer cells than columns: read as empty cells


def import_answers(project: Project, file: Path, system: str, *, replace: bool = False) -> Import:
    """Match `file` to the project's questions and keep its answers as `system`.

    Args:
        file: CSV or JSONL with a question id or question column and an answer column.
        system: a new name; the configured systems keep theirs.
        replace: put other answers, or a whole import, in the place of what is kept under this name.

    Raises ConfigurationError for a name that is taken, and DataError for a file that cannot be read,
    has no such columns, contradicts itself or answers no question. Nothing is kept then.
    """
    folder = imported_folder(project.workspace, system)
    if system in project.systems:
        raise ConfigurationError(f"{system!r} is a configured system. Give the imported one another name: --system ours.")
    table, sha256 = _read(file)
    columns = find_columns(table.columns, str(file))
    kb = project.knowledge_base
    matched = match(table.rows, columns, kb, str(file), table.unit)
    if not matched.answers:
        first = f" {table.unit.capitalize()} {matched.unmatched[0].line}: {matched.unmatched[0].reason}." if matched.unmatched else ""
        raise DataError(
            f"{file} answers no question of knowledge base {kb.name!r}.{first} Check question ids or texts; nothing was imported."
        )
    manifest = ImportManifest(
        system=system,
        file=file.name,
        sha256=sha256,
        encoding=table.encoding or table.form,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        knowledge_base=kb.name,
        counts={
            "rows": len(table.rows),
            "answers": len(matched.answers),
            "unmatched": len(matched.unmatched),
            "blank": len(matched.blank),
            "repeated": matched.repeated,
        },
        columns=columns,
        answers="",
    )
    earlier = _earlier(project, system, replace)
    if earlier is not None:
        if earlier.sha256 == manifest.sha256:  # the same file again: what was compared with it stays the same run
            manifest = dataclasses.replace(manifest, created=earlier.created)
        elif not replace:
            raise DataError(
                f"system {system!r} holds the answers of {earlier.file}, imported on {earlier.created[:10]}, and {file.name} differs. "
                "Add --replace to put these in their place, or choose another --system. Finished runs keep the answers they have."
            )
    write_imported(project.workspace, manifest, matched.answers)
    per_split = _per_split(kb.questions, {answer.question_id for answer in matched.answers})
    return Import(folder, manifest, matched, per_split, table.unit, table.short)


def imported_among(project: Project, systems: Sequence[str], questions: Sequence[Question]) -> dict[str, ImportedSystem]:
    """Return those of the named systems whose answers were imported, checked against `questions`.

    Raises UnknownNameError for a name that is neither configured nor imported, ConfigurationError for
    one that is both, MismatchError when a question has changed since the import.
    """
    names = imported_names(project.workspace)
    found = {}
    for name in systems:
        if name not in project.systems and name not in names:
            raise UnknownNameError("system", name, [*project.systems, *names])
        if name not in names:
            continue
        if name in project.systems:
            raise ConfigurationError(f"system {name!r} is configured and imported as well. Rename the section [systems.{name}].")
        found[name] = read_imported(project.workspace, name)
        found[name].check(questions)
    return found


def _earlier(project: Project, system: str, replace: bool) -> ImportManifest | None:
    """Return the manifest of what is kept under this name: None when there is nothing, or what there is cannot be read and goes."""
    if system not in imported_names(project.workspace):
        return None
    try:
        return read_import_manifest(project.workspace, system)
    except DataError as error:
        if replace:
            return None
        raise DataError(f"{error} Add --replace to put these answers in the place of that import.") from None


def _read(file: Path) -> tuple[Table, str]:
    """Return the table in a file and the SHA-256 of the bytes that it was read from."""
    before = hashlib.sha256(read_settled(file, "answer file")).hexdigest()
    table = read_table(file)
    if hashlib.sha256(read_settled(file, "answer file")).hexdigest() != before:
        raise DataError(f"answer file {file} changes while it is read. Wait until whoever writes it has finished, and try again.")
    return table, before


def _per_split(questions: Sequence[Question], answered: set[str]) -> dict[str, tuple[int, int]]:
    splits = sorted({question.split for question in questions if question.split})
    return {
        split: (
            sum(question.id in answered for question in questions if question.split == split),
            sum(question.split == split for question in questions),
        )
        for split in splits
    }
