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
    ("plan", "said"),
    [
        ({"primary": None}, "no primary metric"),
        ({"primary": "nice"}, "no primary metric"),
        ({"contrasts": [["rag", "ragg"]]}, "did not ask: ragg"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(tmp_path, questions, make_manifest, plan, said):
    run(tmp_path / "r", KnowingBot(), questions[:2], make_manifest(questions[:2], plan=plan), batch=2, progress=False)
    with pytest.raises(DataError, match=said):
        compare(tmp_path / "r")
