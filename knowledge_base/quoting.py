"""Quotes of a foreign table to evidence: which document is meant, and where the quote stands in it.

A spreadsheet breaks lines as it likes, so blanks in a quote match any blanks of the
document. A quote that is not found, or found twice, is no evidence: it is listed with
the reason, and its question is kept without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from foundation.errors import DataError
from foundation.language import normalise
from foundation.suggest import did_you_mean
from knowledge_base.document_names import DocumentNames
from knowledge_base.model import Document


class Library:
    """The documents of a folder, in which quotes are looked up."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = tuple(documents)
        self._names = DocumentNames(documents)
        self._found: dict[str, dict[str, Any]] = {}

    def evidence(self, quote: dict[str, Any]) -> dict[str, Any]:
        """Return the evidence row (document_id, quote, start) of a quote. Raises DataError with the reason when there is none."""
        text = normalise(str(quote.get("quote", ""))).strip()
        if not text:
            raise DataError("an empty quote")
        name = str(quote.get("document_id", ""))
        key = f"{name}\x00{quote.get('start')}\x00{text}"
        if key not in self._found:
            self._found[key] = self._locate(text, name, quote.get("start"))
        part = quote.get("part")
        return self._found[key] | ({"part": part} if part else {})

    def _locate(self, text: str, name: str, start: int | None) -> dict[str, Any]:
        documents = self._named(name) if name else self._documents
        if name and len(documents) == 1 and isinstance(start, int) and documents[0].text[start : start + len(text)] == text:
            return {"document_id": documents[0].id, "quote": text, "start": start}
        pattern = re.compile(r"\s+".join(map(re.escape, text.split())))
        first_word = text.split()[0]
        places = [(each, match) for each in documents if first_word in each.text for match in pattern.finditer(each.text)]
        if not places:
            where = " or ".join(repr(each.id) for each in documents[:3]) if name else "any document"
            raise DataError(f"{_short(text)} does not stand in {where}")
        if len(places) > 1:
            where = ", ".join(dict.fromkeys(repr(each.id) for each, _ in places[:3]))
            raise DataError(f"{_short(text)} stands more than once ({where}); quote more of it")
        document, match = places[0]
        return {"document_id": document.id, "quote": match[0], "start": match.start()}

    def _named(self, name: str) -> tuple[Document, ...]:
        found = self._names.candidates(name)
        if not found:
            raise DataError(f"there is no document {name!r}.{did_you_mean(name, [document.id for document in self._documents])}")
        return found


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
