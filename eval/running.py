"""Ask every question of every system, batch by batch, and keep each answer or error.

The batch plan is fixed: consecutive questions in question order, per system. Who shares a batch can
change the last bits of a sum and so an answer; therefore a resumed run repeats whole batches. One
failing question never ends a run; an engine that is gone does, for each further answer would be an
error that nobody asks for again. What the answers are worth is decided later, from the folder.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from chatbot.model import Answer
from eval.folding import folded_systems
from eval.model import Asked, Latency, RunManifest, RunRecord
from eval.resuming import open_or_create
from eval.runs import RunFolder
from foundation.errors import ConfigurationError, DataError, EngineUnavailableError, MismatchError, MissingDependencyError, UnknownNameError
from knowledge_base.model import Exposure, Question

# Faults of the set-up, and an engine that is gone: they would hit every question, so the run stops and says so at once.
_FATAL = (ConfigurationError, UnknownNameError, MismatchError, MissingDependencyError, EngineUnavailableError)


class Answers(Protocol):
    """What a run needs of a chatbot."""

    def ask_many(self, questions: Sequence[Question], system: str) -> Sequence[Answer | None]:
        """Return one answer per question, in order; None where the system has none (imported answers alone)."""


def run(
    folder: Path,
    chatbot: Answers,
    questions: Sequence[Question],
    manifest: RunManifest,
    *,
    batch: int,
    latency: int = 0,
    progress: bool = True,
    exposures: Mapping[str, Exposure] | None = None,
    imported: Mapping[str, Mapping[str, float]] | None = None,
) -> None:
    """Fill the run folder at `folder` with a record per system and question; go on where it was left.

    Args:
        folder: a new folder, or one of the same run.
        chatbot: answers the systems that `manifest.systems` names.
        questions: those of `manifest.question_ids`, in that order.
        manifest: what is run, kept in the folder and checked when resuming.
        batch: questions asked together, at least 1.
        latency: so many questions, from the first, are asked again one at a time and timed.
        progress: draw a bar on standard error.
        exposures: question id → exposure to the training questions; "unseen" where none is given.
        imported: for each system whose answers were not generated here, the seconds that its questions took by
            its own account (question id → seconds; empty when not known). Nothing is timed for these.

    Raises MismatchError when the folder holds another run, DataError for a damaged folder or no
    questions, EngineUnavailableError when the engine is gone: finished batches are kept, and the same
    call goes on. A question that fails otherwise is kept as a record with its error.
    """
    if not questions or not manifest.systems:
        raise DataError("there is nothing to ask: name at least one system, and a split that has questions.")
    if batch < 1:
        raise ConfigurationError(f"a batch holds at least one question, not {batch}.")
    if len({question.id for question in questions}) < len(questions):
        raise DataError("two questions have the same id. Give each question its own: scores are kept by it.")
    if tuple(question.id for question in questions) != manifest.question_ids:
        raise MismatchError("the questions are not those that the manifest names. Build the manifest from the questions that are asked.")
    seen = exposures or {}
    asked = tuple(Asked(question, seen.get(question.id, "unseen")) for question in questions)
    runs = open_or_create(folder, manifest, asked)
    finished = runs.mend(batch)
    names = [str(system["name"]) for system in manifest.systems]
    known = imported or {}
    if latency:  # first, while no engine has met these prompts: one that keeps prefixes would answer the second time too soon
        folded = folded_systems(manifest.plan)  # nobody waits for an adapter per question: what they take is not told
        _time_all(runs, chatbot, questions, latency, [name for name in names if name not in known and name not in folded])
    _ask_all(runs, chatbot, questions, names, batch, finished, progress, generated=set(names) - set(known))
    timed = {row.system for row in runs.latencies()}
    for name in known:
        if name not in timed:
            runs.append_latencies([Latency(name, q.id, known[name][q.id]) for q in questions if q.id in known[name]])


def _ask_all(
    runs: RunFolder,
    chatbot: Answers,
    questions: Sequence[Question],
    names: Sequence[str],
    batch: int,
    finished: set[tuple[str, int]],
    progress: bool,
    generated: set[str],
) -> None:
    from tqdm import tqdm

    starts = range(0, len(questions), batch)
    done = sum(len(questions[start : start + batch]) for name in names for start in starts if (name, start // batch) in finished)
    with tqdm(total=len(questions) * len(names), initial=done, unit="question", disable=not progress) as bar:
        for name in names:
            bar.set_description(name)
            for start in starts:
                if (name, start // batch) not in finished:
                    part = questions[start : start + batch]
                    records = _ask_batch(chatbot, part, name, start // batch)
                    # Reading an imported answer takes no time that means anything.
                    runs.append(records if name in generated else [replace(record, seconds=0.0) for record in records])
                    bar.update(len(part))


def _ask_batch(chatbot: Answers, questions: Sequence[Question], system: str, number: int) -> list[RunRecord]:
    """Ask one batch; when it fails, ask its questions one by one so that only the failing ones are lost."""
    started = time.perf_counter()
    outcomes: list[Answer | str | None] = list(_try(chatbot, questions, system))
    if len(outcomes) != len(questions):
        outcomes = [_try(chatbot, [question], system)[0] for question in questions]
    seconds = time.perf_counter() - started
    return [
        RunRecord(question.id, system, None, error=outcome, batch=number, seconds=seconds)
        if isinstance(outcome, str)
        else RunRecord(question.id, system, outcome, batch=number, seconds=seconds)
        for question, outcome in zip(questions, outcomes, strict=True)
    ]


def _try(chatbot: Answers, questions: Sequence[Question], system: str) -> Sequence[Answer | str | None]:
    """Return an answer per question, or a single error message when any of them fails."""
    try:
        answers = chatbot.ask_many(questions, system)
    except _FATAL:
        raise
    except Exception as error:  # whatever one question provokes in an engine or library must not cost the answers of all others
        return [f"{type(error).__name__}: {error}"]
    if len(answers) != len(questions):
        return [f"EngineError: {len(answers)} answers to {len(questions)} questions"]
    return answers


def _time_all(runs: RunFolder, chatbot: Answers, questions: Sequence[Question], count: int, names: Sequence[str]) -> None:
    """Ask the first `count` questions one at a time of each system not yet timed; the last of all is asked first, to warm up."""
    timed = [row.system for row in runs.latencies()]
    for name in names:
        if timed.count(name) >= min(count, len(questions)):
            continue
        _try(chatbot, questions[-1:], name)
        rows = []
        for question in questions[:count]:
            started = time.perf_counter()
            outcome = _try(chatbot, [question], name)[0]
            seconds = time.perf_counter() - started
            failed = isinstance(outcome, str)
            rows.append(Latency(name, question.id, None if failed else seconds, outcome if isinstance(outcome, str) else None))
        runs.append_latencies(rows)
