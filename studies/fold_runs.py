"""k-fold: each question answered by the model that did not see it, all of them in one run.

For each fold there is a variant of the project in which the fold's questions are the test split, all others the train split,
and the systems use an adapter of that fold. Everything else (training, prompts, worked examples, exposure) is then what it
always is. How folds are cut is decided in `studies.folds`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from chatbot.chat import Chatbot
from chatbot.contexts import READS_INDEX
from chatbot.model import Answer
from eval.imported import Answering
from eval.model import RunManifest
from eval.runs import RunFolder
from finetune.adapters import list_adapters
from finetune.model import AdapterManifest
from foundation.errors import ConfigurationError, DataError, TrainingError
from foundation.files import write_text
from foundation.fingerprint import fingerprint
from foundation.jsonable import to_json
from knowledge_base.exposure import exposures, leaks
from knowledge_base.model import Exposure, Question, Split
from studies.adapters import fitting_adapters, trained_questions
from studies.choosing import thinned
from studies.comparing import declare, with_the_engine_of
from studies.fewshot import few_shot_examples
from studies.folds import Fold, draw_folds
from studies.importing import imported_among
from studies.preparing import ensure_index
from studies.project import Project
from studies.training import load_shared, train_adapter
from studies.variants import require_one_process, variant, with_adapters

_TEXTS = frozenset({"documents", "synthetic"})  # recipes that read documents, those of questions that are held out too


@dataclass(frozen=True)
class FoldProject:
    """One fold with the project in which it is the test split."""

    fold: Fold
    project: Project
    asked: tuple[Question, ...]  # of the fold's questions
    _chatbots: dict[str, Chatbot] = field(init=False, repr=False, compare=False, default_factory=dict)

    def chatbot(self, system: str) -> Chatbot:
        """Return what answers as one system of this fold.

        Its adapter is loaded when it is first asked for and not before: of ten folds' adapters an engine may keep fewer.
        """
        if system not in self._chatbots:
            self._chatbots[system] = self.project.chatbot([system])
        return self._chatbots[system]


@dataclass(frozen=True)
class FoldAnswering:
    """Answers each question as the fold does that holds it out; systems that learn nothing answer all alike."""

    folds: Sequence[FoldProject]
    _places: dict[str, int] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._places.update({question.id: at for at, one in enumerate(self.folds) for question in one.asked})

    def ask_many(self, questions: Sequence[Question], system: str) -> list[Answer]:
        """Return the answers in order. Questions of one fold that stand together share a batch."""
        described = self.folds[0].project.system(system)
        if described.adapter is None and described.context != "few-shot":  # what it is shown does not depend on the fold
            return self.folds[0].chatbot(system).ask_many(questions, system)
        return [
            answer
            for at, part in groupby(questions, key=lambda question: self._places[question.id])
            for answer in self.folds[at].chatbot(system).ask_many(list(part), system)
        ]


def fold_projects(project: Project, count: int, systems: Sequence[str]) -> tuple[FoldProject, ...]:
    """Return one project per fold of the questions that take part: all of them, or a split that was asked for by name.

    `systems` are those that answer. With fewer questions to ask (`eval.questions`) an even share of them is asked, and all others train.

    Raises what `studies.folds.draw_folds` raises.
    """
    chosen = project.knowledge_base.questions
    if project.origin("eval.split") != "default":
        chosen = project.knowledge_base.split(project.eval_config.split)
    if not chosen:
        raise DataError(f"knowledge base {project.knowledge_base.name!r} has no questions to make folds of. Add some, or set eval.split.")
    folds = draw_folds(chosen, count, seed=project.knowledge_base_config.seed)
    asked = {question.id for question in thinned(chosen, project.eval_config.questions or len(chosen))}
    own = project.eval_config.model_copy(update={"systems": tuple(systems)})
    adapters = _adapters(project, systems)
    made = []
    for fold in folds:
        held_out = {question.id for question in fold.questions}
        questions = tuple(replace(question, split="test" if question.id in held_out else _split(question, project)) for question in chosen)
        renamed = with_adapters(project, {name: fold.adapter(name) for name in adapters}).systems
        folded = variant(project, knowledge_base=replace(project.knowledge_base, questions=questions), systems=renamed, eval_config=own)
        made.append(FoldProject(fold, folded, tuple(question for question in folded.knowledge_base.split("test") if question.id in asked)))
    return tuple(made)


def _split(question: Question, project: Project) -> Split:
    """Return where a question goes that its fold does not hold out: training, but for those that an early stop goes by."""
    return "validation" if question.split == "validation" and project.finetune_config.early_stop != "off" else "train"


def train_folds(project: Project, name: str, count: int, *, again: bool = False, say: Callable[[str], None], progress: bool = True) -> str:
    """Train adapter `name` once without each fold, and return the summaries; those that are there already are kept.

    A fold that fails its end check does not stop the others: its answers count as they are, and reports say so.

    Raises ConfigurationError among processes that train together and for an adapter that no system uses, and what `fold_projects`
    and `studies.training.train_adapter` raise.
    """
    require_one_process("--kfold")
    systems = [system.name for system in project.systems.values() if system.adapter == name]
    if not systems:
        raise ConfigurationError(f"no system uses adapter {name!r}, and folds are trained to be asked. Name the adapter of a system.")
    said = []
    load_shared(project, say)
    for one in fold_projects(project, count, systems):
        adapter = one.fold.adapter(name)
        say(f"adapter {adapter!r}: {len(one.fold.questions)} questions held out")
        said.append(_train(one.project, adapter, again=again, say=say, progress=progress))
    return "\n".join(said)


def run_folds(
    project: Project,
    systems: Sequence[str],
    count: int,
    *,
    run: str | None = None,
    say: Callable[[str], None],
    progress: bool = True,
) -> Path:
    """Train what is missing, answer every question with every system, and return the run folder; what is there is not redone.

    Args:
        project: whose questions, and whose [finetune] section each fold is trained with; a budget is one fold's.
        systems: at least one of them has an adapter.
        count: of folds.
        run: name of the folder; derived from what is declared when None.
        say: told what goes on.
        progress: draw bars on standard error.

    Raises ConfigurationError when no system learns anything and among processes that train together, DataError for too few
    questions, and what `studies.comparing.run_comparison` raises.
    """
    from eval.running import run as answer

    require_one_process("--kfold")
    project = with_the_engine_of(run, project)
    imported = imported_among(project, systems, project.knowledge_base.questions)
    generated = [name for name in systems if name not in imported]
    if not _adapters(project, generated):
        raise ConfigurationError("--kfold trains an adapter per fold, and none of these systems has one. Leave --kfold away.")
    fold_projects(project, count, generated)  # too few questions are told before anything is loaded
    ensure_index(project, generated, say)
    if any(project.system(name).context in READS_INDEX for name in generated):
        _ = project.index  # opened once for all folds
    _ = project.engine
    folds = fold_projects(project, count, generated)
    for one in folds:
        for adapter in _adapters(one.project, generated):
            say(f"fold {one.fold.number} of {count}: adapter {adapter!r}, {len(one.fold.questions)} questions held out")
            say(_train(one.project, adapter, again=False, say=say, progress=progress))
    adapters = [fitting_adapters(one.project, generated) for one in folds]
    trained = {name: manifest for found in adapters for name, manifest in found.items()}
    questions = tuple(question for one in folds for question in one.asked)
    manifest = _declared(project, systems, folds, adapters, declare(project, systems, questions, trained, imported))
    folder = project.workspace / "runs" / (run or manifest.id)
    say(f"{len(questions)} questions × {len(systems)} systems in {count} folds into {folder}")
    chatbot = FoldAnswering(folds)
    answer(
        folder,
        Answering(chatbot, imported) if imported else chatbot,
        questions,
        manifest,
        exposures=_exposures(folds, adapters),
        batch=project.model_config.batch_size,
        latency=project.eval_config.latency,
        progress=progress,
        imported={name: system.seconds for name, system in imported.items()},
    )
    _name_adapters(folder, folds, generated)
    return folder


def _adapters(project: Project, systems: Sequence[str]) -> list[str]:
    return sorted({adapter for name in systems if (adapter := project.system(name).adapter)})


def _train(folded: Project, adapter: str, *, again: bool, say: Callable[[str], None], progress: bool) -> str:
    """Train an adapter of a fold and return what there is to say; one that failed its end check, now or before, is no reason to stop."""
    try:
        return train_adapter(folded, adapter, again=again, say=say, progress=progress)
    except TrainingError as error:
        if adapter not in list_adapters(folded.workspace):  # there is nothing to ask
            raise
        return str(error)


def _declared(
    project: Project,
    systems: Sequence[str],
    folds: Sequence[FoldProject],
    adapters: Sequence[Mapping[str, AdapterManifest]],
    plain: RunManifest,
) -> RunManifest:
    """Return the manifest of a plain run with what the folds make different; its id is that of all this."""
    names = _adapters(project, [name for name in systems if name in project.systems])
    plan = {
        "count": len(folds),
        "seed": project.knowledge_base_config.seed,
        "sizes": [len(one.asked) for one in folds],  # questions are asked fold by fold
        "systems": [name for name in systems if name in project.systems and project.system(name).adapter],
        "adapters": {name: [one.fold.adapter(name) for one in folds] for name in names},
    }
    if texts := sorted(_TEXTS & set(project.finetune_config.recipe)):
        plan["texts"] = texts
    leaked = sum(len(leaks(trained_questions(one.project, found), one.asked)) for one, found in zip(folds, adapters, strict=True))
    shown = any(project.system(name).context == "few-shot" for name in systems if name in project.systems)
    examples = [to_json(example) for one in folds for example in few_shot_examples(one.project.knowledge_base.questions)]
    fingerprints = {**plain.fingerprints, "examples": fingerprint(examples) if shown else None}
    made = replace(plain, plan={**plain.plan, "leaks": leaked, "folds": plan}, fingerprints=fingerprints)
    return replace(made, id=f"run-{fingerprint(plain.id, made.plan, fingerprints)[:10]}")


def _exposures(folds: Sequence[FoldProject], adapters: Sequence[Mapping[str, AdapterManifest]]) -> dict[str, Exposure]:
    """Return the exposure of each question to what its own fold trained."""
    found: dict[str, Exposure] = {}
    for one, trained in zip(folds, adapters, strict=True):
        found.update(exposures(one.asked, trained_questions(one.project, trained)))
    return found


def _name_adapters(folder: Path, folds: Sequence[FoldProject], systems: Sequence[str]) -> None:
    """Write into each record of a finished run which adapter answered, as its condition."""
    import json

    fold_of = {question.id: one for one in folds for question in one.asked}
    rows = []
    for record in RunFolder.open(folder).records():
        adapter = fold_of[record.question_id].project.system(record.system).adapter if record.system in systems else None
        rows.append((record, adapter or ""))
    if all(record.condition == adapter for record, adapter in rows):
        return
    lines = [json.loads(line) for line in (folder / "records.jsonl").read_text(encoding="utf-8").split("\n") if line]
    named = [{**line, "condition": adapter} for line, (_, adapter) in zip(lines, rows, strict=True)]
    write_text(folder / "records.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in named))
