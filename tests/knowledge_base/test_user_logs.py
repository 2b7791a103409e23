"""Logs: which columns, which messages ask, who replied, and how often it was asked."""

from __future__ import annotations

import random

import pytest

from foundation.errors import DataError
from knowledge_base.personal_data import find_personal_data, redact_rows
from knowledge_base.user_logs import find_columns, logged_questions, question_in


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (["Question", "Answer"], {"message": "Question", "reply": "Answer"}),
        ([" message ", "date"], {"message": " message "}),
        (["ticket_id", "body", "resolution"], {"conversation": "ticket_id", "message": "body", "reply": "resolution"}),
        (["session", "role", "content"], {"conversation": "session", "speaker": "role", "message": "content"}),
        (["Demande", "Réponse"], {"message": "Demande", "reply": "Réponse"}),
    ],
)
def test_columns_are_found_by_the_names_that_exports_give_them(header: list[str], found: dict[str, str]) -> None:
    assert find_columns(header, "log.csv") == found


def test_a_log_without_a_message_column_names_what_it_has() -> None:
    with pytest.raises(DataError, match=r"log\.csv has no message column \(it has: date, score\)"):
        find_columns(["date", "score"], "log.csv")
    with pytest.raises(DataError, match="no column 'msg'"):
        find_columns(["date", "score"], "log.csv", message="msg")
    assert find_columns(["Wortlaut"], "log.csv", message="wortlaut") == {"message": "Wortlaut"}


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("Hi, how long is the bridge? Thanks!", "how long is the bridge?"),
        ("Bonjour,\nCombien coûte la sonde ?\nCordialement, Zoé", "Combien coûte la sonde ?"),
        ("Hi my probe blinks. What does it mean?", "Hi my probe blinks. What does it mean?"),
        ("Dear support team!\nCan I pay by card?", "Can I pay by card?"),
        ("how do i reset it", "how do i reset it"),
        ("I would like to know the price.", "I would like to know the price."),
        ("Merci de me dire combien coûte la sonde", "Merci de me dire combien coûte la sonde"),
        ("Is there news with regards to the Varnel 120", "Is there news with regards to the Varnel 120"),
        ("how do i reset it thanks", "how do i reset it"),
        ("Thank you, that helped.", ""),
        ("It is 3.5 m long.", ""),
        ("", ""),
    ],
)
def test_questions_are_told_by_their_form_and_lose_greeting_and_thanks(message: str, question: str) -> None:
    assert question_in(message) == question


def test_a_long_message_is_cut_down_to_the_sentences_that_ask() -> None:
    story = " ".join(["We bought a probe last year and it worked."] * 6)
    assert question_in(f"{story} How often must it be calibrated?") == "How often must it be calibrated?"


def test_near_duplicates_count_into_a_frequency_and_other_numbers_are_other_questions() -> None:
    texts = ["What is the range of the Varnel 120?", "what is the range of the varnel 120", "What is the range of a Varnel 120?"]
    texts += ["What is the range of the Varnel 150?", "Nice weather.", "Where is the head office?"]
    rows = [(line, {"q": text, "a": "35 m" if line == 3 else None}) for line, text in enumerate(texts, start=2)]
    found = logged_questions(rows, {"message": "q", "reply": "a"})
    assert [(item.text, item.frequency, item.lines, item.reply) for item in found] == [
        ("What is the range of the Varnel 120?", 3, (2, 3, 4), "35 m"),
        ("What is the range of the Varnel 150?", 1, (5,), ""),
        ("Where is the head office?", 1, (7,), ""),
    ]
    assert {item.language for item in found} == {"en"}


def test_near_duplicates_are_found_among_thousands_of_questions() -> None:
    generator = random.Random(0)
    parts = ["".join(generator.choices("abcdefghijklmnopqrstuvwxyz", k=16)) for _ in range(2500)]  # no two alike: 16 of some 45 characters
    texts = [form.format(part) for form in ("What is the price of the {} part?", "What is the price of a {} part?") for part in parts]
    found = logged_questions([(line, {"q": text}) for line, text in enumerate(texts, start=2)], {"message": "q"})
    assert [(item.frequency, item.lines) for item in found] == [(2, (line, line + 2500)) for line in range(2, 2502)]


def test_in_a_dialogue_the_next_message_of_the_other_side_is_the_reply() -> None:
    turns = [
        ("7", "user", "Where is dock 6?"),
        ("8", "user", "Do you ship on Sundays?"),
        ("7", "agent", "Tallow Road 41."),
        ("8", "bot", "No."),
    ]
    turns += [("7", "user", "Thanks!"), ("7", "agent", "Anything else?")]
    rows = [(line, dict(zip(("id", "role", "text"), turn, strict=True))) for line, turn in enumerate(turns, start=1)]
    found = logged_questions(rows, {"message": "text", "speaker": "role", "conversation": "id"})
    assert [(item.text, item.reply) for item in found] == [("Where is dock 6?", "Tallow Road 41."), ("Do you ship on Sundays?", "No.")]


def test_personal_data_is_found_in_every_cell_and_redacted_there() -> None:
    rows = [
        (2, {"q": "How long?", "from": "ann@example.org"}),
        (3, {"q": "Call 06 12 34 56 78 or ann@example.org", "n": 5}),
        (4, {"q": None}),
        (5, {"n": 4111111111111111, "who": ["ann@example.org"]}),  # JSONL cells need not be text
    ]
    found = find_personal_data(rows)
    assert [(item.kind, item.count, item.lines) for item in found] == [
        ("email", 3, (2, 3, 5)),
        ("telephone", 1, (3,)),
        ("card", 1, (5,)),
    ]
    assert "ann" not in found[0].example
    clean = redact_rows(rows)
    assert clean[1] == (3, {"q": "Call [telephone] or [email]", "n": 5})
    assert find_personal_data(clean) == ()
