"""The embedder in OpenVINO: the contract, the same vectors as sentence-transformers, and what happens where it cannot run."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundation.errors import DataError, MissingDependencyError
from knowledge_base.loading import load
from retrieval.config import RetrievalConfig
from retrieval.embedders import Embedder, embedder
from retrieval.index import Index
from retrieval.openvino_embedder import OpenVinoEmbedder
from retrieval.sentence_embedder import SentenceTransformerEmbedder
from tests.conformance.embedder import EmbedderConformance

TEXTS = ["How much does the pump weigh?", "ÉTÉ  à\n Paris", "", "why " * 400]


@pytest.fixture(scope="module")
def reference(minilm: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder("all-minilm-l6-v2", minilm)


@pytest.fixture(scope="module")
def fast(minilm: Path) -> Embedder:
    pytest.importorskip("openvino_genai", reason="the extra `fast` is not installed")
    return embedder("all-minilm-l6-v2", minilm.parent, "openvino")


@pytest.mark.slow
class TestOpenVinoMiniLM(EmbedderConformance):
    @pytest.fixture
    def embedder(self, fast: Embedder) -> Embedder:
        assert isinstance(fast, OpenVinoEmbedder)
        return fast

    def test_vectors_are_those_of_sentence_transformers(self, embedder: Embedder, reference: Embedder) -> None:
        texts = [document.text[:length] for document in load("orlisund").documents[:12] for length in (60, 500, 3000)]
        np.testing.assert_allclose(embedder.encode_passages(texts), reference.encode_passages(texts), atol=1e-5)
        np.testing.assert_allclose(embedder.encode_queries(texts), reference.encode_queries(texts), atol=1e-5)

    def test_it_is_the_same_embedder_to_everyone_else(self, embedder: Embedder, reference: Embedder) -> None:
        assert embedder.name == reference.name
        assert embedder.fingerprint == reference.fingerprint
        assert (embedder.dimension, embedder.token_limit) == (reference.dimension, reference.token_limit)
        assert embedder.tokenizer.to_str() == reference.tokenizer.to_str()

    def test_an_index_of_the_one_serves_the_other(self, embedder: Embedder, reference: Embedder, tmp_path: Path) -> None:
        documents, config = load("orlisund").documents[:8], RetrievalConfig()
        Index.build(tmp_path, documents, reference, config, progress=False)
        queries = [document.title for document in documents]
        found = {}
        for name, each in (("fast", embedder), ("reference", reference)):
            index = Index.open(tmp_path, each, documents, config)
            found[name] = [[hit.chunk.id for hit in hits] for hits in index.search(queries, 3)]
            index.close()
        assert found["fast"] == found["reference"]

    def test_threads_that_ask_at_once_get_their_own_vectors(self, embedder: Embedder) -> None:
        texts = [f"{number} pumps" for number in range(24)]
        alone = [embedder.encode_queries([text])[0] for text in texts]
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda text: embedder.encode_queries([text])[0], texts))
        np.testing.assert_array_equal(np.stack(together), np.stack(alone))

    def test_auto_takes_it_for_the_shipped_model_only(self, fast: Embedder, minilm: Path) -> None:
        import torch

        auto = embedder("all-minilm-l6-v2", minilm.parent, "auto")
        assert isinstance(auto, SentenceTransformerEmbedder if torch.accelerator.is_available() else OpenVinoEmbedder)
        assert isinstance(embedder(str(minilm), minilm.parent, "auto"), SentenceTransformerEmbedder)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random RoBERTa with prompts, pooled at its first token: in everything unlike the shipped model."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaConfig, RobertaModel, RobertaTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    trained = ByteLevelBPETokenizer()
    marks = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trained.train_from_iterator(TEXTS * 4, vocab_size=300, special_tokens=marks, show_progress=False)
    tokenizer = RobertaTokenizerFast(tokenizer_object=trained._tokenizer, model_max_length=40)
    import torch

    torch.manual_seed(0)
    shape: dict[str, Any] = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
    config = RobertaConfig(vocab_size=len(tokenizer), max_position_embeddings=64, pad_token_id=1, initializer_range=0.5, **shape)
    RobertaModel(config).save_pretrained(folder / "encoder")
    tokenizer.save_pretrained(folder / "encoder")
    encoder = Transformer(str(folder / "encoder"), max_seq_length=40)
    prompts = {"query": "query: ", "passage": "passage: "}
    SentenceTransformer(modules=[encoder, Pooling(32, "cls"), Normalize()], prompts=prompts, device="cpu").save(str(folder / "whole"))
    return folder / "whole"


@pytest.mark.slow
def test_another_architecture_with_prompts_gives_the_vectors_of_sentence_transformers(tiny: Path, tmp_path: Path) -> None:
    pytest.importorskip("openvino_genai", reason="the extra `fast` is not installed")
    fast, reference = embedder(str(tiny), tmp_path, "openvino"), embedder(str(tiny), tmp_path)
    assert isinstance(fast, OpenVinoEmbedder)
    np.testing.assert_allclose(fast.encode_queries(TEXTS), reference.encode_queries(TEXTS), atol=1e-5)
    np.testing.assert_allclose(fast.encode_passages(TEXTS), reference.encode_passages(TEXTS), atol=1e-5)
    assert abs(fast.encode_queries(TEXTS) - fast.encode_passages(TEXTS)).max() > 1e-2  # so the prompts were there


@pytest.mark.slow
def test_a_conversion_is_made_once_and_damage_to_it_is_told(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("openvino_genai", reason="the extra `fast` is not installed")
    embedder(str(tiny), tmp_path, "openvino")
    assert "Converting" in capsys.readouterr().err
    second = embedder(str(tiny), tmp_path, "openvino")
    assert "Converting" not in capsys.readouterr().err
    (made,) = (tmp_path / "openvino").glob("embedder-*")
    (made / "model.xml").write_text("<net>", encoding="utf-8")
    with pytest.raises(DataError, match=r"Delete that folder"):
        second.encode_queries(["x"])


@pytest.mark.slow
def test_a_conversion_that_would_give_other_vectors_is_not_used(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("openvino_genai", reason="the extra `fast` is not installed")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    # As in Instructor models the prompt is read but not pooled: sentence-transformers hands its length over beside the tokens.
    pooling = Pooling(32, "mean", include_prompt=False)
    model = SentenceTransformer(modules=[Transformer(str(tiny)), pooling], prompts={"query": "query: "}, device="cpu")
    model.save(str(tmp_path / "instructed"))
    assert isinstance(embedder(str(tmp_path / "instructed"), tmp_path, "openvino"), SentenceTransformerEmbedder)
    assert "gives other vectors after conversion" in capsys.readouterr().err


@pytest.mark.slow
def test_a_model_that_cannot_be_converted_is_left_to_sentence_transformers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("openvino_genai", reason="the extra `fast` is not installed")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import ByteLevelBPETokenizer

    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(TEXTS * 4, vocab_size=300, show_progress=False)
    SentenceTransformer(modules=[StaticEmbedding(trained._tokenizer, embedding_dim=8)], device="cpu").save(str(tmp_path / "static"))
    found = embedder(str(tmp_path / "static"), tmp_path, "openvino")
    assert isinstance(found, SentenceTransformerEmbedder)
    assert "sentence-transformers computes, because" in capsys.readouterr().err
    assert not [path for path in (tmp_path / "openvino").iterdir() if path.is_dir()]  # nothing half-made stays


def test_without_the_library_auto_does_without_and_a_wish_is_an_error(minilm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)  # how Python marks a module that cannot be imported
    assert isinstance(embedder("all-minilm-l6-v2", minilm.parent, "auto"), SentenceTransformerEmbedder)
    with pytest.raises(MissingDependencyError, match=r"ragft\[fast\]"):
        embedder("all-minilm-l6-v2", minilm.parent, "openvino")


def test_a_cache_that_cannot_be_written_stops_a_wish_but_not_auto(minilm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("openvino_genai", reason="the extra `fast` is not installed")
    (tmp_path / "all-minilm-l6-v2").symlink_to(minilm.resolve())
    (tmp_path / "openvino").write_text("in the way", encoding="utf-8")
    with pytest.raises(DataError, match=r"cannot write to the model cache"):
        embedder("all-minilm-l6-v2", tmp_path, "openvino")
    import torch

    assert isinstance(embedder("all-minilm-l6-v2", tmp_path, "auto"), SentenceTransformerEmbedder)
    assert torch.accelerator.is_available() or "cannot write to the model cache" in capsys.readouterr().err


def test_an_embedder_without_a_model_has_no_engine(tmp_path: Path) -> None:
    assert embedder("hashing", tmp_path, "openvino").name == "hashing"


def test_loading_the_library_calls_nobody() -> None:
    pytest.importorskip("openvino_genai", reason="the extra `fast` is not installed")
    # Imported plainly, it forks a process that posts to an analytics server.
    script = (
        "import sys, time\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, _: seen.append(event) if event in {'os.fork', 'socket.connect', 'socket.getaddrinfo'} else None)\n"
        "from foundation.openvino_library import load\n"
        "assert load('a test').Core().available_devices\n"
        "time.sleep(1)\n"
        "print(seen)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
