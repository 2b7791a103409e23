"""Which sentences of a cited passage an answer stands on, found by the words that the two share.

It is a reading aid, no proof: no gold answer and no model is asked, and a passage that
shares nothing with the answer gets no mark. Drawing the marks is `markup`'s business.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from math import fsum

from chatbot.citations import MARKER, numbers, without_markers
from foundation.identification import function_words
from foundation.language import detect, tokenize
from studies.answer_spans import sentences

_AFTER_THE_STOP = re.compile(rf"([.!?…]+)\s*((?:{MARKER.pattern}\s*)+)")
_SHARED = 2  # words that are no chance: one alone counts if it is a number, or if the answer has hardly more
_SHORT = 3  # words of an answer that has hardly more
_MOST = 2  # sentences marked for one sentence of the answer

# Words that sentences are built with in both of our languages, which `function_words` therefore leaves out.
_BOTH = """
    a an any all also am as each i if in into me no not on only or per so such up upon he him his her she them us
    au c ce d de en est et il je j l la le m me mais même n ne on ou où par pas plus s sa se ses si son sous sur t tout tous
    toute un y
"""
_SMALL = frozenset(_BOTH.split())


@lru_cache(maxsize=1024)  # Streamlit draws every earlier answer anew on each event
def support(answer: str, number: int, passage: str, question: str = "") -> tuple[tuple[int, int], ...]:
    """Return (start, end) in `passage` of the sentences that carry what the answer cites as [`number`], in order.

    Each sentence of the answer that bears the number is held against each sentence of the
    passage. Shared words count by how few sentences of the passage have them; between
    equals the words of the question decide, then the order. One word in common is chance, unless
    it is a number or the answer has hardly more; a second sentence is marked when it brings
    two words that the first has not.

    Args:
        answer: what the model said, with its marks.
        number: the citation; an answer that does not bear it stands on nothing here.
        passage: the passage that [`number`] points to.
        question: what was asked.

    >>> passage = "The hotline closes at 18:00. The warranty is 30 months."
    >>> [passage[start:end] for start, end in support("It lasts 30 months [1].", 1, passage)]
    ['The warranty is 30 months.']
    >>> support("It is red [1].", 1, passage), support("It lasts 30 months.", 1, passage)
    ((), ())
    """
    claims = _claims(answer, number)
    if not claims:
        return ()
    language = detect(passage) or detect(answer) or "en"
    places = list(sentences(passage))
    words = [_words(passage[start:end], language) for start, end in places]
    common = Counter(word for found in words for word in found)
    asked = _words(question, language)
    chosen = {place for claim in claims for place in _best(_words(claim, language), asked, words, common)}
    return tuple(places[place] for place in sorted(chosen))


def _claims(answer: str, number: int) -> list[str]:
    """Return the sentences of `answer` that bear [number], without marks; the whole when it stands in none of them.

    >>> _claims("Red. [1] Blue [1, 2]. Green [2].", 1), _claims("42 [1]", 1)
    (['Red .', 'Blue.'], ['42'])
    """
    text = _AFTER_THE_STOP.sub(r" \2\1 ", answer)  # « Red. [1] » cites for the sentence that has just ended
    if number not in numbers(text):
        return []
    bearing = [text[start:end] for start, end in sentences(text) if number in numbers(text[start:end])]
    return [without_markers(claim) for claim in bearing or [text]]


def _words(text: str, language: str) -> frozenset[str]:
    """Return the stems of `text`'s words but those that any sentence is built with.

    >>> sorted(_words("Les sondes sont garanties 30 mois.", "fr")), sorted(_words("It is what it is.", "en"))
    (['30', 'garant', 'mois', 'sond'], [])
    """
    kept = [word for word in tokenize(text, language) if word not in _SMALL and not any(function_words(word).values())]
    return frozenset(tokenize(" ".join(kept), language, stem=True))


def _best(claim: frozenset[str], asked: frozenset[str], words: list[frozenset[str]], common: Counter[str]) -> list[int]:
    """Return the places of the sentences that share most with `claim`, the best first; none when too little is shared."""
    chosen: list[int] = []
    untold = claim
    while len(chosen) < _MOST:
        shared = {place: untold & found for place, found in enumerate(words)}
        left = [place for place, some in shared.items() if _tells(some, claim, not chosen)]
        if not left:
            break
        chosen.append(max(left, key=lambda p: (fsum(1 / common[word] for word in shared[p]), len(asked & words[p]), -p)))
        untold -= words[chosen[-1]]
    return chosen


def _tells(shared: frozenset[str], claim: frozenset[str], first: bool) -> bool:
    """Tell whether `shared` is more than chance, for the first mark of a claim or for a further one."""
    number = any(word[0].isdigit() for word in shared)
    return len(shared) >= _SHARED or (first and (number or (bool(shared) and len(claim) <= _SHORT)))
