"""Citations are read, never invented. Expected values by hand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.citations import numbers, parse, without_markers
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
        ("Ten [1–3].", [1, 2, 3], []),
        ("Ten [2-9].", [2, 3], [4, 5, 6, 7, 8, 9]),
        ("Ten [3; 1—2].", [3, 1, 2], []),
        ("Ten [3-1].", [3, 1], []),
        ("In [2024] and (1) and [a], on [12-05-24], [100].", [], []),
        ("[" + "1" * 4400 + "]", [], []),
        ("[]", [], []),
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


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=4), st.sampled_from("-–—"), st.sampled_from(",;"))
def test_a_list_of_ranges_names_each_number_and_leaves_no_trace(ranges: list[tuple[int, int]], dash: str, comma: str) -> None:
    upward = [(min(pair), max(pair)) for pair in ranges]
    marker = "[" + f"{comma} ".join(f"{first} {dash} {last}" for first, last in upward) + "]"
    assert numbers(f"Ten {marker}.") == [number for first, last in upward for number in range(first, last + 1)]
    assert without_markers(f"Ten {marker}.") == "Ten."


@given(st.text(alphabet="[]0123456789, ab", max_size=40))
def test_each_number_found_stands_in_the_text(text: str) -> None:
    citations, wrong = parse(text, HITS)
    written = {int(number) for number in re.findall(r"[0-9]+", text)}
    assert {citation.number for citation in citations} | set(wrong) <= written
