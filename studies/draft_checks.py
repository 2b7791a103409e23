"""What is wrong with a drafted question, as far as rules can tell; a person judges the rest.

No rule asks whether a search finds the passage or whether the model can answer its own
question: a set thinned in that way would favour retrieval, or the model that wrote it, in
every comparison made with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from foundation.language import tokenize
from knowledge_base.drafts import stands_in
from knowledge_base.exposure import normal_text
from knowledge_base.user_logs import NEAR, numbers

MOST_WORDS = 30
FEWEST_WORDS = 4
_COPY = 90.0
_POINTS_AT_THE_TEXT = re.compile(
    r"\b(?:the|this|that) (?:given |above )?(?:passage|text|statement|sentence|paragraph|excerpt)\b|"
    r"\baccording to the (?:document|article)\b|"
    r"\b(?:le|ce|cet|du) (?:texte|passage|paragraphe|extrait)\b|\b(?:la|cette) phrase\b|\bl['’]énoncé\b|\bmentioned above\b|\bci-dessus\b",
    re.IGNORECASE,
)


def fault(question: str, answer: str, given: str | None, sentence: str, text: str, language: str) -> str | None:
    """Return why a drafted question cannot be proposed, or None.

    Args:
        question: as the model wrote it.
        answer: what the question was to ask for; it stands in `sentence`.
        given: the answer that the model wrote beside its question, None for none.
        sentence: where the answer stands.
        text: title and text of the document.
        language: of the document.

    >>> sentence = "A return number stays valid for 23 days."
    >>> fault("How many days does a return number stay valid?", "23 days", None, sentence, sentence, "en") is None
    True
    >>> fault("Is a return number valid for 23 days?", "23 days", None, sentence, sentence, "en")
    'gives its answer away'
    """
    words = tokenize(question, language)
    if not question.endswith("?"):
        return "no question mark"
    if len(words) < FEWEST_WORDS:
        return f"under {FEWEST_WORDS} words"
    if len(words) > MOST_WORDS:
        return f"over {MOST_WORDS} words"
    if given is not None and not stands_in(given, [sentence], language):
        return "answer not in the passage"
    if stands_in(answer, [question], language) or (given and stands_in(given, [question], language)):
        return "gives its answer away"
    if _POINTS_AT_THE_TEXT.search(question):
        return "points at the text"
    if _copies(question, sentence):
        return "copies the passage"
    if unknown_names(question, text):
        return "names what the document does not"
    return None


def unknown_names(question: str, text: str) -> tuple[str, ...]:
    """Return the numbers and capitalised words of a question that do not stand in `text`; its first word is not looked at.

    >>> unknown_names("Who leads Acme Corp in 2031?", "Acme was founded in 2019.")
    ('Corp', '2031')
    """
    known = set(re.findall(r"[^\W_]+", text.casefold()))
    names = [word for word in re.findall(r"[^\W_]+", question)[1:] if word[0].isupper() or word[0].isdigit()]
    return tuple(word for word in names if word.casefold() not in known)


def near_duplicate(question: str, language: str, known: Iterable[str], cutoff: float = NEAR) -> str | None:
    """Return the one of `known` normal texts that `question` repeats, or None.

    Alike by `cutoff` percent of rapidfuzz's ratio, with the same numbers: « Varnel 120 » and « Varnel 150 » are two questions.

    >>> near_duplicate("How long is the bridge?", "en", ["how long is the big bridge", "how high is it"])
    'how long is the big bridge'
    """
    from rapidfuzz import fuzz, process

    text = normal_text(question, language)
    same = [other for other in known if numbers(other) == numbers(text)]
    found = process.extractOne(text, same, scorer=fuzz.ratio, score_cutoff=cutoff)
    return None if found is None else str(found[0])


def _copies(question: str, sentence: str) -> bool:
    from rapidfuzz import fuzz

    return fuzz.ratio(question.rstrip("? ").casefold(), sentence.rstrip(". ").casefold()) >= _COPY
