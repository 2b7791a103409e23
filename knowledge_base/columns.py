"""Which column of a foreign table is the question, the answer, the language… : by name, in English and French."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from foundation.errors import ConfigurationError, DataError, UnknownNameError
from foundation.suggest import nearest

KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "text": ("question", "questions", "text", "texte", "query", "demande"),
    "answers": ("answer", "answers", "réponse", "réponses", "gold answer", "expected answer", "réponse attendue"),
    "id": ("id", "identifiant", "identifier", "question id", "numéro", "number", "no"),
    "language": ("language", "langue", "lang"),
    "answerable": ("answerable", "répondable"),
    "kind": ("kind", "type", "genre"),
    "split": ("split", "partition"),
    "fact": ("fact", "fait"),
    "group": ("group", "groupe"),
    "document": ("document", "document id", "source", "file", "fichier"),
    "evidence": ("evidence", "quote", "quotes", "preuve", "citation", "citations", "passage"),
    "tags": ("tags", "tag", "étiquettes", "étiquette"),
    "rule": ("rule", "règle"),
    "history": ("history", "historique"),
}


def match(columns: Sequence[str], chosen: Mapping[str, str], where: str) -> dict[str, str]:
    """Return the column of each field that the table has; `chosen` names columns by field and wins.

    Raises DataError when the question has no column, a chosen column does not exist, or
    two columns could be the same field.

    >>> match(["Question", "Réponse", "Page"], {}, "file")
    {'text': 'Question', 'answers': 'Réponse'}
    """
    found: dict[str, str] = {}
    for field, names in KNOWN.items():
        if field in chosen:
            found[field] = _existing(chosen[field], columns, field, where)
            continue
        folded = [fold(name) for name in names]
        fitting = [column for column in columns if fold(column) in folded and column not in chosen.values()]
        if len(fitting) > 1:
            raise DataError(f"{where}: columns {', '.join(map(repr, fitting))} could all be the {field}. Name one with {option(field)}.")
        if fitting:
            found[field] = fitting[0]
    if "text" not in found:
        raise DataError(
            f"{where}: no column of questions. {seen(columns, KNOWN['text'])} Name it with --text-column, or rename it to 'question'."
        )
    return found


def first(header: Iterable[str], candidates: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return what we call a column → its name in `header`: the first of our candidates that is there; names are folded.

    >>> first(["Body", "Agent_Reply", "Page"], {"message": ("text", "body"), "reply": ("agent reply",), "id": ("id",)})
    {'message': 'Body', 'reply': 'Agent_Reply'}
    """
    names = {fold(name): name for name in header}
    fitting = {ours: next((names[key] for key in map(fold, theirs) if key in names), None) for ours, theirs in candidates.items()}
    return {ours: name for ours, name in fitting.items() if name is not None}


def chosen(named: Mapping[str, str | None], pairs: Sequence[str]) -> dict[str, str]:
    """Return the columns that a user names: by field, and as "field=column" texts. Raises for an unknown field.

    >>> chosen({"text": "Frage", "answers": None}, ["kind=Art"])
    {'text': 'Frage', 'kind': 'Art'}
    """
    found = {field: column for field, column in named.items() if column}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not column.strip():
            raise ConfigurationError(f"--column {pair!r}: write FIELD=NAME, such as kind=Type.")
        if field.strip() not in KNOWN:
            raise UnknownNameError("field", field.strip(), KNOWN)
        found[field.strip()] = column.strip()
    return found


def seen(columns: Sequence[str], wanted: Sequence[str]) -> str:
    """Return which columns there are and which of them is nearest to a wanted name."""
    by_folded = {fold(column): column for column in columns}
    near = next((by_folded[found] for name in wanted if (found := nearest(fold(name), by_folded))), None)
    return f"Columns: {', '.join(map(repr, columns))}." + (f" Did you mean {near!r}?" if near else "")


def option(field: str) -> str:
    """Return the command line option that names a field's column.

    >>> option("answers"), option("kind")
    ('--answer-column NAME', '--column kind=NAME')
    """
    named = {"text": "text", "answers": "answer", "language": "language"}
    return f"--{named[field]}-column NAME" if field in named else f"--column {field}=NAME"


def fold(name: str) -> str:
    """Return a column name without case, accents, underscores and blanks around it.

    >>> fold(" Réponse_attendue ")
    'reponse attendue'
    """
    plain = unicodedata.normalize("NFKD", str(name).casefold())
    return re.sub(r"[\s_\-]+", " ", "".join(letter for letter in plain if not unicodedata.combining(letter))).strip()


def _existing(column: str, columns: Sequence[str], field: str, where: str) -> str:
    for candidate in columns:
        if candidate == column or fold(candidate) == fold(column):
            return candidate
    raise DataError(f"{where}: no column {column!r} for the {field}. {seen(columns, [column])}")
