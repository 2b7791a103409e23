"""Documents that hold much of the same text: full copies, and more shared passages than two texts have by chance.

Two documents that share passages compete for the same places in every search, and a
question on one is answered by the other. The measure is the share of 8-word shingles,
|A ∩ B| / min(|A|, |B|): exact, through one sorted array of hashes. MinHash (datasketch)
would estimate |A ∩ B| / |A ∪ B| instead, which a short copy inside a long document
hardly moves, and would save nothing here: ten thousand documents take seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from foundation.language import tokenize
from knowledge_base.checks.finding import Finding, shown
from knowledge_base.model import Document, KnowledgeBase

SHINGLE = 8  # words
MOST_SHARED = 0.3  # of the shorter document's shingles
_FORM = 100  # documents beyond which a shared shingle is a letterhead or a form, not a copied passage
_MULTIPLIER = 0x9E3779B97F4A7C15  # odd: the polynomial hash of a shingle keeps all 64 bits


def documents(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield documents without text, full copies, files passed over and versions that name no document."""
    first: dict[str, str] = {}
    for document in kb.documents:
        if not document.text.strip():
            yield Finding(
                "warning", "document-empty", f"document {document.id}", "holds no text. Remove it, or convert its original again."
            )
        elif (other := first.setdefault(document.revision, document.id)) != document.id:
            message = f"has the same text as {other} ({shown(document.text)}). Keep one: both take up places in every search."
            yield Finding("warning", "document-copy", f"document {document.id}", message)
    for name in kb.ignored:
        message = "is neither Markdown nor text and was passed over. Convert it, or move it to originals/."
        yield Finding("warning", "file-ignored", f"documents/{name}", message)
    known = {document.id for document in kb.documents}
    for name in sorted({name for names in kb.versions for name in names} - known):
        yield Finding("error", "unknown-version", "kb.toml", f"'versions' names document {name!r}, which does not exist. Mend the name.")


def overlaps(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield pairs of documents that share over 30 % of their shingles and are not declared versions."""
    for left, right, share, passage in shared(kb.documents):
        if not any(left.id in names and right.id in names for names in kb.versions):
            message = (
                f"shares {share:.0%} of its {SHINGLE}-word passages with {left.id}, such as {shown(passage)} "
                f"({left.id}: {shown(left.text)}; {right.id}: {shown(right.text)}). Merge them, reword one, or declare them in kb.toml: "
                f'versions = [["{left.id}", "{right.id}"]].'
            )
            yield Finding("warning", "document-overlap", f"document {right.id}", message)


def shared(documents: Sequence[Document], most: float = MOST_SHARED) -> Iterator[tuple[Document, Document, float, str]]:
    """Yield (earlier, later, share, one shared passage) of each pair of differing texts that shares more than `most`.

    Shingles that stand in over 100 documents count as none: they are a form that all use.
    """
    import numpy as np

    vocabulary: dict[str, int] = {}
    hashes = [_shingles(document, vocabulary) for document in documents]
    sizes = np.array([len(each) for each in hashes], dtype=np.int64)
    every = np.concatenate(hashes) if hashes else np.zeros(0, np.uint64)
    owner = np.repeat(np.arange(len(documents), dtype=np.int64), sizes)
    order = np.argsort(every, kind="stable")
    every, owner = every[order], owner[order]
    starts = np.flatnonzero(np.r_[True, every[1:] != every[:-1]]) if len(every) else np.zeros(0, np.int64)
    lengths = np.diff(np.r_[starts, len(every)])
    codes = []
    for length in np.unique(lengths[(lengths > 1) & (lengths <= _FORM)]):
        rows = owner[starts[lengths == length][:, None] + np.arange(length)]  # [shingles, documents that hold it], ascending
        one, other = np.triu_indices(length, k=1)
        codes.append((rows[:, one] * len(documents) + rows[:, other]).ravel())
    pairs, counts = np.unique(np.concatenate(codes), return_counts=True) if codes else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
        left, right = documents[pair // len(documents)], documents[pair % len(documents)]
        share = count / min(sizes[pair // len(documents)], sizes[pair % len(documents)])
        if share > most and left.revision != right.revision:
            yield left, right, float(share), _passage(left, right)


def _shingles(document: Document, vocabulary: dict[str, int]) -> Any:
    """The distinct hashes of a document's shingles, uint64; of a text that is too short, its only one or none."""
    import numpy as np

    words = tokenize(document.text, document.language or "en")
    ids = np.array([vocabulary.setdefault(word, len(vocabulary) + 1) for word in words], dtype=np.uint64)
    width = min(SHINGLE, len(ids))
    if not width:
        return np.zeros(0, np.uint64)
    total = np.zeros(len(ids) - width + 1, np.uint64)
    for offset in range(width):
        total = total * np.uint64(_MULTIPLIER) + ids[offset : len(ids) - width + 1 + offset]
        total ^= total >> np.uint64(29)
    return np.unique(total)


def _passage(left: Document, right: Document) -> str:
    """The longest run of words that two documents share, as an example."""
    from difflib import SequenceMatcher

    one, other = left.text.split(), right.text.split()
    found = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return " ".join(one[found.a : found.a + found.size])
