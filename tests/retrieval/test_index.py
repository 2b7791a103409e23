"""The index follows the corpus, refuses what does not fit, and embeds no more than it must."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import ConfigurationError, DataError, InputError, MismatchError
from foundation.fingerprint import fingerprint
from knowledge_base.loading import load
from knowledge_base.model import Document
from retrieval.config import RetrievalConfig
from retrieval.embedders import Matrix
from retrieval.hashing import HashingEmbedder
from retrieval.index import Index, UpdateSummary

CONFIG = RetrievalConfig(embedder="hashing", chunk_tokens=12)


class CountingEmbedder(HashingEmbedder):
    """Remembers how many passages it was given."""

    def __init__(self, dimension: int = 512) -> None:
        super().__init__(dimension)
        self.passages = 0

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        self.passages += len(texts)
        return super().encode_passages(texts)


def document(name: str, text: str, title: str = "T") -> Document:
    return Document(name, fingerprint(text), title, text, "en")


CORPUS = [
    document("pump", "The pump weighs twelve kilograms. It is painted red. Its motor needs ninety watts. Its warranty runs for two years."),
    document("valve", "The valve closes in three seconds."),
    document("leave", "Employees have thirty days of annual leave."),
]


def opened(folder: Path, documents: Sequence[Document] | None = None, **config: int) -> Index:
    return Index.open(folder, HashingEmbedder(), documents, CONFIG.model_copy(update=config))


def built(folder: Path, documents: Sequence[Document] = CORPUS) -> Index:
    Index.build(folder, documents, HashingEmbedder(), CONFIG, progress=False)
    return opened(folder, documents)


def state(index: Index) -> list[tuple[str, str, float]]:
    return [(hit.chunk.id, hit.chunk.text, hit.score) for hit in index.search(["pump valve annual leave seconds new"], 1000)[0]]


def test_build_open_search(tmp_path: Path) -> None:
    summary = Index.build(tmp_path, CORPUS, HashingEmbedder(), CONFIG, progress=False)
    index = opened(tmp_path, CORPUS)
    first, second = index.search(["How fast does the valve close?", "How many days of annual leave?"], 2)
    assert (first[0].chunk.document_id, second[0].chunk.document_id) == ("valve", "leave")
    assert [hit.rank for hit in first] == [1, 2] and first[0].score >= first[1].score
    assert (summary.documents, summary.chunks) == (3, index.stats()["chunks"]) and summary.chunks > 3
    assert index.search([], 2) == []
    with pytest.raises(InputError, match=r"k = 0"):
        index.search(["x"], 0)


def test_an_index_that_does_not_fit_says_what_to_run(tmp_path: Path) -> None:
    built(tmp_path).close()
    with pytest.raises(MismatchError, match=r"Run: ragft index update"):
        opened(tmp_path, CORPUS[:2])
    with pytest.raises(MismatchError, match=r"Run: ragft index update"):
        opened(tmp_path, [replace(CORPUS[0], title="New title"), *CORPUS[1:]])
    with pytest.raises(MismatchError, match=r"chunk_tokens = 12, the configuration says 20. Run: ragft index build"):
        opened(tmp_path, CORPUS, chunk_tokens=20)
    with pytest.raises(MismatchError, match=r"another version of hashing. Run: ragft index build"):
        Index.open(tmp_path, HashingEmbedder(64), CORPUS, CONFIG)
    assert opened(tmp_path).stats()["documents"] == 3


def test_no_index_and_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no index in .*Run: ragft index build"):
        opened(tmp_path / "none")
    built(tmp_path).close()
    (path,) = tmp_path.glob("*/store.sqlite")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DataError, match=r"ragft index build"):
        opened(tmp_path)
    built(tmp_path).close()  # building over a damaged index mends it
    (tmp_path / "current").write_text("build-0-ff", encoding="utf-8")
    with pytest.raises(DataError, match=r"incomplete.*ragft index build"):
        opened(tmp_path)


def test_an_update_embeds_only_what_changed(tmp_path: Path) -> None:
    documents = [document(f"d{number:02d}", f"Text number {number}. " * 6) for number in range(16)]
    Index.build(tmp_path, documents, HashingEmbedder(), CONFIG, progress=False)
    embedder = CountingEmbedder()
    index = Index.open(tmp_path, embedder, documents, CONFIG)
    unchanged = index.update(documents, progress=False)
    assert (unchanged.unchanged, unchanged.chunks_embedded, embedder.passages) == (16, 0, 0)
    documents[5] = document("d05", "Something else.")
    summary = index.update(documents, progress=False)
    assert replace(summary, seconds=0) == UpdateSummary(added=0, changed=1, removed=0, unchanged=15, chunks_embedded=1, seconds=0)
    assert embedder.passages == 1
    summary = index.update([*documents[1:], document("new", "A new text.")], progress=False)
    assert (summary.added, summary.changed, summary.removed, summary.unchanged) == (1, 0, 1, 15)
    assert index.search(["Something else"], 1)[0][0].chunk.document_id == "d05"


@settings(max_examples=12)
@given(
    st.lists(
        st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["pump", "valve seconds", "annual leave. " * 9, "new", ""]), min_size=1),
        min_size=2,
        max_size=4,
    )
)
def test_updates_lead_where_a_build_leads(tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, str]]) -> None:
    corpora = [[document(name, text) for name, text in step.items()] for step in steps]
    index = built(tmp_path_factory.mktemp("updated"), corpora[0])
    for corpus in corpora[1:]:
        index.update(corpus, progress=False)
    fresh = built(tmp_path_factory.mktemp("fresh"), corpora[-1])
    assert state(index) == state(fresh)
    assert index.fingerprint == fresh.fingerprint  # the hashing embedder's vectors do not depend on the batch
    index.close()
    fresh.close()


def test_the_fingerprint_follows_content(tmp_path: Path) -> None:
    first = built(tmp_path / "a")
    assert built(tmp_path / "b", CORPUS[::-1]).fingerprint == first.fingerprint
    assert built(tmp_path / "c", CORPUS[:2]).fingerprint != first.fingerprint
    Index.build(tmp_path / "d", CORPUS, HashingEmbedder(), RetrievalConfig(chunk_tokens=40), progress=False)
    assert opened(tmp_path / "d", chunk_tokens=40).fingerprint != first.fingerprint


def test_a_failed_build_leaves_the_old_index(tmp_path: Path) -> None:
    before = built(tmp_path).fingerprint
    with pytest.raises(DataError, match=r"no document"):
        Index.build(tmp_path, [], HashingEmbedder(), CONFIG)
    with pytest.raises(DataError, match=r"'pump' occurs twice"):
        Index.build(tmp_path, [CORPUS[0], CORPUS[0]], HashingEmbedder(), CONFIG)
    with pytest.raises(ConfigurationError):
        Index.build(tmp_path, CORPUS, HashingEmbedder(), RetrievalConfig(chunk_tokens=999))
    assert opened(tmp_path, CORPUS).fingerprint == before


def test_builds_of_before_are_swept_away(tmp_path: Path) -> None:
    first = built(tmp_path)
    (tmp_path / "build-999999999-ab").mkdir()  # as a kill leaves one: no process has this number
    alive = tmp_path / f"build-{os.getppid()}-ab"  # another process's build in the making
    alive.mkdir()
    first.close()
    built(tmp_path, CORPUS[:2])
    assert sorted(path.name for path in tmp_path.glob("build-*")) == sorted([alive.name, (tmp_path / "current").read_text().strip()])


def test_a_failed_update_leaves_the_old_index(tmp_path: Path) -> None:
    class FailingEmbedder(HashingEmbedder):
        def encode_passages(self, texts: Sequence[str]) -> Matrix:
            raise KeyboardInterrupt

    before = built(tmp_path).fingerprint
    index = Index.open(tmp_path, FailingEmbedder(), CORPUS, CONFIG)
    with pytest.raises(KeyboardInterrupt):
        index.update([*CORPUS[1:], document("new", "A new text.")], progress=False)
    assert opened(tmp_path, CORPUS).fingerprint == before


def test_evidence_is_found_on_the_sample(tmp_path: Path) -> None:
    kb = load("orlisund")
    asked = [question for question in kb.questions if question.kind == "unseen" and question.language == "en"]
    Index.build(tmp_path, kb.documents, HashingEmbedder(), RetrievalConfig(), progress=False)
    index = Index.open(tmp_path, HashingEmbedder(), kb.documents, RetrievalConfig())
    hits = index.search([question.text for question in asked], 5)
    found = [
        any(span.overlaps(hit.chunk.document_id, hit.chunk.start, hit.chunk.end) for span in question.evidence for hit in row)
        for question, row in zip(asked, hits, strict=True)
    ]
    assert sum(found) / len(found) > 0.7
    assert index.search([question.text for question in asked], 5) == hits
