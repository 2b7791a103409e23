"""Citations are what the text says, mapped to the passages shown; nothing is ever added.

What a citation marker is, is said here and nowhere else: one or two digits in square brackets, several with commas or
semicolons between them, and ranges with a hyphen or a dash. "[2020]" is a year, and "[note]" a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from chatbot.model import Citation
from retrieval.model import Hit

_ONE = r"\d{1,2}(?:\s*[-–—]\s*\d{1,2})?"
MARKER: Final = re.compile(rf"\[\s*{_ONE}(?:\s*[,;]\s*{_ONE})*\s*\]")
_NUMBERS = re.compile(r"(\d+)(?:\s*[-–—]\s*(\d+))?")
_WITH_BLANKS = re.compile(rf"(?:(?<!\s)\s++)?{MARKER.pattern}")


def numbers(text: str) -> list[int]:
    """Return the numbers in the markers of a text in order of appearance; a range counts up, or else names its two ends.

    >>> numbers("Red [2][1], blue [3; 5–7], in [2020], [a] (4)."), numbers("[9-8]")
    ([2, 1, 3, 5, 6, 7], [9, 8])
    """
    found: list[int] = []
    for marker in MARKER.findall(text):
        for first, last in _NUMBERS.findall(marker):
            ends = (int(first), int(last or first))
            found += range(ends[0], ends[1] + 1) if ends[0] <= ends[1] else ends
    return found


def without_markers(text: str) -> str:
    """Return `text` without its citation markers and the blanks before them.

    >>> without_markers("It weighs 3 kg [2], see also [1, 3–5] in [2020].")
    'It weighs 3 kg, see also in [2020].'
    """
    return _WITH_BLANKS.sub("", text)


def parse(text: str, hits: Sequence[Hit]) -> tuple[tuple[Citation, ...], tuple[int, ...]]:
    """Return (citations, wrong numbers) of an answer, each number once, in order of appearance.

    Args:
        text: the answer; `[1]`, `[1, 2]`, `[1][2]` and `[1–3]` are read.
        hits: the passages shown, [1] first. A number beyond them is wrong.

    >>> from retrieval.model import Chunk
    >>> hits = [Hit(Chunk("d@4-9", "d", "r", 4, 9, "text"), 1.0, 1)]
    >>> parse("Fourteen days [1, 3].", hits)
    ((Citation(number=1, document_id='d', revision='r', start=4, end=9),), (3,))
    >>> parse("Fourteen days.", hits)
    ((), ())
    """
    cited = dict.fromkeys(numbers(text))
    chunks = {number: hit.chunk for number, hit in enumerate(hits, start=1)}
    right = tuple(
        Citation(number, chunks[number].document_id, chunks[number].revision, chunks[number].start, chunks[number].end)
        for number in cited
        if number in chunks
    )
    return right, tuple(number for number in cited if number not in chunks)
