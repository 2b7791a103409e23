"""The main job, end to end, on whatever project it is given: ask, train, compare, report."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eval.model import Comparison
from studies.comparing import run_comparison, write_reports
from studies.preparing import ensure_index
from studies.project import Project
from studies.training import train_adapter


@dataclass(frozen=True)
class DemoResult:
    """What the demo made, and what it took."""

    comparison: Comparison
    reports: tuple[Path, ...]
    seconds: float
    peak_bytes: int


def run_demo(project: Project, *, say: Callable[[str], None]) -> DemoResult:
    """Answer one question with RAG, train what is missing, compare all systems; every step resumes."""
    started = time.monotonic()
    say(f"1/4  index and a first answer (knowledge base: {project.knowledge_base.name})")
    ensure_index(project, ("rag",), say)
    question = next(question for question in project.knowledge_base.split("test"))
    answer = project.chatbot(("rag",)).ask(question.text, "rag", language=question.language)
    say(f"     {question.text}\n     RAG: {answer.text}")
    say(f"     expected: {question.answers[0]} ({time.monotonic() - started:.0f} s so far)")
    systems = project.eval_config.systems
    for name in sorted({system.adapter for system in map(project.system, systems) if system.adapter}):
        if project.adapter_folder(name).exists():
            say(f"2/4  adapter {name!r} is here already")
        else:
            say(f"2/4  training adapter {name!r} for {project.finetune_config.budget}")
            say(train_adapter(project, name, say=say))
    say("3/4  comparing")
    folder = run_comparison(project, systems, say=say)
    say("4/4  scoring and report")
    comparison, written = write_reports(folder)
    return DemoResult(comparison, written, time.monotonic() - started, peak_resident_bytes())


def peak_resident_bytes() -> int:
    """Return the most memory that this process has held at once, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # kilobytes on Linux, bytes on macOS
