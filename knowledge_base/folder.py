"""A knowledge base folder: where it is, what its kb.toml says, and which files are its documents.

A folder may be a later state of another: with `base` in its kb.toml it takes that one's
documents, replaced by its own of the same id, without those that `deleted` names. Questions
are never inherited: answers change with the documents.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import ConfigurationError, DataError
from foundation.files import read_text
from foundation.settings import Layers, build_section
from foundation.suggest import did_you_mean
from knowledge_base.config import KnowledgeBaseFile
from knowledge_base.documents import SUFFIXES, read_document
from knowledge_base.model import Document

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


def refuse_sample(folder: Path) -> None:
    """Raise DataError for a folder that ships with the program, which its next version would overwrite."""
    if folder.resolve().is_relative_to(SAMPLES.resolve()):
        raise DataError(
            f"{folder.name!r} is a sample that ships with the program, and what is written into it would be lost with the next version. "
            f'Copy {folder} to a folder of yours and name that: path = "FOLDER" under [knowledge_base] in ragft.toml.'
        )


def read_about(folder: Path) -> KnowledgeBaseFile:
    """Return what kb.toml of a knowledge base folder says; the defaults when there is none."""
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


@dataclass(frozen=True)
class DocumentFile:
    """One file that can be read as a document; `language` is that of documents here that declare none."""

    path: Path
    root: Path
    language: str | None

    @property
    def id(self) -> str:
        """The id that its document has: the path below the root, without the suffix."""
        return self.path.relative_to(self.root).with_suffix("").as_posix()

    def read(self) -> Document:
        """Return the document; raises DataError for a file that is not text or whose front matter is broken."""
        return read_document(self.path, self.root, self.language)


def document_files(folder: Path) -> tuple[list[DocumentFile], tuple[str, ...]]:
    """Return the document files of `folder` and of what it is based on, sorted by id, and the names of its files that are none.

    Without a document there have to be questions, and no file of another kind that somebody meant to be one.

    Raises DataError when there is nothing, when `base` is no knowledge base or leads
    back here, and when `deleted` names a document that the base has not.
    """
    return _layered(folder, ())


def _layered(folder: Path, above: tuple[Path, ...]) -> tuple[list[DocumentFile], tuple[str, ...]]:
    about = read_about(folder)
    own, ignored = _own_files(folder, about.language)
    if about.base is None:
        return own, ignored
    base = locate(folder / about.base)
    if base.resolve() in {path.resolve() for path in (*above, folder)}:
        raise DataError(f"{folder / 'kb.toml'}: base = {about.base!r} leads back to itself. Name the folder that this one changes.")
    inherited = _layered(base, (*above, folder))[0]
    names = {file.id for file in inherited}
    for name in about.deleted:
        if name not in names:
            raise DataError(f"{folder / 'kb.toml'}: deleted names {name!r}, which is no document of {base}.{did_you_mean(name, names)}")
    hidden = {*about.deleted, *(file.id for file in own)}
    return sorted([*own, *(file for file in inherited if file.id not in hidden)], key=lambda file: file.id), ignored


def _own_files(folder: Path, language: str | None) -> tuple[list[DocumentFile], tuple[str, ...]]:
    root, asked = folder / "documents", (folder / "questions.jsonl").is_file()
    if not root.is_dir():
        if asked:  # questions alone, a table of pairs perhaps: for systems that retrieve nothing
            return [], ()
        raise DataError(f"{folder} has no documents/ folder. Put Markdown or text files into {root}.")
    paths = sorted(_files(root))
    usable = [path for path in paths if path.suffix.lower() in SUFFIXES]
    if not usable and (paths or not asked):
        raise DataError(
            f"{root} holds no Markdown (.md) or text (.txt) file. Put the documents there, or import a question set with `ragft kb import`."
        )
    kept = set(usable)
    files = [DocumentFile(path, root, language) for path in usable]
    return files, tuple(path.relative_to(root).as_posix() for path in paths if path not in kept)


def _files(root: Path) -> Iterator[Path]:
    """Every file below `root` that is not hidden; a folder that may not be read is an error, not an empty folder."""

    def refuse(error: OSError) -> None:
        raise DataError(f"cannot read {error.filename}: {error.strerror or error}. Check its permissions.")

    for folder, folders, names in os.walk(root, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder) / name for name in names if not name.startswith("."))
