"""One line of questions.jsonl to one `Question`: keys checked, evidence anchored in the text.

Every error names the file, the line and the question, because a question set is
written by hand and mended by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from foundation.errors import DataError
from foundation.files import read_jsonl
from foundation.jsonable import from_json
from foundation.language import detect, normalise
from foundation.suggest import did_you_mean
from knowledge_base.model import Answerable, Document, Question, Span, Split, Turn
from knowledge_base.rules import problem


@dataclass(frozen=True)
class _EvidenceRow:
    document_id: str
    quote: str
    start: int | None = None
    end: int | None = None
    revision: str | None = None
    part: str = ""


@dataclass(frozen=True)
class _QuestionRow:
    id: str
    text: str
    language: str | None = None
    answers: tuple[str, ...] = ()
    answerable: bool | Answerable | None = None
    evidence: tuple[_EvidenceRow, ...] = ()
    kind: str = "question"
    tags: tuple[str, ...] = ()
    rule: str | None = None
    fact: str = ""
    group: str = ""
    split: Split | None = None
    history: tuple[Turn, ...] = ()


def read_questions(path: Path, documents: Mapping[str, Document], language: str | None = None) -> tuple[Question, ...]:
    """Return the questions of `path` in file order; facts, groups and splits as written.

    `language` is taken when a question declares none; without either it is detected.
    Raises DataError naming file, line and question for the first fault.
    """
    questions: list[Question] = []
    lines: dict[str, int] = {}
    for number, row in read_jsonl(path, "question file"):
        where = f"{path}, line {number}"
        question = question_of(row, where, documents, language)
        if question.id in lines:
            raise DataError(
                f"{where}: question id {question.id!r} is already taken by line {lines[question.id]}. Give it another id.",
                code="duplicate-id",
            )
        lines[question.id] = number
        questions.append(question)
    return tuple(questions)


def anchor(quote: str, document: Document, start: int | None, where: str) -> Span:
    """Return the span of `quote` in `document`: at `start` when given, else where it stands exactly once."""
    if not quote:
        raise DataError(
            f"{where}: the evidence quote in document {document.id!r} is empty. Copy the sentence that holds the answer.",
            code="quote-empty",
        )
    if start is not None:
        found = document.text[max(start, 0) : max(start, 0) + len(quote)]
        if start < 0 or found != quote:
            raise DataError(
                f"{where}: evidence does not match: at {start} document {document.id!r} reads {_short(found)}, not {_short(quote)}. "
                "Mend the quote, or leave 'start' and 'end' away to have it found.",
                code="quote-mismatch",
            )
    else:
        start = document.text.find(quote)
        if start < 0:
            raise DataError(
                f"{where}: evidence {_short(quote)} does not stand in document {document.id!r}. Copy it from the document as it is.",
                code="quote-mismatch",
            )
        if document.text.find(quote, start + 1) >= 0:
            raise DataError(
                f"{where}: evidence {_short(quote)} stands more than once in document {document.id!r}. Quote more of it, or add 'start'.",
                code="quote-ambiguous",
            )
    return Span(document.id, document.revision, start, start + len(quote), quote)


def question_of(raw: Any, where: str, documents: Mapping[str, Document], language: str | None) -> Question:
    """Return the question of one parsed line; `where` opens the message of the DataError that its first fault raises."""
    if not isinstance(raw, dict):
        raise DataError(f'{where}: expected one JSON object per line, like {{"id": "q1", "text": "…"}}.')
    name = raw.get("id")
    where = f"{where}, question {name!r}" if name else where
    _check_keys(raw, _QuestionRow, where)
    for key in ("id", "text"):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            raise DataError(f'{where}: the question has no {key}. Add "{key}" as a non-empty string.', code=f"no-{key}")
    evidence = raw.get("evidence")
    for item in evidence if isinstance(evidence, list) else ():
        if isinstance(item, dict):
            _check_keys(item, _EvidenceRow, f"{where}, evidence")
    row = from_json(_QuestionRow, {key: value for key, value in raw.items() if value is not None}, where)
    if row.rule is not None and (fault := problem(row.rule)) is not None:  # told now, not when all answers are made and scored
        raise DataError(f"{where}: its rule cannot be used: {fault}", code="rule-unknown")
    text = normalise(row.text).strip()
    answers = tuple(dict.fromkeys(answer for given in row.answers if (answer := normalise(given).strip())))
    return Question(
        id=row.id,
        text=text,
        language=row.language or language or detect(text) or "en",
        answers=answers,
        answerable=_answerable(row.answerable, answers),
        evidence=tuple(_span(item, documents, where) for item in row.evidence),
        kind=row.kind,
        tags=row.tags,
        rule=row.rule,
        fact=row.fact,
        group=row.group,
        split=row.split,
        history=row.history,
    )


def _check_keys(raw: dict[str, Any], kind: type[Any], where: str) -> None:
    known = [field.name for field in fields(kind)]
    for key in raw:
        if key not in known:
            raise DataError(f"{where}: unknown key {key!r}.{did_you_mean(key, known)} Known: {', '.join(known)}.", code="unknown-key")


def _answerable(written: bool | Answerable | None, answers: tuple[str, ...]) -> Answerable:
    if isinstance(written, bool):
        return "yes" if written else "no"
    return written or ("yes" if answers else "unknown")


def _span(item: _EvidenceRow, documents: Mapping[str, Document], where: str) -> Span:
    document = documents.get(item.document_id)
    if document is None:
        raise DataError(
            f"{where}: evidence names document {item.document_id!r}, which does not exist.{did_you_mean(item.document_id, documents)}",
            code="unknown-document",
        )
    span = anchor(normalise(item.quote), document, item.start, where)
    if item.end is not None and item.start is not None and item.end != span.end:
        raise DataError(
            f"{where}: evidence ends at {item.end}, but its quote ends at {span.end}. Mend 'end', or leave it away.",
            code="quote-mismatch",
        )
    return replace(span, part=item.part)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
