"""Indexing speed against bare `SentenceTransformer.encode` on the same texts: the target is a ratio of 0.9 or more.

Run: python -m benchmarks.indexing [--kb orlisund] [--rounds 5] [--repeat 4] [--models workspace/models]

A round times both, in alternating order; the ratio of the medians is printed. Indexing
is all of `Index.build`: cutting, embedding, SQLite, FAISS, disk.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from knowledge_base.loading import load
from retrieval.chunking import Chunker, passage_text
from retrieval.config import RetrievalConfig
from retrieval.embedders import embedder
from retrieval.index import Index
from retrieval.sentence_embedder import SentenceTransformerEmbedder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kb", default="orlisund")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeat", type=int, default=4, help="copies of the corpus: small ones say little")
    parser.add_argument("--embedder", default=RetrievalConfig().embedder)
    parser.add_argument("--models", type=Path, default=Path("workspace/models"))
    arguments = parser.parse_args()

    from sentence_transformers import SentenceTransformer

    config = RetrievalConfig()
    ours = embedder(arguments.embedder, arguments.models)
    if not isinstance(ours, SentenceTransformerEmbedder):
        parser.error(f"{arguments.embedder} is no sentence-transformers model")
    bare = SentenceTransformer(str(ours.folder))
    documents = [replace(one, id=f"{one.id}-{copy}") for copy in range(arguments.repeat) for one in load(arguments.kb).documents]
    texts = [passage_text(chunk) for chunks in Chunker(ours, config).cut(documents) for chunk in chunks]
    _ = ours.fingerprint, ours.encode_passages(texts[:8]), bare.encode(texts[:8])  # loading is no part of the speed

    def index() -> None:
        with tempfile.TemporaryDirectory() as folder:
            Index.build(Path(folder), documents, ours, config, progress=False)

    def encode() -> None:
        bare.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    seconds: dict[str, list[float]] = {"index": [], "encode": []}
    for number in range(arguments.rounds):
        runs: list[tuple[str, Callable[[], None]]] = [("index", index), ("encode", encode)]
        for name, run in runs if number % 2 else runs[::-1]:
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    middle = {name: statistics.median(taken) for name, taken in seconds.items()}
    print(f"{len(texts)} chunks, {arguments.rounds} rounds")
    for name, taken in seconds.items():
        print(
            f"{name:7s} median {middle[name]:.2f} s, {len(texts) / middle[name]:.1f} chunks/s, range {min(taken):.2f} to {max(taken):.2f} s"
        )
    print(f"ratio of speeds, index / encode: {middle['encode'] / middle['index']:.3f}")


if __name__ == "__main__":
    main()
