"""Both embedders keep the contract, and names lead to them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from foundation.errors import DataError, UnknownNameError
from retrieval.embedders import EMBEDDERS, Embedder, embedder
from retrieval.hashing import HashingEmbedder
from retrieval.sentence_embedder import SentenceTransformerEmbedder
from tests.conformance.embedder import EmbedderConformance


class TestHashing(EmbedderConformance):
    @pytest.fixture
    def embedder(self, tmp_path: Path) -> Embedder:
        return embedder("hashing", tmp_path)


@pytest.fixture(scope="module")
def loaded(minilm: Path) -> Embedder:
    return SentenceTransformerEmbedder("all-minilm-l6-v2", minilm)


@pytest.mark.slow
class TestMiniLM(EmbedderConformance):
    @pytest.fixture
    def embedder(self, loaded: Embedder) -> Embedder:
        return loaded

    def test_equals_bare_sentence_transformers(self, embedder: Embedder, minilm: Path) -> None:
        from sentence_transformers import SentenceTransformer

        texts = ["The pump weighs twelve kilograms.", "Invoices go to finance."]
        expected = SentenceTransformer(str(minilm)).encode(texts, normalize_embeddings=True)
        np.testing.assert_allclose(embedder.encode_passages(texts), expected, atol=1e-6)
        assert (embedder.dimension, embedder.token_limit) == (384, 256)  # its model card


def test_hashing_similarity_is_word_overlap() -> None:
    # Two words each, one of them shared, all of six letters or more: cosine 1/2 unless two words share a bucket (odds 1 in 170).
    first, second = HashingEmbedder().encode_passages(["turbidity sensor", "sensor housing"])
    assert first @ second == pytest.approx(0.5, abs=1e-6)


def test_hashing_fingerprint_follows_its_shape() -> None:
    assert HashingEmbedder().fingerprint == HashingEmbedder().fingerprint != HashingEmbedder(dimension=64).fingerprint


def test_unknown_names_and_foreign_folders(tmp_path: Path) -> None:
    assert set(EMBEDDERS) == {"all-minilm-l6-v2", "hashing"}
    with pytest.raises(UnknownNameError, match=r"Did you mean 'hashing'"):
        embedder("hashng", tmp_path)
    with pytest.raises(DataError, match=r"modules\.json"):
        embedder(str(tmp_path), tmp_path)


def test_a_changed_file_changes_the_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]", encoding="utf-8")
    before = SentenceTransformerEmbedder("x", tmp_path).fingerprint
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert SentenceTransformerEmbedder("x", tmp_path).fingerprint != before
