"""Running and resuming: the batch plan, failures, kills, and refusals."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from eval.running import run
from eval.runs import RunFolder
from foundation.errors import ConfigurationError, DataError, EngineUnavailableError, MismatchError, UnknownNameError
from tests.eval_package.bots import SYSTEMS, KnowingBot, make_question

TWO = (SYSTEMS[0], SYSTEMS[2])  # base and rag


def content(folder: Path) -> list[dict]:
    """Records without times, as plain JSON."""
    rows = [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]
    for row in rows:
        row.pop("seconds")
        if row["answer"]:
            row["answer"].pop("timing")
    return rows


def test_questions_are_asked_in_consecutive_batches_per_system(tmp_path, make_manifest):
    bot, questions = KnowingBot(), [make_question(i) for i in range(5)]
    run(tmp_path / "r", bot, questions, make_manifest(questions, TWO), batch=2, progress=False)
    plan = [("q00", "q01"), ("q02", "q03"), ("q04",)]
    assert bot.asked == [(name, part) for name in ("base", "rag") for part in plan]


def test_records_come_back_whole_with_their_passages_kept_once(tmp_path, make_manifest):
    questions = [make_question(i) for i in range(5)]
    run(tmp_path / "r", KnowingBot(), questions, make_manifest(questions, TWO), batch=2, progress=False)
    folder = RunFolder.open(tmp_path / "r")
    expected = KnowingBot().ask_many(questions, "rag")
    assert [record.answer for record in folder.records() if record.system == "rag"] == expected
    assert len(folder.passages()) == 6  # d999 is shown five times, d0 to d4 once
    assert [row.question for row in folder.asked] == questions


def test_one_failing_question_costs_only_its_own_answer(tmp_path, make_manifest):
    questions = [make_question(i) for i in range(6)]
    run(tmp_path / "r", KnowingBot(fail=frozenset({"q01"})), questions, make_manifest(questions, TWO), batch=3, progress=False)
    records = RunFolder.open(tmp_path / "r").records()
    failed = [record for record in records if record.answer is None]
    assert [(record.system, record.question_id) for record in failed] == [("base", "q01"), ("rag", "q01")]
    assert failed[0].error == "EngineError: out of memory on q01"
    assert len(records) == 12


def test_a_fault_of_the_set_up_stops_the_run_at_once(tmp_path, make_manifest):
    class Unknowing(KnowingBot):
        def ask_many(self, questions, system):
            raise UnknownNameError("system", system, ["rag"])

    questions = [make_question(0)]
    with pytest.raises(UnknownNameError):
        run(tmp_path / "r", Unknowing(), questions, make_manifest(questions, TWO), batch=1, progress=False)


def test_an_engine_that_is_gone_stops_the_run_and_the_same_call_goes_on(tmp_path, make_manifest):
    class Dying(KnowingBot):
        def ask_many(self, questions, system):
            if len(self.asked) == 2:
                raise EngineUnavailableError("cannot reach the server")
            return super().ask_many(questions, system)

    questions = [make_question(i) for i in range(5)]
    manifest = make_manifest(questions, TWO)
    bot = Dying()
    with pytest.raises(EngineUnavailableError):
        run(tmp_path / "r", bot, questions, manifest, batch=2, progress=False)
    assert [row["question_id"] for row in content(tmp_path / "r")] == ["q00", "q01", "q02", "q03"]  # two whole batches, no error
    again = KnowingBot()
    run(tmp_path / "r", again, questions, manifest, batch=2, progress=False)
    assert again.asked[0] == ("base", ("q04",)) and len(again.asked) == 4


@pytest.mark.parametrize("stop_after", [0, 1, 3, 5])
def test_an_interrupted_run_goes_on_to_the_same_records(tmp_path, make_manifest, stop_after):
    questions = [make_question(i) for i in range(5)]
    manifest = make_manifest(questions, TWO)
    run(tmp_path / "whole", KnowingBot(), questions, manifest, batch=2, progress=False)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "cut", KnowingBot(stop_after=stop_after), questions, manifest, batch=2, progress=False)
    again = KnowingBot()
    run(tmp_path / "cut", again, questions, manifest, batch=2, progress=False)
    assert len(again.asked) == 6 - stop_after  # finished batches are not asked again
    assert content(tmp_path / "cut") == content(tmp_path / "whole")


@pytest.mark.parametrize("keep", [1, 2, 3, 4, 5, 7])
def test_a_torn_tail_costs_the_whole_unfinished_batch(tmp_path, make_manifest, keep):
    questions = [make_question(i) for i in range(5)]
    manifest = make_manifest(questions, TWO)
    run(tmp_path / "r", KnowingBot(), questions, manifest, batch=2, progress=False)
    whole, file = content(tmp_path / "r"), tmp_path / "r" / "records.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:keep]) + lines[keep][:40])
    again = KnowingBot()
    run(tmp_path / "r", again, questions, manifest, batch=2, progress=False)
    finished = {1: 0, 2: 1, 3: 1, 4: 2, 5: 3, 7: 4}[keep]  # by hand: batches of 2, 2, 1 per system
    assert len(again.asked) == 6 - finished
    assert content(tmp_path / "r") == whole


def test_a_killed_process_leaves_a_run_that_goes_on(tmp_path, make_manifest):
    program = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from eval.running import run
        from tests.eval_package.bots import KnowingBot, make_manifest, make_question, SYSTEMS

        class Slow(KnowingBot):
            def ask_many(self, questions, system):
                time.sleep(0.05)
                return super().ask_many(questions, system)

        questions = [make_question(i) for i in range(60)]
        run(Path(sys.argv[1]), Slow(), questions, make_manifest(questions, SYSTEMS), batch=2, progress=False)
        """
    )
    folder = tmp_path / "killed"
    process = subprocess.Popen([sys.executable, "-c", program, str(folder)], cwd=Path(__file__).parents[2])
    deadline = time.monotonic() + 60
    while not (folder / "records.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    questions = [make_question(i) for i in range(60)]
    written = len(content(folder)) if (folder / "records.jsonl").exists() else 0
    assert 0 < written < 300
    run(folder, KnowingBot(), questions, make_manifest(questions, SYSTEMS), batch=2, progress=False)
    run(tmp_path / "whole", KnowingBot(), questions, make_manifest(questions, SYSTEMS), batch=2, progress=False)
    assert content(folder) == content(tmp_path / "whole")


def test_latency_is_measured_one_at_a_time_after_a_warm_up_and_kept_apart(tmp_path, make_manifest):
    questions = [make_question(i) for i in range(4)]
    bot = KnowingBot(fail=frozenset({"q01"}))
    manifest = make_manifest(questions, TWO)
    run(tmp_path / "r", bot, questions, manifest, batch=4, latency=3, progress=False)
    # Before any batch, and warmed up on another question: an engine that keeps prefixes must not know the prompts yet.
    assert bot.asked[:8] == [(name, (question,)) for name in ("base", "rag") for question in ("q03", "q00", "q01", "q02")]
    rows = RunFolder.open(tmp_path / "r").latencies()
    assert [(row.system, row.question_id, row.seconds is None) for row in rows] == [
        (name, question, question == "q01") for name in ("base", "rag") for question in ("q00", "q01", "q02")
    ]
    before = len(bot.asked)
    run(tmp_path / "r", bot, questions, manifest, batch=4, latency=3, progress=False)
    assert len(bot.asked) == before  # a finished run asks nothing again


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"configuration": {"model": {"name": "scripted", "batch_size": 16}}}, r"configuration.model.batch_size: 8 then, 16 now"),
        ({"fingerprints": {"corpus": "c1", "model": "m0", "adapters": {"main": "a0"}}}, r"fingerprints.corpus"),
        ({"versions": {"ragft": "0.2.0"}}, r'versions.ragft: "0.1.0" then, "0.2.0" now'),
        ({"environment": {"threads": 2}}, r"machine.threads: 1 then, 2 now"),
        ({"plan": {"primary": "token_f1"}}, r'plan.primary: "correct" then, "token_f1" now'),
    ],
)
def test_another_configuration_is_refused_and_named(tmp_path, make_manifest, change, named):
    questions = [make_question(i) for i in range(2)]
    run(tmp_path / "r", KnowingBot(), questions, make_manifest(questions, TWO), batch=2, progress=False)
    before = (tmp_path / "r" / "records.jsonl").read_bytes()
    with pytest.raises(MismatchError, match=named):
        run(tmp_path / "r", KnowingBot(), questions, make_manifest(questions, TWO, **change), batch=2, progress=False)
    assert (tmp_path / "r" / "records.jsonl").read_bytes() == before


def test_times_commits_and_ids_may_differ(tmp_path, make_manifest):
    questions = [make_question(i) for i in range(2)]
    run(tmp_path / "r", KnowingBot(), questions, make_manifest(questions, TWO), batch=2, progress=False)
    later = make_manifest(questions, TWO, id="other", created="2027-01-01", environment={"threads": 1, "commit": "abc"})
    run(tmp_path / "r", KnowingBot(), questions, later, batch=2, progress=False)
    assert RunFolder.open(tmp_path / "r").manifest.id == "run-test"


def test_how_a_server_is_reached_may_differ(tmp_path, make_manifest):
    questions = [make_question(i) for i in range(2)]
    model = {"name": "scripted", "batch_size": 8, "timeout": 120.0, "retries": 4, "concurrency": 8, "api_key_env": "OPENAI_API_KEY"}
    first = make_manifest(questions, TWO, configuration={"model": model})
    run(tmp_path / "r", KnowingBot(), questions, first, batch=2, progress=False)
    other = {"timeout": 30.0, "retries": 0, "concurrency": 2, "api_key_env": "MY_KEY"}
    again = KnowingBot()
    run(
        tmp_path / "r",
        again,
        questions,
        make_manifest(questions, TWO, configuration={"model": {**model, **other}}),
        batch=2,
        progress=False,
    )
    assert again.asked == []
    assert RunFolder.open(tmp_path / "r").manifest.configuration["model"]["timeout"] == 120.0  # recorded all the same
    with pytest.raises(MismatchError, match=r"configuration\.model\.base_url"):
        moved = make_manifest(questions, TWO, configuration={"model": {**model, "base_url": "http://localhost/v1"}})
        run(tmp_path / "r", KnowingBot(), questions, moved, batch=2, progress=False)


def test_a_question_with_another_answer_is_another_run(tmp_path, make_manifest):
    questions = [make_question(i) for i in range(2)]
    run(tmp_path / "r", KnowingBot(), questions, make_manifest(questions, TWO), batch=2, progress=False)
    changed = [dataclasses.replace(questions[0], answers=("1 ton",)), questions[1]]
    with pytest.raises(MismatchError, match="questions"):
        run(tmp_path / "r", KnowingBot(), changed, make_manifest(questions, TWO), batch=2, progress=False)


def test_nothing_to_ask_and_a_batch_of_none_are_refused(tmp_path, make_manifest):
    questions = [make_question(0)]
    with pytest.raises(DataError, match="nothing to ask"):
        run(tmp_path / "r", KnowingBot(), [], make_manifest([]), batch=2, progress=False)
    with pytest.raises(ConfigurationError, match="at least one question"):
        run(tmp_path / "r", KnowingBot(), questions, make_manifest(questions), batch=0, progress=False)
    with pytest.raises(MismatchError, match="manifest names"):
        run(tmp_path / "r", KnowingBot(), questions, make_manifest([make_question(1)]), batch=1, progress=False)
    assert not (tmp_path / "r").exists()
