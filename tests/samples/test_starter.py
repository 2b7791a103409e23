"""The shipped sample is what it says it is."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

import knowledge_base
from foundation.language import normal_answer, tokenize
from knowledge_base.checking import check
from knowledge_base.exposure import exposure, leaks
from knowledge_base.loading import load
from knowledge_base.model import KnowledgeBase


@pytest.fixture(scope="module")
def starter() -> KnowledgeBase:
    return load("starter")


def test_counts_are_those_of_the_readme(starter: KnowledgeBase) -> None:
    assert len(starter.documents) >= 16
    assert Counter(question.split for question in starter.questions) == {"train": 60, "test": 60}
    assert Counter(question.kind for question in starter.questions) == {"paraphrase": 80, "unseen": 20, "train-only": 20}
    assert len({question.fact for question in starter.questions}) == 80


def test_each_canonical_answer_stands_in_its_evidence(starter: KnowledgeBase) -> None:
    for question in starter.questions:
        assert question.answers
        assert question.evidence
        assert any(question.answers[0] in span.quote for span in question.evidence), question.id


def test_the_two_wordings_of_a_fact_are_different_sentences(starter: KnowledgeBase) -> None:
    questions = sorted((q for q in starter.questions if q.kind == "paraphrase"), key=lambda q: q.fact)
    pairs = [tuple(group) for _, group in groupby(questions, key=lambda q: q.fact)]
    assert len(pairs) == 40
    for first, second in pairs:
        assert {first.split, second.split} == {"train", "test"}
        one, two = set(tokenize(first.text)), set(tokenize(second.text))
        assert len(one & two) / len(one | two) < 0.5, (first.text, second.text)
        assert first.answers == second.answers


def test_exposure_is_computed_as_the_sample_was_written(starter: KnowledgeBase) -> None:
    training = starter.split("train")
    assert Counter(exposure(question, training) for question in starter.split("test")) == {"paraphrase": 40, "unseen": 20}
    assert not leaks(training, starter.split("test"))


def test_no_question_gives_its_answer_away(starter: KnowledgeBase) -> None:
    for question in starter.questions:
        asked, answer = " ".join(normal_answer(question.text)), " ".join(normal_answer(question.answers[0]))
        assert f" {answer} " not in f" {asked} ", question.id


def test_the_check_finds_nothing_wrong(starter: KnowledgeBase) -> None:
    assert [finding for finding in check(starter) if finding.severity != "note"] == []


def test_the_audit_table_agrees_with_the_questions(starter: KnowledgeBase) -> None:
    folder = Path(next(iter(knowledge_base.__path__))) / "samples" / "starter"
    with open(folder / "facts.csv", newline="", encoding="utf-8") as stream:
        table = {row["fact"]: row for row in csv.DictReader(stream)}
    for question in starter.questions:
        assert table[question.fact]["document_id"] == question.group
        assert table[question.fact]["value"] == question.answers[0]
