"""The training itself: load the base, make it trainable, feed it, checkpoint, evaluate, save what was learnt."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.loading import load_model
from chatbot.placement import Device
from chatbot.resolver import resolve
from finetune import devices
from finetune.adapters import BOARD
from finetune.board import Board
from finetune.checkpoints import SCRATCH, Checkpoint, TrainingFolder
from finetune.clock import Clock
from finetune.config import parse_budget
from finetune.estimating.devices import available_memory
from finetune.estimating.disk import check_room, needed_bytes
from finetune.estimating.memory import Kind, MemoryPlan, plan_memory
from finetune.evaluating import SAMPLED, Evaluator
from finetune.interrupts import Interrupts
from finetune.job import Job
from finetune.lora import (
    base_precision,
    checkpoint_activations,
    make_trainable,
    save_trained,
    set_weights,
    trainable_parameters,
    trained_weights,
)
from finetune.loss import shares_prefixes
from finetune.model import Coverage, Evaluation, Step
from finetune.preparing import Prepared
from finetune.reporting import Bar
from foundation.jsonable import from_json, to_json


@dataclass(frozen=True)
class Fitted:
    """How a training went."""

    steps: tuple[Step, ...]
    evaluations: tuple[Evaluation, ...]
    train_loss: float  # of the weights that were kept, over `feed.sample(SAMPLED)`
    seconds: float  # of training, all its parts together
    before: float  # of these, in processes before this one
    tokens: int
    tokens_per_second: float
    coverage: Coverage
    best_step: int | None
    drawn: tuple[str, ...]  # sources of the examples that were shown
    trainable_parameters: int
    memory: MemoryPlan
    peak_memory: int  # bytes


class _Run:
    """One training in this process: what its steps share."""

    def __init__(self, job: Job, prepared: Prepared, folder: TrainingFolder, seconds: float | None) -> None:
        from finetune.fast_lora import prepare as prepare_layers

        began, config = time.monotonic(), job.config
        self.job, self.feed, self.folder, self.config = job, prepared.feed, folder, config
        base_folder = resolve(job.model.name, job.models)
        devices.take_own_gpu()
        device: Device = "cpu" if job.model.device == "cpu" else "auto"
        base, self.tokenizer = load_model(base_folder, base_precision(config), device, chat_template=job.model.chat_template)
        total = sum(parameter.numel() for parameter in base.parameters())
        self.model = make_trainable(base, config, str(base_folder.resolve()))
        prepare_layers(self.model)
        self.trainable = trainable_parameters(self.model)
        width = 2 if config.method == "full" and config.precision == "bfloat16" else 4
        check_room(folder.path, needed_bytes(self.trainable, width=width))
        self.checkpoint: Checkpoint | None = folder.load()
        self.memory = self._memory_plan(base.config, total)
        if self.memory.checkpointing:
            checkpoint_activations(self.model)
        self.pad_id = int(self.tokenizer.pad_token_id)
        self.feed.sharing = self.feed.sharing and shares_prefixes(self.model, self.feed.alike(), self.pad_id)
        # Without a checkpoint nothing holds: the weights of the evaluation before the first step are gone too.
        steps, evaluations = folder.history(self.checkpoint.step if self.checkpoint else -1, rewrite=devices.rank() == 0)
        if self.checkpoint:
            set_weights(self.model, self.checkpoint.weights)
            self.feed.restore(self.checkpoint.state["feed"])
        left = None if seconds is None else max(1.0, seconds - devices.from_first(time.monotonic() - began))  # loading is paid for too
        self.clock = Clock(self.feed, left, steps)
        self.evaluator = Evaluator(
            self.model,
            self.tokenizer,
            prepared.validation,
            self.feed.sample(SAMPLED),
            job.validation,
            config,
            self.memory.micro_tokens,
            evaluations,
            share=self.feed.sharing,
        )
        self.best = self.checkpoint.best if self.checkpoint else None  # weights of the best evaluation, with early stop
        self.stopped: str | None = "early" if self.evaluator.exhausted else None
        self._saved = time.monotonic()

    def _memory_plan(self, base: Any, total: int) -> MemoryPlan:
        """Return how a step is cut: as before in a training that is gone on with, so that the order of sums is the same.

        Settings that were changed in between, because memory ran out perhaps, win.
        """
        before = self.checkpoint.state if self.checkpoint else {}
        if before.get("asked") == self._asked():
            return from_json(MemoryPlan, before["memory"], "checkpoint")
        kind: Kind = "gpu" if self.model.device.type == "cuda" else "cpu"
        return plan_memory(
            base,
            self.config,
            kind=kind,
            examples=self.feed.largest(),
            available=available_memory(kind),
            trainable=self.trainable,
            total=total,
        )

    def _asked(self) -> list[Any]:
        return [self.config.memory, self.config.micro_tokens, self.config.gradient_checkpointing]

    def train(self, scratch: Path) -> None:
        """Train to the end of the plan. An interrupt ends it after the step under way, with a checkpoint."""
        from finetune.trainer import AnswerTrainer

        self.board = Board(self.folder.path / BOARD) if devices.rank() == 0 else None
        self.bar = Bar(self.job.name, self.clock, shown=self.job.progress and devices.rank() == 0)
        with Interrupts() as self.interrupts:
            self.trainer = AnswerTrainer(
                self.model,
                self.feed,
                self.clock,
                self.config,
                micro_tokens=self.memory.micro_tokens,
                pad_id=self.pad_id,
                scratch=scratch,
                on_start=self._start,
                on_step=self._after_step,
            )
            try:
                if not self.clock.over and self.stopped is None:
                    self.trainer.train()
            finally:
                self.bar.close()
                if self.board:
                    self.board.close()
        if self.interrupts.asked:
            raise KeyboardInterrupt

    def _start(self) -> None:
        import torch

        if self.checkpoint:
            self.trainer.optimizer.load_state_dict(self.checkpoint.optimiser["optimiser"])
            torch.set_rng_state(self.checkpoint.optimiser["random"])
            if torch.cuda.is_available():
                torch.cuda.set_rng_state_all(self.checkpoint.optimiser["random on GPUs"])
        self._evaluate(len(self.clock.steps))
        self._saved = time.monotonic()

    def _after_step(self, step: Step) -> bool:
        if devices.rank() == 0:
            self.folder.note(step)
            self.bar.update(step)
            if self.board:
                self.board.step(step, self.clock.tokens_per_second())
        self._evaluate(step.step, last=self.clock.over)
        if self.evaluator.exhausted and self.stopped is None:
            self.stopped = "early"
        over = self.stopped is not None or self.interrupts.asked or self.clock.over
        if devices.rank() == 0 and (over or time.monotonic() - self._saved >= self.config.checkpoint_seconds):
            self._save(step.step)
        return over

    def _evaluate(self, step: int, *, last: bool = False) -> None:
        elapsed = self.clock.elapsed if self.clock.seconds is not None else None
        if not self.evaluator.due(self.clock.progress, last=last, elapsed=elapsed):
            return
        found = self.evaluator.measure(step, self.clock.elapsed)
        self.evaluator.cost = devices.from_first(self.evaluator.cost)  # all processes go by one time
        self.clock.reserve = self.evaluator.cost
        if self.config.early_stop != "off" and self.evaluator.improved:
            self.best = {name: value.clone() for name, value in trained_weights(self.model).items()}
        if devices.rank() == 0:
            self.folder.note_evaluation(found)
            if self.board:
                self.board.evaluation(found)

    def _save(self, step: int) -> None:
        import torch

        optimiser = {
            "optimiser": self.trainer.optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "random on GPUs": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }
        state = {"feed": self.feed.state(), "memory": to_json(self.memory), "asked": self._asked()}
        self.folder.save(Checkpoint(step, state, trained_weights(self.model), self.best, optimiser))
        self._saved = time.monotonic()


def fit(job: Job, prepared: Prepared, folder: TrainingFolder, made: Path, seconds: float | None) -> Fitted:
    """Train, or go on with the training in `folder`, and write the adapter files to `made`.

    `seconds` bounds the training itself, its earlier parts included; None: the plan does. The base
    model is released on return, so that the engine that checks the adapter has the memory.

    Raises what loading and planning raise, ConfigurationError for a loss that is no number, KeyboardInterrupt
    after the checkpoint that an interrupt asks for.
    """
    run = _Run(job, prepared, folder, seconds)
    run.train(folder.path / SCRATCH)
    if run.best is not None:
        set_weights(run.model, run.best)
    if devices.rank() == 0:
        save_trained(run.model, run.tokenizer, job.config, made)
    clock = run.clock
    fitted = Fitted(
        tuple(clock.steps),
        tuple(run.evaluator.done),
        run.evaluator.kept.train_loss if run.evaluator.kept else run.evaluator.train_loss(),
        clock.elapsed,
        clock.before,
        clock.tokens,
        clock.tokens_per_second(),
        run.feed.coverage(parse_budget(job.config.budget) if job.config.budget else None, run.stopped),
        run.evaluator.best_step,
        run.feed.drawn,
        run.trainable,
        run.memory,
        max(step.memory for step in clock.steps),
    )
    _release(run)
    return fitted


def _release(run: Any) -> None:
    del run.model, run.trainer, run.evaluator
    gc.collect()
