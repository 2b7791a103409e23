"""Where does a quote stand in a text that was edited since? Exactly, else nearly, on whole words.

Pure functions on two texts. Whether the passage found still carries the answer, and what becomes
of the question, is decided in `knowledge_base.rebasing`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

NEAR: Final = 90.0  # percent of rapidfuzz's ratio: a word or two of a sentence; below it somebody must read
SURROUNDED: Final = 60.0  # percent: equal words with surroundings less alike than this are another mention (PIAF: none between 50 and 60)
_WORDS: Final = 5  # fewer may stand anywhere by chance
_SEED: Final = 50.0  # percent: where nothing is as near as this, there is no passage to show either
_PAD: Final = 120  # characters around the seed in which the passage's ends are looked for
_CONTEXT: Final = 120  # characters on each side that tell equal quotes apart
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Place:
    """A passage of a text: half-open offsets, and how near it comes to the quote, in percent."""

    start: int
    end: int
    similarity: float


def places(quote: str, text: str) -> list[int]:
    """Return every offset at which `quote` stands in `text`, overlapping ones too; none for an empty quote.

    >>> places("ana", "banana")
    [1, 3]
    """
    found: list[int] = []
    start = text.find(quote) if quote else -1
    while start >= 0:
        found.append(start)
        start = text.find(quote, start + 1)
    return found


def nearest_to(found: Sequence[int], start: int) -> int:
    """Return the one of `found` (not empty) that lies nearest to `start`; of two equally near, the first.

    >>> nearest_to([3, 40, 90], 50)
    40
    """
    return min(found, key=lambda place: abs(place - start))


def distinct(quote: str) -> bool:
    """Tell whether a quote has enough words to be known by them alone; "42 km" stands in many places.

    >>> distinct("42 km"), distinct("The bridge carries 42 km of cable.")
    (False, True)
    """
    return len(re.findall(r"\w+", quote)) >= _WORDS


def most_alike(found: Sequence[int], text: str, size: int, old_text: str, old_start: int) -> tuple[int, float]:
    """Return the one of `found` (not empty) whose surroundings are most like those of the quote before, and how alike.

    Args:
        found: offsets of a quote of `size` characters in `text`.
        text: where they stand.
        size: characters of the quote.
        old_text: where it stood.
        old_start: its offset there.

    The likeness, in percent, is that of the better side: a sentence that follows may be new, seldom both neighbours.

    >>> most_alike([7, 27], "Pumps: 3 kg. Also, valves: 3 kg.", 4, "All valves: 3 kg.", 12)[0]
    27
    """
    from rapidfuzz.fuzz import ratio

    before, after = _around(old_text, old_start, size)

    sides = {place: tuple(ratio(old, new) for old, new in zip((before, after), _around(text, place, size), strict=True)) for place in found}
    best = max(found, key=lambda place: (sum(sides[place]), -abs(place - old_start)))
    return best, max(sides[best])


def nearest_passage(quote: str, text: str) -> Place | None:
    """Return the passage of `text`, on whole words, that is most like `quote`; None when nothing is even half like it.

    A first guess comes from rapidfuzz's `partial_ratio_alignment`, which slides a window of the quote's
    length; its ends are then moved to the token borders that give the highest ratio, so that inserted
    and deleted words are taken in.

    Source: rapidfuzz's ratio, the normalised indel similarity, 2·LCS / (sum of the lengths).

    >>> nearest_passage("may be lowered to 35 metres", "It may be safely lowered to 35 metres at most.")
    Place(start=3, end=37, similarity=88.52459016393442)
    """
    from rapidfuzz.fuzz import partial_ratio_alignment, ratio

    if not quote.strip() or not text.strip():
        return None
    seed = partial_ratio_alignment(quote, text, score_cutoff=_SEED)
    if seed is None:
        return None
    first, last = (seed.dest_start, seed.dest_end) if len(quote) <= len(text) else (0, len(text))
    pad = min(_PAD, max(20, len(quote) // 2))
    tokens = [(match.start(), match.end()) for match in _TOKEN.finditer(text, _word_start(text, first - pad), min(len(text), last + pad))]
    starts = [start for start, _ in tokens if abs(start - first) <= pad]
    ends = [end for _, end in tokens if abs(end - last) <= pad and (end == len(text) or _border(text, end))]
    candidates = [Place(start, end, ratio(quote, text[start:end])) for start in starts for end in ends if start < end]
    best = max(candidates, key=lambda place: (place.similarity, place.start - place.end), default=None)
    return best if best is not None and best.similarity >= _SEED else None


def _around(text: str, start: int, size: int) -> tuple[str, str]:
    return text[max(0, start - _CONTEXT) : start], text[start + size : start + size + _CONTEXT]


def _word_start(text: str, place: int) -> int:
    """Return `place`, moved left to where the word that it stands in begins."""
    place = max(place, 0)
    while place > 0 and not _border(text, place):
        place -= 1
    return place


def _border(text: str, place: int) -> bool:
    """Tell whether no word goes on across `place`."""
    return not (re.match(r"\w", text[place - 1]) and re.match(r"\w", text[place]))
