"""The language of each imported question, decided once and written down.

Most files hold one language or two. What the text itself leaves open (a product name
and a verb) is decided by the rest of the file: a guess counts when enough clear texts of
the file are in that language, else the question is taken as the file's main language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from foundation.identification import Guess, function_words, identify
from foundation.language import LANGUAGES

_SURE = 0.7  # confidence from which a guess stands by itself
_CERTAIN = 0.95  # confidence from which a single text may be in a language that the file hardly has
_SHARE = 0.05  # of the sure texts that must be in a language before doubtful ones count as it
_CHUNK = 2000  # texts between two moves of the progress bar
_LONG = 5000  # texts from which a progress bar is shown


@dataclass(frozen=True)
class Tongues:
    """One language code per text, and how many of them the text itself left open."""

    codes: tuple[str, ...]
    doubtful: int


def tongues(texts: Sequence[str], default: str | None = None) -> Tongues:
    """Return the language of each text; `default` is taken when no text of the file tells.

    >>> tongues(["Quel est le poids ?", "Varnel 120 ?", "Quel est le prix de la sonde ?"])
    Tongues(codes=('fr', 'fr', 'fr'), doubtful=1)
    """
    from tqdm import tqdm

    different = list(dict.fromkeys(texts))
    guesses: dict[str, Guess] = {}
    with tqdm(total=len(different), desc="languages", unit="question", disable=len(different) < _LONG) as bar:
        for first in range(0, len(different), _CHUNK):
            chunk = different[first : first + _CHUNK]
            guesses.update(zip(chunk, identify(chunk), strict=True))
            bar.update(len(chunk))
    sure = Counter(guesses[text].code for text in texts if guesses[text].confidence >= _SURE)
    main = sure.most_common(1)[0][0] if sure else default
    usual = {code for code, count in sure.items() if count >= _SHARE * sum(sure.values())}
    codes, doubtful = [], 0
    for text in texts:
        guess = guesses[text]
        alone = guess.confidence >= (_SURE if guess.code in LANGUAGES else _CERTAIN) and not function_words(text).get(str(main))
        codes.append(str(guess.code if guess.code in usual or alone else main or "en"))
        doubtful += guess.confidence < _SURE or codes[-1] != guess.code
    return Tongues(tuple(codes), doubtful)
