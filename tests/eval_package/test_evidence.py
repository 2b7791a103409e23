"""Retrieval metrics against ir_measures, with passages as its documents."""

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.model import Answer
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item
from knowledge_base.model import Question, Span
from retrieval.model import Chunk, Hit


def span(document, start, end, revision="r", part=""):
    return Span(document, revision, start, end, "x" * (end - start), part)


def chunk(document, start, end, revision="r"):
    return Chunk(f"{document}@{start}-{end}", document, revision, start, end, "y" * (end - start))


def measured(evidence, chunks, retrieves=True, answerable="yes"):
    hits = tuple(Hit(found, 1.0 / rank, rank) for rank, found in enumerate(chunks, start=1))
    question = Question("q", "?", "en", answers=("x",) if answerable == "yes" else (), answerable=answerable, evidence=tuple(evidence))
    item = Item(question, Answer("x", hits=hits), "en", "s", retrieves)
    return METRICS.get("recall@k").score(item), METRICS.get("mrr").score(item)


@given(st.permutations(range(8)), st.integers(1, 8), st.sets(st.integers(0, 11), min_size=1, max_size=4))
def test_recall_and_mrr_equal_ir_measures(order, k, relevant):
    # One span in the middle of each relevant passage: then our spans and the judged passages are the same thing.
    recall, mrr = measured([span(f"d{i}", 10, 20) for i in sorted(relevant)], [chunk(f"d{i}", 0, 30) for i in order[:k]])
    qrels = [ir_measures.Qrel("q", f"d{i}", 1) for i in relevant]
    ranking = [ir_measures.ScoredDoc("q", f"d{i}", -float(rank)) for rank, i in enumerate(order[:k])]
    peer = ir_measures.calc_aggregate([ir_measures.R @ k, ir_measures.RR], qrels, ranking)
    assert recall.value == pytest.approx(peer[ir_measures.R @ k])
    assert mrr.value == pytest.approx(peer[ir_measures.RR])


def test_spans_of_one_part_are_alternatives_and_parts_are_all_needed():
    evidence = [span("a", 0, 9, part="price"), span("b", 0, 9, part="price"), span("c", 0, 9)]
    assert measured(evidence, [chunk("b", 0, 9)])[0].value == 0.5
    assert measured(evidence, [chunk("x", 0, 9), chunk("c", 0, 9), chunk("a", 0, 9)])[0].value == 1.0
    assert measured(evidence, [chunk("a", 0, 9), chunk("b", 0, 9)])[0].value == 0.5


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(0, 100, 1.0), (10, 20, 1.0), (0, 15, 1.0), (15, 40, 1.0), (0, 14, 0.0), (16, 40, 0.0), (20, 40, 0.0), (12, 17, 1.0)],
)
def test_a_passage_holds_a_span_with_at_least_half_of_it(start, end, found):
    recall, mrr = measured([span("d", 10, 20)], [chunk("d", start, end)])
    assert recall.value == found and mrr.value == found


def test_another_revision_of_the_document_holds_nothing():
    assert measured([span("d", 10, 20)], [chunk("d", 0, 30, revision="r2")])[0].value == 0.0


def test_finding_nothing_is_a_miss_only_for_a_system_that_retrieves():
    assert measured([span("d", 10, 20)], [])[0].value == 0.0
    assert measured([span("d", 10, 20)], [], retrieves=False)[0].status == "not applicable"


def test_without_evidence_there_is_no_number():
    assert measured([], [chunk("d", 0, 9)])[0].status == "unscored"
    assert measured([], [chunk("d", 0, 9)], answerable="no")[1].status == "not applicable"
