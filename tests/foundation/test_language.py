"""Words are whole in French as in English; expected values are written by hand."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.language import detect, normal_answer, normalise, tokenize


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
