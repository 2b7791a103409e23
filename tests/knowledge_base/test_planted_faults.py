"""Thirty faults and more, planted one at a time into a copy of a sample: `check` names each, and nothing in the clean sample."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge_base.checking import check_folder
from knowledge_base.checks.codes import CODES
from knowledge_base.loading import locate

SAMPLE = "orlisund"
KEPT = ("product", "price", "faq")  # how the documents of the small copy begin
SOURCES = ("few", pytest.param("whole", marks=pytest.mark.slow))

Row = dict[str, Any]
Plant = Callable[[Path, list[Row]], str]  # changes folder and rows, returns where the finding must point
PLANTS: dict[str, tuple[str, Plant]] = {}


def plant(code: str) -> Callable[[Plant], Plant]:
    def register(function: Plant) -> Plant:
        PLANTS[function.__name__] = (code, function)
        return function

    return register


def of(row: Row) -> str:
    return f"question {row['id']}"


def quoted(rows: list[Row], **wanted: Any) -> Row:
    """The first plain question with evidence and an answer that stands in its quote."""
    return next(
        row
        for row in rows
        if len(row.get("evidence") or ()) == 1
        and row["language"] == "en"
        and not row.get("rule")
        and "abstractive" not in row["tags"]
        and row["answers"][0].split()[0].isdigit()
        and row["answers"][0] in row["evidence"][0]["quote"]
        and all(row[key] == value for key, value in wanted.items())
    )


def document(folder: Path, row: Row) -> Path:
    return folder / "documents" / f"{row['evidence'][0]['document_id']}.md"


def add(rows: list[Row], like: Row, **changes: Any) -> Row:
    rows.append(like | {"id": "planted"} | changes)
    return rows[-1]


@plant("quote-mismatch")
def a_word_of_a_quote_is_changed(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["evidence"][0] = row["evidence"][0] | {"quote": "Moreover " + row["evidence"][0]["quote"]}
    return of(row)


@plant("quote-mismatch")
def a_document_is_edited_under_its_quote(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    path, quote = document(folder, row), row["evidence"][0]["quote"]
    path.write_text(path.read_text("utf-8").replace(quote, quote.replace(" ", "  ", 1)), "utf-8")
    return of(row)


@plant("quote-mismatch")
def an_offset_is_wrong(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["evidence"][0] = row["evidence"][0] | {"start": 3}
    return of(row)


@plant("quote-ambiguous")
def a_quote_stands_twice(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["evidence"][0] = {"document_id": row["evidence"][0]["document_id"], "quote": "the"}
    return of(row)


@plant("quote-empty")
def a_quote_is_empty(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["evidence"][0] = row["evidence"][0] | {"quote": ""}
    return of(row)


@plant("unknown-document")
def a_document_is_renamed(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    document(folder, row).rename(folder / "documents" / "renamed.md")
    return of(row)


@plant("no-evidence")
def evidence_is_missing(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["evidence"] = []
    return of(row)


@plant("answer-not-in-quote")
def an_answer_is_not_in_its_quote(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["answers"] = ["eighty-one furlongs"]
    return of(row)


@plant("answers-disagree")
def two_answers_have_different_numbers(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["answers"] = ["61 furlongs", *row["answers"], "16 furlongs"]
    return of(row)


@plant("unanswerable-with-answers")
def an_unanswerable_question_has_an_answer(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["answerable"] = False
    return of(row)


@plant("unanswerable-with-evidence")
def an_unanswerable_question_has_evidence(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row |= {"answerable": False, "answers": []}
    return of(row)


@plant("no-answer")
def an_answerable_question_has_no_answer(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["answers"] = []
    return of(row)


@plant("unscored")
def an_answer_is_unknown(folder: Path, rows: list[Row]) -> str:
    quoted(rows).update(answerable="unknown", answers=[])
    return "questions"


@plant("rule-unknown")
def a_rule_cannot_be_read(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["rule"] = "shouts: yes"
    return of(row)


@plant("history-ends-with-user")
def a_dialogue_lacks_its_last_turn(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["history"] = [{"role": "user", "text": "Tell me about the probes."}]
    return of(row)


@plant("duplicate")
def a_question_is_asked_twice(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    return of(add(rows, row, text=row["text"].upper()))


@plant("near-duplicate")
def a_question_differs_in_one_letter(folder: Path, rows: list[Row]) -> str:
    row = max((row for row in rows if not row.get("history")), key=lambda row: len(row["text"]))
    return of(add(rows, row, text=row["text"].replace("?", "") + " s?"))


@plant("same-words-other-fact")
def the_same_words_have_two_facts(folder: Path, rows: list[Row]) -> str:
    return of(add(rows, quoted(rows), fact="another"))


@plant("leak")
def a_training_question_leaks_into_the_test_split(folder: Path, rows: list[Row]) -> str:
    row = max((row for row in rows if row["split"] == "train" and not row.get("history")), key=lambda row: len(row["text"]))
    return of(add(rows, row, text=row["text"].replace("?", "") + " s?", split="test", fact="another", kind="unseen"))


@plant("contradicting-answers")
def one_question_has_two_answers(folder: Path, rows: list[Row]) -> str:
    return of(add(rows, quoted(rows), answers=["eighty-one furlongs"], tags=["abstractive"]))


@plant("fact-contradiction")
def two_wordings_of_a_fact_disagree(folder: Path, rows: list[Row]) -> str:
    first = quoted(rows, kind="paraphrase")
    other = next(row for row in rows if row["fact"] == first["fact"] and row is not first and row["language"] == "en")
    other["answers"] = ["seventeen furlongs"]
    return f"fact {first['fact']}"


@plant("document-contradiction")
def another_document_states_another_answer(folder: Path, rows: list[Row]) -> str:
    for row in rows:
        quote = row["evidence"][0]["quote"] if row.get("evidence") else ""
        inside = [answer for answer in row["answers"] if answer in quote]
        if inside and row["language"] == "en" and len(quote.split()) > 8 and row["id"] == quoted(rows)["id"]:
            (folder / "documents" / "planted.md").write_text(f"# Note\n\n{quote.replace(inside[0], '99 furlongs')}\n", "utf-8")
            return of(row)
    raise LookupError("no fitting question")


@plant("document-copy")
def a_document_is_copied(folder: Path, rows: list[Row]) -> str:
    shutil.copy(document(folder, quoted(rows)), folder / "documents" / "zz-copy.md")
    return "document zz-copy"


@plant("document-overlap")
def half_of_a_document_is_copied(folder: Path, rows: list[Row]) -> str:
    text = document(folder, quoted(rows)).read_text("utf-8")
    words = text.split("---", 2)[-1].split()
    own = " ".join(f"remark{number} follows" for number in range(len(words) // 4))
    (folder / "documents" / "zz-half.md").write_text(f"---\nlanguage: en\n---\n{' '.join(words[: len(words) // 2])} {own}", "utf-8")
    return "document zz-half"


@plant("unknown-version")
def a_version_names_no_document(folder: Path, rows: list[Row]) -> str:
    kept = [line for line in (folder / "kb.toml").read_text("utf-8").splitlines() if not line.startswith("versions")]
    (folder / "kb.toml").write_text("\n".join([*kept, 'versions = [["nowhere", "neither"]]']), "utf-8")
    return "kb.toml"


@plant("document-empty")
def a_document_is_empty(folder: Path, rows: list[Row]) -> str:
    (folder / "documents" / "zz-empty.md").write_text("---\nlanguage: en\n---\n\n", "utf-8")
    return "document zz-empty"


@plant("document-unreadable")
def a_document_is_not_text(folder: Path, rows: list[Row]) -> str:
    (folder / "documents" / "zz-bytes.md").write_bytes(b"\xff\xfe\x00broken")
    return "documents/zz-bytes.md"


@plant("document-unreadable")
def a_front_matter_is_broken(folder: Path, rows: list[Row]) -> str:
    (folder / "documents" / "zz-matter.md").write_text("---\ntitle: a: b: c\n---\ntext\n", "utf-8")
    return "documents/zz-matter.md"


@plant("file-ignored")
def a_file_was_not_converted(folder: Path, rows: list[Row]) -> str:
    (folder / "documents" / "plan.pdf").write_bytes(b"%PDF")
    return "documents/plan.pdf"


@plant("document-language")
def a_french_document_is_declared_english(folder: Path, rows: list[Row]) -> str:
    text = "Les sondes de la station sont contrôlées tous les matins. Le responsable note les valeurs dans le registre avant midi."
    (folder / "documents" / "zz-french.md").write_text(f"---\nlanguage: en\n---\n# Contrôle\n\n{text}\n", "utf-8")
    return "document zz-french"


@plant("question-language")
def a_french_question_is_declared_english(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["text"] = "Quelle est la durée de la garantie pour les sondes de la station ?"
    return of(row)


@plant("blank-fact")
def a_fact_is_a_blank(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["fact"] = " "
    return of(row)


@plant("blank-group")
def a_group_ends_in_a_blank(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    row["group"] += " "
    return of(row)


@plant("fact-in-groups")
def a_fact_lies_in_two_groups(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows, kind="paraphrase")
    row["group"] = "elsewhere"
    return f"fact {row['fact']}"


@plant("unseen-in-train")
def an_unseen_fact_is_trained(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows, kind="unseen")
    add(rows, row, kind="paraphrase", split="train", text="Quite another wording of the matter, please?")
    return of(row)


@plant("paraphrase-not-in-train")
def no_wording_of_a_paraphrase_is_trained(folder: Path, rows: list[Row]) -> str:
    fact = quoted(rows, kind="paraphrase")["fact"]
    for row in rows:
        if row["fact"] == fact:
            row["split"] = "test"
    return f"fact {fact}"


@plant("head-too-few")
def a_head_fact_stands_in_one_document(folder: Path, rows: list[Row]) -> str:
    row = next(row for row in rows if row["evidence"] and not {"head", "tail"} & set(row["tags"]))
    row["tags"] = ["head"]
    return f"fact {row['fact']}"


@plant("tail-too-many")
def a_tail_fact_stands_in_two_documents(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows)
    other = next(each for each in rows if each["evidence"] and each["evidence"][0]["document_id"] != row["evidence"][0]["document_id"])
    for each in rows:
        if each["fact"] == row["fact"]:
            each["tags"] = ["tail"]
    row["evidence"] = [*row["evidence"], other["evidence"][0]]
    return f"fact {row['fact']}"


@plant("rare-kind")
def a_kind_is_misspelt(folder: Path, rows: list[Row]) -> str:
    row = quoted(rows, kind="paraphrase")
    row["kind"] = "parapharse"
    return of(row)


@plant("split-balance")
def the_test_split_is_tiny(folder: Path, rows: list[Row]) -> str:
    for number, row in enumerate(rows):
        row["split"] = "test" if number % 20 == 0 else "train"
    return "questions"


@plant("duplicate-id")
def an_id_is_used_twice(folder: Path, rows: list[Row]) -> str:
    rows[1]["id"] = rows[0]["id"]
    return of(rows[0])


@plant("unknown-key")
def a_key_is_misspelt(folder: Path, rows: list[Row]) -> str:
    row = rows[-1]
    row["anwsers"] = row["answers"]
    return of(row)


@plant("no-text")
def a_question_has_no_text(folder: Path, rows: list[Row]) -> str:
    rows[-1]["text"] = "  "
    return of(rows[-1])


@plant("question-unreadable")
def answers_are_no_list(folder: Path, rows: list[Row]) -> str:
    rows[-1]["answers"] = 7
    return of(rows[-1])


@plant("wordings-alike")
def wordings_come_from_a_template(folder: Path, rows: list[Row]) -> str:
    facts: dict[str, int] = {}
    for row in rows:
        row["text"] = f"In which case does {row['fact']} hold for all of our sites{' today' * facts.setdefault(row['fact'], 0)}?"
        facts[row["fact"]] += 1
    return "questions"


def rows_of(folder: Path) -> list[Row]:
    return [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]


def write(folder: Path, rows: list[Row]) -> None:
    (folder / "questions.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some documents of the sample with the facts that they state: the same questions, checked in a blink."""
    folder = tmp_path_factory.mktemp("few") / "kb"
    shutil.copytree(locate(SAMPLE), folder)
    rows = rows_of(folder)
    paths = sorted((folder / "documents").rglob("*.md"))
    kept = {path.stem for path in paths if path.stem.startswith(KEPT)}
    for path in paths:
        if path.stem not in kept:
            path.unlink()
    facts: dict[str, set[str]] = {}
    for row in rows:
        facts.setdefault(row["fact"], set()).update(span["document_id"] for span in row.get("evidence") or ())
    write(folder, [row for row in rows if facts[row["fact"]] and facts[row["fact"]] <= kept])
    (folder / "kb.toml").write_text('name = "few"\n', "utf-8")
    return folder


@pytest.fixture
def whole() -> Path:
    return locate(SAMPLE)


def faulty(source: Path, folder: Path, change: Plant) -> str:
    shutil.copytree(source, folder)
    rows = rows_of(folder)
    where = change(folder, rows)
    write(folder, rows)
    return where


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", PLANTS)
def test_check_names_the_fault(name: str, source: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    code, change = PLANTS[name]
    where = faulty(request.getfixturevalue(source), tmp_path / "kb", change)
    findings = check_folder(tmp_path / "kb").findings
    assert where in [finding.where for finding in findings if finding.code == code], [(f.code, f.where) for f in findings]
    assert {finding.code for finding in findings} <= set(CODES)


@pytest.mark.parametrize("source", ["few", "whole"])
def test_a_clean_sample_has_no_finding(source: str, request: pytest.FixtureRequest) -> None:
    report = check_folder(request.getfixturevalue(source))
    assert report.findings == () and report.sound
    assert report.wordings.mean is not None and 0 < report.wordings.mean < 0.5


def test_all_faults_are_told_at_once_with_their_lines(few: Path, tmp_path: Path) -> None:
    where = faulty(few, tmp_path / "kb", a_word_of_a_quote_is_changed)
    path = tmp_path / "kb" / "questions.jsonl"
    lines = path.read_text("utf-8").splitlines()
    more = ["{not json", '{"id": "x"}', '{"id": "y", "text": "Hm?", "evidence": [{"document_id": "q", "quote": "r"}]}']
    path.write_text("\n".join([*lines, *more]), "utf-8")
    report = check_folder(tmp_path / "kb")
    first = 1 + next(number for number, row in enumerate(rows_of(few)) if of(row) == where)
    count = len(lines)
    assert not report.sound
    assert {(finding.code, finding.line) for finding in report.findings if finding.severity == "error"} == {
        ("quote-mismatch", first),
        ("not-json", count + 1),
        ("no-text", count + 2),
        ("unknown-document", count + 3),
    }
    assert report.counts["quote-mismatch"] == 1
    assert [finding.code for finding in report.only(["not-json"])] == ["not-json"]


def test_versions_may_share_text(few: Path, tmp_path: Path) -> None:
    faulty(few, tmp_path / "kb", half_of_a_document_is_copied)
    source = quoted(rows_of(few))["evidence"][0]["document_id"]
    with open(tmp_path / "kb" / "kb.toml", "a", encoding="utf-8") as stream:
        stream.write(f'versions = [["{source}", "zz-half"]]\n')
    assert "document-overlap" not in check_folder(tmp_path / "kb").counts
