"""Citations are what the text says, mapped to the passages shown; nothing is ever added."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.model import Citation
from retrieval.model import Hit

_MARK = re.compile(r"\[\s*(\d+(?:\s*[,;]\s*\d+)*)\s*\]")


def parse(text: str, hits: Sequence[Hit]) -> tuple[tuple[Citation, ...], tuple[int, ...]]:
    """Return (citations, wrong numbers) of an answer, each number once, in order of appearance.

    Args:
        text: the answer; `[1]`, `[1, 2]` and `[1][2]` are read.
        hits: the passages shown, [1] first. A number beyond them is wrong.

    >>> from retrieval.model import Chunk
    >>> hits = [Hit(Chunk("d@4-9", "d", "r", 4, 9, "text"), 1.0, 1)]
    >>> parse("Fourteen days [1, 3].", hits)
    ((Citation(number=1, document_id='d', revision='r', start=4, end=9),), (3,))
    >>> parse("Fourteen days.", hits)
    ((), ())
    """
    numbers = dict.fromkeys(int(number) for mark in _MARK.findall(text) for number in re.split(r"\s*[,;]\s*", mark))
    chunks = {number: hit.chunk for number, hit in enumerate(hits, start=1)}
    right = tuple(
        Citation(number, chunks[number].document_id, chunks[number].revision, chunks[number].start, chunks[number].end)
        for number in numbers
        if number in chunks
    )
    return right, tuple(number for number in numbers if number not in chunks)
