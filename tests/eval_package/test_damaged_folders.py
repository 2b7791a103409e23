"""A run folder that is not one, or no longer one, gets one clear error."""

import json

import pytest

from eval.compare import compare
from eval.running import run
from eval.runs import RunFolder
from foundation.errors import DataError
from tests.eval_package.bots import KnowingBot


def damage(file, line, change):
    lines = file.read_text().splitlines()
    lines[line] = change(lines[line])
    file.write_text("\n".join(lines) + "\n")


def without(key):
    def change(line):
        row = json.loads(line)
        del row[key]
        return json.dumps(row)

    return change


def test_a_folder_without_a_manifest_is_no_run(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        compare(tmp_path / "none")
    with pytest.raises(DataError, match=r"no manifest\.json"):
        compare(tmp_path)


def test_a_lost_manifest_does_not_let_a_new_run_overwrite_the_records(run_folder, questions, make_manifest):
    (run_folder / "manifest.json").unlink()
    with pytest.raises(DataError, match=r"records but no manifest\.json"):
        run(run_folder, KnowingBot(), questions, make_manifest(questions), batch=8, progress=False)


@pytest.mark.parametrize(
    ("name", "line", "change", "said"),
    [
        ("records.jsonl", 3, lambda line: line[:50], r"records\.jsonl, line 4: not valid JSON"),
        ("records.jsonl", 3, lambda line: "[]", r"records\.jsonl, line 4"),
        ("records.jsonl", 3, without("system"), r"line 4: field 'system'"),
        ("passages.jsonl", 0, without("passage"), r"passages\.jsonl, line 1: field 'passage'"),
        ("passages.jsonl", 0, lambda line: "", r"is not in passages\.jsonl"),
        ("questions.jsonl", 0, lambda line: "", "does not hold the questions"),
        ("questions.jsonl", 0, without("question"), r"questions\.jsonl, line 1: field 'question'"),
        ("manifest.json", 0, lambda line: "", "not valid JSON"),
        ("latency.jsonl", 0, lambda line: "{}", r"latency\.jsonl, line 1"),
    ],
)
def test_a_damaged_file_is_named_with_its_line(run_folder, name, line, change, said):
    damage(run_folder / name, line, change)
    with pytest.raises(DataError, match=said):
        compare(run_folder)


def test_an_unfinished_run_is_not_compared_but_can_go_on(run_folder, questions, make_manifest):
    file = run_folder / "records.jsonl"
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match=r"not finished: \d+ of 300 answers are missing.*resume"):
        compare(run_folder)
    exposures = {question.id: "paraphrase" for question in questions[:40]}
    run(run_folder, KnowingBot(), questions, make_manifest(questions), batch=8, latency=2, progress=False, exposures=exposures)
    assert compare(run_folder).systems[0].errors == 0


def test_a_run_of_no_answers_says_so(run_folder):
    (run_folder / "records.jsonl").unlink()
    with pytest.raises(DataError, match="300 of 300 answers are missing"):
        compare(run_folder)


def test_a_manifest_of_another_shape_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_text('{"id": "x"}')
    with pytest.raises(DataError, match="run manifest"):
        print(RunFolder.open(tmp_path).manifest.id)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("margin", -3, r"plan\.margin: input should be greater than or equal to 0"),
        ("margin", None, r"plan\.margin"),
        ("resamples", 0, r"plan\.resamples"),
        ("permutations", "many", r"plan\.permutations"),
        ("confidence", 95, r"plan\.confidence: input should be less than 1"),
        ("seed", -1, r"plan\.seed"),
        ("leaks", "three", r"plan\.leaks"),
        ("knowledge_base", "orlisund", r"plan\.knowledge_base"),
        ("contrasts", [["rag"]], "other than two systems"),
        ("contrasts", [["rag", "nobody"]], "systems that it did not ask: nobody"),
        ("primary", None, r"plan\.primary"),
        ("primary", "corect", "primary metric 'corect', which is not known"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_named(run_folder, key, value, said):
    manifest = json.loads((run_folder / "manifest.json").read_text())
    manifest["plan"][key] = value
    (run_folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError, match=said):
        compare(run_folder)


@pytest.mark.parametrize("hits", [None, "two", 2, ["d1"]])
def test_passages_of_a_record_that_are_no_list_are_named(run_folder, hits):
    def change(line):
        row = json.loads(line)
        row["answer"]["hits"] = hits
        return json.dumps(row)

    damage(run_folder / "records.jsonl", 5, change)
    with pytest.raises(DataError, match=r"line 6: field 'hits'"):
        compare(run_folder)


def test_two_answers_to_one_question_are_refused_with_both_lines(run_folder):
    file = run_folder / "records.jsonl"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines, lines[0].replace("It weighs", "It surely weighs")]) + "\n")
    with pytest.raises(DataError, match=r"line 301: a second answer of base to question q00 \(the first is on line 1\)"):
        compare(run_folder)


@pytest.mark.parametrize("seconds", ["NaN", "-1", "Infinity"])
def test_a_latency_that_cannot_be_is_named(run_folder, seconds):
    with (run_folder / "latency.jsonl").open("a") as file:
        file.write(f'{{"system": "rag", "question_id": "q00", "seconds": {seconds}}}\n')
    with pytest.raises(DataError, match=r"latency\.jsonl, line"):
        compare(run_folder)


def test_a_comparison_of_a_later_version_is_left_as_it_is(run_folder, tmp_path):
    file = run_folder / "comparison.json"
    file.write_text('{"schema": 99, "new": "things"}')
    with pytest.raises(DataError, match="was written by a later version"):
        compare(run_folder)
    assert "things" in file.read_text()
    elsewhere = tmp_path / "elsewhere"
    compare(run_folder, into=elsewhere)
    assert (elsewhere / "comparison.json").is_file() and "things" in file.read_text()


def test_a_broken_comparison_is_made_again(run_folder):
    (run_folder / "comparison.json").write_text('{"schema": 1, "run')
    found = compare(run_folder)
    assert json.loads((run_folder / "comparison.json").read_text())["run_id"] == found.run_id
