"""Match a file of answers to the questions of a knowledge base: by id, else by the words of the question.

Nothing is guessed. A row that fits no question is listed with its line and
reason; two different answers to one question are an error; an empty answer is no answer. What is kept
afterwards is `eval.imported`'s business, and how a table is read `knowledge_base`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chatbot.model import Citation
from eval.imported import ImportedAnswer
from foundation.errors import DataError
from foundation.first_few import first_few
from knowledge_base.cells import text_of
from knowledge_base.columns import first
from knowledge_base.document_names import DocumentNames
from knowledge_base.exposure import normal_text
from knowledge_base.model import Document, KnowledgeBase, Question

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("question_id", "id", "qid"),
    "question": ("question", "question_text", "query", "text", "texte"),
    "answer": ("answer", "response", "reply", "output", "réponse"),
    "seconds": ("latency", "seconds", "latency_seconds", "latency_s", "latence", "secondes"),
    "prompt_tokens": ("prompt_tokens", "input_tokens"),
    "completion_tokens": ("completion_tokens", "output_tokens"),
    "sources": ("sources", "source", "documents", "citations", "cited", "documents_cited"),
}
_SHOWN: Final = 5
_SECONDS = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?(?: ?s)?")
# Digits, perhaps in threes behind blanks or apostrophes, or behind several commas or points: a single "1,234" could be a decimal number.
# A table that held empty cells writes 80 as "80.0".
_TOKENS = re.compile(r"(\d{1,12}|\d{1,3}(?:[ \u00a0\u202f'’]\d{3}){1,3}|\d{1,3}(?:,\d{3}){2,3}|\d{1,3}(?:\.\d{3}){2,3})(?:[.,]0{1,2})?")

Row = tuple[int, Mapping[str, Any]]  # (its number in the file, column → cell)


@dataclass(frozen=True)
class Unmatched:
    """A row that became no answer, and why."""

    line: int  # or row, or entry: what the table counts
    text: str  # its id, or its question
    reason: str


@dataclass(frozen=True)
class Matched:
    """What a file of answers comes to on one knowledge base."""

    answers: tuple[ImportedAnswer, ...]  # in the order of the knowledge base's questions
    unmatched: tuple[Unmatched, ...]
    blank: tuple[int, ...]  # numbers of the rows without an answer
    repeated: int  # rows that say again what an earlier one said
    unknown_sources: tuple[str, ...]  # cited documents that the knowledge base does not have, each once


def find_columns(header: Iterable[str], where: str) -> dict[str, str]:
    """Return what we call a column → its name in `header`; case, accents, blanks and underscores do not count.

    Raises DataError without an answer column, or without both an id and a question column.

    >>> find_columns(["Question", "Réponse", "Latency"], "a.csv")
    {'question': 'Question', 'answer': 'Réponse', 'seconds': 'Latency'}
    """
    names = tuple(header)
    found = first(names, COLUMNS)
    if "answer" not in found or not {"id", "question"} & found.keys():
        lacking = "answer" if "answer" not in found else "question id or question"
        raise DataError(
            f"{where} has no {lacking} column (it has: {', '.join(names) or 'none'}). "
            "Name the columns question_id or question, and answer; latency, prompt_tokens, completion_tokens and sources may stand beside."
        )
    return found


def match(rows: Sequence[Row], columns: Mapping[str, str], kb: KnowledgeBase, where: str, unit: str = "line") -> Matched:
    """Return the answers of `rows` on the questions of `kb`.

    Args:
        rows: (number, column → cell) of the file.
        columns: as `find_columns` gives them.
        kb: whose questions are answered.
        where: the file's name, for messages.
        unit: what the numbers count: lines, rows or entries.

    Raises DataError with their numbers when a question has two different answers, and for a cell
    that is no text or a number that is none. Rows that fit no question are listed, not raised.
    """
    finder, sources = _Finder(kb.questions), _Sources(kb.documents)
    kept: dict[str, ImportedAnswer] = {}
    unmatched: list[Unmatched] = []
    blank: list[int] = []
    clashes: list[str] = []
    repeated = 0
    for line, row in rows:
        here = f"{where}, {unit} {line}"
        cell = {ours: text_of(row.get(theirs), here) for ours, theirs in columns.items() if ours != "sources"}
        questions = finder.find(cell.get("id", ""), cell.get("question", ""))
        if isinstance(questions, str):
            unmatched.append(Unmatched(line, cell.get("id") or cell.get("question") or "(empty)", questions))
            continue
        if not cell["answer"]:
            blank.append(line)
            continue
        for question in questions:
            earlier = kept.get(question.id)
            if earlier is None:
                cited = sources.cite(row.get(columns["sources"]), here) if "sources" in columns else ((), ())
                kept[question.id] = _answer(question, line, cell, cited, here)
            elif earlier.text == cell["answer"]:
                repeated += 1
            else:
                clashes.append(f"{unit} {earlier.line} and {unit} {line} answer {question.id} differently")
    if clashes:
        raise DataError(f"{where}: {'; '.join(first_few(clashes, _SHOWN))}. Keep one answer per question. Nothing was imported.")
    answers = tuple(kept[question.id] for question in kb.questions if question.id in kept)
    return Matched(answers, tuple(unmatched), tuple(blank), repeated, tuple(sources.unknown))


class _Finder:
    """Finds the questions that a row answers, by id and by words."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._by_id = {question.id: question for question in questions}
        self._by_text: dict[tuple[str, str], list[Question]] = {}
        for question in questions:
            self._by_text.setdefault((question.language, normal_text(question.text, question.language)), []).append(question)
        self._languages = tuple(dict.fromkeys(question.language for question in questions))

    def find(self, name: str, text: str) -> list[Question] | str:
        """Return the questions of an id or a text, or the reason why there is none."""
        same = self._same_words(text)
        if name in self._by_id:
            question = self._by_id[name]
            if text and question not in same:
                return f"question {name} has other words in this knowledge base"
            return [question]
        if not text:
            return "there is no question with this id" if name else "neither id nor question"
        if not same:
            return "no question has these words" + (", and none this id" if name else "")
        alone = [question for question in same if not question.history]  # asked in the same words, they are one question to any bot
        names = ", ".join(question.id for question in same)
        return alone or f"these words follow a dialogue and do not tell which one ({names}): give question_id"

    def _same_words(self, text: str) -> list[Question]:
        if not text:
            return []
        return [question for code in self._languages for question in self._by_text.get((code, normal_text(text, code)), ())]


Cited = tuple[tuple[Citation, ...], tuple[int, ...]]  # documents, and numbers of sources that are none


class _Sources:
    """Finds cited documents, and collects the names that name none or several."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.unknown: dict[str, None] = {}
        self._names = DocumentNames(documents)

    def cite(self, cell: Any, where: str) -> Cited:
        """Return the documents that a cell of sources names, and the numbers of those that are not here."""
        parts = cell if isinstance(cell, (list, tuple)) else re.split(r"[;|\n]", text_of(cell, where))
        found: list[Citation] = []
        wrong: list[int] = []
        for number, name in enumerate(dict.fromkeys(text for part in parts if (text := text_of(part, where))), start=1):
            named = self._names.candidates(name)
            if len(named) == 1:
                found.append(Citation(number, named[0].id, named[0].revision, 0, len(named[0].text)))
            else:
                self.unknown[name] = None
                wrong.append(number)
        return tuple(found), tuple(wrong)


def _answer(question: Question, line: int, cell: Mapping[str, str], cited: Cited, where: str) -> ImportedAnswer:
    return ImportedAnswer(
        question_id=question.id,
        question=question.text,
        text=cell["answer"],
        line=line,
        prompt_tokens=_tokens(cell.get("prompt_tokens", ""), f"{where}: prompt_tokens"),
        completion_tokens=_tokens(cell.get("completion_tokens", ""), f"{where}: completion_tokens"),
        seconds=_seconds(cell.get("seconds", ""), f"{where}: seconds"),
        citations=cited[0],
        wrong_citations=cited[1],
    )


def _seconds(text: str, where: str) -> float | None:
    """Return a number of at least 0, None for an empty cell; a decimal comma is read.

    >>> _seconds("2,5 s", ""), _seconds("", "")
    (2.5, None)
    """
    if not text:
        return None
    if not _SECONDS.fullmatch(text):
        raise DataError(f"{where} is {text!r}, which is no number of seconds such as 1.5. Mend it, or leave the cell empty.")
    return float(text.removesuffix("s").strip().replace(",", "."))


def _tokens(text: str, where: str) -> int | None:
    """Return a whole number of at least 0, None for an empty cell.

    >>> _tokens("1 234", ""), _tokens("80.0", ""), _tokens("1,234,567", "")
    (1234, 80, 1234567)
    """
    if not text:
        return None
    found = _TOKENS.fullmatch(text)
    if not found:
        raise DataError(f"{where} is {text!r}, which is no whole number such as 1234. Mend it, or leave the cell empty.")
    return int(re.sub(r"\D", "", found[1]))
