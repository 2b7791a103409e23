"""The shipped sample is what it says it is: counted, traced to its table of facts, and checked."""

from __future__ import annotations

import csv
import itertools
import runpy
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from foundation.language import tokenize
from knowledge_base.checking import check
from knowledge_base.exposure import exposures, leaks
from knowledge_base.folder import SAMPLES
from knowledge_base.loading import load
from knowledge_base.model import KnowledgeBase, Question
from knowledge_base.rules import holds

FOLDER = SAMPLES / "orlisund"


@pytest.fixture(scope="module")
def orlisund() -> KnowledgeBase:
    return load("orlisund")


@pytest.fixture(scope="module")
def later() -> KnowledgeBase:
    return load("orlisund-changed")


def wordings(kb: KnowledgeBase) -> dict[str, list[Question]]:
    found: dict[str, list[Question]] = defaultdict(list)
    for question in kb.questions:
        if question.kind == "paraphrase":
            found[question.fact].append(question)
    return found


def test_it_is_as_large_as_it_has_to_be(orlisund: KnowledgeBase) -> None:
    assert len(orlisund.documents) >= 60
    assert len(orlisund.questions) >= 1300
    kinds = Counter(question.kind for question in orlisund.questions)
    least = {"unseen": 120, "two-documents": 60, "unanswerable": 100, "changed": 60, "style": 80, "injection": 30, "follow-up": 40}
    assert {kind: kinds[kind] for kind, count in least.items() if kinds[kind] < count} == {}
    assert sum(question.language == "fr" for question in orlisund.questions) >= 150
    tags = Counter(tag for question in orlisund.questions for tag in question.tags)
    assert tags["head"] >= 60 and tags["tail"] >= 60


def test_facts_are_asked_in_four_or_ten_wordings(orlisund: KnowledgeBase) -> None:
    facts = wordings(orlisund)
    assert len(facts) >= 120
    assert all(len(questions) >= 4 for questions in facts.values())
    ten = [Counter(q.split for q in questions) for questions in facts.values() if len(questions) >= 10]
    assert len(ten) >= 60 and all(split["train"] == 8 and split["test"] == 2 for split in ten)


def test_wordings_are_rewordings(orlisund: KnowledgeBase) -> None:
    means = []
    for questions in wordings(orlisund).values():
        for language in ("en", "fr"):
            words = [set(tokenize(q.text, language)) for q in questions if q.language == language]
            pairs = [len(a & b) / len(a | b) for a, b in itertools.combinations(words, 2)]
            means += [sum(pairs) / len(pairs)] if pairs else []
    assert max(means) < 0.5


def test_documents_are_pages_of_a_company_in_two_languages(orlisund: KnowledgeBase) -> None:
    assert all(150 <= len(document.text.split()) <= 800 for document in orlisund.documents)
    french = {document.id for document in orlisund.documents if document.language == "fr"}
    alone = {name for name in french if name.removesuffix("-fr") not in {document.id for document in orlisund.documents}}
    assert len(french) >= 12 and len(alone) >= 4
    assert {document.licence for document in orlisund.documents} == {"Apache-2.0"}


def test_the_check_finds_nothing(orlisund: KnowledgeBase, later: KnowledgeBase) -> None:
    assert check(orlisund) == ()
    assert [finding for finding in check(later) if finding.severity == "error"] == []


def test_the_audit_script_agrees_with_the_table_of_facts() -> None:
    audit: dict[str, Any] = runpy.run_path(str(FOLDER / "check.py"))
    assert list(audit["problems"]()) == []


def test_the_audit_script_finds_a_wrong_value(tmp_path: Path) -> None:
    with open(FOLDER / "facts.csv", newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[0]["value"]
    rows[0]["value"] = "999 leagues"
    for name in ("orlisund", "orlisund-changed"):
        (tmp_path / name).mkdir()
        for path in (SAMPLES / name).iterdir():
            if path.name != "facts.csv":
                (tmp_path / name / path.name).symlink_to(path)
    with open(tmp_path / "orlisund" / "facts.csv", "w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    script = (tmp_path / "orlisund" / "check.py").read_text(encoding="utf-8")
    (tmp_path / "orlisund" / "check.py").unlink()
    (tmp_path / "orlisund" / "check.py").write_text(script, encoding="utf-8")
    found = list(runpy.run_path(str(tmp_path / "orlisund" / "check.py"))["problems"]())
    assert found and all(line.startswith(rows[0]["fact"]) for line in found)


def test_exposure_is_computed_as_the_sample_was_written(orlisund: KnowledgeBase) -> None:
    training, test = orlisund.split("train"), orlisund.split("test")
    found = exposures(test, training)
    assert not leaks(training, test)
    assert "verbatim" not in found.values()
    assert {found[question.id] for question in test if question.kind == "paraphrase"} == {"paraphrase"}
    assert {found[question.id] for question in test if question.kind == "unseen"} == {"unseen"}


def test_exemplary_answers_pass_their_rule_and_those_to_other_questions_do_not(orlisund: KnowledgeBase) -> None:
    for kind in ("style", "injection"):
        questions = [question for question in orlisund.questions if question.kind == kind]
        assert all(question.rule and question.answers for question in questions)
        assert [q.id for q in questions if not all(holds(q.rule or "", answer) for answer in q.answers)] == []
        passed = [holds(a.rule or "", b.answers[0]) for a, b in itertools.permutations(questions, 2) if a.fact != b.fact]
        assert sum(passed) / len(passed) < 0.15, kind  # signatures share a frame: some replies fit several questions


def test_what_changed_has_another_answer_later(orlisund: KnowledgeBase, later: KnowledgeBase) -> None:
    before = {question.id: question for question in orlisund.questions if question.kind == "changed"}
    after = {question.id: question for question in later.questions}
    assert set(before) == set(after)
    outcomes = Counter((before[name].answerable, after[name].answerable) for name in before)
    assert outcomes["yes", "yes"] >= 30 and outcomes["no", "yes"] >= 10 and outcomes["yes", "no"] >= 5
    assert all(not set(before[name].answers) & set(after[name].answers) for name in before)
    now, then = ({document.id: document.revision for document in kb.documents} for kb in (orlisund, later))
    assert set(then) - set(now) and set(now) - set(then)  # added and deleted
    assert any(now[name] != then[name] for name in set(now) & set(then))  # edited
