"""What `ragft kb rebase` says: passages to read, quotes that are lost, and the sum of it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge_base.rebasing import Rebase
    from knowledge_base.relocating import Anchoring

_ADVICE = {
    "answer changed": "the passage is there and no gold answer stands in it: the answer may be stale. Mend answers and quote.",
    "sense changed": "figures or negations of the passage changed beside the gold answer: read it, mend quote and answers.",
    "ambiguous": "it stands in {count} places and nothing tells which is meant: add 'start', quote more of it, or give --from.",
    "quote gone": "it stands there no more: read what comes nearest, quote another sentence, or mark the question unanswerable.",
    "document gone": "its document is gone and no other has it: quote another document, or mark the question unanswerable.",
}


def lines(done: Rebase) -> Iterator[str]:
    """Yield the lines to print, the quotes that need a person last but for the sum."""
    for found in done.anchorings:
        if found.anchored and found.quote != found.passage:
            yield f"{_where(found)}: reworded in {found.document_id} ({found.similarity:.0f} %), read whether it still answers"
            yield from _passages(found)
        elif found.outcome == "other document":
            yield f"{_where(found)}: now in {found.document_id}"
    for found in done.lost:
        yield f"{_where(found)}: {found.outcome} in {found.document_id}: {_ADVICE[found.outcome].format(count=found.count)}"
        yield from _passages(found)
    counts = Counter(found.outcome for found in done.anchorings)
    listed = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
    yield f"{len(done.anchorings)} quotes of {done.questions} questions: {listed or 'none'}"
    unsure = sum(found.unsure for found in done.anchorings)
    if unsure:
        yield f"{unsure} of the moved quotes have under five words, which may stand elsewhere by chance: --from OLD_FOLDER checks them"
    left = len({found.line for found in done.lost})
    if left:
        yield f"{left} questions were left as they were. Mend them in {done.file}, then: ragft kb check"
    if done.backup is not None:
        yield f"{len(done.rewritten)} questions rewritten; the file as it was: {done.backup}"
    elif done.rewritten:
        yield f"{len(done.rewritten)} questions would be rewritten; nothing was written (--dry-run)"


def _where(found: Anchoring) -> str:
    return f"line {found.line}, question {found.question_id}"


def _passages(found: Anchoring) -> Iterator[str]:
    yield f"  was: {' '.join(found.quote.split())}"
    if found.passage:
        near = f" ({found.similarity:.0f} %)" if found.similarity is not None else ""
        yield f"  now{near}: {' '.join(found.passage.split())}"
