"""From a run folder to a comparison: every figure here follows by hand from what KnowingBot knows."""

import json
import shutil

import pytest
from pyarrow import parquet
from scipy.stats import false_discovery_control

from eval.compare import compare
from eval.comparison import Comparison
from eval.model import Latency
from eval.running import run
from eval.runs import RunFolder
from eval.stats.corrections import holm
from eval.wording import words
from foundation.errors import MismatchError
from foundation.jsonable import from_json
from tests.eval_package.bots import KNOWN, SYSTEMS, KnowingBot, make_question


@pytest.fixture
def compared(run_folder):
    return compare(run_folder)


def result(comparison, system):
    return next(found for found in comparison.systems if found.system == system)


def contrast(comparison, a, b):
    return next(found for found in comparison.contrasts if (found.a, found.b) == (a, b))


def told(comparison):
    """What the comparison says to be read with care, in English."""
    return [words("en").say(said) for said in comparison.warnings]


def slice_of(comparison, by, name):
    return next(found for found in comparison.slices if (found.by, found.name) == (by, name))


def test_each_system_has_the_share_that_it_knows(compared):
    for system, known in KNOWN.items():
        found = result(compared, system).metrics["correct"]
        assert found.value == pytest.approx(known / 60)
        assert found.low < found.value < found.high and (found.n, found.clusters) == (60, 60)
        assert result(compared, system).abstentions == 60 - known


def test_exposures_and_kinds_are_apart(compared):
    # rag+finetuned knows 0 to 40: all 40 trained facts and 1 of the 20 unseen
    assert slice_of(compared, "exposure", "paraphrase").scores["rag+finetuned"].value == 1.0
    assert slice_of(compared, "exposure", "unseen").scores["rag+finetuned"].value == pytest.approx(1 / 20)
    assert {one.name: one.questions for one in compared.slices if one.by == "kind"} == {"number": 30, "list": 30}
    assert [one.name for one in compared.slices if one.by == "length"] == ["1–8"]  # "How heavy is product 7?"


def test_a_slice_on_few_facts_is_marked_and_not_tested(tmp_path, make_manifest):
    asked = [make_question(i, tags=("rare",) if i < 9 else ("common",)) for i in range(60)]
    run(tmp_path / "r", KnowingBot(), asked, make_manifest(asked), batch=8, progress=False)
    found = compare(tmp_path / "r")
    assert slice_of(found, "tag", "rare").few and not slice_of(found, "tag", "common").few
    assert slice_of(found, "tag", "rare").smallest is None  # nine facts show no difference, however large
    assert {one.slice for one in found.explorations if one.slice.startswith("tag")} == {"tag: common"}


def test_explorations_are_corrected_as_one_family(compared):
    assert {one.metric for one in compared.explorations if not one.slice} >= {"contained", "token_f1", "rougeL"}
    assert "correct" not in {one.metric for one in compared.explorations if not one.slice}  # that one is declared
    p_values = [one.p_value for one in compared.explorations]
    # scipy's Benjamini-Hochberg over all of them, as an independent account
    assert [one.q_value for one in compared.explorations] == pytest.approx(list(false_discovery_control(p_values)), abs=1e-9)


def test_counts_beside_the_scores(compared):
    rag, base = result(compared, "rag"), result(compared, "base")
    assert rag.citations == {"with": 27, "without": 33, "wrong": 0}
    assert (rag.metrics["prompt_tokens"].value, rag.metrics["completion_tokens"].value) == (100.0, 6.0)
    assert rag.errors == 0 and rag.latency["questions"] == 2.0
    assert "recall@k" not in base.metrics
    # d<n> is always the second passage of two
    assert rag.metrics["recall@k"].value == 1.0 and rag.metrics["mrr"].value == 0.5
    # every question of base is "not applicable" there: counted, and no zero
    assert base.statuses["recall@k"] == {"not applicable": 60}


def test_throughput_and_latency_come_from_the_clock_of_the_run(run_folder, questions, make_manifest):
    rows = [json.loads(line) for line in (run_folder / "records.jsonl").read_text().splitlines()]
    for row in rows:
        row["seconds"] = 2.0  # 8 batches per system, all of a batch share its wall time
    (run_folder / "records.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    RunFolder.open(run_folder).append_latencies([Latency("rag", "q00", 1.0), Latency("rag", "q01", 3.0), Latency("rag", "q02", None, "x")])
    rag = result(compare(run_folder), "rag")
    assert rag.throughput == {"questions_per_second": 60 / 16, "tokens_per_second": 60 * 6 / 16}
    assert rag.latency == {"p50": 2.0, "p95": pytest.approx(2.9), "questions": 2.0}


def test_tokens_per_second_need_every_answer_counted(run_folder):
    rows = [json.loads(line) for line in (run_folder / "records.jsonl").read_text().splitlines()]
    next(row for row in rows if row["system"] == "rag")["answer"]["usage"]["completion_tokens"] = None
    (run_folder / "records.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    comparison = compare(run_folder)
    assert set(result(comparison, "rag").throughput) == {"questions_per_second"}
    assert set(result(comparison, "base").throughput) == {"questions_per_second", "tokens_per_second"}


def test_contrasts_are_paired_and_corrected_together(compared):
    found = contrast(compared, "rag+finetuned", "rag")
    assert (found.wins, found.ties, found.losses) == (14, 46, 0)
    assert found.difference.value == pytest.approx(14 / 60) and found.verdict == "better"
    assert found.p_value == 1 / 2001  # 2 in 2^14 flips are as far: none is drawn in 2,000 with this seed
    assert found.mcnemar == pytest.approx(2 / 2**14)  # by hand: all 14 that differ are won
    assert not found.equivalence.shown and found.equivalence.low < 14 / 60 < found.equivalence.high
    assert [c.p_holm for c in compared.contrasts] == holm([c.p_value for c in compared.contrasts])


def test_a_contrast_of_two_changes_is_bundled(compared):
    kinds = {(c.a, c.b): (c.kind, c.differs) for c in compared.contrasts}
    assert kinds["rag", "base"] == ("controlled", ("context",))
    assert kinds["rag+finetuned", "finetuned"] == ("controlled", ("context",))
    assert kinds["rag+finetuned", "rag"] == ("controlled", ("adapter",))
    assert kinds["rag", "finetuned"] == ("bundled", ("adapter", "context"))


def test_the_folder_alone_is_enough_and_the_comparison_survives_the_disk(run_folder, tmp_path):
    first = compare(run_folder)
    shutil.copytree(run_folder, tmp_path / "elsewhere")
    shutil.rmtree(run_folder)
    again = compare(tmp_path / "elsewhere")
    assert again == first
    kept = json.loads((tmp_path / "elsewhere" / "comparison.json").read_text())
    assert from_json(Comparison, kept) == first


def test_scores_have_a_row_for_every_metric_system_and_question(run_folder, compared):
    rows = parquet.read_table(run_folder / "scores.parquet").to_pylist()
    assert len(rows) == len(compared.metric_info) * 5 * 60
    assert {row["status"] for row in rows if row["metric"] == "mrr" and row["system"] == "base"} == {"not applicable"}
    assert sum(row["value"] for row in rows if row["metric"] == "correct" and row["system"] == "rag") == 27


def test_nothing_is_written_without_save(run_folder):
    compare(run_folder, save=False)
    assert not (run_folder / "comparison.json").exists() and not (run_folder / "scores.parquet").exists()


def test_failed_answers_leave_the_pairs_and_are_counted(tmp_path, questions, make_manifest):
    class Fragile(KnowingBot):
        def ask_many(self, asked, system):
            self.fail = frozenset({"q00", "q50"}) if system == "rag" else frozenset()
            return super().ask_many(asked, system)

    run(tmp_path / "r", Fragile(), questions, make_manifest(questions), batch=8, progress=False)
    found = compare(tmp_path / "r")
    assert result(found, "rag").errors == 2
    assert result(found, "rag").metrics["correct"].n == 58
    assert result(found, "rag").metrics["correct"].value == pytest.approx(26 / 58)
    pair = contrast(found, "rag", "base")
    assert (pair.difference.n, pair.dropped) == (58, 2)
    assert any("rag: 2 questions failed" in caution and "out of memory on q00" in caution for caution in told(found))
    assert any(caution.startswith("rag − base leaves out 2 questions") for caution in told(found))


def test_a_pair_with_no_question_in_common_is_left_out_and_said(tmp_path, questions, make_manifest):
    class NoRag(KnowingBot):
        def ask_many(self, asked, system):
            if system == "rag":
                raise RuntimeError("no")
            return super().ask_many(asked, system)

    run(tmp_path / "r", NoRag(), questions[:10], make_manifest(questions[:10]), batch=5, progress=False)
    found = compare(tmp_path / "r")
    assert [(c.a, c.b) for c in found.contrasts] == [("finetuned", "base"), ("rag+finetuned", "finetuned")]
    assert any("rag − base could not be tested" in caution for caution in told(found))


def test_two_wordings_of_a_fact_are_one_cluster(tmp_path, make_manifest):
    asked = [make_question(i, fact=f"f{i // 2}") for i in range(60)]
    run(tmp_path / "r", KnowingBot(), asked, make_manifest(asked), batch=8, progress=False)
    found = result(compare(tmp_path / "r"), "rag").metrics["correct"]
    assert (found.n, found.clusters) == (60, 30)


def test_unanswerable_questions_stand_under_a_kind_of_their_own(tmp_path, make_manifest):
    asked = [make_question(i, **({"answerable": "no", "answers": ()} if i >= 40 else {})) for i in range(60)]
    run(tmp_path / "r", KnowingBot(), asked, make_manifest(asked), batch=8, progress=False)
    found = compare(tmp_path / "r")
    assert slice_of(found, "kind", "unanswerable").scores["base"].value == 1.0  # it knows 2 and abstains from all others
    assert "base earns 20 of its 22 correct answers by abstaining" in " ".join(told(found))


def test_every_question_is_there_with_all_answers_and_what_was_shown(compared):
    assert [question.question_id for question in compared.questions] == [f"q{i:02}" for i in range(60)]
    first = {output.system: output for output in compared.questions[0].outputs}
    assert list(first) == [system["name"] for system in SYSTEMS]
    assert first["rag"].correct == 1.0 and len(first["rag"].passages) == 2 and first["base"].passages == ()
    assert compared.passages[first["rag"].passages[1]].document_id == "d0"
    # the passage d999 is shown for every question and kept once: 60 others and it
    assert len(compared.passages) == 61


def test_causes_and_flow_count_every_question(compared):
    for system in compared.systems:
        assert sum(system.causes.values()) == 60
        assert system.causes["correct"] == KNOWN[system.system]
        assert sum(count for start, _, count in system.flow if start == "flow-asked") == 60


def test_the_surest_half_of_a_system_that_shows_passages(compared):
    curves = {(curve.system, curve.signal) for curve in compared.risk_coverage}
    assert not {signal for system, signal in curves if system == "base"}  # it shows no passage
    # KnowingBot's passages all have the same score: such a signal orders nothing, and no curve is drawn
    assert "passage score" not in {signal for _, signal in curves}


def test_support_is_over_the_systems_that_may_be_chosen(compared):
    assert set(compared.support) == set(KNOWN)
    assert compared.support["rag+finetuned"] == pytest.approx(1.0, abs=0.01) and sum(compared.support.values()) == pytest.approx(1.0)


def test_several_training_seeds_are_pooled_and_their_luck_is_in_the_interval(tmp_path, questions, make_manifest):
    folders = []
    for seed, known in enumerate((10, 15, 20)):
        adapters = {"main": {"seed": seed, "check": {"passed": True}}}
        fingerprints = {"corpus": "c0", "model": "m0", "adapters": {"main": f"a{seed}"}}
        manifest = make_manifest(questions, adapters=adapters, fingerprints=fingerprints, id=f"run-{seed}")
        folders.append(tmp_path / str(seed))
        run(folders[-1], KnowingBot({**KNOWN, "finetuned": known}), questions, manifest, batch=8, progress=False)
    alone, pooled = compare(folders[1], save=False), compare(*folders, save=False)
    finetuned = result(pooled, "finetuned")
    assert finetuned.metrics["correct"].value == pytest.approx(15 / 60)
    assert finetuned.seeds == {"0": 10 / 60, "1": 15 / 60, "2": 20 / 60} and result(pooled, "rag").seeds == {}
    width = finetuned.metrics["correct"].high - finetuned.metrics["correct"].low
    single = result(alone, "finetuned").metrics["correct"]
    assert finetuned.metrics["correct"].method == "nested" and width > single.high - single.low
    assert contrast(pooled, "finetuned", "base").standard_error > contrast(alone, "finetuned", "base").standard_error


def test_runs_of_different_corpora_are_refused_unless_told(tmp_path, questions, make_manifest):
    for name, corpus in (("a", "c0"), ("b", "c1")):
        adapters = {"main": {"seed": ord(name)}}
        manifest = make_manifest(questions, adapters=adapters, fingerprints={"corpus": corpus, "model": "m0", "adapters": {"main": name}})
        run(tmp_path / name, KnowingBot(), questions, manifest, batch=8, progress=False)
    with pytest.raises(MismatchError, match=r"fingerprints\.corpus"):
        compare(tmp_path / "a", tmp_path / "b", save=False)
    found = compare(tmp_path / "a", tmp_path / "b", save=False, despite=True)
    assert any("fingerprints.corpus" in caution for caution in told(found))


def test_a_plan_on_another_metric_puts_it_first(tmp_path, questions, make_manifest):
    run(tmp_path / "r", KnowingBot(), questions, make_manifest(questions, plan={"primary": "token_f1"}), batch=8, progress=False)
    found = compare(tmp_path / "r")
    assert found.metric_names[0] == "token_f1" and found.metric_names[1] == "correct"
    # by hand: "It weighs 7 kg" against "7 kg" shares 2 words of 2 + 4: F1 = 4/6; an abstention shares none
    assert result(found, "base").metrics["token_f1"].value == pytest.approx(2 / 60 * 4 / 6)
    assert any("mean token F1 of 0.02" in words("en").say(said) for said in found.decision.sentences)


def test_equal_seeds_give_equal_bytes(run_folder):
    compare(run_folder)
    first = (run_folder / "comparison.json").read_bytes()
    compare(run_folder)
    assert (run_folder / "comparison.json").read_bytes() == first


def test_records_may_stand_in_any_order(run_folder):
    first = compare(run_folder, save=False)
    file = run_folder / "records.jsonl"
    file.write_text("".join(reversed(file.read_text().splitlines(keepends=True))))
    assert compare(run_folder, save=False) == first
