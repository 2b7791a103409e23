"""Citations are read, never invented. Expected values by hand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.citations import parse
from retrieval.model import Chunk, Hit

HITS = [Hit(Chunk(f"d{n}@{n}-{n + 5}", f"d{n}", f"r{n}", n, n + 5, "text"), 1.0 / n, n) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("No number.", [], []),
        ("Ten [1].", [1], []),
        ("Ten [2][1].", [2, 1], []),
        ("Ten [1, 3] and [1].", [1, 3], []),
        ("Ten [1; 2] [ 3 ].", [1, 2, 3], []),
        ("Ten [0], [4] and [2].", [2], [0, 4]),
        ("In [2024] and (1) and [a].", [], [2024]),
        ("Open [1 and 2]", [], []),
    ],
)
def test_numbers_are_mapped_in_order_of_appearance(text: str, right: list[int], wrong: list[int]) -> None:
    citations, numbers = parse(text, HITS)
    assert [citation.number for citation in citations] == right
    assert list(numbers) == wrong


def test_citation_points_to_the_passage_s_own_characters() -> None:
    (citation,), _ = parse("Yes [2].", HITS)
    assert (citation.document_id, citation.revision, citation.start, citation.end) == ("d2", "r2", 2, 7)


def test_without_passages_every_number_is_wrong() -> None:
    assert parse("Yes [1].", []) == ((), (1,))


@given(st.text(alphabet="[]0123456789, ab", max_size=40))
def test_each_number_found_stands_in_the_text(text: str) -> None:
    citations, wrong = parse(text, HITS)
    written = {int(number) for number in re.findall(r"[0-9]+", text)}
    assert {citation.number for citation in citations} | set(wrong) <= written
