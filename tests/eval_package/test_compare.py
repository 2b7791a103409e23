"""From a run folder to a comparison: every figure here follows by hand from what KnowingBot knows."""

import json
import shutil

import pytest
from pyarrow import parquet

from eval.compare import compare
from eval.model import Comparison, Latency
from eval.running import run
from eval.runs import RunFolder
from eval.stats.holm import holm
from foundation.jsonable import from_json
from tests.eval_package.bots import KNOWN, SYSTEMS, KnowingBot, make_question


@pytest.fixture
def compared(run_folder):
    return compare(run_folder)


def result(comparison, system):
    return next(found for found in comparison.systems if found.system == system)


def contrast(comparison, a, b):
    return next(found for found in comparison.contrasts if (found.a, found.b) == (a, b))


def test_each_system_has_the_share_that_it_knows(compared):
    for system, known in KNOWN.items():
        found = result(compared, system).metrics["correct"]
        assert found.value == pytest.approx(known / 60)
        assert found.low < found.value < found.high and (found.n, found.clusters) == (60, 60)
        assert result(compared, system).abstentions == 60 - known


def test_exposures_and_kinds_are_apart(compared):
    finetuned = result(compared, "rag+finetuned")  # knows 0 to 40: all 40 trained facts and 1 of the 20 unseen
    assert finetuned.by_exposure["paraphrase"]["correct"].value == 1.0
    assert finetuned.by_exposure["unseen"]["correct"].value == pytest.approx(1 / 20)
    assert {name: group["correct"].n for name, group in finetuned.by_kind.items()} == {"number": 30, "list": 30}


def test_counts_beside_the_scores(compared):
    rag, base = result(compared, "rag"), result(compared, "base")
    assert rag.citations == {"with": 27, "without": 33, "wrong": 0}
    assert rag.tokens == {"prompt_tokens": 100.0, "completion_tokens": 6.0}
    assert rag.errors == 0 and rag.latency["questions"] == 2.0
    assert "recall@k" not in base.metrics
    # d<n> is always the second passage of two
    assert compared.retrieval["recall@k"].value == 1.0 and compared.retrieval["mrr"].value == 0.5


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
    assert any("rag: 2 questions failed" in caution and "out of memory on q00" in caution for caution in found.warnings)
    assert any(caution.startswith("rag − base leaves out 2 questions") for caution in found.warnings)


def test_a_pair_with_no_question_in_common_is_left_out_and_said(tmp_path, questions, make_manifest):
    class NoRag(KnowingBot):
        def ask_many(self, asked, system):
            if system == "rag":
                raise RuntimeError("no")
            return super().ask_many(asked, system)

    run(tmp_path / "r", NoRag(), questions[:10], make_manifest(questions[:10]), batch=5, progress=False)
    found = compare(tmp_path / "r")
    assert [(c.a, c.b) for c in found.contrasts] == [("finetuned", "base"), ("rag+finetuned", "finetuned")]
    assert any("rag − base could not be tested" in caution for caution in found.warnings)


def test_two_wordings_of_a_fact_are_one_cluster(tmp_path, make_manifest):
    asked = [make_question(i, fact=f"f{i // 2}") for i in range(60)]
    run(tmp_path / "r", KnowingBot(), asked, make_manifest(asked), batch=8, progress=False)
    found = result(compare(tmp_path / "r"), "rag").metrics["correct"]
    assert (found.n, found.clusters) == (60, 30)


def test_unanswerable_questions_stand_under_a_kind_of_their_own(tmp_path, make_manifest):
    asked = [make_question(i, **({"answerable": "no", "answers": ()} if i >= 40 else {})) for i in range(60)]
    run(tmp_path / "r", KnowingBot(), asked, make_manifest(asked), batch=8, progress=False)
    found = compare(tmp_path / "r")
    assert result(found, "base").by_kind["unanswerable"]["correct"].value == 1.0  # it knows 2 and abstains from all others
    assert "base earns 20 of its 22 correct answers by abstaining" in " ".join(found.warnings)


def test_examples_are_spread_over_the_run_and_show_what_was_shown(compared):
    assert [example.question_id for example in compared.examples] == [f"q{i:02}" for i in range(0, 60, 3)]
    first = {output["system"]: output for output in compared.examples[0].outputs}
    assert list(first) == [system["name"] for system in SYSTEMS]
    assert first["rag"]["correct"] is True and len(first["rag"]["passages"]) == 2 and first["base"]["passages"] == []


def test_fewer_questions_than_examples_shows_each_once(tmp_path, questions, make_manifest):
    run(tmp_path / "r", KnowingBot(), questions[:3], make_manifest(questions[:3]), batch=8, progress=False)
    assert [example.question_id for example in compare(tmp_path / "r").examples] == ["q00", "q01", "q02"]


def test_a_plan_on_another_metric_puts_it_first(tmp_path, questions, make_manifest):
    run(tmp_path / "r", KnowingBot(), questions, make_manifest(questions, plan={"primary": "token_f1"}), batch=8, progress=False)
    found = compare(tmp_path / "r")
    assert found.metric_names[0] == "token_f1" and found.metric_names[1] == "correct"
    # by hand: "It weighs 7 kg" against "7 kg" shares 2 words of 2 + 4: F1 = 4/6; an abstention shares none
    assert result(found, "base").metrics["token_f1"].value == pytest.approx(2 / 60 * 4 / 6)
    assert "scores 0.02 on token_f1" in " ".join(found.headline)


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
