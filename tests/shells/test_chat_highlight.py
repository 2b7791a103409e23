"""Which sentences of a passage an answer rests on, and how they are marked. Expected sentences were chosen by reading."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shells.pages.highlight import support
from shells.pages.markup import disarmed, highlighted

SICK = (
    "Call your manager or the absence line by 08:20 on the first day; a text message is enough if you have lost your voice. "
    "You do not have to say what you have.\n\n## Doctor's certificate\n\n"
    "A certificate is needed from the fourth calendar day. Send a photo; the paper may stay at home.\n\n"
    "- Parents get 13 days of paid leave per calendar year.\n- Flu vaccinations are given every second Thursday."
)
MAINTENANCE = (
    "# Garantie\n\nLa maintenance ne se substitue pas à la garantie. En France comme ailleurs, une sonde Varnel est garantie 30 mois "
    "et un Hollin G2 est garanti 54 mois, à compter de la facture. Les pièces détachées restent disponibles 11 ans.\n\n"
    "Pour la Corse, un supplément de 265 EUR HT s'ajoute au forfait."
)


def marked(answer: str, passage: str, number: int = 1, question: str = "") -> list[str]:
    return [passage[start:end] for start, end in support(answer, number, passage, question)]


@pytest.mark.parametrize(
    ("answer", "passage", "expected"),
    [
        ("You must have a certificate from the fourth day [1].", SICK, ["A certificate is needed from the fourth calendar day."]),
        ("From the fourth day. [1]", SICK, ["A certificate is needed from the fourth calendar day."]),  # cited after the full stop
        ("The limit for each family is 13 in total [1].", SICK, ["Parents get 13 days of paid leave per calendar year."]),  # a number
        ("13 days [1]", SICK, ["Parents get 13 days of paid leave per calendar year."]),  # a list item, without its dash
        ("Les sondes Varnel sont garanties 30 mois [1].", MAINTENANCE, [MAINTENANCE.split("\n\n")[1].split(". ")[1] + "."]),
        ("C'est un supplément de 265 EUR [1].", MAINTENANCE, ["Pour la Corse, un supplément de 265 EUR HT s'ajoute au forfait."]),
        ("11 ans [1]", MAINTENANCE, ["Les pièces détachées restent disponibles 11 ans."]),
    ],
)
def test_the_sentence_that_carries_the_answer_is_found(answer: str, passage: str, expected: list[str]) -> None:
    assert marked(answer, passage) == expected


@pytest.mark.parametrize(
    ("answer", "passage"),
    [
        ("The moon is made of green cheese [1].", SICK),  # it shares words that any sentence is built with, and no other
        ("La lune est faite de fromage et elle est dans le ciel [1].", MAINTENANCE),
        ("Every employee of Orlisund has a manager and a bicycle [1].", SICK),  # one name in common is chance
        ("A certificate is needed from the fourth day.", SICK),  # nothing is cited
        ("A certificate is needed from the fourth day [2].", SICK),  # another passage is cited
        ("[1]", SICK),
        ("", SICK),
        ("A certificate [1].", ""),
    ],
)
def test_what_shares_nothing_or_cites_something_else_gets_no_mark(answer: str, passage: str) -> None:
    assert marked(answer, passage) == []


def test_only_the_sentences_that_bear_the_number_count() -> None:
    answer = "Parents get 13 days [2]. A certificate is needed from the fourth day [1]."
    assert marked(answer, SICK, 1) == ["A certificate is needed from the fourth calendar day."]
    assert marked(answer, SICK, 2) == ["Parents get 13 days of paid leave per calendar year."]
    assert marked(answer.replace("[2]", "[1, 2]"), SICK, 1) == [
        "A certificate is needed from the fourth calendar day.",
        "Parents get 13 days of paid leave per calendar year.",
    ]


def test_a_sentence_made_of_two_marks_both() -> None:
    answer = "Call the absence line by 08:20 and send a photo of the paper [1]."
    first, second = marked(answer, SICK)
    assert first.startswith("Call your manager") and second == "Send a photo; the paper may stay at home."


def test_the_question_decides_between_sentences_that_hold_the_same_answer() -> None:
    passage = "The battery is guaranteed for 30 months. The probe is guaranteed for 30 months."
    assert marked("30 months [1].", passage, question="How long is the probe guaranteed?") == ["The probe is guaranteed for 30 months."]
    assert marked("30 months [1].", passage, question="And the battery?") == ["The battery is guaranteed for 30 months."]


def test_a_word_that_stands_everywhere_tells_least() -> None:
    passage = "Varnel probes need Varnel cables. Varnel probes are made by hand. It lasts 30 months."
    assert marked("A Varnel lasts 30 months [1].", passage)[0] == "It lasts 30 months."


WORDS = st.lists(st.sampled_from(["red", "Blue", "12,5", "the", "l'été", "[1]", "[2, 1]", ".", "!", "\n", "\n\n", "- ", "| a |", "# x\n"]))


@given(answer=WORDS.map(" ".join), passage=WORDS.map(" ".join))
def test_marks_are_pieces_of_the_passage_in_order_and_apart(answer: str, passage: str) -> None:
    end = 0
    for start, stop in support(answer, 1, passage):
        assert end <= start < stop <= len(passage)
        assert re.search(r"\w", passage[start:stop])
        end = stop


@given(st.text(st.sampled_from("ab [](){}*_#:`$<>|\\-.\n")), st.data())
def test_a_marked_passage_shows_the_same_characters(passage: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(passage)), max_size=4)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    shown = highlighted(passage, spans)
    # The only unescaped brackets are those of the marks: taking them away leaves the passage as without marks.
    bare = re.sub(r":yellow-background\[|(?<!\\)((?:\\\\)*)\]", r"\1", shown)
    assert bare == disarmed(passage)


def test_a_mark_over_several_lines_is_closed_at_the_end_of_each() -> None:
    assert highlighted("one\n\ntwo!", [(0, 9)]) == ":yellow-background[one]  \n  \n:yellow-background[two\\!]"
