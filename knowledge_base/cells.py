"""One row of a foreign table to one `Entry`: what each cell says, in our words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.errors import DataError
from foundation.language import normalise
from knowledge_base.columns import fold
from knowledge_base.model import Answerable, Split

SEPARATOR = re.compile(r"\s+\|\s+")  # between the answers, quotes or documents of one cell
_SPLITS: dict[str, Split] = {
    **dict.fromkeys(("train", "training", "entrainement", "apprentissage"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("test", "essai", "evaluation"), "test"),
}
_ANSWERABLE: dict[str, Answerable] = {
    **dict.fromkeys(("yes", "true", "oui", "vrai", "1"), "yes"),
    **dict.fromkeys(("no", "false", "non", "faux", "0"), "no"),
    **dict.fromkeys(("unknown", "inconnu"), "unknown"),
}
_LANGUAGES = {
    **dict.fromkeys(("english", "anglais", "eng"), "en"),
    **dict.fromkeys(("french", "francais", "fra", "fre"), "fr"),
    **dict.fromkeys(("german", "deutsch", "allemand", "deu", "ger"), "de"),
    **dict.fromkeys(("spanish", "espanol", "espagnol", "spa"), "es"),
    **dict.fromkeys(("italian", "italiano", "italien", "ita"), "it"),
    **dict.fromkeys(("dutch", "nederlands", "neerlandais", "nld", "dut"), "nl"),
    **dict.fromkeys(("portuguese", "portugues", "portugais", "por"), "pt"),
}


@dataclass(frozen=True)
class Entry:
    """One question as its row says it. `number` is that of the row; evidence is quoted, not yet found."""

    number: int
    text: str
    answers: tuple[str, ...] = ()
    language: str | None = None
    answerable: Answerable = "unknown"
    id: str = ""
    kind: str = ""
    split: Split | None = None
    fact: str = ""
    group: str = ""
    tags: tuple[str, ...] = ()
    rule: str | None = None
    quotes: tuple[dict[str, Any], ...] = ()  # each with "quote", perhaps "document_id", "start", "part"
    history: tuple[dict[str, str], ...] = ()
    unquoted: bool = False  # names a document and quotes nothing of it


def split_named(name: str) -> Split | None:
    """Return the split that goes by this name, None when none does.

    >>> split_named("Dev"), split_named("fr")
    ('validation', None)
    """
    return _SPLITS.get(fold(name))


def entry(number: int, row: Mapping[str, Any], columns: Mapping[str, str], where: str) -> Entry:
    """Return what a row says; `columns` maps our fields to its columns. Raises DataError for a value that says nothing.

    An empty answer means that the answer is unknown, never that there is none.

    >>> entry(2, {"q": "Prix ?", "a": "3,5 € | 3,50 €", "l": "Français"}, {"text": "q", "answers": "a", "language": "l"}, "").answers
    ('3,5 €', '3,50 €')
    """
    cells = {field: row.get(column) for field, column in columns.items()}
    answers = tuple(dict.fromkeys(_texts(cells.get("answers"), where)))
    written = _one_of(cells.get("answerable"), _ANSWERABLE, "answerable", where)
    quotes = _quotes(cells.get("evidence"), cells.get("document"), where)
    return Entry(
        number=number,
        text=text_of(cells.get("text"), where),
        answers=answers,
        language=_language(cells.get("language"), where),
        answerable=written or ("yes" if answers else "unknown"),
        id=text_of(cells.get("id"), where),
        kind=text_of(cells.get("kind"), where),
        split=_one_of(cells.get("split"), _SPLITS, "split", where),
        fact=text_of(cells.get("fact"), where),
        group=text_of(cells.get("group"), where),
        tags=tuple(dict.fromkeys(_texts(cells.get("tags"), where, re.compile(r"\s*[|,;]\s*")))),
        rule=text_of(cells.get("rule"), where) or None,
        quotes=quotes,
        history=_history(cells.get("history"), where),
        unquoted=not quotes and bool(_texts(cells.get("document"), where)),
    )


def text_of(value: Any, where: str) -> str:
    """Return the text of one cell; "" for an empty one. Raises DataError for what is neither text nor a number.

    >>> text_of(" 3,5 € ", ""), text_of(7, ""), text_of(float("nan"), "")
    ('3,5 €', '7', '')
    """
    if value is None or value != value:  # NaN: how Parquet and JSON of other tools write an empty cell
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise DataError(f"{where}: expected text, found {_brief(value)}.")
    return normalise(str(value)).strip()


def _texts(value: Any, where: str, separator: re.Pattern[str] = SEPARATOR) -> list[str]:
    """The texts of a list, of a SQuAD answer ({"text": […]}), or of one cell with separators."""
    if isinstance(value, dict) and "text" in value:
        value = value["text"]
    if isinstance(value, (list, tuple)):
        found = [text_of(item.get("text") if isinstance(item, dict) else item, where) for item in value]
    else:
        found = [part.strip() for part in separator.split(text_of(value, where))]
    return [text for text in found if text]


def _quotes(evidence: Any, document: Any, where: str) -> tuple[dict[str, Any], ...]:
    if isinstance(evidence, (list, tuple)) and any(isinstance(item, dict) for item in evidence):
        known = ("document_id", "quote", "start", "part")
        return tuple({key: item[key] for key in known if item.get(key) is not None} for item in evidence if isinstance(item, dict))
    quotes, documents = _texts(evidence, where), _texts(document, where)
    if len(documents) > 1 and len(documents) != len(quotes):
        raise DataError(f"{where}: {len(quotes)} quotes and {len(documents)} documents. Give one document, or one for each quote.")
    if len(documents) == 1:
        documents *= len(quotes)
    return tuple({"quote": quote} | ({"document_id": documents[n]} if documents else {}) for n, quote in enumerate(quotes))


def _history(value: Any, where: str) -> tuple[dict[str, str], ...]:
    if value is None or value == "":
        return ()
    if not isinstance(value, (list, tuple)) or not all(isinstance(turn, dict) and {"role", "text"} <= set(turn) for turn in value):
        raise DataError(f"{where}: a history is a list of turns with 'role' and 'text'; found {_brief(value)}. Use JSONL for dialogues.")
    turns = tuple({"role": str(turn["role"]), "text": str(turn["text"])} for turn in value)
    if any(turn["role"] not in ("user", "assistant") for turn in turns):
        raise DataError(f"{where}: the role of a turn is 'user' or 'assistant'.")
    return turns


def _language(value: Any, where: str) -> str | None:
    name = fold(text_of(value, where))
    if not name:
        return None
    code = re.fullmatch(r"([a-z]{2})(?: [a-z]{2,4})?", name)
    if code:
        return code[1]
    if name in _LANGUAGES:
        return _LANGUAGES[name]
    raise DataError(
        f"{where}: language {value!r} is not known. Write a two-letter code such as en or fr, or leave it empty to have it detected."
    )


def _one_of(value: Any, known: Mapping[str, Any], what: str, where: str) -> Any:
    name = fold(str(value)) if value is not None else ""
    if not name:
        return None
    if name not in known:
        raise DataError(
            f"{where}: {what} {value!r} is not known. Known: {', '.join(dict.fromkeys(map(str, known.values())))}; or leave it empty."
        )
    return known[name]


def _brief(value: Any) -> str:
    return f"{type(value).__name__} {str(value)[:40]!r}"
