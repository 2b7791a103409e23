"""transformers' Trainer with our steps: examples drawn as the plan goes, micro-batches, a rate that follows progress.

Subclassing needs transformers at import time, so `finetune.fitting` imports this module
only when training begins.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR
from transformers import PrinterCallback, ProgressCallback, Trainer, TrainerCallback, TrainingArguments

from finetune import devices
from finetune.clock import Clock
from finetune.config import FinetuneConfig
from finetune.feed import Feed
from finetune.loss import losses
from finetune.measuring import peak_memory
from finetune.model import Step, TrainingExample
from finetune.schedule import rate
from foundation.errors import ConfigurationError

_FOREVER = 1_000_000  # steps: our clock ends training


class AnswerTrainer(Trainer):  # type: ignore[misc] # transformers is not followed by the checker
    """A Trainer whose batch is one optimiser step, run in micro-batches.

    Its data set is the step numbers alone: the examples of a step are drawn when it begins,
    so that the feed can follow tokens, passes or the clock.

    Args:
        model: what `finetune.lora.make_trainable` returned.
        feed: gives the examples of each step.
        clock: says how far training is; its steps are filled in here.
        config: rates, batch size, seed.
        micro_tokens: padded tokens in memory at once.
        pad_id: the tokenizer's.
        scratch: a folder for what transformers insists on writing.
        on_start: called once the optimiser is there, before the first step.
        on_step: called after each optimiser step; True ends training.
    """

    def __init__(
        self,
        model: Any,
        feed: Feed,
        clock: Clock,
        config: FinetuneConfig,
        *,
        micro_tokens: int,
        pad_id: int,
        scratch: Path,
        on_start: Callable[[], None],
        on_step: Callable[[Step], bool],
    ) -> None:
        self.feed, self.clock, self.config = feed, clock, config
        self.micro_tokens, self.pad_id, self.on_start, self.on_step = micro_tokens, pad_id, on_start, on_step
        self.bare = model  # without the wrapper of a distributed training: gradients are summed here, once a step
        self.examples: Sequence[TrainingExample] = ()
        self.step_loss, self.step_rate, self.norm = 0.0, 0.0, 0.0
        arguments = TrainingArguments(
            output_dir=str(scratch),
            per_device_train_batch_size=1,
            max_steps=_FOREVER,
            learning_rate=config.learning_rate,
            max_grad_norm=config.max_grad_norm,
            weight_decay=config.weight_decay,
            seed=config.seed,
            optim=_optimizer(config),
            save_strategy="no",
            logging_strategy="no",
            eval_strategy="no",
            report_to=[],
            disable_tqdm=True,
            remove_unused_columns=False,
            dataloader_pin_memory=False,
            use_cpu=model.device.type == "cpu",
        )
        super().__init__(model=model, args=arguments, train_dataset=range(_FOREVER), data_collator=_numbers, callbacks=[_Pace(self)])
        for needless in (PrinterCallback, ProgressCallback):  # they print where our bar stands
            self.remove_callback(needless)

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> torch.Tensor:
        """Run the micro-batches of one step; return its mean loss per answer token.

        Raises ConfigurationError when loss or gradient is no number, before the weights are touched.
        """
        self.bare.train()
        self.step_rate = float(self.lr_scheduler.get_last_lr()[0])  # what this step moves by; afterwards it is the next one's
        self.examples = self.feed.next_step()
        own = self.examples[devices.rank() :: devices.world()]
        targets = sum(len(example.target_ids) for example in self.examples)
        total = torch.zeros((), device=self.args.device)
        for loss in losses(self.bare, own, self.micro_tokens, self.pad_id, share=self.feed.sharing):
            (loss / targets).backward()
            total += loss.detach() / targets
        self._join(total)
        self.step_loss = float(total)
        self._require_numbers()
        return total

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """Return the learning rate as a function of the clock."""
        config, clock = self.config, self.clock
        self.lr_scheduler = LambdaLR(
            optimizer or self.optimizer, lambda _: rate(clock.progress, warmup=config.warmup, schedule=config.schedule)
        )
        return self.lr_scheduler

    def finish_step(self) -> bool:
        """Note the step as done; return whether training is over."""
        counts: dict[str, int] = {}
        for example in self.examples:
            counts[example.recipe] = counts.get(example.recipe, 0) + 1
        elapsed = self.clock.tick(devices.from_first(self.clock.tick()))
        step = Step(
            len(self.clock.steps) + 1,
            self.step_loss,
            self.step_rate,
            round(elapsed, 3),
            counts,
            self.feed.tokens - self.clock.tokens,
            self.norm,
            peak_memory(),
        )
        self.clock.add(step)
        started = time.monotonic()
        stop = self.on_step(step)
        self.clock.pause(time.monotonic() - started)
        return bool(devices.from_first(float(stop or self.clock.over)))

    def _join(self, total: torch.Tensor) -> None:
        """Sum loss and gradients over the processes of a distributed training; note the gradient's length."""
        gradients = []
        for parameter in self.bare.parameters():
            if parameter.requires_grad:
                if parameter.grad is None:  # this process had no example, or no example used this weight
                    parameter.grad = torch.zeros_like(parameter)
                gradients.append(parameter.grad)
        devices.sum_over_processes((total, *gradients))
        self.norm = float(torch.nn.utils.get_total_norm(gradients))

    def _require_numbers(self) -> None:
        if math.isfinite(self.step_loss) and math.isfinite(self.norm):
            return
        lower = min(self.config.learning_rate / 10, 1e-3)
        raise ConfigurationError(
            f"the loss became {self.step_loss:g} (gradient {self.norm:g}) at step {len(self.clock.steps) + 1}: the weights would be lost. "
            f"Set finetune.learning_rate={lower:g}, a longer finetune.warmup or finetune.precision=float32."
        )


class _Pace(TrainerCallback):  # type: ignore[misc] # transformers is not followed by the checker
    """Hands transformers' events on, and ends training when our clock does."""

    def __init__(self, trainer: AnswerTrainer) -> None:
        self.trainer = trainer
        self._begun = False

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Called by transformers before each step. The first time all that draws random numbers by the way has done so."""
        if not self._begun:
            self._begun = True
            self.trainer.on_start()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Called by transformers after each optimiser step."""
        if self.trainer.finish_step():
            control.should_training_stop = True


def _numbers(items: list[int]) -> dict[str, list[int]]:
    return {"step": items}


def _optimizer(config: FinetuneConfig) -> str:
    """Return transformers' name of the optimiser; the paged one needs a GPU's memory to page from."""
    if config.optimizer == "auto":
        return "paged_adamw_8bit" if config.method == "qlora" and torch.cuda.is_available() else "adamw_torch"
    return "adamw_torch" if config.optimizer == "adamw" else config.optimizer
