"""Questions proposed from a log: what people asked most, with what they were told and where the documents say so.

No model writes here. Where an index is at hand, the sentence that fits the reply best (or,
without a reply, the question) is proposed as evidence, for the reviewer to confirm. Since
our own search found it, evidence that nobody read would make retrieval look good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.contexts import Retriever
from foundation.errors import DataError
from foundation.language import normalise
from knowledge_base.drafts import Draft, append_drafts, draft_id, read_drafts, stands_in
from knowledge_base.exposure import normal_text
from knowledge_base.model import KnowledgeBase, Span
from knowledge_base.user_logs import LoggedQuestion
from retrieval.model import Hit
from studies.answer_spans import sentences
from studies.draft_checks import near_duplicate
from studies.reading_logs import Log

_PASSAGES = 3  # searched for evidence, per question
_BATCH = 64
_FEWEST_WORDS = 4  # of a sentence that can be evidence: "Ship it." is like anything
_HOLDS = 101.0  # above any similarity: the reply stands in the sentence
_ALIKE = 60.0  # percent of a sentence's words, rapidfuzz's token set ratio: below, no evidence is proposed


@dataclass(frozen=True)
class LogSummary:
    """What a run did: proposed drafts, and logged questions that are asked or drafted already."""

    proposed: tuple[Draft, ...]
    known: int
    left: int  # beyond the number wanted


def draft_from_log(
    folder: Path,
    kb: KnowledgeBase,
    log: Log,
    searcher: Retriever | None,
    *,
    count: int = 20,
    language: str | None = None,
    progress: bool = True,
) -> LogSummary:
    """Propose the `count` most frequent questions of a log that neither the questions nor the drafts have.

    Args:
        folder: the knowledge base folder; drafts are appended there after each batch.
        kb: what was loaded from it.
        log: its personal data settled.
        searcher: finds evidence; None for none.
        language: take questions of this language only.

    Raises DataError when the log has questions and none of them is of `language`.
    """
    from tqdm import tqdm

    asked = [item for item in log.questions if language in (None, item.language)]
    if log.questions and not asked:
        there = ", ".join(f"{code} {number}" for code, number in Counter(item.language for item in log.questions).most_common())
        raise DataError(f"{log.name} has no question in {language!r}, nothing was drafted. Its questions by language: {there}.")
    drafts = read_drafts(folder)
    known = {normal_text(item.text, item.language) for item in kb.questions}
    known |= {normal_text(item.question, item.language) for item in drafts}
    ids = {draft.id for draft in drafts}
    fresh = [item for item in asked if draft_id("log", item.text) not in ids and not near_duplicate(item.text, item.language, known)]
    proposed: list[Draft] = []
    wanted = fresh[:count]
    with tqdm(total=len(wanted), desc="Drafting", unit="draft", disable=not progress) as bar:
        for first in range(0, len(wanted), _BATCH):
            batch = wanted[first : first + _BATCH]
            found = searcher.search([item.text for item in batch], _PASSAGES) if searcher else [[] for _ in batch]
            made = [_draft(item, hits, log.name) for item, hits in zip(batch, found, strict=True)]
            append_drafts(folder, made)
            proposed += made
            bar.update(len(made))
    return LogSummary(tuple(proposed), len(asked) - len(fresh), len(fresh) - len(wanted))


def _draft(item: LoggedQuestion, hits: Sequence[Hit], log: str) -> Draft:
    return Draft(
        id=draft_id("log", item.text),
        question=normalise(item.text),
        language=item.language,
        answer=normalise(item.reply),
        evidence=_evidence(item, hits),
        log=log,
        log_lines=item.lines,
        frequency=item.frequency,
    )


def _evidence(item: LoggedQuestion, hits: Sequence[Hit]) -> tuple[Span, ...]:
    """Return the sentence of the passages that holds the reply, else the most alike one, else nothing."""
    from rapidfuzz import fuzz

    said = normal_text(item.reply or item.text, item.language)
    best: tuple[float, Span] | None = None
    for hit in hits:
        for start, end in sentences(hit.chunk.text):
            quote = hit.chunk.text[start:end]
            if len(quote.split()) < _FEWEST_WORDS:
                continue
            holds = bool(item.reply) and stands_in(item.reply, [quote], item.language)
            score = _HOLDS if holds else fuzz.token_set_ratio(said, normal_text(quote, item.language))
            if score >= _ALIKE and (best is None or score > best[0]):
                chunk = hit.chunk
                best = score, Span(chunk.document_id, chunk.revision, chunk.start + start, chunk.start + end, quote)
    return () if best is None else (best[1],)
