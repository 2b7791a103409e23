"""The harness of the fine-tuning figures: what it draws, what it computes, and one point on a tiny random model."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.finetuning import sets
from benchmarks.finetuning.__main__ import main
from benchmarks.finetuning.declaration import FAMILIES, FIGURES, point, points
from benchmarks.finetuning.figures import Line, figure
from benchmarks.finetuning.results import Result, Row, read, write
from benchmarks.finetuning.running import Place, run_point, standing
from benchmarks.finetuning.statistics import difference, gap, level
from benchmarks.finetuning.tables import curve, draw, markdown
from eval.model import Estimate
from foundation.errors import DataError, UnknownNameError
from knowledge_base.exposure import exposures
from knowledge_base.loading import load
from tests.finetune.tiny import build_model

COLOURS = ("red", "green", "blue", "white", "black", "grey")


def quiet(_: str) -> None:
    """Say nothing."""


def write_knowledge_base(folder: Path) -> Path:
    """Six facts of eight training wordings and two test ones, and six test questions of facts that are not trained."""
    (folder / "documents").mkdir(parents=True)
    rows = []
    for number, colour in enumerate(COLOURS):
        (folder / "documents" / f"{colour}.md").write_text(
            f"# Door {number}\n\nDoor {number} is {colour}. Its key weighs {number + 20} grams.\n"
        )
        for wording in range(10):
            split = "train" if wording < 8 else "test"
            text = f"Wording {'abcdefghij'[wording]} of asking: which colour has door {number}?"
            rows.append({"id": f"{colour}-{wording}", "text": text, "answers": [colour], "fact": f"colour-{number}", "split": split})
        weight = f"What does the key of door {number} weigh?"
        rows.append({"id": f"{colour}-key", "text": weight, "answers": [f"{number + 20} grams"], "fact": f"key-{number}", "split": "test"})
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "kb.toml").write_text('name = "doors"\nlanguage = "en"\n')
    return folder


def make_result(name: str, rows: dict[str, list[tuple[str, str, str, float]]], **changes: Any) -> Result:
    """A result with (question, fact, exposure, correct) per system; the other metrics repeat it."""
    one = point(name)
    made = {
        system: tuple(Row(question, fact, "paraphrase", seen, value, value, value) for question, fact, seen, value in table)
        for system, table in rows.items()
    }
    engine = {"engine": "openvino", "precision": "float32", "version": "1"}
    training = None if one.seed is None else {"tokens": 60_000, "tokens_per_second": 100.0, "seconds": 600.0}
    result = Result(name, one.declared(), one.family.data, one.seed, {}, training, {}, engine, {}, {}, "2026-01-01", {}, made)
    return replace(result, **changes)


def asked_wordings(right: float) -> dict[str, list[tuple[str, str, str, float]]]:
    """60 facts with two questions each, of which the first `right` share of facts is answered."""
    return {"finetuned": [(f"q{n}-{m}", f"f{n}", "paraphrase", float(n < 60 * right)) for n in range(60) for m in range(2)]}


def test_every_figure_reads_declared_families_and_is_read_by_none_twice() -> None:
    names = [family.name for family in FAMILIES]
    assert len(names) == len(set(names))
    assert {name for families in FIGURES.values() for name in families} == set(names)
    everything = [one.name for one in points()]
    assert len(everything) == len(set(everything)) and not any(name.startswith("look") for name in everything)
    assert everything[:2] == ["untrained", "untrained-xquad"]
    with pytest.raises(UnknownNameError, match="wordings"):
        points(["wording"])


def test_all_adapters_are_trained_alike_but_for_what_their_family_declares() -> None:
    trained = [family for family in FAMILIES if family.trained != "none" and not family.name.startswith("look")]
    assert {family.settings["tokens"] for family in trained} == {60_000}
    assert {family.settings["learning_rate"] for family in trained} == {1e-3}
    own = {family.name: {key for key in family.settings if key in family.finetune} for family in trained}
    assert own["qa"] == {"recipe"} and own["wordings-2"] == {"recipe", "wordings"}
    assert own["wordings-8-bf16"] == {"recipe", "wordings", "precision"}


def test_a_changed_declaration_has_another_fingerprint() -> None:
    one = point("qa-seed0")
    other = replace(one, family=replace(one.family, finetune={"recipe": {"qa": 1.0}, "batch_size": 16}))
    assert len({one.declared(), other.declared(), point("qa-seed1").declared(), one.declared(["finetune.rank=4"])}) == 4


def test_the_sample_of_the_shipped_questions_keeps_the_shares_of_exposure_and_is_the_same_each_time() -> None:
    kb = load("orlisund")
    drawn = sets.sample(kb)
    assert len(drawn) == 300 and drawn == sets.sample(load("orlisund"))
    seen = exposures(kb.split("test"), kb.split("train"))
    # 276 of 646 are paraphrases: 300 × 276 / 646 = 128.2; 370 are unseen: 171.8.
    assert Counter(seen[question.id] for question in drawn) == {"paraphrase": 128, "unseen": 172}
    assert {question.split for question in drawn} == {"test"}


def test_the_curve_trains_facts_of_many_wordings_and_asks_their_test_questions() -> None:
    kb = load("orlisund")
    trained, asked = sets.trained(kb, "many"), sets.asked(kb, ["many"])
    wordings = Counter(question.fact for question in trained)
    assert min(wordings.values()) >= 8 and {question.fact for question in asked} <= set(wordings)
    assert set(exposures(asked, trained).values()) == {"paraphrase"}


def test_a_look_asks_no_test_question_and_none_that_it_trains() -> None:
    kb = load("orlisund")
    trained, asked = sets.trained(kb, "look"), sets.asked(kb, ["look"])
    assert {question.split for question in asked} == {"train"}
    assert not {question.id for question in trained} & {question.id for question in asked}
    assert {question.fact for question in trained} == {question.fact for question in asked}


def test_a_knowledge_base_without_many_wordings_has_no_curve(tmp_path: Path) -> None:
    folder = write_knowledge_base(tmp_path / "kb")
    lines = [line for line in (folder / "questions.jsonl").read_text().splitlines() if '-7", ' not in line]
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n")
    with pytest.raises(DataError, match="8 wordings"):
        sets.trained(load(folder), "many")


def test_a_gap_between_groups_has_the_interval_of_two_independent_means() -> None:
    # One question per fact, one seed: the textbook interval is d ± z √(s₁² / n₁ + s₂² / n₂).
    rng = np.random.default_rng(1)
    ours, theirs = rng.random(90), rng.random(150) * 0.8
    facts = {f"{group}{n}": f"{group}{n}" for group, values in (("a", ours), ("b", theirs)) for n in range(len(values))}
    first = {0: {f"a{n}": float(value) for n, value in enumerate(ours)}}
    second = {0: {f"b{n}": float(value) for n, value in enumerate(theirs)}}
    found = gap(first, second, facts)
    apart = ours.mean() - theirs.mean()
    reach = 1.96 * math.sqrt(ours.var(ddof=1) / 90 + theirs.var(ddof=1) / 150)
    assert found.value == pytest.approx(apart)
    assert (found.low, found.high) == pytest.approx((apart - reach, apart + reach), abs=0.1 * reach)
    assert (found.n, found.clusters) == (240, 240)


def test_a_gap_that_moves_with_the_training_seed_is_less_sure() -> None:
    facts = {f"{group}{n}": f"{group}{n}" for group in "ab" for n in range(100)}
    low = {seed: {f"b{n}": float(n < 20) for n in range(100)} for seed in range(3)}
    same = {seed: {f"a{n}": float(n < 60) for n in range(100)} for seed in range(3)}
    moving = {seed: {f"a{n}": float(n < right) for n in range(100)} for seed, right in enumerate((40, 60, 80))}
    steady, unsteady = gap(same, low, facts), gap(moving, low, facts)
    assert steady.value == pytest.approx(0.4) and unsteady.value == pytest.approx(0.4)
    assert steady.low > 0.25 and unsteady.high - unsteady.low > 1.5 * (steady.high - steady.low)


def test_groups_that_share_a_fact_have_no_gap() -> None:
    with pytest.raises(ValueError, match="both groups"):
        gap({0: {"a": 1.0}}, {0: {"b": 0.0}}, {"a": "same", "b": "same"})


def test_a_difference_pairs_seed_with_seed_and_an_untrained_model_with_all() -> None:
    facts = {f"q{n}": f"f{n}" for n in range(80)}
    first = {seed: {f"q{n}": float(n < 40 + seed) for n in range(80)} for seed in range(3)}
    second = {seed: {f"q{n}": float(n < 20 + seed) for n in range(80)} for seed in range(3)}
    assert difference(first, second, facts).value == pytest.approx(0.25)  # 20 of 80 in each seed
    found = difference(first, {None: second[0]}, facts)
    assert found.value == pytest.approx((20 + 21 + 22) / 240) and found.low > 0
    assert level(first, facts).value == pytest.approx((40 + 41 + 42) / 240)


def test_results_come_back_as_they_were_and_hold_no_text(tmp_path: Path) -> None:
    result = make_result("wordings-1-seed0", {"finetuned": [("q1", "f1", "paraphrase", 1.0), ("q2", "f2", "paraphrase", 0.0)]})
    result = replace(result, rows={"finetuned": (*result.rows["finetuned"], Row("q3", "f3", "unanswerable", "unseen", 0.0, None, None))})
    path = write(tmp_path, result)
    assert read(tmp_path, "wordings-1-seed0") == result
    assert sum("paraphrase" in line for line in path.read_text().splitlines()) == 2  # a line per question
    assert read(tmp_path, "wordings-1-seed1") is None
    assert result.values("finetuned", "contained") == {"q1": 1.0, "q2": 0.0}
    path.write_text(path.read_text()[:-20])
    with pytest.raises(DataError, match=r"wordings-1-seed0"):
        read(tmp_path, "wordings-1-seed0")


def wordings_results() -> dict[str, Result]:
    levels = {1: 0.4, 2: 0.5, 4: 0.6, 8: 0.8}
    found = {
        f"wordings-{count}-seed{seed}": make_result(f"wordings-{count}-seed{seed}", asked_wordings(right))
        for count, right in levels.items()
        for seed in range(3)
    }
    base = [(question, fact, seen, 0.0) for question, fact, seen, _ in asked_wordings(0.0)["finetuned"]]
    return {**found, "untrained": make_result("untrained", {"base": base, "rag": base})}


def test_the_curve_has_its_levels_and_the_declared_difference() -> None:
    made = figure("wordings", wordings_results())
    levels = {line.what: line.estimate.value for line in made.levels if line.metric == "correct"}
    assert levels == pytest.approx({"not trained": 0.0, "1 wording": 0.4, "2 wordings": 0.5, "4 wordings": 0.6, "8 wordings": 0.8})
    declared = [line for line in made.differences if line.wanted]
    assert [(line.what, line.seeds, line.reached) for line in declared] == [("8 wordings − 1 wording", 3, True)]
    assert declared[0].estimate.value == pytest.approx(0.4) and declared[0].estimate.clusters == 60
    assert not made.missing and not made.mixed


def test_a_figure_names_what_is_missing_and_what_is_not_alike() -> None:
    results = wordings_results()
    del results["wordings-8-seed2"]
    other = {"engine": "transformers", "precision": "float32", "version": "2"}
    results["wordings-1-seed0"] = replace(results["wordings-1-seed0"], engine=other)
    made = figure("wordings", results)
    assert made.missing == ("wordings-8-seed2",)
    assert [line.seeds for line in made.differences if line.wanted] == [2]
    text = markdown(made)
    assert "Not run yet (1): wordings-8-seed2" in text and "transformers in float32" in text and "8 wordings − 1 wording" in text
    assert figure("raft", {}).missing and figure("raft", {}).levels == ()


def test_a_declared_difference_is_reached_by_its_whole_interval_alone() -> None:
    def line(low: float, high: float, wanted: str | None) -> bool | None:
        return Line("x", "correct", Estimate((low + high) / 2, low, high, 9, 9), 3, wanted).reached

    assert [line(0.01, 0.2, "above"), line(-0.01, 0.2, "above"), line(-0.2, -0.01, "below"), line(-0.2, 0.01, "below")] == [
        True,
        False,
        True,
        False,
    ]
    assert line(0.1, 0.2, None) is None


def test_exposure_and_retrieval_figures_take_the_right_answers() -> None:
    seen = [(f"p{n}", f"pf{n}", "paraphrase", float(n < 45)) for n in range(60)]
    unseen = [(f"u{n}", f"uf{n}", "unseen", float(n < 6)) for n in range(60)]
    wrong = [(question, fact, exposure, 0.0) for question, fact, exposure, _ in seen + unseen]
    rag = [(question, fact, exposure, 1.0) for question, fact, exposure, _ in seen + unseen]
    extra = [("more", "more", "paraphrase", 0.0)]  # asked of the untrained model only: counts in no difference
    results = {f"qa-seed{seed}": make_result(f"qa-seed{seed}", {"finetuned": seen + unseen, "rag+finetuned": wrong}) for seed in range(3)}
    results["untrained"] = make_result("untrained", {"base": wrong + extra, "rag": rag + extra})
    exposure = {(line.what, line.metric): line for line in figure("exposure", results).differences}
    assert exposure["qa: paraphrase − unseen", "correct"].estimate.value == pytest.approx(0.75 - 0.1)
    assert exposure["qa: the same of what training gained", "correct"].estimate.value == pytest.approx(0.65)
    under = [line for line in figure("qa-under-rag", results).differences if line.wanted]
    assert [(line.estimate.value, line.estimate.n, line.reached) for line in under] == [(-1.0, 120, True)]


def test_the_curve_is_drawn_with_its_intervals(tmp_path: Path) -> None:
    made = figure("wordings", wordings_results())
    path = draw(made, tmp_path / "curve.svg")
    assert path is not None
    text = path.read_text()
    assert text.startswith("<svg") and "wordings per fact" in text
    specification = curve(made)
    assert specification is not None
    assert [row["value"] for row in specification["layer"][0]["data"]["values"]] == [40.0, 50.0, 60.0, 80.0]
    assert draw(figure("raft", {}), tmp_path / "none.svg") is None


def test_other_settings_never_go_among_the_kept_results(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--set", "finetune.rank=4", "--list"]) == 2
    assert "--results" in capsys.readouterr().err


@pytest.fixture(scope="module")
def tiny_place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A knowledge base of doors and a tiny random model, in the place of the sample and the embedded one."""
    root = tmp_path_factory.mktemp("figures")
    overrides = (
        f"knowledge_base.path={write_knowledge_base(root / 'kb')}",
        f"model.name={build_model(root / 'model')}",
        "model.weights=random",
        "model.engine=transformers",
        "model.max_new_tokens=4",
        "retrieval.embedder=hashing",
        "finetune.tokens=600",
    )
    return Place(root / "workspace", root / "results", overrides, progress=False)


def test_a_point_is_trained_asked_and_kept_and_not_run_again(tiny_place: Place) -> None:
    one = point("wordings-8-seed1")
    assert standing(tiny_place, one) is None
    result = run_point(tiny_place, one, quiet)
    assert standing(tiny_place, one) == result
    # Two test wordings of each of six facts are the curve's; all 18 test questions are fewer than a sample takes.
    assert Counter(row.exposure for row in result.rows["finetuned"]) == {"paraphrase": 12, "unseen": 6}
    assert result.training is not None and result.training["tokens"] >= 600 and result.seed == 1
    assert all(row.correct is not None for row in result.rows["finetuned"])
    text = (tiny_place.results / "wordings-8-seed1.json").read_text()
    assert "asking" not in text and "which colour" not in text
    begun = (tiny_place.workspace / "on-orlisund" / "adapters" / "wordings-8-seed1" / "manifest.json").read_bytes()
    again = run_point(tiny_place, one, quiet)  # nothing is trained or asked again, though the end check of a random model fails
    assert replace(again, created=result.created) == result
    assert (tiny_place.workspace / "on-orlisund" / "adapters" / "wordings-8-seed1" / "manifest.json").read_bytes() == begun


def test_the_command_lists_what_is_done_and_prints_what_there_is(tiny_place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    run_point(tiny_place, point("untrained"), quiet)
    options = ["--workspace", str(tiny_place.workspace), "--results", str(tiny_place.results)]
    options += [part for text in tiny_place.overrides for part in ("--set", text)]
    assert main([*options, "--only", "qa-under-rag", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["untrained", "done"], *([f"qa-seed{seed}", "to"] for seed in range(3))]
    assert main([*options, "--only", "qa-under-rag", "--table"]) == 0
    assert "Not run yet (3): qa-seed0, qa-seed1, qa-seed2" in capsys.readouterr().out
    assert main([*options, "--only", "qa-over-rag", "--list"]) == 1
    assert "qa-under-rag" in capsys.readouterr().err


def test_a_result_of_other_data_or_another_declaration_does_not_stand(tiny_place: Place, tmp_path: Path) -> None:
    one = point("untrained")
    run_point(tiny_place, one, quiet)
    assert standing(tiny_place, one) is not None
    assert standing(replace(tiny_place, overrides=(*tiny_place.overrides, "model.max_new_tokens=5")), one) is None
    kb = Path(tiny_place.overrides[0].partition("=")[2])
    before = (kb / "questions.jsonl").read_text()
    (kb / "questions.jsonl").write_text(before.replace("which colour", "what colour"))
    try:
        assert standing(tiny_place, one) is None
    finally:
        (kb / "questions.jsonl").write_text(before)


def test_a_point_on_public_data_says_which_variable_leads_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAGFT_DATA", raising=False)
    with pytest.raises(DataError, match="RAGFT_DATA"):
        run_point(Place(tmp_path / "w", tmp_path / "r"), point("raft-xquad-seed0"), quiet)
    assert standing(Place(tmp_path / "w", tmp_path / "r"), point("raft-xquad-seed0")) is None
