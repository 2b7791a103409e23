"""How well the nearest passage's score tells questions that the documents answer from those that they do not.

    python -m benchmarks.gap_separation FOLDER...

Each knowledge base is measured three ways: every question against the index without its own
documents, and against indexes that lack half of the articles (other subjects) and every
second document (missing details of covered subjects). The last two are what `ragft questions
gaps` meets; the first is how it estimates its own power. Figures: docs/questions.md.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge_base.loading import load
from knowledge_base.model import Document, Question
from retrieval.config import RetrievalConfig
from retrieval.embedders import Embedder, embedder
from retrieval.index import Index
from studies.gaps import MISSED, calibrate, separation

CONFIG = RetrievalConfig()


def best(documents: Sequence[Document], model: Embedder, *sets: Sequence[Question]) -> list[np.ndarray]:
    """Return, per set of questions, the score of each one's nearest passage in `documents`."""
    with tempfile.TemporaryDirectory() as folder:
        Index.build(Path(folder), documents, model, CONFIG, progress=False)
        index = Index.open(Path(folder), model, documents, CONFIG)
        found = [np.array([hits[0].score for hits in index.search([question.text for question in some], 1)]) for some in sets]
        index.close()
    return found


def show(name: str, how: str, answered: np.ndarray, missing: np.ndarray) -> None:
    threshold = float(np.quantile(answered, MISSED))
    caught = float((missing < threshold).mean())
    auc = separation(answered.tolist(), missing.tolist())
    print(f"| {name} | {how} | {len(answered)} / {len(missing)} | {auc:.3f} | {threshold:.3f} | {caught:.0%} |")


def main() -> None:
    model = embedder(CONFIG.embedder, Path("workspace/models"))
    print("| questions | left out | answered / not | AUC | threshold | caught |\n|---|---|---|---|---|---|")
    for path in sys.argv[1:]:
        kb = load(path)
        asked = [question for question in kb.questions if question.answerable == "yes" and question.evidence and not question.history]
        with tempfile.TemporaryDirectory() as folder:
            Index.build(Path(folder), kb.documents, model, CONFIG, progress=False)
            index = Index.open(Path(folder), model, kb.documents, CONFIG)
            own = calibrate(kb, index)
            index.close()
        which = "own documents" if own.simulated else "nothing (marked unanswerable)"
        print(f"| {kb.name} | {which} | {own.answerable} / {own.without_answer} | {own.auc:.3f} | {own.threshold:.3f} | {own.caught:.0%} |")
        articles = sorted({question.group for question in asked})
        dropped = set(random.Random(0).sample(articles, len(articles) // 2))
        gone = {span.document_id for question in asked if question.group in dropped for span in question.evidence}
        every_second = {document.id for document in kb.documents[::2]}
        for how, without in (("half of the articles", gone), ("every second document", every_second)):
            kept = [document for document in kb.documents if document.id not in without]
            answered = [question for question in asked if not any(span.document_id in without for span in question.evidence)]
            missing = [question for question in asked if all(span.document_id in without for span in question.evidence)]
            show(kb.name, how, *best(kept, model, answered, missing))


if __name__ == "__main__":
    main()
