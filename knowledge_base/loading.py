"""A knowledge base folder, or the name of a shipped sample, to one checked `KnowledgeBase`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

from foundation.errors import ConfigurationError, DataError
from foundation.files import read_text
from foundation.fingerprint import fingerprint
from foundation.settings import Layers, build_section
from foundation.suggest import did_you_mean
from knowledge_base.config import KnowledgeBaseFile
from knowledge_base.documents import SUFFIXES, read_document
from knowledge_base.grouping import with_facts, with_groups, with_splits
from knowledge_base.model import Document, KnowledgeBase, Question
from knowledge_base.questions import read_questions

SAMPLES = Path(__file__).parent / "samples"


def sample_names() -> tuple[str, ...]:
    """Return the names of the knowledge bases that ship with the package."""
    return tuple(sorted(path.name for path in SAMPLES.iterdir() if (path / "documents").is_dir())) if SAMPLES.is_dir() else ()


def locate(path: str | Path) -> Path:
    """Return the folder of `path`: a folder that exists, else a shipped sample of that name.

    Raises DataError when there is neither, or when the folder is no knowledge base.
    """
    folder = Path(path)
    if not folder.exists() and str(path) in sample_names():
        folder = SAMPLES / str(path)
    if not folder.exists():
        raise DataError(
            f"knowledge base {str(path)!r} is neither a folder nor a shipped sample.{did_you_mean(str(path), sample_names())} "
            f"Samples: {', '.join(sample_names()) or 'none'}."
        )
    if not folder.is_dir():
        raise DataError(f"knowledge base {folder} is a file. Give the folder that holds documents/, or import it with `ragft kb import`.")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise DataError(f"cannot read {folder}: permission denied. Check its permissions.")
    return folder


def load(path: str | Path, *, seed: int = 0) -> KnowledgeBase:
    """Return the knowledge base in a folder, or the shipped sample of that name.

    `seed` draws the splits of questions without a written one. Raises DataError with
    file, line and question for the first thing that cannot be used.
    """
    folder = locate(path)
    about = _read_about(folder)
    documents, ignored = _read_documents(folder, about.language)
    questions: tuple[Question, ...] = ()
    if (folder / "questions.jsonl").exists():
        questions = read_questions(folder / "questions.jsonl", {document.id: document for document in documents}, about.language)
        questions = with_splits(with_groups(with_facts(questions)), seed=seed, test_share=about.test_share)
    return assemble(about.name or folder.resolve().name, documents, questions, ignored)


def assemble(name: str, documents: tuple[Document, ...], questions: tuple[Question, ...], ignored: tuple[str, ...] = ()) -> KnowledgeBase:
    """Return a KnowledgeBase of parts that are already made, with its fingerprints computed."""
    return KnowledgeBase(
        name=name,
        documents=documents,
        questions=questions,
        fingerprint=fingerprint(documents, questions),
        corpus_fingerprint=fingerprint(sorted((document.id, document.revision) for document in documents)),
        ignored=ignored,
    )


def _read_about(folder: Path) -> KnowledgeBaseFile:
    path = folder / "kb.toml"
    if not path.exists():
        return KnowledgeBaseFile()
    try:
        table = tomllib.loads(read_text(path, "knowledge base file"))
        return build_section(KnowledgeBaseFile, "kb.toml", Layers({"kb": {"toml": table}}, {"kb.toml": str(path)}))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path} is not valid TOML: {error}.") from None
    except ConfigurationError as error:
        raise DataError(str(error)) from None


def _read_documents(folder: Path, language: str | None) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    root = folder / "documents"
    if not root.is_dir():
        raise DataError(f"{folder} has no documents/ folder. Put Markdown or text files into {root}.")
    paths = sorted(_files(root))
    usable = [path for path in paths if path.suffix.lower() in SUFFIXES]
    if not usable:
        raise DataError(
            f"{root} holds no Markdown (.md) or text (.txt) file. Put the documents there, or import a question set with `ragft kb import`."
        )
    documents: dict[str, Document] = {}
    for path in usable:
        document = read_document(path, root, language)
        if document.id in documents:
            raise DataError(f"two documents have the id {document.id!r}: {path} and another file of that name. Rename one.")
        documents[document.id] = document
    return tuple(documents.values()), tuple(path.relative_to(root).as_posix() for path in paths if path not in set(usable))


def _files(root: Path) -> Iterator[Path]:
    """Every file below `root` that is not hidden; a folder that may not be read is an error, not an empty folder."""

    def refuse(error: OSError) -> None:
        raise DataError(f"cannot read {error.filename}: {error.strerror or error}. Check its permissions.")

    for folder, folders, names in os.walk(root, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder) / name for name in names if not name.startswith("."))
