"""Long lists in short messages: the first few, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 10


def first_few(items: Iterable[object], most: int = MOST) -> list[str]:
    """Return the first `most` items as text, and one entry that counts the rest.

    >>> first_few([2, 3, 5, 7], 2), first_few([2, 3], 2)
    (['2', '3', 'and 2 more'], ['2', '3'])
    """
    texts = list(map(str, items))
    return texts[:most] + ([f"and {len(texts) - most} more"] if len(texts) > most else [])
