"""A SQuAD-style JSON file (SQuAD 1.1 and 2.0, XQuAD, PIAF, FQuAD…) to a knowledge base folder.

One document per paragraph, named after its article and numbered; one group per
article. The answers of several annotators all count as answers; the evidence is the
span that most of them marked (the first of those on a tie), because spans of a
question are all needed, not alternatives.
"""

from __future__ import annotations

import html
import re
import shutil
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from foundation.errors import DataError
from foundation.files import append_jsonl, read_json, write_text
from foundation.fingerprint import fingerprint
from foundation.first_few import first_few
from foundation.language import LANGUAGES, normalise
from knowledge_base.documents import clean_text, write_document
from knowledge_base.model import Document

_SLUG_LENGTH = 60


@dataclass(frozen=True)
class ImportSummary:
    """What an import made. `moved` answers stood elsewhere than their file said and were anchored there."""

    name: str
    folder: Path
    articles: int
    documents: int
    questions: int
    unanswerable: int
    moved: int


@dataclass
class _Import:
    """What is gathered while the file is walked."""

    language: str
    source: str
    documents: list[Document] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    moved: int = 0
    mismatches: dict[str, None] = field(default_factory=dict)  # question ids, in order, each once
    counts: Counter[str] = field(default_factory=Counter)  # paragraphs per slug
    ids: set[str] = field(default_factory=set)


def import_squad(file: Path, into: Path, language: str) -> ImportSummary:
    """Write the knowledge base of a SQuAD-style `file` into the new folder `into`.

    `language` is a two-letter code. An answer that does not stand at its `answer_start`
    but exactly once elsewhere in its paragraph is anchored there and counted. Raises
    DataError for foreign JSON (naming the missing key), for answers that stand nowhere
    (naming the questions) and for a folder that is not empty; nothing is written then.
    """
    if not re.fullmatch("[a-z]{2}", language):
        raise DataError(f"language {language!r} is not a two-letter code. Give one such as {' or '.join(LANGUAGES)}.")
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise DataError(f"{into} already exists and is not empty. Choose another --into, or delete it first.")
    gathered = _Import(language, file.name)
    articles = _get(read_json(file, "question set"), "data", list, str(file))
    for number, article in enumerate(articles):
        _read_article(article, f"{file}: data[{number}]", gathered)
    if gathered.mismatches:
        raise DataError(
            f"{file}: the answer does not stand in its paragraph (or more than once, and not at answer_start) "
            f"for questions {', '.join(first_few(gathered.mismatches))}. Mend or remove them."
        )
    if not gathered.documents:
        raise DataError(f"{file}: holds no paragraph. A SQuAD file lists articles under 'data', each with 'paragraphs'.")
    _write(file, into, gathered)
    unanswerable = sum(row["answerable"] is False for row in gathered.rows)
    return ImportSummary(into.name, into, len(articles), len(gathered.documents), len(gathered.rows), unanswerable, gathered.moved)


def slug(title: str) -> str:
    """Return `title` as a file name: lower case, plain letters and digits, joined by hyphens.

    >>> slug("<i>Fête de l'Œuvre</i>_(2016)")
    'fete-de-l-oeuvre-2016'
    """
    plain = unicodedata.normalize("NFKD", title_text(title).casefold().replace("œ", "oe").replace("æ", "ae"))
    words = re.findall(r"[a-z0-9]+", "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("'", " "))
    return "-".join(words)[:_SLUG_LENGTH].strip("-") or "article"


def title_text(title: str) -> str:
    """Return an article title for reading: no HTML tags, no underscores.

    >>> title_text("<i>Super_Bowl_50</i>")
    'Super Bowl 50'
    """
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", title)).replace("_", " ").split())


def _read_article(article: Any, where: str, gathered: _Import) -> None:
    paragraphs = _get(article, "paragraphs", list, where)
    title = article.get("title") or "article"
    if not isinstance(title, str):
        raise DataError(f"{where}: 'title' must be text.")
    group = slug(title)
    for number, paragraph in enumerate(paragraphs):
        place = f"{where}.paragraphs[{number}]"
        raw = _get(paragraph, "context", str, place)
        gathered.counts[group] += 1
        text = clean_text(raw)
        document = Document(
            id=f"{group}-{gathered.counts[group]:03d}",
            revision=fingerprint(text),
            title=title_text(title),
            text=text,
            language=gathered.language,
            source=gathered.source,
        )
        gathered.documents.append(document)
        for index, question in enumerate(_get(paragraph, "qas", list, place)):
            gathered.rows.append(_question_row(question, raw, document, group, f"{place}.qas[{index}]", gathered))


def _question_row(question: Any, raw: str, document: Document, group: str, where: str, gathered: _Import) -> dict[str, Any]:
    text = _get(question, "question", str, where)
    if not text.strip():
        raise DataError(f"{where}: a question without text. Write it or remove the entry.")
    if "id" not in question:
        raise DataError(f"{where}: the key 'id' is missing. Give every question an id of its own.")
    name = str(question["id"])
    if name in gathered.ids:
        raise DataError(f"{where}: question id {name!r} occurs twice. Give every question an id of its own.")
    gathered.ids.add(name)
    impossible = bool(question.get("is_impossible", False))
    starts: list[tuple[int, str]] = []
    for number, answer in enumerate([] if impossible else _get(question, "answers", list, where)):
        place = f"{where}.answers[{number}]"
        found = _anchor(_get(answer, "text", str, place), _get(answer, "answer_start", int, place), raw, document.text)
        if found is None:
            gathered.mismatches[name] = None
        else:
            starts.append(found[:2])
            gathered.moved += found[2]
    row: dict[str, Any] = {"id": name, "text": normalise(text).strip(), "language": gathered.language}
    row["answers"] = list(dict.fromkeys(answer for _, answer in starts))
    row["answerable"] = False if impossible else True if starts else "unknown"
    if starts:
        start, quote = Counter(starts).most_common(1)[0][0]
        row["evidence"] = [
            {"document_id": document.id, "revision": document.revision, "start": start, "end": start + len(quote), "quote": quote}
        ]
    row["group"] = group
    return row


def _anchor(answer: str, start: int, raw: str, text: str) -> tuple[int, str, bool] | None:
    """Return (start in `text`, answer as it stands there, whether it was moved), or None."""
    quote = normalise(answer).strip()
    if not quote:
        return None
    places = [match.start() for match in re.finditer(f"(?={re.escape(quote)})", text)]
    if start >= 0 and raw[start : start + len(answer)] == answer and places:
        # Normalising shifts what follows it: of the places in the clean text, take the nearest.
        before = len(normalise(raw[:start]).lstrip("\n")) + len(answer) - len(answer.lstrip())
        return min(places, key=lambda place: abs(place - before)), quote, False
    return (places[0], quote, True) if len(places) == 1 else None


def _get(data: Any, key: str, kind: type[Any], where: str) -> Any:
    """Return `data[key]` of the given type, or say what a SQuAD file would have there."""
    hint = "Is this a SQuAD file? It holds data → paragraphs → context and qas → question, id and answers (text, answer_start)."
    if not isinstance(data, dict):
        raise DataError(f"{where}: expected a JSON object with the key {key!r}, found a {type(data).__name__}. {hint}")
    if key not in data:
        raise DataError(f"{where}: the key {key!r} is missing. {hint}")
    if not isinstance(data[key], kind) or isinstance(data[key], bool):
        raise DataError(f"{where}: {key!r} must be of type {kind.__name__}, found {type(data[key]).__name__}. {hint}")
    return data[key]


def _write(file: Path, into: Path, gathered: _Import) -> None:
    """Write everything into a sibling folder, then rename it: `into` appears whole or not at all."""
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=into.parent, prefix=f".{into.name}."))
    except OSError as error:
        raise DataError(f"cannot write to {into.parent}: {error.strerror or error}. Choose another --into.") from error
    try:
        (temporary / "originals").mkdir()
        shutil.copyfile(file, temporary / "originals" / file.name)
        for document in gathered.documents:
            write_document(document, temporary / "documents")
        append_jsonl(temporary / "questions.jsonl", gathered.rows)
        source = file.name.replace("\\", "\\\\").replace('"', '\\"')
        write_text(temporary / "kb.toml", f'name = "{slug(into.name)}"\nlanguage = "{gathered.language}"\nsource = "{source}"\n')
        temporary.chmod(0o755)  # mkdtemp's 0700 would hide the folder from colleagues
        if into.exists():
            into.rmdir()
        temporary.rename(into)
    except OSError as error:
        raise DataError(
            f"cannot write {into}: {error.strerror or error}. Nothing was changed; free space or choose another --into."
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
