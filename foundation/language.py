"""One tokenizer and one stemmer per language, for search, scoring and checks.

rouge-score's own tokenizer keeps a–z and 0–9 alone, so « préentraîné » falls apart; every
word-level measure here goes through `tokenize` instead. French elision is split
(« l'été » → l, été), decimal numbers stay whole (3.5, 3,5), and accents are kept:
« pêche » and « péché » are different words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any, Protocol

LANGUAGES = {"en": "english", "fr": "french"}  # ISO 639-1 code → Snowball algorithm

_WORD = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+", re.UNICODE)
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "＇": "'"})
_ENGLISH_CONTRACTION = re.compile(r"\b([^\W\d_]+)'(s|t|re|ve|ll|d|m)\b")
_ARTICLES = {"en": frozenset({"a", "an", "the"}), "fr": frozenset({"le", "la", "les", "l", "un", "une", "des", "du", "d"})}

# What one word or number may be written as, for comparing answers alone: an index keeps what the text has.
_LIGATURES_AND_INVISIBLE = str.maketrans(
    {"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae"} | dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\ufeff", "")
)
_GROUPED = {  # thousands; a plain space groups them in French alone, where a comma never does
    "en": re.compile(r"(?<![\d.,:/])[1-9]\d{0,2}(?:(?:,\d{3})+|(?:[\u00a0\u2009\u202f]\d{3})+)(?![\d:/])"),
    "fr": re.compile(r"(?<![\d.,:/])[1-9]\d{0,2}(?:(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)|(?:\.\d{3})+(?=,\d))"),
}
_DECIMAL_COMMA = re.compile(r"(?<![\d.,:/])(\d+),(\d+)(?![.,:/]?\d)")
_SIGNED_WORD = re.compile(r"(?:(?<![^\s(«“\"'])[-−])?\d+(?:[.,:/]\d+)*|[^\W\d_]+")  # the sign of a number, not the dash of a range


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
    words: list[str] = _WORD.findall(_folded(text, language))
    return [stem_of(word, language) for word in words] if stem and language in LANGUAGES else words


def one_spelling(text: str, language: str = "en") -> str:
    """Return `text` with its numbers and ligatures in one spelling: 1,234.5 and « 1 234,5 » as 1234.5, œ as oe.

    >>> one_spelling("1,234.5 kg"), one_spelling("1 234,5 kg d'œufs", "fr")
    ('1234.5 kg', "1234.5 kg d'oeufs")
    """
    text = text.translate(_LIGATURES_AND_INVISIBLE)
    if language in _GROUPED:
        text = _GROUPED[language].sub(lambda match: re.sub(r"\D", "", match[0]), text)
    return _DECIMAL_COMMA.sub(r"\1.\2", text) if language == "fr" else text


def normal_answer(text: str, language: str = "en") -> list[str]:
    """Return the words that answers are compared by: tokens in one spelling, numbers with their sign, without articles.

    Source: SQuAD's evaluation script (Rajpurkar et al. 2016) drops case, punctuation
    and a/an/the; the French list follows FQuAD's.

    >>> normal_answer("The Eiffel Tower."), normal_answer("-5 °C, 10-15 °C")
    (['eiffel', 'tower'], ['-5', 'c', '10', '15', 'c'])
    >>> normal_answer("l'été", "fr"), normal_answer("1 234,5 œufs", "fr")
    (['été'], ['1234.5', 'oeufs'])
    """
    found = _SIGNED_WORD.findall(_folded(one_spelling(text, language), language))
    words = [word.replace("−", "-") for word in found]
    kept = [word for word in words if word not in _ARTICLES.get(language, frozenset())]
    return kept or words


def states(text: str, answer: str, language: str = "en") -> bool:
    """Tell whether `answer` stands in `text` as whole normalised words, unbroken; one without a word stands nowhere.

    >>> states("It weighs the 3 kg.", "3 KG"), states("It weighs 13 kg.", "3 kg"), states("100 %", "%")
    (True, False, False)
    """
    words = normal_answer(answer, language)
    return bool(words) and f" {' '.join(words)} " in f" {' '.join(normal_answer(text, language))} "


def _folded(text: str, language: str) -> str:
    """Return `text` in one case and one form of each sign, English contractions joined."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    if language == "en":
        folded = _ENGLISH_CONTRACTION.sub(lambda match: match[1] if match[2] == "s" else match[1] + match[2], folded)
    return folded


@lru_cache(maxsize=100_000)
def stem_of(word: str, language: str) -> str:
    """Return the stem of one casefolded word. Kept, since Snowball in Python takes 20 µs a word and words recur."""
    stemmer = stemmer_for(language)
    return stemmer.stemWord(word) if stemmer else word


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
