"""A knowledge base folder with all that can be used of it, and every fault that `load` would stop at.

`load` refuses at the first fault, because nothing may be measured on half a question
set. Whoever mends a set wants all faults at once: here a faulty document, line or quote
is left out, noted, and the reading goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.errors import DataError
from foundation.files import parse_json
from knowledge_base.folder import document_files, locate, read_about
from knowledge_base.grouping import with_facts, with_groups, with_splits
from knowledge_base.loading import assemble
from knowledge_base.model import Document, KnowledgeBase, Question
from knowledge_base.questions import question_of
from knowledge_base.settled import read_settled_text


@dataclass(frozen=True)
class Fault:
    """Something that could not be used. `code` names its kind, `line` counts from 1 in questions.jsonl."""

    code: str
    where: str
    message: str
    line: int | None = None


@dataclass(frozen=True)
class Reading:
    """What could be used, what could not, and in which line of questions.jsonl each question stands."""

    kb: KnowledgeBase
    faults: tuple[Fault, ...]
    lines: dict[str, int]


def read_tolerantly(path: str | Path, *, seed: int = 0) -> Reading:
    """Return all that loads of the knowledge base at `path` and a Fault for all that does not.

    Raises DataError only where nothing can be read: no folder, no documents, a broken kb.toml.
    """
    folder = locate(path)
    about = read_about(folder)
    faults: list[Fault] = []
    documents, ignored = _documents(folder, faults)
    questions, lines = _questions(folder / "questions.jsonl", documents, about.language, faults)
    questions = with_splits(with_groups(with_facts(questions)), seed=seed, test_share=about.test_share)
    versions = tuple(map(tuple, about.versions))
    kb = assemble(about.name or folder.resolve().name, tuple(documents.values()), questions, ignored, versions)
    return Reading(kb, tuple(faults), lines)


def _documents(folder: Path, faults: list[Fault]) -> tuple[dict[str, Document], tuple[str, ...]]:
    files, ignored = document_files(folder)
    documents: dict[str, Document] = {}
    for file in files:
        where = f"documents/{file.path.relative_to(file.root).as_posix()}"
        try:
            document = file.read()
        except DataError as error:
            faults.append(Fault(error.code or "document-unreadable", where, str(error).replace(f"document {file.path}", "it", 1)))
            continue
        if document.id in documents:
            faults.append(Fault("duplicate-document-id", where, f"another file has the id {document.id!r} too. Rename one."))
        else:
            documents[document.id] = document
    return documents, ignored


def _questions(
    path: Path, documents: Mapping[str, Document], language: str | None, faults: list[Fault]
) -> tuple[tuple[Question, ...], dict[str, int]]:
    questions: list[Question] = []
    lines: dict[str, int] = {}
    for number, text in enumerate(read_settled_text(path, "question file").split("\n") if path.exists() else (), start=1):
        if not text.strip():
            continue
        try:
            raw = parse_json(text)
        except json.JSONDecodeError as error:
            faults.append(Fault("not-json", f"{path.name}, line {number}", f"not valid JSON ({error.msg}).", number))
            continue
        question = _question(raw, number, documents, language, faults)
        if question is None:
            continue
        if question.id in lines:
            message = f"its id is already taken by line {lines[question.id]}. Give it another id."
            faults.append(Fault("duplicate-id", f"question {question.id}", message, number))
            continue
        lines[question.id] = number
        questions.append(question)
    return tuple(questions), lines


def _question(raw: Any, number: int, documents: Mapping[str, Document], language: str | None, faults: list[Fault]) -> Question | None:
    """Return the question with the evidence that holds; None when the line itself cannot be used."""
    named = isinstance(raw, dict) and isinstance(raw.get("id"), str) and raw["id"].strip()
    where = f"question {raw['id']}" if named else f"questions.jsonl, line {number}"
    evidence = raw.get("evidence") if isinstance(raw, dict) else None
    if isinstance(evidence, list):
        raw = raw | {"evidence": [item for item in evidence if _stands(item, where, number, documents, faults)]}
    try:
        return question_of(raw, "", documents, language)
    except DataError as error:
        faults.append(Fault(error.code or "question-unreadable", where, _said(error), number))
        return None


def _stands(item: Any, where: str, number: int, documents: Mapping[str, Document], faults: list[Fault]) -> bool:
    """Tell whether one piece of evidence can be used, and note the fault when it cannot."""
    alone = {"id": "x", "text": "x", "language": "en", "evidence": [item]}  # so that a fault of the question is not blamed on its evidence
    try:
        question_of(alone, "", documents, None)
    except DataError as error:
        faults.append(Fault(error.code or "evidence-unreadable", where, _said(error), number))
        return False
    return True


def _said(error: DataError) -> str:
    """Return what an error of `question_of` says, without the place that it opens with."""
    return str(error).partition(": ")[2]
