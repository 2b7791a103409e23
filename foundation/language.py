"""One tokenizer and one stemmer per language, for search, scoring and checks.

rouge-score's own tokenizer keeps a–z and 0–9 alone, so « préentraîné » falls apart; every
word-level measure here goes through `tokenize` instead. French elision is split
(« l'été » → l, été), decimal numbers stay whole (3.5, 3,5), and accents are kept:
« pêche » and « péché » are different words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any, Protocol

LANGUAGES = {"en": "english", "fr": "french"}  # ISO 639-1 code → Snowball algorithm

_WORD = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+", re.UNICODE)
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "＇": "'"})
_ENGLISH_CONTRACTION = re.compile(r"\b([^\W\d_]+)'(s|t|re|ve|ll|d|m)\b")
_ARTICLES = {"en": frozenset({"a", "an", "the"}), "fr": frozenset({"le", "la", "les", "l", "un", "une", "des", "du", "d"})}


class Stemmer(Protocol):
    """What snowballstemmer gives: one word in, its stem out."""

    def stemWord(self, word: str) -> str:  # noqa: N802 - the library's name
        """Return the stem of one casefolded word."""


def normalise(text: str) -> str:
    """Return `text` in NFC with `\\n` line ends, no byte order mark, no trailing blanks.

    >>> normalise("cafe\\u0301 \\r\\n")
    'café\\n'
    """
    text = unicodedata.normalize("NFC", text.lstrip("\ufeff")).replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[^\S\n]+(?=\n)", "", text)


def tokenize(text: str, language: str = "en", *, stem: bool = False) -> list[str]:
    """Return the casefolded words and numbers of `text`, in order.

    >>> tokenize("L'été préentraîné, 3,5 %", "fr")
    ['l', 'été', 'préentraîné', '3,5']
    >>> tokenize("The model's cats", "en", stem=True)
    ['the', 'model', 'cat']
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    if language == "en":
        folded = _ENGLISH_CONTRACTION.sub(lambda match: match[1] if match[2] == "s" else match[1] + match[2], folded)
    words = _WORD.findall(folded)
    if not stem:
        return words
    stemmer = stemmer_for(language)
    return [stemmer.stemWord(word) for word in words] if stemmer else words


def normal_answer(text: str, language: str = "en") -> list[str]:
    """Return the words that answers are compared by: tokens without articles.

    Source: SQuAD's evaluation script (Rajpurkar et al. 2016) drops case, punctuation
    and a/an/the; the French list follows FQuAD's.

    >>> normal_answer("The Eiffel Tower.")
    ['eiffel', 'tower']
    >>> normal_answer("l'été", "fr")
    ['été']
    """
    words = tokenize(text, language)
    kept = [word for word in words if word not in _ARTICLES.get(language, frozenset())]
    return kept or words


def states(text: str, answer: str, language: str = "en") -> bool:
    """Tell whether `answer` stands in `text` as whole normalised words, unbroken; one without a word stands nowhere.

    >>> states("It weighs the 3 kg.", "3 KG"), states("It weighs 13 kg.", "3 kg"), states("100 %", "%")
    (True, False, False)
    """
    words = normal_answer(answer, language)
    return bool(words) and f" {' '.join(words)} " in f" {' '.join(normal_answer(text, language))} "


@cache
def stemmer_for(language: str) -> Stemmer | None:
    """Return the Snowball stemmer of a language code, or None when we have none."""
    if language not in LANGUAGES:
        return None
    import snowballstemmer

    stemmer: Stemmer = snowballstemmer.stemmer(LANGUAGES[language])
    return stemmer


def detect(text: str) -> str | None:
    """Return "en" or "fr" for `text`, or None when it is too short to tell.

    Needs three words at least: answers like "42 km" have no language.

    >>> detect("Le produit est livré dans un délai de dix jours.")
    'fr'
    >>> detect("42 km") is None
    True
    """
    if len(re.findall(r"[^\W\d_]{2,}", text)) < 3:
        return None
    found = _detector().detect_language_of(text)
    return None if found is None else str(found.iso_code_639_1.name.lower())


@cache
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Language.ENGLISH, Language.FRENCH).build()
