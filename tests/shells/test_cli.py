"""The command line as a user meets it: a real process, its output and its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO

import pytest

QUESTIONS = (
    '{"id": "q1", "text": "How long is the bridge?", "language": "en", "answers": ["42 km"], '
    '"evidence": [{"document_id": "bridge", "quote": "The bridge is 42 km long."}], "split": "test"}\n'
)


def ragft(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `ragft` in a process of its own, with the sources of this checkout."""
    root = Path(__file__).resolve().parents[2]
    code = f"import sys; sys.path.insert(0, {str(root)!r}); from shells.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *arguments], cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


def knowledge_base(folder: Path) -> Path:
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "bridge.md").write_text("# Bridge\n\nThe bridge is 42 km long.\n")
    (folder / "questions.jsonl").write_text(QUESTIONS)
    (folder / "kb.toml").write_text('name = "bridges"\nlanguage = "en"\n')
    return folder


def test_help_lists_the_commands_and_loads_nothing_heavy() -> None:
    assert "compare" in ragft("--help").stdout
    root = Path(__file__).resolve().parents[2]
    heavy = ["torch", "transformers", "numpy", "faiss", "pydantic", "streamlit", "sentence_transformers"]
    code = f"import sys; sys.path.insert(0, {str(root)!r}); import shells.cli; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_doctor_shows_each_value_with_its_origin(tmp_path: Path) -> None:
    knowledge_base(tmp_path / "kb")
    (tmp_path / "ragft.toml").write_text('[knowledge_base]\npath = "kb"\n[systems.mine]\ncontext = "retrieval"\n')
    done = ragft("doctor", "--set", "retrieval.k=3", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "'kb'  (ragft.toml)" in done.stdout
    assert "3  (--set)" in done.stdout
    assert "(default)" in done.stdout
    assert "bridges: 1 documents, 1 questions" in done.stdout
    assert "ragft train main" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "x", "--system", "ragg"], "Did you mean 'rag'"),
        (["ask", "  "], "the question is empty"),
        (["ask", "x", "--show", "passage"], "Did you mean 'passages'"),
        (["doctor", "--set", "model.nam=x"], "Did you mean 'name'"),
        (["doctor", "--set", "modell.name=x"], "Did you mean 'model'"),
        (["doctor", "--config", "none.toml"], "does not exist"),
        (["compare", "--system", "finetund"], "Did you mean 'finetuned'"),
        (["compare", "--set", "eval.primary=corect"], "Did you mean 'correct'"),
        (["compare", "--system", "finetuned"], "ragft train main"),
        (["models", "get", "smollm"], "unknown model 'smollm'"),
        (["report", "no-such-run"], "no-such-run"),
        (["report", "no-such-run", "--format", "markdwn"], "Did you mean 'markdown'"),
        (["train", "--budget", "soon"], "soon"),
        (["train", "--epochs", "3", "--set", "finetune.budget=5m"], "--set finetune.budget="),
        (["kb", "check", "no-such-folder"], "no-such-folder"),
        (["index", "stats"], "ragft index build"),
    ],
)
def test_bad_input_is_one_clear_error_and_exit_code_2(arguments: list[str], said: str, tmp_path: Path) -> None:
    knowledge_base(tmp_path / "kb")
    (tmp_path / "ragft.toml").write_text('[knowledge_base]\npath = "kb"\n[retrieval]\nembedder = "hashing"\n')
    done = ragft(*arguments, cwd=tmp_path)
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("error: ")]) == 1


def _opened_for(process: subprocess.Popen[str], pipe: Path) -> IO[bytes]:
    """Open the writing end of `pipe` as soon as `process` reads from it; fail when it dies before, or never does."""
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError):  # nobody reads yet
            return open(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK), "wb")
        time.sleep(0.05)
    process.kill()
    pytest.fail(f"the command did not begin to read {pipe.name}:\n{process.communicate()[1]}")


def test_an_interrupt_says_that_nothing_is_lost(tmp_path: Path) -> None:
    folder = knowledge_base(tmp_path / "kb")
    (folder / "questions.jsonl").unlink()
    os.mkfifo(folder / "questions.jsonl")  # reading it waits for ever: a long job, without the work
    root = Path(__file__).resolve().parents[2]
    code = f"import sys; sys.path.insert(0, {str(root)!r}); from shells.cli import main; main()"
    command = [sys.executable, "-c", code, "kb", "check", str(folder)]
    listening = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # tests started in the background inherit a deaf ear
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=listening)
    with _opened_for(process, folder / "questions.jsonl"):
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert said.startswith("interrupted: what was finished is kept")
    assert "Traceback" not in said
