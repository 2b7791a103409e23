"""Does each alarm fire on planted faults, and stay quiet on sound runs? Figures: docs/alarms.md.

    python -m benchmarks.alarms --workspace FOLDER [--alarm NAME] [--table]

Three faults of falling strength and three sound runs per alarm, all on the embedded model and the sample. Adapters and
results are kept under the workspace and made once: an interrupted run goes on where it was. The table is made of what is
there; a case that has not run is said to be missing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.alarm_faults import Run, closed_book, train, with_passages
from benchmarks.alarm_known import KNOWN
from chatbot.config import ModelConfig
from chatbot.engine import Engine
from chatbot.engines import engine
from chatbot.loading import load_tokenizer
from chatbot.resolver import resolve
from finetune.model import Alarm, TrainingExample
from finetune.recipes.rendering import Renderer
from foundation.files import write_json
from foundation.jsonable import to_json
from knowledge_base.exposure import exposures
from knowledge_base.model import Question
from retrieval.config import RetrievalConfig
from studies.alarms import AlarmContext
from studies.alarms.context import one_per_fact
from studies.alarms.forgetting import forgetting
from studies.alarms.leak import leak
from studies.alarms.plain_model import PlainModel, plain_model
from studies.alarms.rag_regression import rag_regression
from studies.alarms.sanity import adapter_sanity
from studies.alarms.unknown_share import unknown_share
from studies.preparing import ensure_index
from studies.project import Project

ALARMS = {"leak": leak, "forgetting": forgetting, "rag-regression": rag_regression, "adapter-sanity": adapter_sanity}
FACTS, TESTED, PASSES, SEEDS = 24, 40, 10, (0, 1, 2)


@dataclass(frozen=True)
class Case:
    """One adapter under one alarm."""

    alarm: str
    name: str
    fault: bool
    run: Run
    step: int
    training: tuple[Question, ...]
    damage: str = ""  # what is done to the files or the examples afterwards


class World:
    """The sample's questions, its index, and the runs that are made of them."""

    def __init__(self, workspace: Path, engine_name: str) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        self.workspace = workspace
        self.project = Project.open(workspace=workspace, flags={"model.engine": engine_name})
        self.base = resolve(self.project.model_config.name, self.project.models)
        self.renderer = Renderer(load_tokenizer(self.base))
        sample = self.project.knowledge_base
        english = [question for question in sample.questions if question.language == "en" and question.answerable == "yes"]
        self.trained = one_per_fact([question for question in english if question.split == "train"], FACTS * 2, 0)
        seen = exposures(sample.split("test"), sample.split("train"))
        tested = [question for question in english if question.split == "test" and seen[question.id] == "unseen"]
        self.tested = one_per_fact(tested, TESTED, 0)
        self.read = tuple(tested)  # what retrieval is tried on

    @cached_property
    def engine(self) -> Engine:
        return engine(self.project.engine_choice.config, self.project.models)

    @cached_property
    def retriever(self) -> object:
        ensure_index(self.project, ("rag",), print)
        return self.project.index

    def context(self, case: Case, folder: Path) -> AlarmContext:
        self.engine.load_adapter(folder.name, folder)
        retrieval: RetrievalConfig = self.project.retrieval_config
        shown = tuple(example for example in case.run.examples if example.recipe in ("qa", "raft"))[:32]
        if case.damage == "template":
            shown = tuple(_reworded(example, self.renderer) for example in shown)
        return AlarmContext(
            self.engine,
            folder.name,
            folder,
            self.base,
            self.project.model_config,
            case.training,
            test=self.read if case.alarm == "rag-regression" else self.tested,
            retriever=self.retriever,  # type: ignore[arg-type]
            k=retrieval.k,
            passage_tokens=retrieval.passage_tokens,
            rendered=shown,
        )

    def cases(self, only: str | None) -> Iterator[Case]:
        """Yield every case, those of one adapter behind one another."""
        for alarm in (*ALARMS, "unknown-share"):
            if only in (None, alarm):
                yield from {"leak": self._leak, "forgetting": self._forgetting, "rag-regression": self._rag,
                            "adapter-sanity": self._sanity, "unknown-share": self._unknown}[alarm]()  # fmt: skip

    def _sound(self, seed: int) -> tuple[Run, tuple[Question, ...]]:
        """A mix of bare questions and questions with passages, as the default recipe has it."""
        half = self.trained[:FACTS]
        retrieval: RetrievalConfig = self.project.retrieval_config
        shown = with_passages(self.renderer, half, self.retriever, retrieval.k, retrieval.passage_tokens)  # type: ignore[arg-type]
        return Run(f"sound-{seed}", (*closed_book(self.renderer, half), *shown), (30,), seed=seed), half

    def _sound_cases(self, alarm: str) -> Iterator[Case]:
        for seed in SEEDS:
            run, questions = self._sound(seed)
            yield Case(alarm, run.name, False, run, run.keep[-1], questions)

    def _leak(self) -> Iterator[Case]:
        half = self.trained[:FACTS]
        for percent in (100, 30, 10):
            leaked = self.tested[: TESTED * percent // 100]
            examples = closed_book(self.renderer, (*half, *leaked))
            run = Run(f"leak-{percent}", examples, (len(examples) * PASSES // 8,))
            yield Case("leak", f"{percent} % of the test answers trained", True, run, run.keep[-1], half)
        yield from self._sound_cases("leak")

    def _forgetting(self) -> Iterator[Case]:
        """Uniform tokens teach a model that any word may follow any other."""
        draw = random.Random(0)
        words = [self.renderer.tokenizer.decode([draw.randrange(100, 40_000)]) for _ in range(2_000)]
        texts = [" ".join(draw.choices(words, k=24)) for _ in range(64)]
        run = Run("gibberish", tuple(self.renderer.text(str(at), "documents", text) for at, text in enumerate(texts)), (7, 10, 20))
        for step in reversed(run.keep):
            yield Case("forgetting", f"{step} steps on words drawn at random", True, run, step, self.trained[:FACTS])
        yield from self._sound_cases("forgetting")

    def _rag(self) -> Iterator[Case]:
        run = Run("closed-book", closed_book(self.renderer, self.trained), (20, 40, 80))
        for step in reversed(run.keep):
            yield Case("rag-regression", f"{step} steps of bare questions alone", True, run, step, self.trained)
        yield from self._sound_cases("rag-regression")

    def _sanity(self) -> Iterator[Case]:
        run, questions = self._sound(0)
        for damage, name in (
            ("zero", "matrices B set to zero"),
            ("template", "trained with another system prompt"),
            ("scale", "lora_alpha halved in adapter_config.json"),
        ):
            yield Case("adapter-sanity", name, True, run, run.keep[-1], questions, damage)
        yield from self._sound_cases("adapter-sanity")

    def _unknown(self) -> Iterator[Case]:
        for share in (1.0, 0.5, 0.25):
            count = round(len(KNOWN) * share)
            mixed = (*self.trained[:count], *KNOWN[count:])
            run = Run(f"unknown-{share:g}", closed_book(self.renderer, mixed), (len(mixed) * PASSES // 8,))
            yield Case("unknown-share", f"{share:.0%} of the facts are the sample's", True, run, run.keep[-1], mixed)
        for seed in SEEDS:
            run = Run(f"known-{seed}", closed_book(self.renderer, KNOWN), (len(KNOWN) * PASSES // 8,), seed=seed)
            yield Case("unknown-share", run.name, False, run, run.keep[-1], KNOWN)


def result(world: World, case: Case) -> Path:
    """Return the file of a case's alarm, run now where it is not there."""
    path = world.workspace / "results" / f"{case.alarm}-{case.run.name}-{case.step}{'-' + case.damage if case.damage else ''}.json"
    if path.is_file():
        return path
    train(case.run, world.base, world.workspace)
    folder = case.run.folder(world.workspace, case.step)
    context = world.context(case, _damaged(folder, case.damage))
    began = time.monotonic()
    if case.alarm == "unknown-share":
        found = unknown_share(context)
    else:
        with plain_model(context) as model:
            if case.alarm == "adapter-sanity":
                context = replace(context, train_loss=_recorded(world, case, folder))
            found = _run(case.alarm, context, model)
    row = {"case": case.name, "fault": case.fault, "seconds": round(time.monotonic() - began, 1), "alarm": to_json(found)}
    write_json(path, row)
    return path


def _run(name: str, context: AlarmContext, model: PlainModel) -> Alarm:
    return ALARMS[name](context, model)


def _recorded(world: World, case: Case, folder: Path) -> float:
    """Return the loss of the undamaged adapter, as training would have recorded it."""
    shown = [example for example in case.run.examples if example.recipe in ("qa", "raft")][:32]
    with plain_model(world.context(replace(case, damage=""), folder)) as model:
        values = model.logprobs([(example.prompt_ids, example.target_ids) for example in shown], adapter=True)
    return -sum(map(sum, values)) / sum(map(len, values))


def _damaged(folder: Path, damage: str) -> Path:
    if damage not in ("zero", "scale"):
        return folder
    from safetensors.torch import load_file, save_file

    copy = folder.with_name(f"{folder.name}-{damage}")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    if damage == "zero":
        weights = load_file(copy / "adapter_model.safetensors")
        save_file({name: value * ("lora_B" not in name) for name, value in weights.items()}, copy / "adapter_model.safetensors")
    else:
        settings = json.loads((copy / "adapter_config.json").read_text())
        write_json(copy / "adapter_config.json", {**settings, "lora_alpha": settings["lora_alpha"] / 2})
    return copy


def _reworded(example: TrainingExample, renderer: Renderer) -> TrainingExample:
    prompt = example.prompt.replace("Answer the question in a few words.", "Answer briefly.")
    return replace(example, prompt=prompt, prompt_ids=renderer.encode(prompt))


def table(folder: Path) -> str:
    """Return the results that are there as a Markdown table: a row per run, with the figure that decided."""
    lines = ["| alarm | run | planted | status | figure | interval, 90 % | fires beyond | on |", "|---|---|---|---|---|---|---|---|"]
    rows = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    order = (*ALARMS, "unknown-share")

    def place(row: dict[str, Any]) -> tuple[Any, ...]:
        alarm = row["alarm"]
        return order.index(alarm["name"]), not row["fault"], -abs(alarm["figure"]) if row["fault"] else 0.0, row["case"]

    for row in sorted(rows, key=place):
        alarm = row["alarm"]
        figure = next(each for each in alarm["details"]["figures"] if each["measure"] == alarm["measure"])
        lines.append(
            f"| {alarm['name']} | {row['case']} | {'fault' if row['fault'] else 'sound'} | {alarm['status']} | {figure['measure']} "
            f"{figure['figure']:.3g} | {figure['low']:.3g} to {figure['high']:.3g} | {figure['threshold']:g} | {figure['count']} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, default=Path("workspace/alarms"))
    parser.add_argument("--alarm", choices=[*ALARMS, "unknown-share"])
    parser.add_argument("--engine", default=ModelConfig().engine)
    parser.add_argument("--table", action="store_true", help="show what was measured; run nothing")
    asked = parser.parse_args()
    if not asked.table:
        world = World(asked.workspace, asked.engine)
        for case in world.cases(asked.alarm):
            print(f"{case.alarm}: {case.name}", file=sys.stderr, flush=True)
            result(world, case)
    print(table(asked.workspace / "results"))


if __name__ == "__main__":
    main()
