"""Jobs: real processes of the real command line, on a project with the scripted engine."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.errors import ConfigurationError, DataError
from shells.jobs import INTERRUPTED, Jobs
from tests.studies.project_files import write_project


def wait(until: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            pytest.fail("it did not come about in time")
        time.sleep(0.05)


def test_a_job_runs_a_command_and_tells_how_it_ended(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    jobs = Jobs(tmp_path / "workspace")
    job = jobs.start("compare", ["compare", "-c", str(config), "--run", "one", "-s", "base", "-s", "rag"], about={"run": "one"})
    wait(lambda: jobs.state(job) != "running")
    assert jobs.state(job) == "finished", jobs.log(job, 50)
    assert (tmp_path / "workspace" / "runs" / "one" / "report.html").is_file()
    assert "rag" in jobs.log(job, 200)
    assert jobs.all() == (job,) and jobs.all()[0].about == {"run": "one"}


def test_a_job_that_fails_says_so(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    job = jobs.start("broken", ["compare", "--set", "eval.nonsense=1"])
    wait(lambda: jobs.state(job) != "running")
    assert (jobs.state(job), jobs.exit_code(job)) == ("failed", 2)
    assert "nonsense" in jobs.log(job)


def blocked(tmp_path: Path) -> tuple[Path, Callable[[], bool]]:
    """Return a configuration whose command waits for ever while it reads its knowledge base, and whether it has come to that."""
    config = write_project(tmp_path)
    pipe = tmp_path / "kb" / "kb.toml"
    pipe.unlink()
    os.mkfifo(pipe)

    def is_reading() -> bool:
        try:
            os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)  # kept open: the reader waits for more
        except OSError:  # nobody reads
            return False
        return True

    return config, is_reading


def test_a_job_is_interrupted_and_the_same_command_goes_on(tmp_path: Path) -> None:
    config, is_reading = blocked(tmp_path)
    jobs = Jobs(tmp_path / "workspace")
    command = ["compare", "-c", str(config), "--run", "two", "-s", "base", "-s", "rag"]
    job = jobs.start("compare", command)
    wait(is_reading)
    assert jobs.state(job) == "running"
    jobs.cancel(job)
    wait(lambda: jobs.state(job) != "running")
    assert (jobs.state(job), jobs.exit_code(job)) == ("interrupted", INTERRUPTED)
    assert "interrupted" in jobs.log(job)

    (tmp_path / "kb" / "kb.toml").unlink()
    (tmp_path / "kb" / "kb.toml").write_text('name = "town"\nlanguage = "en"\n')
    again = jobs.start("compare", command)
    wait(lambda: jobs.state(again) != "running")
    assert jobs.state(again) == "finished", jobs.log(again, 50)
    assert [one.id for one in jobs.all()] == [again.id, job.id]  # the newest first
    jobs.forget(job)
    assert jobs.all() == (again,)


def test_a_job_stopped_in_its_first_moments_is_stopped_and_not_lost(tmp_path: Path) -> None:
    config, _ = blocked(tmp_path)
    jobs = Jobs(tmp_path / "workspace")
    job = jobs.start("compare", ["compare", "-c", str(config)])
    jobs.cancel(job)  # before Python has come to our own code
    wait(lambda: jobs.state(job) != "running")
    assert jobs.state(job) == "interrupted"


def test_a_job_that_was_asked_to_stop_is_not_interrupted_again(tmp_path: Path) -> None:
    config, is_reading = blocked(tmp_path)
    jobs = Jobs(tmp_path / "workspace")
    job = jobs.start("compare", ["compare", "-c", str(config)])
    wait(is_reading)
    assert not jobs.is_stopping(job)
    asked = jobs.folder / job.id / "stopped"  # as if someone had asked, and it was still at its last step
    asked.touch()
    assert jobs.is_stopping(job)
    jobs.cancel(job)
    time.sleep(1.0)
    assert jobs.state(job) == "running"
    asked.unlink()
    jobs.cancel(job)
    wait(lambda: jobs.state(job) != "running")
    assert jobs.state(job) == "interrupted"


def test_a_job_is_forgotten_with_all_that_were_about_the_same(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    broken = ["compare", "--set", "eval.nonsense=1"]
    first, second, other = (jobs.start("broken", broken, about={"run": name}) for name in ("one", "one", "two"))
    wait(lambda: all(jobs.state(job) == "failed" for job in jobs.all()))
    jobs.forget(second)
    assert jobs.all() == (other,), first


def test_a_running_job_is_not_forgotten(tmp_path: Path) -> None:
    config, _ = blocked(tmp_path)
    jobs = Jobs(tmp_path / "workspace")
    job = jobs.start("compare", ["compare", "-c", str(config)])
    jobs.forget(job)
    assert jobs.all() == (job,)
    jobs.cancel(job)
    wait(lambda: jobs.state(job) != "running")


def test_a_killed_job_is_lost_and_its_number_is_not_taken_for_another_process(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    jobs = Jobs(tmp_path / "workspace")
    job = jobs.start("gone", ["compare", "-c", str(config)])
    os.killpg(job.pid, signal.SIGKILL)
    wait(lambda: jobs.state(job) == "lost")
    jobs.cancel(job)  # nothing is there to interrupt
    alive = replace(job, pid=os.getpid())  # a living process with that number, born at another time
    assert jobs.state(alive) == "lost"


def test_a_name_must_be_a_file_name_and_the_folder_writable(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot name a job"):
        Jobs(tmp_path).start("../out", ["doctor"])
    (tmp_path / "jobs").write_text("a file where the folder should be")
    with pytest.raises(DataError, match="could not be started"):
        Jobs(tmp_path).start("compare", ["doctor"])


def test_the_last_state_of_a_progress_bar_is_shown(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    jobs = Jobs(tmp_path / "workspace")
    job = jobs.start("doctor", ["doctor", "-c", str(config)])
    wait(lambda: jobs.state(job) != "running")
    (jobs.folder / job.id / "log.txt").write_bytes(b"first\n 1%|\r 50%|\r100%| done\nlast\xff\n")
    assert jobs.log(job, 2) == "100%| done\nlast\ufffd"
