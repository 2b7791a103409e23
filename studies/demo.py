"""The main job, end to end, on whatever project it is given: ask, train, compare, report."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eval.comparison import Comparison
from finetune.measuring import peak_resident
from foundation.errors import TrainingError
from knowledge_base.model import Question
from studies.choosing import choose_questions, thinned
from studies.comparing import run_comparison
from studies.importing import imported_among
from studies.preparing import ensure_index
from studies.project import Project
from studies.reporting import write_reports
from studies.training import train_adapter

_ENOUGH = 100  # so many questions a few minutes teach in any case


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
    asked = choose_questions(project)
    question = next((question for question in asked if question.answers), asked[0])
    answer = project.chatbot(("rag",)).ask(question.text, "rag", language=question.language)
    say(f"     {question.text}\n     RAG: {answer.text}")
    expected = question.answers[0] if question.answers else "no answer is written down"
    say(f"     expected: {expected} ({time.monotonic() - started:.0f} s so far)")
    systems = project.eval_config.systems
    imported = imported_among(project, systems, asked)  # checked here: after training would be late
    for name in sorted({adapter for name in systems if name not in imported and (adapter := project.system(name).adapter)}):
        if project.adapter_folder(name).exists():
            say(f"2/4  adapter {name!r} is here already")
        else:
            chosen = training_questions(project)
            of = f"{len(chosen)} of {len(project.knowledge_base.split('train'))} training questions"
            say(f"2/4  training adapter {name!r} for {project.finetune_config.budget} on {of}")
            try:
                say(train_adapter(project, name, questions=chosen, say=say))
            except TrainingError as error:  # a slow machine learns little in the time: the report says so, and the rest still holds
                say(f"     {error}")
    say("3/4  comparing")
    folder = run_comparison(project, systems, say=say)
    say("4/4  scoring and report")
    comparison, written = write_reports(folder, models=project.models)
    return DemoResult(comparison, written, time.monotonic() - started, peak_resident())


def training_questions(project: Project) -> tuple[Question, ...]:
    """Return the training questions on the facts that are asked, and a quarter as many others (or up to 100 in all), evenly spread.

    A few minutes do not teach what a large knowledge base holds; spread over all of it they
    would show fine-tuning at its worst. `ragft train` takes the whole split.
    """
    asked = {question.fact for question in choose_questions(project)}
    training = project.knowledge_base.split("train")
    wanted = [question for question in training if question.fact in asked]
    others = thinned([question for question in training if question.fact not in asked], max(len(wanted) // 4, _ENOUGH - len(wanted)))
    kept = {question.id for question in (*wanted, *others)}
    return tuple(question for question in training if question.id in kept)
