"""Metrics on passages and citations: against ir_measures, with passages as its documents, and by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.citations import parse
from chatbot.model import Answer, Citation
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item
from eval.model import Score
from knowledge_base.model import Question, Span
from retrieval.model import Chunk, Hit

RETRIEVAL = ("recall@k", "precision@k", "mrr", "ndcg@k", "all_evidence")
QUESTION = Question("q", "?", "en", answers=("x",), answerable="yes")


def span(document: str, start: int, end: int, revision: str = "r", part: str = "") -> Span:
    return Span(document, revision, start, end, "x" * (end - start), part)


def chunk(document: str, start: int, end: int, revision: str = "r") -> Chunk:
    return Chunk(f"{document}@{start}-{end}", document, revision, start, end, "y" * (end - start))


def hits_of(chunks: Sequence[Chunk]) -> tuple[Hit, ...]:
    return tuple(Hit(found, 1.0 / rank, rank) for rank, found in enumerate(chunks, start=1))


def measured(
    metric: str, evidence: Sequence[Span], chunks: Sequence[Chunk], retrieves: bool = True, question: Question = QUESTION
) -> Score:
    item = Item(dataclasses.replace(question, evidence=tuple(evidence)), Answer("x", hits=hits_of(chunks)), "en", "s", retrieves)
    return METRICS.get(metric).score(item)


def cited(metric: str, text: str, evidence: Sequence[Span], chunks: Sequence[Chunk], abstained: bool = False) -> float | str:
    hits = hits_of(chunks)
    right, wrong = parse(text, hits)
    answer = Answer(text, right, wrong, hits, abstained)
    found = METRICS.get(metric).score(Item(dataclasses.replace(QUESTION, evidence=tuple(evidence)), answer, "en", "s"))
    return found.status if found.value is None else found.value


@given(st.permutations(range(8)), st.integers(1, 8), st.sets(st.integers(0, 11), min_size=1, max_size=6))
def test_retrieval_metrics_equal_ir_measures_with_one_passage_for_each_part(order: list[int], k: int, relevant: set[int]) -> None:
    # One span in the middle of each relevant passage: then our spans and the judged passages are the same thing.
    evidence, shown = [span(f"d{i}", 10, 20) for i in sorted(relevant)], [chunk(f"d{i}", 0, 30) for i in order[:k]]
    qrels = [ir_measures.Qrel("q", f"d{i}", 1) for i in relevant]
    ranking = [ir_measures.ScoredDoc("q", f"d{i}", -float(rank)) for rank, i in enumerate(order[:k])]
    names = {
        "recall@k": ir_measures.R @ k,
        "precision@k": ir_measures.P @ k,
        "mrr": ir_measures.RR,
        "ndcg@k": ir_measures.nDCG,  # without a cutoff: the ideal has all parts, however few passages were shown
    }
    peer = ir_measures.calc_aggregate(list(names.values()), qrels, ranking)
    for name, measure in names.items():
        assert measured(name, evidence, shown).value == pytest.approx(peer[measure], abs=1e-6)
    assert measured("all_evidence", evidence, shown).value == float(relevant <= set(order[:k]))


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(1, 40)), max_size=6),
    st.lists(st.integers(0, 60), min_size=1, max_size=4),
)
def test_any_passages_and_evidence_stay_within_0_and_1(passages: list[tuple[int, int, int]], starts: list[int]) -> None:
    evidence = [span("d0", start, start + 10, part=f"p{start % 3}") for start in starts]
    shown = [chunk(f"d{document}", start, start + length) for document, start, length in passages]
    found = {name: measured(name, evidence, shown).value for name in RETRIEVAL}
    assert all(value is not None and 0 <= value <= 1 for value in found.values())
    assert (found["all_evidence"] == 1.0) == (found["recall@k"] == 1.0)


def test_one_passage_with_two_parts_is_as_good_as_it_gets() -> None:
    both = [span("d", 0, 9), span("d", 10, 19)]
    assert measured("ndcg@k", both, [chunk("d", 0, 30), chunk("x", 0, 9)]).value == 1.0
    # by hand: both parts at rank 2, so 2 / log2(3) over 1 + 1 / log2(3)
    assert measured("ndcg@k", both, [chunk("x", 0, 9), chunk("d", 0, 30)]).value == pytest.approx(1.2618595 / 1.6309298)


def test_fewer_passages_shown_do_not_make_the_ranking_better() -> None:
    both = [span("d", 0, 9), span("e", 0, 9)]
    alone, among_four = [chunk("d", 0, 9)], [chunk("d", 0, 9), *(chunk(name, 0, 9) for name in "xyz")]
    # by hand, and ir_measures nDCG@4 of the same ranking: 1 over 1 + 1 / log2(3)
    assert measured("ndcg@k", both, alone).value == measured("ndcg@k", both, among_four).value == pytest.approx(1 / 1.6309298)
    assert (measured("precision@k", both, alone).value, measured("precision@k", both, among_four).value) == (1.0, 0.25)


def test_spans_of_one_part_are_alternatives_and_parts_are_all_needed() -> None:
    evidence = [span("a", 0, 9, part="price"), span("b", 0, 9, part="price"), span("c", 0, 9)]
    assert measured("recall@k", evidence, [chunk("b", 0, 9)]).value == 0.5
    assert measured("recall@k", evidence, [chunk("x", 0, 9), chunk("c", 0, 9), chunk("a", 0, 9)]).value == 1.0
    assert measured("recall@k", evidence, [chunk("a", 0, 9), chunk("b", 0, 9)]).value == 0.5
    assert measured("precision@k", evidence, [chunk("a", 0, 9), chunk("b", 0, 9)]).value == 1.0


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(0, 100, 1.0), (10, 20, 1.0), (0, 15, 1.0), (15, 40, 1.0), (0, 14, 0.0), (16, 40, 0.0), (20, 40, 0.0), (12, 17, 1.0)],
)
def test_a_passage_holds_a_span_with_at_least_half_of_it(start: int, end: int, found: float) -> None:
    assert {measured(name, [span("d", 10, 20)], [chunk("d", start, end)]).value for name in RETRIEVAL} == {found}


def test_another_revision_of_the_document_holds_nothing() -> None:
    assert measured("recall@k", [span("d", 10, 20)], [chunk("d", 0, 30, revision="r2")]).value == 0.0


@pytest.mark.parametrize("name", RETRIEVAL)
def test_finding_nothing_is_a_miss_only_for_a_system_that_retrieves(name: str) -> None:
    assert measured(name, [span("d", 10, 20)], []).value == 0.0
    assert measured(name, [span("d", 10, 20)], [], retrieves=False).status == "not applicable"


@pytest.mark.parametrize("name", RETRIEVAL)
def test_without_evidence_there_is_no_number(name: str) -> None:
    unanswerable = dataclasses.replace(QUESTION, answers=(), answerable="no")
    assert measured(name, [], [chunk("d", 0, 9)]).status == "unscored"
    assert measured(name, [], [chunk("d", 0, 9)], question=unanswerable).status == "not applicable"


def test_an_imported_answer_that_cites_documents_is_held_against_them_though_its_passages_are_unknown() -> None:
    item = Item(dataclasses.replace(QUESTION, evidence=tuple(BOTH)), Answer("A", (Citation(1, "d", "r", 0, 99),)), "en", "s")
    assert METRICS.get("citation_recall").score(item).value == 0.5


PASSAGES = [chunk("d", 0, 30), chunk("x", 0, 30), chunk("e", 0, 30)]
BOTH = [span("d", 10, 20), span("e", 10, 20)]


@pytest.mark.parametrize(
    ("text", "precision", "recall"),
    [
        ("A [1], B [3].", 1.0, 1.0),
        ("A [1].", 1.0, 0.5),
        ("A [1, 2].", 0.5, 0.5),
        ("A [2].", 0.0, 0.0),
        ("A [1], B [9].", 0.5, 0.5),  # a number without a passage is a wrong citation
        ("A [1–3].", 2 / 3, 1.0),
        ("A [1] in [2020].", 1.0, 0.5),  # a year is none
        ("A.", "not applicable", 0.0),
        ("", "not applicable", 0.0),
    ],
)
def test_citations_by_hand(text: str, precision: float | str, recall: float | str) -> None:
    assert (cited("citation_precision", text, BOTH, PASSAGES), cited("citation_recall", text, BOTH, PASSAGES)) == (precision, recall)


def test_citations_do_not_apply_without_passages_and_are_unscored_without_evidence() -> None:
    assert cited("citation_recall", "A.", BOTH, []) == "not applicable"
    assert cited("citation_recall", "A [1].", BOTH, []) == "not applicable"  # a stray number of a system that is shown nothing
    assert cited("citation_recall", "I don't know.", BOTH, PASSAGES, abstained=True) == "not applicable"
    assert cited("citation_precision", "A [1].", BOTH, []) == 0.0  # it points, and there is nothing
    assert {cited(name, "A [1].", [], PASSAGES) for name in ("citation_precision", "citation_recall")} == {"unscored"}
