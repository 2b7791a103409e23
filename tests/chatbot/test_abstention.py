"""The recogniser on 40 hand-written answers. They were written by the author of the rules: a floor, not an estimate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.abstention import is_abstention
from foundation.files import read_jsonl

ANSWERS = [row for _, row in read_jsonl(Path(__file__).parent / "abstentions.jsonl")]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_precision_and_recall_on_hand_written_answers(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row for row in ANSWERS if row["language"] == language]
    pairs = [(is_abstention(row["text"], language), row["abstains"]) for row in rows]
    right = sum(found and truth for found, truth in pairs)
    precision, recall = right / sum(found for found, _ in pairs), right / sum(truth for _, truth in pairs)
    with capsys.disabled():
        print(f"\nabstention recogniser, {language}, {len(rows)} answers: precision {precision:.2f}, recall {recall:.2f}")
    wrong = [row["text"] for row, (found, truth) in zip(rows, pairs, strict=True) if found != truth]
    assert len(rows) == 20
    assert (precision, recall) == (1.0, 1.0), json.dumps(wrong, ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "language", "abstains"),
    [
        ("", "en", False),
        ("The answer is not there.", "en", True),
        ("I don't know. The passages are about another probe.", "en", True),
        ("I don't know. The answer is 14 days.", "en", False),
        ("It is not.", "en", False),
        ("Ce n'est pas vrai.", "fr", False),
        ("I don't know.", "fr", True),  # a model asked in French may refuse in English
        ("Je ne sais pas.", "en", False),  # and not the other way round
        ("I don't know.", "de", True),
    ],
)
def test_decisions(text: str, language: str, abstains: bool) -> None:
    assert is_abstention(text, language) is abstains


@given(st.sampled_from(ANSWERS), st.sampled_from([" ", "\n", "  \n"]))
def test_case_blanks_and_citations_change_nothing(row: dict[str, str], blank: str) -> None:
    shown = row["text"].upper().replace(" ", blank) + " [1]"
    assert is_abstention(shown, row["language"]) is is_abstention(row["text"], row["language"])
