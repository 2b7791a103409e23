"""Which spans of a passage are offered as answers, and the sentence around each."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.model import Document
from studies.answer_spans import answer_spans, sentences
from studies.drafting_prompt import draft_prompt, parse, statement


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The warranty lasts 30 months.", [("quantity", "30 months")]),
        ("The range is 0.02 to 950 NTU.", [("quantity", "0.02 to 950 NTU")]),
        ("Delivery takes 18 working days.", [("quantity", "18 working days")]),
        ("It was down for 3 hours and 52 minutes.", [("quantity", "3 hours and 52 minutes")]),
        ("The fee is 86,500 EUR, or $1,200 abroad.", [("amount", "86,500 EUR"), ("amount", "$1,200")]),
        ("Le budget est de 14,2 milliards d'euros.", [("amount", "14,2 milliards d'euros")]),
        ("Staffed from 07:15 to 18:45.", [("hours", "07:15 to 18:45")]),
        ("La boutique ferme à 19 h 30.", [("time", "19 h 30")]),
        ("The launch is on 17 November 2026.", [("date", "17 November 2026")]),
        ("Il ouvre le 1er mars 2026.", [("date", "1er mars 2026")]),
        ("Order the blade under WP-3170.", [("code", "WP-3170")]),
        ("The study is led by Sunniva Carrow.", [("name", "Sunniva Carrow")]),
        ("The Varnel 120 runs well.", []),  # the number ends a name
        ("Customers on 3.9 should plan ahead.", []),
        ("Arrivé 5e en 1998 avant la fin des 1990s.", []),
        ("Sunniva Carrow leads the study.", []),  # the subject
        ("# 30 months of warranty", []),  # a heading
        ("Pay 5 EUR or again 5 EUR.", []),  # which of the two?
    ],
)
def test_answers_of_each_kind(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(span.kind, text[span.start : span.end]) for span in answer_spans(text)] == expected


@given(st.text(alphabet="aB 1.2\n|-#*é:?€", max_size=120))
def test_every_answer_lies_in_its_sentence_and_sentences_do_not_overlap(text: str) -> None:
    found = list(sentences(text))
    assert all(start < end for start, end in found)
    assert all(first[1] <= second[0] for first, second in pairwise(found))
    for span in answer_spans(text):
        assert span.sentence_start <= span.start < span.end <= span.sentence_end
        assert (span.sentence_start, span.sentence_end) in found


def test_a_table_row_says_its_column_and_its_document() -> None:
    text = "| Article | Code | Price |\n|---|---|---|\n| Pump | P-100 | 9 EUR |"
    span = next(span for span in answer_spans(text) if span.kind == "amount")
    assert statement(Document("d", "r", "Price list", text), span) == "Price list. Pump, Price: 9 EUR"
    label = "**Room:** seats for 12 people"
    assert statement(Document("d", "r", "Minutes", label), answer_spans(label)[0]) == "Minutes. Room: seats for 12 people"


def test_the_prompt_shows_examples_as_turns_and_ends_with_the_statement() -> None:
    prompt = draft_prompt("en")
    messages = prompt.messages("The fee is 5 percent.", "5 percent", "amount")
    assert [message.role for message in messages] == ["system", *["user", "assistant"] * len(prompt.examples), "user"]
    assert messages[-1].content == "Statement: The fee is 5 percent.\nAnswer: 5 percent\nBegin with: What percentage"
    assert prompt.messages("x", "30 months", "quantity")[-1].content.endswith("How many months")
    assert prompt.messages("x", "8 m", "quantity")[-1].content.endswith("What value")
    assert draft_prompt("fr").fingerprint != prompt.fingerprint


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_of_answer_has_words_to_begin_with_and_every_example_keeps_the_rules(language: str) -> None:
    from studies.draft_checks import fault

    prompt = draft_prompt(language)
    assert set(prompt.begin) == {"date", "hours", "time", "percentage", "amount", "quantity", "measure", "code", "name"}
    for example in prompt.examples:
        assert fault(example.question, example.answer, None, example.statement, example.statement + " canteen cantine", language) is None


@pytest.mark.parametrize(
    ("completion", "question", "answer"),
    [
        ("How long is it?", "How long is it?", None),
        ("Question: How long is it?\nAnswer: 42 km.", "How long is it?", "42 km"),
        ("**Q1:** How long is it?\n**Answer:** 42 km", "How long is it?", "42 km"),
        ("Question : Quelle est sa longueur ? Réponse : 42 km", "Quelle est sa longueur ?", "42 km"),
        ("How long is it? I hope this helps.", "How long is it?", None),
        ("The bridge is long.", "The bridge is long.", None),
        ("", "", None),
    ],
)
def test_completions_are_read_whatever_labels_they_carry(completion: str, question: str, answer: str | None) -> None:
    assert parse(completion) == (question, answer)
