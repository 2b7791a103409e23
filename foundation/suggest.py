"""Offer the nearest known name for a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to `name`, or None when nothing is close.

    >>> nearest("retrival", ["retrieval", "model"])
    'retrieval'
    >>> nearest("xyz", ["retrieval", "model"]) is None
    True
    """
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" or an empty string.

    >>> did_you_mean("ragg", ["rag", "base"])
    " Did you mean 'rag'?"
    """
    found = nearest(name, known)
    return f" Did you mean {found!r}?" if found else ""
