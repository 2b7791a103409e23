"""One document file to one `Document`, and back: front matter, title, normalised text.

Offsets refer to the text after the front matter, normalised, without blank lines at
either end. Writing a document and reading it again gives the same text, so evidence
that was anchored before an export still holds after it.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from foundation.errors import DataError
from foundation.files import write_text
from foundation.fingerprint import fingerprint
from foundation.language import detect, normalise
from knowledge_base.model import Document
from knowledge_base.settled import read_settled_text

SUFFIXES = (".md", ".txt")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_FIELDS = ("title", "language", "source", "licence", "updated")


def clean_text(raw: str) -> str:
    """Return what offsets refer to: `raw` normalised, without blank lines at either end.

    >>> clean_text("\\r\\n\\r\\nOne.  \\r\\nTwo.")
    'One.\\nTwo.'
    """
    return normalise(raw + "\n").strip("\n")


def read_document(path: Path, folder: Path, language: str | None = None) -> Document:
    """Return the document in `path`; its id is the path below `folder` without the suffix.

    `language` is taken when the file declares none; without either it is detected.
    Raises DataError for a file that is not text or whose front matter is broken.
    """
    raw = normalise(read_settled_text(path, "document"))
    if "\x00" in raw:
        raise DataError(f"document {path} is not text (it holds NUL bytes). Convert it to Markdown first, or move it out of documents/.")
    matter: dict[str, Any] = {}
    if path.suffix.lower() == ".md" and (found := _FRONT_MATTER.match(raw)):
        matter = _front_matter(found[1], path)
        raw = raw[found.end() :]
    text = clean_text(raw)
    document_id = path.relative_to(folder).with_suffix("").as_posix()
    known = {key: str(_plain(matter[key])) for key in _FIELDS if matter.get(key) is not None}
    locators = matter.get("locators")
    return Document(
        id=document_id,
        revision=fingerprint(text),
        title=known.get("title") or _title(text, document_id),
        text=text,
        language=known.get("language") or language or detect(text),
        source=known.get("source"),
        licence=known.get("licence"),
        updated=known.get("updated"),
        locators=_plain(locators) if isinstance(locators, dict) else {},
        metadata={str(key): _plain(value) for key, value in matter.items() if key not in (*_FIELDS, "locators")},
    )


def write_document(document: Document, folder: Path) -> Path:
    """Write `document` as Markdown with front matter below `folder`; return the path."""
    matter: dict[str, Any] = {key: getattr(document, key) for key in _FIELDS if getattr(document, key) is not None}
    if document.locators:
        matter["locators"] = document.locators
    matter |= document.metadata
    head = yaml.safe_dump(matter, allow_unicode=True, sort_keys=False, width=10_000)
    path = folder / PurePosixPath(f"{document.id}.md")
    write_text(path, f"---\n{head}---\n\n{document.text}\n")
    return path


def _front_matter(block: str, path: Path) -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(block)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 2}" if mark else ""
        raise DataError(
            f"document {path}{line}: the front matter between the '---' lines is not valid YAML. Quote values that hold a colon."
        ) from None
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise DataError(f"document {path}: the front matter must be 'key: value' lines. Remove the '---' lines if it is part of the text.")
    return loaded


def _title(text: str, document_id: str) -> str:
    heading = _HEADING.search(text)
    return heading[1] if heading else PurePosixPath(document_id).name


def _plain(value: Any) -> Any:
    """YAML gives dates; JSON has none."""
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    return value
