"""Does a fast engine answer as the reference does? Asked on real prompts of every system, and counted.

Both engines answer the same questions as the same systems, each into a run folder of its own under
`workspace/verify/`, so that a stop costs one batch and the reference is paid for once. The noise
floor is the reference against itself in bfloat16: what rounding alone does to greedy answers.
"""

from __future__ import annotations

import datetime
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from chatbot.config import ModelConfig, Precision
from chatbot.engines import ENGINES, REFERENCE
from chatbot.verified import MARGINS, Agreement, Verification
from eval.imported import imported_names
from eval.metrics.catalogue import PRIMARY
from eval.metrics.rouge import rouge_l
from eval.model import RunRecord
from eval.runs import RunFolder
from eval.scores import score_records
from eval.stats.paired import clustered_difference
from foundation.errors import ConfigurationError, DataError
from knowledge_base.exposure import exposures
from knowledge_base.model import Question
from studies.adapters import fitting_adapters, trained_questions
from studies.choosing import thinned
from studies.comparing import declare
from studies.preparing import ensure_index
from studies.project import Project

ENOUGH: Final = 1000  # prompts below which nothing counts as verified
CONFIDENCE: Final = 0.90  # two one-sided tests at 5 % (Schuirmann 1987)
FLOOR: Final = "bfloat16"


@dataclass(frozen=True)
class Answered:
    """The answers of one engine: its records by (system, question), where they lie, and what it was."""

    records: Mapping[tuple[str, str], RunRecord]
    folder: Path
    engine: Mapping[str, str]  # EngineInfo as JSON


@dataclass(frozen=True)
class Verified:
    """A candidate beside the reference, and beside it the noise floor when that was asked for."""

    candidate: Verification
    floor: Verification | None
    enough: bool


def verify(
    project: Project,
    *,
    prompts: int = ENOUGH,
    floor: bool = True,
    say: Callable[[str], None],
    progress: bool = True,
) -> Verified:
    """Answer at least `prompts` prompts with the reference and with the engine that `[model]` names, and compare them.

    The systems are those of `eval.systems` that can answer now; questions come from the configured
    split, and from the others where it has too few. Interrupted, the same call goes on.

    Raises UnknownNameError for an engine that is not known, ConfigurationError for the reference itself and for a server,
    DataError without questions.
    """
    base = project.model_config
    ENGINES.entry(base.engine)  # a name that is not known is said before the reference has worked for minutes
    if base.engine == REFERENCE and base.precision in ("auto", "float32"):
        raise ConfigurationError(
            "the reference is what others are held against. Name another engine: ragft engine verify --engine openvino"
        )
    if base.engine == "openai":
        raise ConfigurationError(
            "a server cannot be verified: what answers at its address may change from one day to the next. Verify a local engine: "
            "ragft engine verify --engine openvino"
        )
    missing = project.missing_adapters()
    asked = [project.system(name).name for name in project.eval_config.systems if name not in imported_names(project.workspace)]
    systems = [name for name in asked if name not in missing]
    for name in asked:
        if name in missing:
            say(f"left out: {name} ({missing[name]})")
    if not systems:
        raise DataError(f"none of the systems {', '.join(asked)} can answer now. Name one that can: --set 'eval.systems=[\"base\"]'")
    questions = _questions(project, -(-prompts // len(systems)))
    ensure_index(project, systems, say)
    configs = {"candidate": base, "reference": _reference(base, "float32"), **({"floor": _reference(base, FLOOR)} if floor else {})}
    answered = {role: _answer(project, config, systems, questions, say, progress) for role, config in configs.items()}
    say("timing them in turns")
    seconds = race([replace(project, model_config=config) for config in configs.values()], systems, questions)
    speeds = {role: seconds[1] / own for role, own in zip(configs, seconds, strict=True)}
    rows = {
        role: compare_answers(project, answered["reference"], answered[role], systems, questions, speeds[role])
        for role in configs
        if role != "reference"
    }
    return Verified(rows["candidate"], rows.get("floor"), len(questions) * len(systems) >= ENOUGH)


def race(projects: Sequence[Project], systems: Sequence[str], questions: Sequence[Question]) -> list[float]:
    """Return the seconds that each project's engine takes for one batch of questions per system, asked in turns.

    Speeds measured at different hours cannot be compared; each engine is warmed up first, on another question.
    """
    bots = [project.chatbot(systems) for project in projects]
    batch = questions[: projects[0].model_config.batch_size]
    seconds = [0.0] * len(bots)
    for bot in bots:
        for system in systems:
            bot.ask_many(questions[-1:], system)
    for system in systems:
        for place, bot in enumerate(bots):
            started = time.perf_counter()
            bot.ask_many(batch, system)
            seconds[place] += time.perf_counter() - started
    return seconds


def _reference(config: ModelConfig, precision: Precision) -> ModelConfig:
    return config.model_copy(update={"engine": REFERENCE, "precision": precision, "device": "cpu"})


def _questions(project: Project, count: int) -> tuple[Question, ...]:
    """Return `count` questions of the configured split, filled up from the other splits."""
    chosen = project.knowledge_base.split(project.eval_config.split)
    if len(chosen) < count:
        taken = {question.id for question in chosen}
        rest = [question for question in project.knowledge_base.questions if question.id not in taken]
        chosen = (*chosen, *thinned(rest, count - len(chosen)))
    if not chosen:
        raise DataError(f"knowledge base {project.knowledge_base.name!r} has no questions to verify an engine with.")
    return thinned(chosen, count)


def _answer(
    project: Project,
    config: ModelConfig,
    systems: Sequence[str],
    questions: Sequence[Question],
    say: Callable[[str], None],
    progress: bool,
) -> Answered:
    """Fill the run folder of one engine and read it back."""
    from eval.running import run

    own = replace(project, model_config=config)
    if own.engine.info().engine != config.engine:
        raise ConfigurationError(
            f"{config.name} cannot run on {config.engine}: there is nothing to verify, and the reference answers for it."
        )
    chatbot = own.chatbot(systems)
    adapters = fitting_adapters(own, systems)
    manifest = declare(own, systems, questions, adapters)
    name = f"{manifest.engine['engine']}-{manifest.engine['precision']}-{manifest.id.removeprefix('run-')}"
    folder = project.workspace / "verify" / name
    say(f"{len(questions)} questions × {len(systems)} systems with {manifest.engine['engine']} in {manifest.engine['precision']}")
    seen = exposures(questions, trained_questions(own, adapters))
    run(folder, chatbot, questions, manifest, exposures=seen, batch=config.batch_size, progress=progress)
    records = RunFolder.open(folder).records()
    return Answered({(r.system, r.question_id): r for r in records}, folder, manifest.engine)


def compare_answers(
    project: Project, reference: Answered, other: Answered, systems: Sequence[str], questions: Sequence[Question], speedup: float
) -> Verification:
    """Hold one engine's answers against the reference's, prompt by prompt."""
    keys = [(system, question.id) for system in systems for question in questions]
    texts = [(_text(reference.records[key]), _text(other.records[key])) for key in keys]
    languages = {question.id: question.language for question in questions}
    alike = [_overlap(a, b, languages[key[1]]) for key, (a, b) in zip(keys, texts, strict=True)]
    info = other.engine
    return Verification(
        model=str(info["model"]),
        model_fingerprint=str(info["model_fingerprint"]),
        engine=str(info["engine"]),
        version=str(info.get("version", "")),
        precision=str(info["precision"]),
        prompts=len(keys),
        questions=len(questions),
        systems=tuple(systems),
        knowledge_base=project.knowledge_base.name,
        identical=sum(a == b for a, b in texts) / len(texts),
        rouge_l=sum(alike) / len(alike),
        speedup=speedup,
        failed=sum((reference.records[key].answer is None) != (other.records[key].answer is None) for key in keys),
        agreement=_agreement(reference, other, keys),
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        machine=f"{platform.system()} {platform.machine()}",
    )


def _agreement(reference: Answered, other: Answered, keys: Sequence[tuple[str, str]]) -> dict[str, Agreement]:
    """Return per quality metric the paired difference, with its interval clustered by question."""
    scores = [_scores(answered) for answered in (reference, other)]
    found = {}
    for name in PRIMARY:
        pairs = [(scores[0].get((name, *key)), scores[1].get((name, *key))) for key in keys]
        both = [(key[1], b - a) for key, (a, b) in zip(keys, pairs, strict=True) if a is not None and b is not None]
        if both:
            estimate = clustered_difference(
                [difference for _, difference in both], [question for question, _ in both], confidence=CONFIDENCE
            )
            found[name] = Agreement(estimate.value, estimate.low, estimate.high, MARGINS.get(name))
    return found


def _scores(answered: Answered) -> dict[tuple[str, str, str], float]:
    folder = RunFolder.open(answered.folder)
    rows = score_records(folder.manifest, folder.asked, list(answered.records.values()))
    return {(row.metric, row.system, row.question_id): row.value for row in rows if row.value is not None}


def _text(record: RunRecord) -> str:
    return f"error: {record.error}" if record.answer is None else record.answer.text


def _overlap(expected: str, text: str, language: str) -> float:
    """Return ROUGE-L F of two answers, 1 for equal ones, empty ones included."""
    return 1.0 if expected == text else rouge_l(expected, text, language)
