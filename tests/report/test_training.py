"""The section on training: read from manifests of any age, told in both languages and every format, alarms on the first page."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.aggregate import ScoreTable
from eval.cautions import cautions
from eval.comparison import Comparison
from eval.model import Asked
from eval.report import charts, render
from eval.report.parts import Table
from eval.report.view import build_view
from eval.trained import TrainedAdapter
from eval.training import read_adapter, trained
from eval.training_cautions import alarm_cautions
from eval.wording import words
from foundation.jsonable import from_json, to_json
from tests.eval_package.bots import make_manifest, make_question
from tests.report.sample import comparison, manifest_of

LANGUAGES = ("en", "fr")
EARLIER: dict[str, Any] = {  # as version 0.1 wrote it, shortened
    "name": "main",
    "recipe": "mix",
    "configuration": {"rank": 16, "recipe": "mix"},
    "seed": 0,
    "seconds": 280.4,
    "training_seconds": 240.0,
    "tokens": 41_000,
    "tokens_per_second": 171.2,
    "steps": 120,
    "loss_start": 3.1,
    "loss_end": 0.4,
    "coverage": {
        "budgeted": True,
        "budget_seconds": 300.0,
        "closed_book_seen": 300,
        "retrieval_seen": 90,
        "closed_book_epochs": 2.5,
        "retrieval_epochs": 0.75,
        "left_out": ["30 of 120 questions were never seen with passages"],
    },
    "check": {"passed": True, "system": "finetuned", "asked": 12, "correct": 8, "changed": 12, "answers": []},
    "validation_loss": None,
}


def table(id: str, of: Comparison, language: str = "en") -> Table | None:
    return next((one for part in build_view(of, language).sections for one in part.tables if one.id == id), None)


def rows(id: str, of: Comparison, language: str = "en") -> dict[tuple[str, str], list[str]]:
    """Return (header, what qualifies it) → the texts of the other cells."""
    found = table(id, of, language)
    assert found is not None
    return {(row[0].text, row[0].detail): [cell.text for cell in row[1:]] for row in found.rows}


def run_of(**adapters: dict[str, Any]) -> Any:
    systems = tuple({"name": f"with-{name}", "context": "none", "adapter": name, "prompt": None} for name in adapters)
    prints = {"corpus": "c0", "model": "m0", "adapters": {name: f"print-{name}" for name in adapters}}
    return make_manifest([make_question(0)], systems, adapters=adapters, fingerprints=prints)


def test_the_bill_has_what_the_manifest_says() -> None:
    found = rows("training-bill", comparison())
    assert found["training tokens", ""] == ["60\u202f000", "60\u202f000"]
    assert found["recipe raft: share of the tokens", ""] == ["50\u00a0%", "–"]
    assert found["end check: right", ""] == ["11 of 12", "11 of 12"]
    assert found["peak memory", ""] == ["3.4 GB", "3.4 GB"]
    assert found["ended by", ""] == ["a time limit", "its plan"]
    assert "Left out of main: 3 raft questions" in table("training-bill", comparison()).note  # type: ignore[union-attr]


def test_the_verdicts_say_why_and_what_to_change() -> None:
    """The sample's second training: validation loss 0.90 at step 40, 1.60 at the end; answers 45 % → 30 %."""
    good, bad = (row for row in table("training-verdicts", comparison()).rows)  # type: ignore[union-attr]
    assert (good[1].text, good[1].tone) == ("good", "good")
    assert (bad[1].text, bad[1].tone) == ("overfitting", "bad")
    assert "lowest 0.90 at step 40" in bad[2].text
    assert "finetune.early_stop=loss" in bad[3].text


def test_fired_alarms_come_first_with_figure_interval_threshold_meaning_and_what_to_do() -> None:
    found = table("training-alarms", comparison())
    assert found is not None
    assert [row[1].text for row in found.rows] == ["fired"] * 2 + ["quiet"] * 6 + ["not run"] * 2
    harmed = next(row for row in found.rows if (row[0].text, row[0].detail) == ("harm to RAG", "qa-only"))
    assert harmed[2].text == "right answers with RAG: −22 points"
    assert harmed[2].detail == "−35 to −10, on 40"
    assert harmed[3].text == "below 0 points"
    assert "raft" in harmed[5].text
    assert "no fact has a gold answer" in found.rows[-1][4].text
    every = rows("training-figures", comparison())
    assert len(every) == 4  # forgetting and harm to RAG, of two adapters; the last of two figures is kept by this reader


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_in_every_format_and_says_no_code(language: str) -> None:
    one = replace(comparison(), questions=(), passages={})
    say = words(language)
    for format in ("markdown", "html"):
        text = str(render(one, format, language))
        assert say("report-section-training") in text
        assert say("training-verdict-overfitting") in text
        assert not re.search(r"training-(why|advice|do|fired|quiet|unit|measure)-", text)
    if language == "fr":
        assert words("en")("training-table-verdicts") not in text
        assert words("en")("training-do-forgetting") not in text


def test_the_csv_has_curves_verdicts_and_alarms_in_full() -> None:
    found = list(csv.DictReader(io.StringIO(str(render(comparison(), "csv")).removeprefix("\ufeff"))))
    mine = [row for row in found if row["system"] == "qa-only"]
    assert [row["verdict"] for row in mine if row["measure"] == "verdict"] == ["overfitting"]
    losses = [float(row["value"]) for row in mine if row["section"] == "training_curve" and row["measure"] == "validation_loss"]
    assert losses == [3.4, 1.4, 0.9, 1.15, 1.4, 1.6]
    forgot = next(row for row in mine if (row["section"], row["measure"]) == ("training_alarm", "perplexity-ratio"))
    assert (forgot["value"], forgot["low"], forgot["high"], forgot["questions"]) == ("1.83", "1.61", "2.1", "24")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_curves_are_drawn_and_said(language: str) -> None:
    one = comparison().training[1]
    points = [row for row in charts.training_rows(one, language) if row["point"]]
    assert [row["loss"] for row in points][-6:] == [3.4, 1.4, 0.9, 1.15, 1.4, 1.6]
    assert [row["right"] for row in charts.answer_rows(one)] == pytest.approx([0, 20, 45, 45, 45, 30])
    for shown in (replace(one, best_step=40), replace(one, curve=()), replace(one, evaluations=())):
        for width in (340, 780):
            ElementTree.fromstring(charts.svg(charts.training_chart(shown, language, width), "t"))
    assert "0" in charts.training_words(one, "main", language)


def test_the_smoothed_loss_of_a_constant_is_that_constant_and_keeps_the_ends() -> None:
    """The moving mean has no bias at the start: a constant stays what it is, and the first point is the first loss."""
    steps = [{"step": at, "loss": 2.0} for at in range(1, 301)]
    curve = read_adapter("x", {"curve": steps}).curve
    assert len(curve) == 100
    assert all(point.smoothed == pytest.approx(2.0) for point in curve)
    falling = read_adapter("x", {"curve": [{"step": at, "loss": 5.0 / at} for at in range(1, 101)]}).curve
    assert falling[0].smoothed == pytest.approx(5.0)
    assert all(point.loss <= point.smoothed for point in falling[1:])


def test_an_adapter_of_an_earlier_version_has_its_bill_and_no_curve() -> None:
    (one,) = trained([run_of(main=EARLIER)])
    assert (one.recipe, one.verdict, one.curve, one.alarms, one.ended) == ({"mix": 1.0}, None, (), (), "budget")
    assert one.passes == {"closed-book": 2.5, "retrieval": 0.75}
    of = replace(comparison(), training=(one,))
    for language in LANGUAGES:
        assert table("training-verdicts", of, language) is None
        assert table("training-bill", of, language) is not None
        assert render(of, "markdown", language)


def test_a_manifest_that_says_nothing_of_training_has_no_row() -> None:
    assert trained([run_of(main={"coverage": {"budgeted": False}, "check": {"passed": True}})]) == ()


def test_pooled_runs_have_a_row_for_each_training_seed_and_each_adapter_once() -> None:
    first = run_of(main={**EARLIER, "seed": 0}, other=EARLIER)
    prints = {"adapters": {"main": "print-other-seed", "other": "print-other"}}
    second = replace(first, adapters={"main": {**EARLIER, "seed": 1}, "other": EARLIER}, fingerprints=prints)
    found = trained([first, second])
    assert [(one.name, one.seed) for one in found] == [("main", 0), ("main", 1), ("other", 0)]
    titles = [column.title for column in table("training-bill", replace(comparison(), training=found)).columns]  # type: ignore[union-attr]
    assert titles[1:] == ["main (seed 0)", "main (seed 1)", "other"]


def test_the_gravest_alarms_have_a_sentence_and_the_others_are_named() -> None:
    said = list(alarm_cautions([run_of(main=manifest_of("main"))]))
    assert said == []
    bad = manifest_of("bad", overfitted=True)
    said = list(alarm_cautions([run_of(main=manifest_of("main"), bad=bad)]))
    assert [one.key for one in said] == ["training-caution-rag-regression", "training-caution-forgetting"]
    assert words("en").say(said[0]).startswith("Alarm “harm to RAG” for bad (−22 points): with the adapter")
    all_fired = {**bad, "alarms": [{**alarm, "status": "fired"} for alarm in [*bad["alarms"], {"name": "my-own"}]]}
    said = list(alarm_cautions([run_of(bad=all_fired)]))
    assert [one.key for one in said] == ["training-caution-adapter-sanity", "training-caution-leak", "training-caution-more"]
    assert "harm to RAG, forgetting, unknown facts fitted and my-own" in words("en").say(said[-1])
    assert "dommage au RAG, oubli, faits inconnus appris et my-own" in words("fr").say(said[-1])


def test_cautions_carry_the_alarms_and_the_recipe_seen_least() -> None:
    manifest = run_of(bad={**manifest_of("bad", overfitted=True), "coverage": manifest_of("main")["coverage"]})
    found = cautions(manifest, ScoreTable.build([Asked(make_question(0), "unseen")], (), manifest.plan), (), (), (), (), ())
    french = [words("fr").say(one) for one in found]
    assert any("dommage au RAG" in text for text in french)
    assert any("La recette la moins vue est raft\u00a0: 1,5 passes" in text for text in french)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["step", "loss", "name", "status", "figures"]), inner),
    max_leaves=8,
)


EMPTY = comparison(0)


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from([*manifest_of("x"), "best_step"]), ANY))
def test_a_damaged_manifest_breaks_no_report(data: dict[str, Any]) -> None:
    one = read_adapter("x", {**manifest_of("x"), **data})
    assert from_json(TrainedAdapter, json.loads(json.dumps(to_json(one), allow_nan=False))) == one
    of = replace(EMPTY, training=(one,))
    for language in LANGUAGES:
        for part in build_view(of, language).sections:
            assert part.tables
