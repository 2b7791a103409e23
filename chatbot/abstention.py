"""Does an answer say that it has no answer? Recognised in English and French, by rules that can be read.

The decision: an answer abstains when its first statement says that the answer is not known or
not in the passages, and nothing after it offers an answer all the same. "I don't know, but you
could ask the help desk" abstains; "I don't know exactly, but it is 14 days" does not, since a
reader takes 14 days home. A statement about something unknown ("The unknown soldier lies in
Paris") is an answer, and so is one with a refusal after it ("14 days. I don't know more.").
"""

from __future__ import annotations

import re
import unicodedata

from chatbot.abstention_rules import RULES, Rules


def is_abstention(text: str, language: str = "en") -> bool:
    """Tell whether `text` abstains; an empty text does not.

    Args:
        text: an answer.
        language: ISO 639-1 code. English rules always hold too, since a model asked in French may refuse in English.

    >>> is_abstention("I don't know. [1]"), is_abstention("The unknown soldier lies in Paris.")
    (True, False)
    >>> is_abstention("Je ne sais pas.", "fr"), is_abstention("Je ne sais pas exactement, mais c'est 14 jours.", "fr")
    (True, False)
    """
    plain = _plain(text)
    return any(_abstains(plain, RULES[code]) for code in sorted({language, "en"} & RULES.keys()))


def _abstains(text: str, rules: Rules) -> bool:
    while opening := rules.opening.match(text):
        text = text[opening.end() :]
    statement, rest = _split(text, rules)
    if not rules.statement.match(statement):
        return False
    return not rest or bool(rules.referral.search(rest)) or _abstains(rest, rules)


def _split(text: str, rules: Rules) -> tuple[str, str]:
    """Return the first statement, and what stands after the first turn; a plain second sentence turns nothing."""
    turn = rules.turn.search(text, 6)  # not the words that the statement itself begins with: "it is", "c'est"
    before, after = (text[: turn.start()], text[turn.end() :]) if turn else (text, "")
    first, *_ = re.split(r"[.!?;:]", before, maxsplit=1)
    return first.strip(" ,"), after.strip(" ,.:;!?")


def _plain(text: str) -> str:
    """Return lower-case text without accents, quotation and citation marks, its apostrophes plain."""
    text = re.sub(r"\[[\d,;\s]*\]|[\"“”«»*_]", " ", text.translate({0x2019: "'", 0x02BC: "'"}))
    folded = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join(folded.split())
