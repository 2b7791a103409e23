"""Marks of personal data: found in all their forms, and never in prices, codes and dates."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge_base.loading import load
from knowledge_base.personal_data import find_marks, mask, redact


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("write to Jean.Dupont+sav@exemple-test.fr.", "email", "Jean.Dupont+sav@exemple-test.fr"),
        ("call +49 30 901820 now", "telephone", "+49 30 901820"),
        ("call 0033 1 42 68 53 00 now", "telephone", "0033 1 42 68 53 00"),
        ("tél. 06 12 34 56 78", "telephone", "06 12 34 56 78"),
        ("tél. 01.42.68.53.00", "telephone", "01.42.68.53.00"),
        ("Tel. 030/901820", "telephone", "030/901820"),
        ("Handy 0171 1234567", "telephone", "0171 1234567"),
        ("call (212) 736-5000 today", "telephone", "(212) 736-5000"),
        ("please call 2127365000", "telephone", "2127365000"),
        ("call 212-736-5000 today", "telephone", "212-736-5000"),
        # IBANs and card numbers that their issuers publish as examples; the NIR is python-stdnum's
        ("IBAN FR14 2004 1010 0505 0001 3M02 606", "iban", "FR14 2004 1010 0505 0001 3M02 606"),
        ("IBAN DE89370400440532013000", "iban", "DE89370400440532013000"),
        ("IBAN DE89370400440532013000 paid twice", "iban", "DE89370400440532013000"),
        ("card 4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("Amex 378282246310005", "card", "378282246310005"),
        ("NIR 2 95 10 99 126 111 93", "nir", "2 95 10 99 126 111 93"),
    ],
)
def test_each_form_is_found_where_it_stands(text: str, kind: str, value: str) -> None:
    assert [(mark.kind, text[mark.start : mark.end]) for mark in find_marks(text)] == [(kind, value)]
    assert redact(text) == text.replace(value, f"[{kind}]")


@pytest.mark.parametrize(
    "text",
    [
        "Varnel 120 probe, 8 m cable | OI-12001 | 1,485 EUR each",
        "from 12 January 2026 to 2026-04-02, 07:15 to 18:45",
        "serial 4111 1111 1111 1112",  # fails Luhn
        "IBAN FR15 2004 1010 0505 0001 3M02 606",  # fails its check digits
        "version 4.3.2.1, 0.02 to 950 NTU, 86,500 EUR, INC-2614",
        "In 1685 and 1689 the king signed; 100 000 people left",
        "order 2026 0412 8831",
        "12 345 678,90 € and 1 234 567 890 $",
        "2026-11-21T10:14:44.123Z, 21/11/2026 10:14, 1763720084, 1763720084123",
        "order 2127365000 and parcel 4156234141",
        "550e8400-e29b-41d4-a716-446655440000 from 192.168.100.201 and 10.0.0.1",
        "user@host, @handle, a @ b.c",
    ],
)
def test_prices_codes_dates_and_failing_check_digits_are_left_alone(text: str) -> None:
    assert find_marks(text) == ()
    assert redact(text) == text


def test_a_whole_company_of_codes_prices_and_hours_holds_nothing_but_its_mail_address() -> None:
    kb = load("orlisund")
    texts = [document.text for document in kb.documents] + [question.text for question in kb.questions]
    assert len(texts) > 1000
    assert {text[mark.start : mark.end] for text in texts for mark in find_marks(text)} == {"tallybox@orlisund.example"}


@example("+", "+33 1 42 68 53 00")
@example("AA00", "DE89370400440532013000")
@given(st.text(max_size=80), st.sampled_from(["ann@example.org", "+33 1 42 68 53 00", "DE89370400440532013000"]))
def test_marks_are_in_order_and_apart_and_redaction_leaves_none(before: str, value: str) -> None:
    text = f"{before} {value} ."
    marks = find_marks(text)
    assert marks
    assert all(first.end <= second.start for first, second in pairwise(marks))
    assert find_marks(redact(text)) == ()


def test_a_masked_value_cannot_be_read() -> None:
    assert mask("ann@example.org") == "a" + "*" * 13 + "g"
    assert mask("ab") == "a***b"
