"""transformers' Trainer with our steps: examples drawn as the clock allows, micro-batches, a rate that follows time.

Subclassing needs transformers at import time, so `finetune.fitting` imports this module
only when training begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from finetune.clock import Clock
from finetune.config import FinetuneConfig
from finetune.feed import Feed
from finetune.loss import losses
from finetune.model import Step, TrainingExample
from finetune.schedule import rate

FOREVER = 1_000_000  # steps of a budgeted training: the clock ends it


class AnswerTrainer(Trainer):  # type: ignore[misc] # transformers is not followed by the checker
    """A Trainer whose batch is one optimiser step, run in micro-batches.

    Its data set is the step numbers alone: the examples of a step are drawn when it begins,
    so that the feed can follow the clock.

    Args:
        model: a peft model.
        feed: gives the examples of each step.
        clock: says how far training is; its steps are filled in here.
        config: rates, batch and micro-batch sizes, seed.
        pad_id: the tokenizer's.
        share: store the common beginning of a micro-batch once.
        scratch: a folder for what transformers insists on writing.
        on_step: called after each optimiser step.
    """

    def __init__(
        self,
        model: Any,
        feed: Feed,
        clock: Clock,
        config: FinetuneConfig,
        *,
        pad_id: int,
        share: bool,
        scratch: Path,
        on_step: Callable[[Step], None],
    ) -> None:
        self.feed, self.clock, self.config = feed, clock, config
        self.pad_id, self.share, self.on_step = pad_id, share, on_step
        self.examples: Sequence[TrainingExample] = ()
        self.step_loss = 0.0
        total = FOREVER if feed.budgeted else feed.steps
        arguments = TrainingArguments(
            output_dir=str(scratch),
            per_device_train_batch_size=1,
            max_steps=total,
            learning_rate=config.learning_rate,
            max_grad_norm=config.max_grad_norm,
            weight_decay=config.weight_decay,
            seed=config.seed,
            optim="adamw_torch",
            save_strategy="no",
            logging_strategy="no",
            eval_strategy="no",
            report_to=[],
            disable_tqdm=True,
            remove_unused_columns=False,
            dataloader_pin_memory=False,
            use_cpu=not torch.cuda.is_available(),
        )
        super().__init__(model=model, args=arguments, train_dataset=range(total), data_collator=_numbers, callbacks=[_Pace(self)])
        self.remove_callback(PrinterCallback)  # it prints a dict where our bar stands

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> torch.Tensor:
        """Run the micro-batches of one step; return its mean loss per answer token."""
        model.train()
        self.examples = self.feed.next_step()
        targets = sum(len(example.target_ids) for example in self.examples)
        self.step_loss = 0.0
        for total in losses(model, self.examples, self.config.micro_tokens, self.pad_id, share=self.share):
            self.accelerator.backward(total / targets)
            self.step_loss += float(total.detach()) / targets
        return torch.tensor(self.step_loss, device=self.args.device)

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """Return the learning rate as a function of the clock."""
        config, clock = self.config, self.clock
        self.lr_scheduler = LambdaLR(
            optimizer or self.optimizer, lambda _: rate(clock.progress, warmup=config.warmup, schedule=config.schedule)
        )
        return self.lr_scheduler

    def finish_step(self, number: int) -> bool:
        """Note step `number` as done and plan what follows; return whether training is over."""
        tokens = sum(self.feed.cost(example) for example in self.examples)
        retrieval = sum(example.kind == "retrieval" for example in self.examples)
        next_rate = float(self.lr_scheduler.get_last_lr()[0])
        self.clock.add(Step(number, self.step_loss, next_rate, self.clock.elapsed, len(self.examples) - retrieval, retrieval, tokens))
        self.feed.replan(self.clock.seconds_left, self.clock.tokens_per_second())
        self.on_step(self.clock.steps[-1])
        return self.clock.over


class _Pace(TrainerCallback):  # type: ignore[misc] # transformers is not followed by the checker
    """Ends training when the clock is over."""

    def __init__(self, trainer: AnswerTrainer) -> None:
        self.trainer = trainer

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Called by transformers after each optimiser step."""
        if self.trainer.finish_step(state.global_step):
            control.should_training_stop = True


def _numbers(items: list[int]) -> dict[str, list[int]]:
    return {"step": items}
