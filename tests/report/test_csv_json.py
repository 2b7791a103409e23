"""What machines read: CSV whose figures are the comparison's own and whose text is no formula, and JSON by a published schema."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from eval.comparison import SCHEMA, Comparison
from eval.report import render
from eval.report.csv_tables import BOM, safe
from eval.report.json_page import read_comparison
from eval.report.schema import comparison_schema, page
from foundation.errors import DataError
from tests.report.sample import comparison

PUBLISHED = Path(__file__).parents[2] / "docs" / "comparison.schema.json"


def rows(of: Comparison, format: str = "csv") -> list[dict[str, str]]:
    text = render(of, format, "fr")
    assert isinstance(text, str)
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_every_estimate_stands_in_the_csv_in_full_precision() -> None:
    one = comparison()
    found = {(row["section"], row["system"], row["versus"], row["slice"], row["metric"]): row for row in rows(one) if row["low"]}
    for result in one.systems:
        for name, estimate in result.metrics.items():
            row = found["score", result.system, "", "", name]
            assert [float(row[key]) for key in ("value", "low", "high")] == [estimate.value, estimate.low, estimate.high]
            assert (int(row["questions"]), int(row["facts"]), row["method"]) == (estimate.n, estimate.clusters, estimate.method)
    for made in one.explorations:
        row = found["exploration", made.a, made.b, made.slice, made.metric]
        assert (float(row["value"]), float(row["p"]), float(row["p_adjusted"])) == (made.difference.value, made.p_value, made.q_value)


def test_contrasts_have_their_tests_and_effects() -> None:
    one = comparison()
    for contrast in one.contrasts:
        mine = {
            row["measure"]: row
            for row in rows(one)
            if (row["section"], row["system"], row["versus"]) == ("contrast", contrast.a, contrast.b)
        }
        assert float(mine["difference"]["p_adjusted"]) == contrast.p_holm
        assert mine["difference"]["verdict"] == contrast.verdict
        assert float(mine["equivalence"]["low"]) == contrast.equivalence.low
        assert int(mine["questions_needed"]["value"]) == contrast.needed
        assert {name.removeprefix("effect.") for name in mine if name.startswith("effect.")} == set(contrast.effects)


def test_statuses_are_counted_and_small_slices_have_no_interval() -> None:
    found = rows(comparison())
    status = {(row["system"], row["metric"], row["measure"]): row["value"] for row in found if row["section"] == "status"}
    assert status["finetuned", "correct", "error"] == "1"
    assert status["base", "recall@k", "not applicable"] == "60"
    few = [row for row in found if row["section"] == "slice" and "few" in row["note"]]
    assert few
    assert all(row["low"] == row["high"] == "" and row["value"] for row in few)


def test_questions_have_a_row_for_each_system_with_scores_and_cause() -> None:
    one = comparison()
    found = rows(one, "questions-csv")
    assert len(found) == 60 * 5
    failed = next(row for row in found if (row["question_id"], row["system"]) == ("q001", "finetuned"))
    assert (failed["error"], failed["cause"], failed["correct"], failed["score.correct"]) == (
        "the engine ran out of memory",
        "error",
        "",
        "",
    )
    right = [row for row in found if row["system"] == "rag" and row["score.correct"] == "1.0"]
    assert len(right) == 25
    assert {row["cause"] for row in right} == {"correct"}


def test_csv_is_the_same_in_all_languages() -> None:
    one = comparison()
    for format in ("csv", "questions-csv", "json"):
        assert render(one, format, "fr") == render(one, format, "en")


@given(st.text(max_size=30))
def test_no_foreign_text_is_a_formula(text: str) -> None:
    cell = safe(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not any(ord(sign) < 32 and sign not in "\n\t" for sign in cell)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_from_csv_as_they_were(value: float) -> None:
    assert float(safe(value)) == value


def test_formulas_in_answers_and_names_are_disarmed() -> None:
    one = comparison()
    evil = '=HYPERLINK("http://evil.example")'
    row = one.questions[0]
    output = replace(row.outputs[0], text=evil, system=evil)
    changed = replace(one, questions=(replace(row, text=f"@{evil}", outputs=(output,)),), systems=(replace(one.systems[0], system=evil),))
    for format in ("csv", "questions-csv"):
        cells = [cell for row in rows(changed, format) for cell in row.values()]
        assert f"'{evil}" in cells
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


def test_the_published_schema_is_up_to_date() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == page()


def test_the_json_of_a_comparison_meets_the_schema_and_a_damaged_one_does_not() -> None:
    schema = comparison_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    data = json.loads(render(comparison(), "json"))
    assert list(validator.iter_errors(data)) == []
    for key, value in (("schema", SCHEMA + 1), ("systems", "rag"), ("decision", {**data["decision"], "verdict": "perhaps"})):
        assert list(validator.iter_errors({**data, key: value})), key


def test_reports_are_rendered_from_comparison_json_alone(tmp_path: Path) -> None:
    file = tmp_path / "comparison.json"
    file.write_text(str(render(comparison(), "json")), encoding="utf-8")
    read = read_comparison(file)
    for format in ("markdown", "csv", "questions-csv", "json"):
        assert render(read, format, "fr") == render(comparison(), format, "fr")


@pytest.mark.parametrize("number", [0, SCHEMA - 1, SCHEMA + 1, str(SCHEMA), None])
def test_another_schema_number_is_refused_with_what_to_do(tmp_path: Path, number: object) -> None:
    file = tmp_path / "comparison.json"
    data = {**json.loads(render(comparison(0), "json")), "schema": number}
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(DataError, match="ragft report RUN"):
        read_comparison(file)


def test_damaged_files_are_data_errors(tmp_path: Path) -> None:
    file = tmp_path / "comparison.json"
    data = json.loads(render(comparison(3), "json"))
    for text, said in (
        ("{", "not valid JSON"),
        ("[]", "no schema number"),
        (json.dumps({"schema": SCHEMA}), "run_id"),
        (json.dumps({**data, "passages": {}}), "lacks 6 of the passages"),  # sample.py: p00 to p03, p01 to p04, p02 to p05
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match=said):
            read_comparison(file)
