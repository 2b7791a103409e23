"""Words are whole in French as in English; expected values are written by hand."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.language import detect, normal_answer, normalise, one_spelling, tokenize


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("L’été préentraîné", "fr", ["l", "été", "préentraîné"]),
        ("l'été", "fr", ["l", "été"]),
        ("qu'est-ce qu'un œuf ?", "fr", ["qu", "est", "ce", "qu", "un", "œuf"]),
        ("3,5 % et 12 000 €", "fr", ["3,5", "et", "12", "000"]),
        ("It's 12.5 percent, don't ask.", "en", ["it", "12.5", "percent", "dont", "ask"]),
        ("WP-3170 at 06:17", "en", ["wp", "3170", "at", "06:17"]),
    ],
)
def test_tokens(text: str, language: str, words: list[str]) -> None:
    assert tokenize(text, language) == words


def test_decomposed_accents_are_the_same_word() -> None:
    assert tokenize(unicodedata.normalize("NFD", "préentraîné"), "fr") == ["préentraîné"]


def test_accents_distinguish_words() -> None:
    assert tokenize("pêche", "fr") != tokenize("péché", "fr")


def test_each_language_has_its_own_stemmer() -> None:
    # Snowball: French drops -ations / -ation to the same stem; English plural -s.
    assert tokenize("continuations", "fr", stem=True) == tokenize("continuation", "fr", stem=True)
    assert tokenize("cats", "en", stem=True) == ["cat"]


def test_articles_do_not_count_in_answers_but_an_article_alone_does() -> None:
    assert normal_answer("The tower") == ["tower"]
    assert normal_answer("L'été des poètes", "fr") == ["été", "poètes"]
    assert normal_answer("A") == ["a"]


def test_detects_the_two_languages_and_says_when_it_cannot() -> None:
    assert detect("Combien de jours de congé puis-je reporter ?") == "fr"
    assert detect("How many days of leave can I carry over?") == "en"
    assert detect("WP-3170") is None


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text())
def test_tokens_are_casefolded_and_never_empty(text: str) -> None:
    for word in tokenize(text, "fr"):
        assert word
        assert word == word.casefold()


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1,234,567.8 kg", "en", "1234567.8 kg"),
        ("1 234 567,8 kg", "fr", "1234567.8 kg"),
        ("1\u00a0234 and 1\u202f234", "en", "1234 and 1234"),
        ("1 234", "en", "1 234"),  # a plain space separates two numbers in English
        ("3,5 et 12,5 %", "fr", "3.5 et 12.5 %"),
        ("1.234,5", "fr", "1234.5"),
        ("12/03/2024, 14:30, 1.2.3, 06 12 34 56 78", "fr", "12/03/2024, 14:30, 1.2.3, 06 12 34 56 78"),
        ("Œuvre, sœur, ex æquo", "fr", "Oeuvre, soeur, ex aequo"),
        ("préen\u00adtraîné\u200f", "fr", "préentraîné"),
        ("1,234", "de", "1,234"),  # what we know nothing of stays as it is
    ],
)
def test_numbers_and_ligatures_get_one_spelling(text: str, language: str, expected: str) -> None:
    assert one_spelling(text, language) == expected


@given(st.text(alphabet="0123456789 .,:/-\u202fœé", max_size=40), st.sampled_from(["en", "fr"]))
def test_one_spelling_keeps_every_digit_in_order(text: str, language: str) -> None:
    once = one_spelling(text, language)
    assert [sign for sign in once if sign.isdigit()] == [sign for sign in text if sign.isdigit()]


def test_an_index_keeps_what_the_text_has() -> None:
    # search reads words through `tokenize`, whose results stored indexes depend on
    assert tokenize("1 234,5 œufs à -5 °C", "fr") == ["1", "234,5", "œufs", "à", "5", "c"]


def test_a_sign_belongs_to_its_number_and_a_dash_to_its_range() -> None:
    assert normal_answer("from -5 to \u22127 °C (-9)") == ["from", "-5", "to", "-7", "c", "-9"]
    assert normal_answer("10-15 and 2024-03-12") == ["10", "15", "and", "2024", "03", "12"]
