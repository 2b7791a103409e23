"""A knowledge base folder, or the name of a shipped sample, to one checked `KnowledgeBase`."""

from __future__ import annotations

from pathlib import Path

from foundation.errors import DataError
from foundation.fingerprint import fingerprint
from knowledge_base.folder import document_files, locate, read_about
from knowledge_base.grouping import with_facts, with_groups, with_splits
from knowledge_base.model import Document, KnowledgeBase, Question
from knowledge_base.questions import read_questions


def load(path: str | Path, *, seed: int = 0) -> KnowledgeBase:
    """Return the knowledge base in a folder, or the shipped sample of that name.

    `seed` draws the splits of questions without a written one. Raises DataError with
    file, line and question for the first thing that cannot be used.
    """
    folder = locate(path)
    about = read_about(folder)
    documents, ignored = _read_documents(folder)
    questions: tuple[Question, ...] = ()
    if (folder / "questions.jsonl").exists():
        questions = read_questions(folder / "questions.jsonl", {document.id: document for document in documents}, about.language)
        questions = with_splits(with_groups(with_facts(questions)), seed=seed, test_share=about.test_share)
    return assemble(about.name or folder.resolve().name, documents, questions, ignored, tuple(map(tuple, about.versions)))


def assemble(
    name: str,
    documents: tuple[Document, ...],
    questions: tuple[Question, ...],
    ignored: tuple[str, ...] = (),
    versions: tuple[tuple[str, ...], ...] = (),
) -> KnowledgeBase:
    """Return a KnowledgeBase of parts that are already made, with its fingerprints computed."""
    return KnowledgeBase(
        name=name,
        documents=documents,
        questions=questions,
        fingerprint=fingerprint(documents, questions),
        corpus_fingerprint=fingerprint(sorted((document.id, document.revision) for document in documents)),
        ignored=ignored,
        versions=versions,
    )


def _read_documents(folder: Path) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    files, ignored = document_files(folder)
    documents: dict[str, Document] = {}
    for file in files:
        if file.id in documents:
            raise DataError(f"two documents have the id {file.id!r}: {file.path} and another file of that name. Rename one.")
        documents[file.id] = file.read()
    return tuple(documents.values()), ignored
