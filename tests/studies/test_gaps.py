"""Gaps: what is below the threshold, where the threshold comes from, and which questions make a topic."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from foundation.errors import DataError
from knowledge_base.loading import load
from knowledge_base.model import KnowledgeBase
from knowledge_base.user_logs import LoggedQuestion
from retrieval.config import RetrievalConfig
from retrieval.hashing import HashingEmbedder
from retrieval.index import Index
from studies.gaps import calibrate, find_gaps, separation

PLACES = ["bridge", "tower", "tunnel", "harbour", "station", "library", "market", "museum", "stadium", "airport"]
UNITS = ["metres", "visitors"]


def write_town(folder: Path, unanswerable: int = 0) -> Path:
    """Ten documents with two facts each, and twenty questions on them."""
    (folder / "documents").mkdir(parents=True)
    rows = []
    for number, place in enumerate(PLACES):
        sentences = [f"The {place} counts {10 * number + 7 + extra} {unit}." for extra, unit in enumerate(UNITS)]
        (folder / "documents" / f"{place}.md").write_text(f"# The {place}\n\n{' '.join(sentences)}\n")
        for unit, sentence in zip(UNITS, sentences, strict=True):
            evidence = [{"document_id": place, "quote": sentence}]
            rows.append({"id": f"{place}-{unit}", "text": f"How many {unit} counts the {place}?", "answers": ["7"], "evidence": evidence})
    for number in range(unanswerable):
        rows.append({"id": f"no-{number}", "text": f"Why do penguins {number} sleep upright?", "answerable": False})
    (folder / "questions.jsonl").write_text("".join(json.dumps({**row, "language": "en"}) + "\n" for row in rows))
    return folder


def open_index(kb: KnowledgeBase, folder: Path) -> tuple[Index, HashingEmbedder]:
    embedder, config = HashingEmbedder(), RetrievalConfig(embedder="hashing")
    Index.build(folder, kb.documents, embedder, config, progress=False)
    return Index.open(folder, embedder, kb.documents, config), embedder


def test_the_threshold_is_the_five_percent_quantile_of_the_answerable_and_its_power_is_simulated(tmp_path: Path) -> None:
    kb = load(write_town(tmp_path / "kb"))
    index, _ = open_index(kb, tmp_path / "index")
    found = calibrate(kb, index)
    best = [hits[0].score for hits in index.search([question.text for question in kb.questions], 1)]
    assert found.threshold == pytest.approx(float(np.quantile(best, 0.05)))
    assert (found.answerable, found.without_answer, found.simulated) == (20, 20, True)
    assert found.auc is not None
    assert found.caught is not None
    assert found.auc > 0.9  # without its own document a question has only "how many … counts the" in common with the others


def test_questions_marked_unanswerable_are_taken_instead_where_there_are_enough(tmp_path: Path) -> None:
    kb = load(write_town(tmp_path / "kb", unanswerable=20))
    index, _ = open_index(kb, tmp_path / "index")
    found = calibrate(kb, index)
    assert (found.without_answer, found.simulated) == (20, False)
    assert found.caught == 1.0
    assert calibrate(kb, index, 0.3).threshold == 0.3
    assert calibrate(kb, index, 0.3).source == "given"


def test_too_few_questions_ask_for_a_threshold(tmp_path: Path) -> None:
    folder = write_town(tmp_path / "kb")
    lines = (folder / "questions.jsonl").read_text().splitlines(keepends=True)
    (folder / "questions.jsonl").write_text("".join(lines[:5]))
    kb = load(folder)
    index, _ = open_index(kb, tmp_path / "index")
    with pytest.raises(DataError, match=r"there are 5. Give one with --threshold"):
        calibrate(kb, index)
    assert calibrate(kb, index, 0.4).auc is None


def test_gaps_are_gathered_into_topics_the_most_asked_first(tmp_path: Path) -> None:
    kb = load(write_town(tmp_path / "kb"))
    index, embedder = open_index(kb, tmp_path / "index")

    def logged(text: str, *lines: int) -> LoggedQuestion:
        return LoggedQuestion(text, "en", "", lines)

    asked = [
        logged("How many metres counts the tower?", 2, 3),
        logged("opening hours swimming pool sunday", 4),
        logged("opening hours swimming pool saturday", 5, 6),
        logged("opening hours swimming pool monday", 7),
        logged("dog licence fee", 8),
    ]
    found = find_gaps(asked, calibrate(kb, index), index, embedder, progress=False)
    assert (found.questions, found.gaps, found.left_out) == (5, 4, 0)
    assert [(topic.asked, len(topic.gaps)) for topic in found.topics] == [(4, 3), (1, 1)]
    assert found.topics[1].gaps[0].question.text == "dog licence fee"
    assert all(gap.score < found.calibration.threshold for topic in found.topics for gap in topic.gaps)
    vectors = embedder.encode_queries([gap.question.text for gap in found.topics[0].gaps])
    closeness = (vectors @ vectors.T).sum(axis=1)
    assert closeness[0] == closeness.max()  # the medoid leads


def test_no_gap_and_one_gap_need_no_clustering(tmp_path: Path) -> None:
    kb = load(write_town(tmp_path / "kb"))
    index, embedder = open_index(kb, tmp_path / "index")
    calibration = calibrate(kb, index)
    assert find_gaps([], calibration, index, embedder, progress=False).topics == ()
    (topic,) = find_gaps([LoggedQuestion("dog licence fee", "en", "", (2,))], calibration, index, embedder, progress=False).topics
    assert (topic.asked, len(topic.gaps)) == (1, 1)


def test_separation_is_the_area_under_the_roc_curve() -> None:
    from sklearn.metrics import roc_auc_score

    generator = np.random.default_rng(0)
    answerable, without = generator.normal(1, 1, 50).round(1).tolist(), generator.normal(0, 1, 40).round(1).tolist()
    expected = roc_auc_score([1] * 50 + [0] * 40, [*answerable, *without])
    assert separation(answerable, without) == pytest.approx(expected)
