"""Imported entries as rows of questions.jsonl: ids that nobody has, and evidence for the quotes that are found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.errors import DataError
from knowledge_base.cells import Entry
from knowledge_base.model import Document
from knowledge_base.quoting import Library


@dataclass(frozen=True)
class NewRows:
    """Rows to append, and what was not taken over as it stood."""

    rows: tuple[dict[str, Any], ...]
    unanchored: tuple[tuple[int, str], ...]  # (number of the row, why its quote is no evidence)
    renamed: int  # ids that were taken


def question_rows(entries: Iterable[Entry], documents: Sequence[Document], taken: Iterable[str]) -> NewRows:
    """Return the rows of `entries`, in order, with ids that are not in `taken`.

    >>> question_rows([Entry(2, "Why?", language="en", id="q1")], (), ["q1"]).rows
    ({'id': 'q1-2', 'text': 'Why?', 'language': 'en', 'answers': [], 'answerable': 'unknown'},)
    """
    names, library = _Names(taken), Library(documents)
    unanchored: list[tuple[int, str]] = []
    rows = tuple(_row(each, names, library, unanchored) for each in entries)
    return NewRows(rows, tuple(unanchored), names.renamed)


class _Names:
    """Ids that nobody has: the row's own when it is free, else one with a number."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._next = 1 + max((int(found[1]) for name in self._taken if (found := re.fullmatch(r"q(\d+)", name))), default=0)
        self.renamed = 0

    def give(self, wanted: str) -> str:
        if not wanted:
            while (name := f"q{self._next:04d}") in self._taken:
                self._next += 1
            self._next += 1
        else:
            name, number = wanted, 1
            while name in self._taken:
                number += 1
                name = f"{wanted}-{number}"
            self.renamed += name != wanted
        self._taken.add(name)
        return name


def _row(each: Entry, names: _Names, library: Library, unanchored: list[tuple[int, str]]) -> dict[str, Any]:
    evidence = []
    for quote in each.quotes:
        try:
            evidence.append(library.evidence(quote))
        except DataError as error:
            unanchored.append((each.number, str(error)))
    row: dict[str, Any] = {"id": names.give(each.id), "text": each.text, "language": each.language, "answers": list(each.answers)}
    row["answerable"] = {"yes": True, "no": False}.get(each.answerable, "unknown")
    optional = {
        "evidence": evidence,
        "kind": each.kind,
        "tags": list(each.tags),
        "rule": each.rule,
        "fact": each.fact,
        "group": each.group,
        "split": each.split,
        "history": list(each.history),
    }
    return row | {key: value for key, value in optional.items() if value}
