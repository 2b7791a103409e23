"""Which document is meant, when a person or another program names one: by id, file name or title.

Quotes of imported questions and the sources that a bot cites are both told this way, so
that one name cannot mean two documents in two places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from knowledge_base.columns import fold
from knowledge_base.model import Document


class DocumentNames:
    """The documents behind a name; case, accents, blanks, underscores and an ending .md or .txt do not count."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._by_id: dict[str, Document] = {}
        self._levels: tuple[dict[str, list[Document]], ...] = ({}, {}, {})  # folded ids, file names, titles: the surest first
        for document in documents:
            self._by_id[document.id] = document
            for level, name in zip(self._levels, (document.id, PurePosixPath(document.id).name, document.title), strict=True):
                level.setdefault(fold(name), []).append(document)

    def candidates(self, name: str) -> tuple[Document, ...]:
        """Return the documents that `name` may mean: one when it is clear, none when nothing is called so.

        An exact id is clear. Otherwise a document that alone has the name as id, as file name
        or as title is taken, in this order; a name that all of them share means each of them.

        >>> here = [Document("a/fees", "1", "Prices", ""), Document("b/rates", "1", "Prices", "")]
        >>> [[found.id for found in DocumentNames(here).candidates(name)] for name in ("a/fees", "Rates.md", "PRICES ", "tax")]
        [['a/fees'], ['b/rates'], ['a/fees', 'b/rates'], []]
        """
        written = name.strip()
        plain = re.sub(r"\.(md|txt)$", "", written, flags=re.IGNORECASE)
        for one in (written, plain):
            if one in self._by_id:
                return (self._by_id[one],)
        shared: dict[str, Document] = {}
        for key in dict.fromkeys((fold(written), fold(plain))):
            for level in self._levels:
                found = level.get(key, [])
                if len(found) == 1:
                    return (found[0],)
                shared |= {document.id: document for document in found}
        return tuple(shared.values())
