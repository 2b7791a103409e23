"""Chunks are pieces of their document, in order, of the asked size, with nothing lost but blanks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import ConfigurationError
from knowledge_base.documents import clean_text
from knowledge_base.loading import load
from knowledge_base.model import Document
from retrieval.chunking import Chunker
from retrieval.config import RetrievalConfig
from retrieval.hashing import HashingEmbedder
from retrieval.sentence_embedder import SentenceTransformerEmbedder

WORDS = st.sampled_from(
    [
        "pompe",
        "l'été",
        "cafe\u0301",
        "👩‍👩‍👧",
        "🎉",
        "日本語",
        "# Title",
        "- item",
        "| a | b |",
        "\n",
        "\n\n",
        "```",
        "x. Y",
        "\t",
        "\u2028",
    ]
)


def document(text: str) -> Document:
    return Document("d", "r", "T", text)


@settings(max_examples=60)
@given(st.lists(WORDS | st.text(max_size=8), max_size=60).map(" ".join).map(clean_text), st.integers(0, 7))
def test_a_chunk_is_its_place_in_the_text(text: str, overlap: int) -> None:
    embedder = HashingEmbedder()
    (chunks,) = Chunker(embedder, RetrievalConfig(chunk_tokens=8, chunk_overlap=overlap)).cut([document(text)])
    covered = [False] * len(text)
    for chunk in chunks:
        assert chunk.text == text[chunk.start : chunk.end] != ""
        assert chunk.id == f"d@{chunk.start}-{chunk.end}"
        assert embedder.count_tokens(chunk.text) <= 8
        covered[chunk.start : chunk.end] = [True] * (chunk.end - chunk.start)
    assert all(letter.isspace() for letter, seen in zip(text, covered, strict=True) if not seen)
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    if not overlap:
        assert all(first.end <= second.start for first, second in pairwise(chunks))


def test_chunks_end_where_markdown_ends_something() -> None:
    text = "# One\n\nalpha beta gamma delta.\n\n# Two\n\nepsilon zeta eta theta."
    (chunks,) = Chunker(HashingEmbedder(), RetrievalConfig(chunk_tokens=8)).cut([document(text)])
    assert [chunk.text for chunk in chunks] == ["# One\n\nalpha beta gamma delta.", "# Two\n\nepsilon zeta eta theta."]
    assert [(chunk.document_id, chunk.revision, chunk.title) for chunk in chunks] == [("d", "r", "T")] * 2


def test_sizes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"Set it to 224 or less"):
        Chunker(HashingEmbedder(), RetrievalConfig(chunk_tokens=256))
    with pytest.raises(ValueError, match=r"smaller than chunk_tokens"):
        RetrievalConfig(chunk_tokens=16, chunk_overlap=16)


@pytest.mark.slow
def test_real_tokens_bound_real_chunks(minilm: Path) -> None:
    embedder = SentenceTransformerEmbedder("all-minilm-l6-v2", minilm)
    documents = load("orlisund").documents
    for source, chunks in zip(documents, Chunker(embedder, RetrievalConfig()).cut(documents), strict=True):
        assert all(chunk.text == source.text[chunk.start : chunk.end] and embedder.count_tokens(chunk.text) <= 128 for chunk in chunks)
