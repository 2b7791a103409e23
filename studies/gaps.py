"""Logged questions that no document answers: the worst-found ones, gathered into topics.

A question counts as a gap when its nearest passage is less similar than the nearest
passage of nearly all questions that the documents do answer. That is a sieve, not a proof:
it finds other subjects well and missing details of a covered subject poorly, so its power
is measured on the knowledge base's own questions and told with every result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.contexts import Retriever
from foundation.errors import DataError
from knowledge_base.model import KnowledgeBase, Question
from knowledge_base.user_logs import LoggedQuestion
from retrieval.model import Hit

if TYPE_CHECKING:
    from retrieval.embedders import Embedder

MISSED = 0.05  # share of answerable questions that the threshold gives up
TOPIC_DISTANCE = 0.5  # cosine distance from which two groups of questions are two topics (average linkage)
MOST_CLUSTERED = 5000  # questions: all pairs are held in memory, 200 MB of them
_FEWEST = 20  # questions that a threshold, or a measure of its power, can rest on
_DEEP = 50  # hits searched to find one outside a question's own documents
_BATCH = 256


@dataclass(frozen=True)
class Calibration:
    """Where the threshold comes from, and how well it separates.

    `auc` is the chance that an answerable question scores above one without an answer
    (0.5: no better than tossing a coin); `caught` the share of those that fall below the
    threshold. Both are None where there is nothing to measure them on.
    """

    threshold: float
    source: str
    answerable: int = 0
    without_answer: int = 0
    simulated: bool = False  # the ones without an answer are answerable ones whose own documents were left out
    auc: float | None = None
    caught: float | None = None


@dataclass(frozen=True)
class Gap:
    """One logged question that no document seems to answer, with the passage that came nearest."""

    question: LoggedQuestion
    score: float
    nearest: str  # document id, "" when the index is empty
    nearest_title: str


@dataclass(frozen=True)
class Topic:
    """Gaps on one subject. The first is the medoid: the one most like all others."""

    gaps: tuple[Gap, ...]
    asked: int  # times, in the log


@dataclass(frozen=True)
class Gaps:
    """What was found in a log: topics, the most asked first."""

    calibration: Calibration
    topics: tuple[Topic, ...]
    questions: int  # distinct ones in the log
    gaps: int  # distinct ones among them below the threshold
    left_out: int  # gaps beyond `MOST_CLUSTERED`, the least frequent


def calibrate(kb: KnowledgeBase, searcher: Retriever, threshold: float | None = None, *, progress: bool = True) -> Calibration:
    """Return the threshold that gives up 5 % of the answerable questions, and how well it separates.

    Held against the questions that are marked unanswerable when there are 20 or more, else
    against the answerable ones with their own documents left out of the search: that is
    how a question scores when its document is missing.

    Raises DataError when there are fewer than 20 answerable questions and `threshold` is None.
    """
    import numpy as np

    answerable = [question for question in kb.questions if question.answerable == "yes" and question.evidence and not question.history]
    refused = [question for question in kb.questions if question.answerable == "no" and not question.history]
    if len(answerable) < _FEWEST:
        if threshold is None:
            raise DataError(
                f"a threshold rests on {_FEWEST} answerable questions with evidence, and there are {len(answerable)}. "
                "Give one with --threshold (ragft index search shows scores), or accept some drafts first."
            )
        return Calibration(threshold, "given", len(answerable))
    hits = list(_search(searcher, answerable, _DEEP, progress))
    known = np.array([_best(found) for found in hits])
    simulated = len(refused) < _FEWEST
    if simulated:
        elsewhere = [_elsewhere(question, found) for question, found in zip(answerable, hits, strict=True)]
        unknown = np.array([_best(found) for found in elsewhere if found])
    else:
        unknown = np.array([_best(found) for found in _search(searcher, refused, 1, progress)])
    chosen = float(np.quantile(known, MISSED)) if threshold is None else threshold
    return Calibration(
        threshold=chosen,
        source="given" if threshold is not None else f"{MISSED:.0%} quantile of the nearest passage's score, answerable questions",
        answerable=len(known),
        without_answer=len(unknown),
        simulated=simulated,
        auc=separation(known.tolist(), unknown.tolist()) if len(unknown) else None,
        caught=float((unknown < chosen).mean()) if len(unknown) else None,
    )


def separation(answerable: Sequence[float], without_answer: Sequence[float]) -> float:
    """Return the chance that a score of the first is above one of the second, ties counted half: the area under the ROC curve.

    Source: Hanley and McNeil 1982, the Mann-Whitney statistic.

    >>> separation([0.9, 0.8], [0.1, 0.8])
    0.875
    """
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu(answerable, without_answer).statistic) / (len(answerable) * len(without_answer))


def find_gaps(
    questions: Sequence[LoggedQuestion], calibration: Calibration, searcher: Retriever, embedder: Embedder, *, progress: bool = True
) -> Gaps:
    """Return the logged questions below the threshold, in topics."""
    gaps: list[Gap] = []
    for question, hits in zip(questions, _search(searcher, questions, 1, progress), strict=True):
        if _best(hits) < calibration.threshold:
            chunk = hits[0].chunk if hits else None
            gaps.append(Gap(question, _best(hits), chunk.document_id if chunk else "", chunk.title if chunk else ""))
    gaps.sort(key=lambda gap: (-gap.question.frequency, gap.question.lines))
    return Gaps(calibration, _topics(gaps[:MOST_CLUSTERED], embedder), len(questions), len(gaps), max(len(gaps) - MOST_CLUSTERED, 0))


def _topics(gaps: Sequence[Gap], embedder: Embedder) -> tuple[Topic, ...]:
    """Group gaps by average-linkage clustering of their vectors; Source: Sokal and Michener 1958 (UPGMA)."""
    import numpy as np
    from sklearn.cluster import AgglomerativeClustering

    if len(gaps) < 2:
        return tuple(Topic((gap,), gap.question.frequency) for gap in gaps)
    vectors = embedder.encode_queries([gap.question.text for gap in gaps])
    similar = vectors @ vectors.T
    labels = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=TOPIC_DISTANCE
    ).fit_predict(np.clip(1 - similar, 0, 2))
    topics = []
    for label in range(int(labels.max()) + 1):
        members = np.flatnonzero(labels == label)
        central = similar[np.ix_(members, members)].sum(axis=1)
        order = members[np.argsort(-central, kind="stable")]
        chosen = tuple(gaps[int(place)] for place in order)
        topics.append(Topic(chosen, sum(gap.question.frequency for gap in chosen)))
    return tuple(sorted(topics, key=lambda topic: (-topic.asked, topic.gaps[0].question.lines)))


def _search(searcher: Retriever, questions: Sequence[Question | LoggedQuestion], k: int, progress: bool) -> Iterator[list[Hit]]:
    from tqdm import tqdm

    with tqdm(total=len(questions), desc="Searching", unit="question", disable=not progress, delay=2.0) as bar:
        for first in range(0, len(questions), _BATCH):
            batch = questions[first : first + _BATCH]
            yield from searcher.search([item.text for item in batch], k)
            bar.update(len(batch))


def _elsewhere(question: Question, hits: Sequence[Hit]) -> list[Hit]:
    own = {span.document_id for span in question.evidence}
    return [hit for hit in hits if hit.chunk.document_id not in own]


def _best(hits: Sequence[Hit]) -> float:
    return hits[0].score if hits else -1.0
