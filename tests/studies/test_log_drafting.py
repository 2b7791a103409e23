"""Drafts from a log: the most asked first, never twice, with the sentence that holds the reply."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundation.errors import DataError
from knowledge_base.drafts import read_drafts
from knowledge_base.loading import load
from retrieval.config import RetrievalConfig
from retrieval.hashing import HashingEmbedder
from retrieval.index import Index
from studies.log_drafting import draft_from_log
from studies.reading_logs import read_log

LOG = """question,answer
How long is the bridge?,42 km
how long is the bridge,
Hello! When does the tower open?,It opens at 9:30 every day.
Do you sell ice cream?,No
Thanks!,You are welcome
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kb" / "documents").mkdir(parents=True)
    (tmp_path / "kb" / "documents" / "bridge.md").write_text("# Bridge\n\nThe bridge was built in 1931. The bridge is 42 km long.\n")
    (tmp_path / "kb" / "documents" / "tower.md").write_text("# Tower\n\nThe tower is high.\n\nThe tower opens every day at 9:30.\n")
    (tmp_path / "kb" / "kb.toml").write_text('language = "en"\n')
    (tmp_path / "log.csv").write_text(LOG)
    return tmp_path / "kb"


def test_the_most_asked_come_first_with_reply_frequency_and_evidence(folder: Path) -> None:
    kb, embedder, config = load(folder), HashingEmbedder(), RetrievalConfig(embedder="hashing")
    Index.build(folder.parent / "index", kb.documents, embedder, config, progress=False)
    index = Index.open(folder.parent / "index", embedder, kb.documents, config)
    done = draft_from_log(folder, kb, read_log(folder.parent / "log.csv"), index, progress=False)
    shown = [(item.question, item.answer, item.frequency, [span.quote for span in item.evidence]) for item in done.proposed]
    assert shown[:2] == [
        ("How long is the bridge?", "42 km", 2, ["The bridge is 42 km long."]),
        ("When does the tower open?", "It opens at 9:30 every day.", 1, ["The tower opens every day at 9:30."]),
    ]
    assert shown[2][0] == "Do you sell ice cream?"
    assert done.proposed[0].log_lines == (2, 3)
    for draft in done.proposed:
        for span in draft.evidence:
            assert kb.document(span.document_id).text[span.start : span.end] == span.quote


def test_a_second_run_goes_on_and_what_is_asked_already_is_left_out(folder: Path) -> None:
    kb, log = load(folder), read_log(folder.parent / "log.csv")
    first = draft_from_log(folder, kb, log, None, count=1, progress=False)
    assert ([item.question for item in first.proposed], first.known, first.left) == (["How long is the bridge?"], 0, 2)
    assert first.proposed[0].evidence == ()
    second = draft_from_log(folder, kb, log, None, progress=False)
    assert ([item.question for item in second.proposed], second.known, second.left) == (
        ["When does the tower open?", "Do you sell ice cream?"],
        1,
        0,
    )
    assert draft_from_log(folder, kb, log, None, progress=False).proposed == ()
    assert len(read_drafts(folder)) == 3


def test_a_log_with_personal_data_is_refused_before_anything_is_drafted(folder: Path) -> None:
    log = folder.parent / "log.csv"
    log.write_text(LOG + "Why does nobody answer ann@example.org or 06 12 34 56 78?,\nAnd ann@example.org?,\n")
    with pytest.raises(DataError) as caught:
        read_log(log)
    assert "e-mail address: 2, on lines 7, 8, such as a*************g" in str(caught.value)
    assert "telephone number: 1, on lines 7" in str(caught.value)
    assert "ann" not in str(caught.value)
    redacted = [item.text for item in read_log(log, "redact").questions]
    assert "Why does nobody answer [email] or [telephone]?" in redacted
    allowed = [item.text for item in read_log(log, "allow").questions]
    assert "Why does nobody answer ann@example.org or 06 12 34 56 78?" in allowed
