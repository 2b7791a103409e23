"""The PDF, read back with a reader that knows nothing of how it was made."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from eval.comparison import Comparison, Said
from eval.report import render
from tests.report.sample import comparison, many

pypdfium2 = pytest.importorskip("pypdfium2", reason="the reader of PDF files is not installed")


def text_of(made: Comparison, language: str = "en") -> list[str]:
    """The text of each page, blanks and line ends folded."""
    document = pypdfium2.PdfDocument(render(made, "pdf", language))
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]


def test_the_first_page_is_for_those_who_decide() -> None:
    first = text_of(comparison())[0]
    assert "What it stands on" in first and "What would settle it, or change it" in first and "Scope" in first
    assert "McNemar" not in first  # for engineers, further on


def test_every_chapter_and_every_system_is_there_in_both_languages() -> None:
    english, french = " ".join(text_of(comparison())), " ".join(text_of(comparison(), "fr"))
    for result in comparison().systems:
        assert result.system in english and result.system in french
    assert "Why answers are wrong" in english and "Why answers are wrong" not in french
    assert "Ce qu" in french and re.search(r"\d,\d", french) and not re.search(r"report-|decision-|charts-", french)


def test_the_questions_printed_are_spread_over_all_that_the_view_has() -> None:
    """Of eleven, at even steps: 0, 11/6, 22/6 and so on, rounded down; the last one is near the end."""
    one = comparison()
    asked = tuple(replace(row, text=f"Number {place} of eleven?") for place, row in enumerate(one.questions[:11]))
    text = " ".join(text_of(replace(one, questions=asked)))
    assert [int(number) for number in re.findall(r"Number (\d+) of eleven\?", text)] == [0, 1, 3, 5, 7, 9]


def test_a_name_is_drawn_as_it_is_written() -> None:
    one = comparison()
    named = replace(one, systems=(replace(one.systems[0], system="lr-0.0005"), *one.systems[1:]))
    assert text_of(named)[0].count("lr-0.0005") >= 1  # in the chart of the first page


def test_text_is_never_read_as_markup() -> None:
    hostile = '#panic("x") $ x^2 $ *bold* <label> @ref = heading // comment \\ [1] `raw`'
    one = comparison()
    question = replace(one.questions[0], text=hostile, answers=(hostile,), outputs=(replace(one.questions[0].outputs[0], text=hostile),))
    text = " ".join(text_of(replace(one, questions=(question,), warnings=(Said("cautions-precision", {"precision": hostile}),))))
    assert text.count('#panic("x") $ x^2 $ *bold*') >= 3


def test_letters_that_the_fonts_lack_do_not_stop_it() -> None:
    one = comparison()
    question = replace(one.questions[0], text="مرحبا 🙂 你好 \u202e\x00", answers=())
    assert len(text_of(replace(one, questions=(question,)))) > 1


def test_seven_systems_and_a_long_answer_fit() -> None:
    one = many(7)
    question = one.questions[0]
    long = replace(question, outputs=(replace(question.outputs[0], text="word " * 10_000),))
    pages = text_of(replace(one, questions=(long,)))
    assert "more characters)" in " ".join(pages) and len(pages) < 60
