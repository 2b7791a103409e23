"""Questions proposed from passages by whatever engine the project names; a person accepts them later.

Answers come first (`studies.answer_spans`), spread over the documents by a seed; the engine
words one question for each. Every attempt goes to the drafts, those that a rule discards
too, so that the next run of the same engine goes on where this one stopped.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from chatbot.engine import Completion, Engine, Request, gather
from foundation.errors import DataError
from knowledge_base.drafts import Draft, Drafter, append_drafts, draft_id, read_drafts
from knowledge_base.exposure import normal_text
from knowledge_base.model import Document, KnowledgeBase, Span
from studies.answer_spans import AnswerSpan, answer_spans
from studies.draft_checks import fault, near_duplicate
from studies.drafting_prompt import draft_prompt, parse, statement

_MOST_TOKENS = 60  # of a completion: a question of thirty words
_COMMON = 3  # a name in this many documents is the company's own, and no answer
_POINTS_BACK = re.compile(
    r"(?:it|its|they|their|this|that|these|those|he|she|his|her|if that|in (?:this|that) case|such|"
    r"il|elle|ils|elles|ce|cet|cette|ces|cela|ceci|celui|celle|dans ce cas|son|sa|ses|leur|leurs)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class DraftingSummary:
    """What a run did. `discarded` counts attempts by the rule that they failed; `left` possible answers were not tried."""

    proposed: tuple[Draft, ...]
    discarded: dict[str, int]
    left: int


@dataclass(frozen=True)
class _Candidate:
    document: Document
    span: AnswerSpan

    @property
    def answer(self) -> str:
        return self.document.text[self.span.start : self.span.end]

    @property
    def evidence(self) -> Span:
        start, end = self.span.sentence_start, self.span.sentence_end
        return Span(self.document.id, self.document.revision, start, end, self.document.text[start:end])


def draft_from_passages(
    folder: Path,
    kb: KnowledgeBase,
    engine: Engine,
    *,
    count: int = 20,
    seed: int = 0,
    language: str | None = None,
    batch: int = 16,
    progress: bool = True,
) -> DraftingSummary:
    """Propose up to `count` questions on sentences that no question and no draft has as its evidence.

    Args:
        folder: the knowledge base folder; drafts are appended there after each batch.
        kb: what was loaded from it.
        engine: any engine; it is asked `batch` times at once.
        count: drafts wanted, at least 1; fewer come when the documents hold no more answers.
        seed: draws documents, sentences and answers.
        language: take documents of this language only.

    Raises DataError when no document is in `language`, EngineError when the engine fails;
    what was drafted before is kept, as on an interrupt.
    """
    from tqdm import tqdm

    documents = [document for document in kb.documents if language in (None, document.language)]
    if not documents:
        there = ", ".join(sorted({document.language or "unknown" for document in kb.documents}))
        raise DataError(f"no document is in the language {language!r}. There are: {there}.")
    info, drafts = engine.info(), read_drafts(folder)
    drafters = {
        code: Drafter(info.engine, info.model, info.model_fingerprint, draft_prompt(code).fingerprint) for code in _languages(documents)
    }
    waiting = list(_candidates(documents, kb, drafts, set(drafters.values()), seed))
    known = {normal_text(item.text, item.language) for item in kb.questions}
    known |= {normal_text(item.question, item.language) for item in drafts if item.status != "discarded"}
    proposed: list[Draft] = []
    discarded: Counter[str] = Counter()
    with tqdm(total=count, desc="Drafting", unit="draft", disable=not progress) as bar:
        while waiting and len(proposed) < count:
            size = min(batch, count - len(proposed))
            some, waiting = waiting[:size], waiting[size:]
            for candidate, done in zip(some, _complete(engine, some), strict=True):
                drafter = drafters[candidate.document.language or "en"]
                draft = _judge(candidate, done, drafter, known)
                append_drafts(folder, [draft])
                if draft.status == "discarded":
                    discarded[draft.reason] += 1
                else:
                    proposed.append(draft)
                    known.add(normal_text(draft.question, draft.language))
                    bar.update()
    return DraftingSummary(tuple(proposed), dict(discarded.most_common()), len(waiting))


def _languages(documents: Iterable[Document]) -> set[str]:
    return {document.language or "en" for document in documents}


def _complete(engine: Engine, candidates: Sequence[_Candidate]) -> list[Completion]:
    requests = []
    for number, candidate in enumerate(candidates):
        prompt = draft_prompt(candidate.document.language or "en")
        messages = prompt.messages(statement(candidate.document, candidate.span), candidate.answer, candidate.span.kind)
        requests.append(Request(f"draft-{number}", messages, None, _MOST_TOKENS))
    done = gather(engine.run(requests))
    return [done[request.id] for request in requests]


def _judge(candidate: _Candidate, done: Completion, drafter: Drafter, known: set[str]) -> Draft:
    """Return the draft of one completion, discarded with a reason where a rule finds fault."""
    document, language = candidate.document, candidate.document.language or "en"
    question, given = parse(done.text)
    sentence = candidate.evidence.quote
    reason = fault(question, candidate.answer, given, sentence, f"{document.title}\n{document.text}", language)
    if reason is None and near_duplicate(question, language, known):
        reason = "asks what is asked already"
    return Draft(
        id=draft_id(document.id, sentence, candidate.answer, drafter),
        question=question,
        language=language,
        answer=candidate.answer if reason or not given else given,
        status="discarded" if reason else "proposed",
        evidence=(candidate.evidence,),
        drafter=drafter,
        reason=reason or "",
    )


def _candidates(
    documents: Sequence[Document], kb: KnowledgeBase, drafts: Sequence[Draft], drafters: set[Drafter], seed: int
) -> Iterator[_Candidate]:
    """Yield one answer per sentence, a document's turn at a time, names after everything else."""
    spans = [span for question in kb.questions for span in question.evidence]
    spans += [span for draft in drafts if draft.status != "discarded" or draft.drafter in drafters for span in draft.evidence]
    taken: dict[str, list[Span]] = {}
    for span in spans:
        taken.setdefault(span.document_id, []).append(span)
    common = _common_names(documents)
    rounds: list[list[_Candidate]] = []
    generator = random.Random(seed)
    for document in documents:
        by_sentence: dict[tuple[int, int], list[_Candidate]] = {}
        for found in answer_spans(document.text):
            candidate = _Candidate(document, found)
            place = (found.sentence_start, found.sentence_end)
            if (
                candidate.answer in document.title
                or candidate.answer in common
                or _POINTS_BACK.match(candidate.evidence.quote)
                or any(other.overlaps(document.id, *place) for other in taken.get(document.id, ()))
            ):
                continue
            by_sentence.setdefault(place, []).append(candidate)
        chosen = [generator.choice([item for item in some if item.span.kind != "name"] or some) for some in by_sentence.values()]
        generator.shuffle(chosen)
        rounds.append(sorted(chosen, key=lambda item: item.span.kind == "name"))
    generator.shuffle(rounds)
    for turn in zip_longest(*rounds):
        yield from (candidate for candidate in turn if candidate is not None)


def _common_names(documents: Sequence[Document]) -> set[str]:
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update({document.text[span.start : span.end] for span in answer_spans(document.text) if span.kind == "name"})
    return {name for name, number in counts.items() if number >= _COMMON}
