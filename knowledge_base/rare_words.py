"""Which texts are worth comparing with one: those that share a rare word with it.

Comparing every text with every other grows with the square of their number; nearly equal
texts share most of their words, so also a rare one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import Final

CROWD: Final = 400  # texts behind one word beyond which it is too common to look up through
_RAREST = 5  # words of a text through which it is looked up


class RareWords:
    """Texts, known by their place in `words`, that are found again through their rarest words.

    `words` are the words of every text that will ever be added or asked for: how rare a word is, is counted once.

    >>> rare = RareWords([{"the", "bridge"}, {"the", "tower"}, {"the", "bridge", "length"}], crowd=2)
    >>> rare.add(0), rare.add(1), rare.near(2)
    (None, None, {0})
    """

    def __init__(self, words: Sequence[Collection[str]], crowd: int = CROWD) -> None:
        frequency = Counter(word for each in words for word in set(each))
        self._keys = [
            [word for word in sorted(set(each), key=lambda word: (frequency[word], word))[:_RAREST] if frequency[word] <= crowd]
            for each in words
        ]
        self._behind: dict[str, list[int]] = defaultdict(list)

    def near(self, place: int) -> set[int]:
        """Return the places of the added texts that share a rare word with the text at `place`."""
        return {other for key in self._keys[place] for other in self._behind.get(key, ())}

    def add(self, place: int) -> None:
        """Let the text at `place` be found from now on."""
        for key in self._keys[place]:
            self._behind[key].append(place)
