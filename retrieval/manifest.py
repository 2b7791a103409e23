"""What an index was made from, and whether that fits what it is asked to serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from foundation.errors import DataError, MismatchError
from foundation.fingerprint import fingerprint
from knowledge_base.model import Document
from retrieval.config import RetrievalConfig
from retrieval.embedders import Embedder

FORMAT = 1  # raise when an index of before can no longer be read


@dataclass(frozen=True)
class Manifest:
    """Everything that shapes an index's content."""

    format: int
    embedder: str
    embedder_fingerprint: str
    dimension: int
    chunk_tokens: int
    chunk_overlap: int
    corpus_fingerprint: str


def corpus_fingerprint(documents: Sequence[Document]) -> str:
    """Return a fingerprint over ids, revisions and titles: what chunks and vectors are made of."""
    return fingerprint(sorted((document.id, document.revision, document.title) for document in documents))


def manifest_for(documents: Sequence[Document], embedder: Embedder, config: RetrievalConfig) -> Manifest:
    """Return the manifest of an index over `documents`. Raises DataError for no document or one id twice."""
    if not documents:
        raise DataError("there is no document to index. Put Markdown or text files into documents/ of the knowledge base.")
    names = [document.id for document in documents]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"document id {twice!r} occurs twice. Give every document an id of its own.")
    return Manifest(
        format=FORMAT,
        embedder=embedder.name,
        embedder_fingerprint=embedder.fingerprint,
        dimension=embedder.dimension,
        chunk_tokens=config.chunk_tokens,
        chunk_overlap=config.chunk_overlap,
        corpus_fingerprint=corpus_fingerprint(documents),
    )


def check_fit(held: Manifest, embedder: Embedder, config: RetrievalConfig) -> None:
    """Raise MismatchError when embedder or chunking are not those of the index."""
    build = "Run: ragft index build"
    if held.format != FORMAT:
        raise MismatchError(f"the index has format {held.format}, this version reads {FORMAT}. {build}")
    if held.embedder_fingerprint != embedder.fingerprint:
        what = f"another version of {embedder.name}" if held.embedder == embedder.name else f"{held.embedder}, not {embedder.name}"
        raise MismatchError(f"the index was made with {what}. {build}")
    for key in ("chunk_tokens", "chunk_overlap"):
        was, now = getattr(held, key), getattr(config, key)
        if was != now:
            raise MismatchError(f"the index was made with {key} = {was}, the configuration says {now}. {build}")


def check_corpus(held: Manifest, documents: Sequence[Document]) -> None:
    """Raise MismatchError when the documents are not those of the index."""
    if held.corpus_fingerprint != corpus_fingerprint(documents):
        raise MismatchError("documents changed since the index was made. Run: ragft index update")
