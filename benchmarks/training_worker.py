"""One training by one contestant in a process of its own, so that its peak memory is its own.

    python -m benchmarks.training_worker ORDER.json RESULT.json

Both sides get the same base, the same first adapter weights, the same token ids in the same
order and the same batch per step, constant learning rate, AdamW and clipping, and are driven
by transformers' Trainer; the validation loss is taken by one function. What is compared, and
how often, is `benchmarks.training`'s business.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import SequentialSampler
from transformers import Trainer, TrainerCallback, TrainingArguments

from benchmarks.training_examples import Split
from chatbot.loading import load_model
from finetune.batching import collate
from finetune.fast_lora import prepare, restore
from finetune.loss import batch_loss, losses, shares_prefixes
from foundation.jsonable import from_json, to_json

RATE = 1e-3
_PLAIN = {"use_cpu": True, "report_to": [], "save_strategy": "no", "logging_strategy": "no", "disable_tqdm": True}


@dataclass(frozen=True)
class Order:
    """What one process does."""

    side: str  # "ours" or "trl"
    model: str  # folder
    split: Split
    batch: int  # examples per optimiser step
    at_once: int  # TRL: examples per device and accumulation step
    micro_tokens: int  # ours: tokens of a micro-batch
    threads: int
    precision: str = "float32"  # of the loaded weights
    checkpointing: bool = False
    settings: dict[str, Any] | None = None  # further ones of SFTConfig
    targets_alone: bool = False  # TRL: score positions with a target alone, which it does by itself on Triton devices only


@dataclass(frozen=True)
class Result:
    """What came of it."""

    seconds: float  # of all steps
    cpu_seconds: float  # the processor time of all threads in them: comparable on a machine that others use too
    tokens: int  # real ones: prompts and targets
    targets: int  # tokens with a loss
    steps: int
    memory: int  # peak resident bytes
    validation_loss: float  # mean per answer token, afterwards

    @property
    def speed(self) -> float:
        """Return the real tokens per second."""
        return self.tokens / self.seconds


class _Clock(TrainerCallback):  # type: ignore[misc] # transformers is not followed by the checker
    """Times from the beginning of the first step to the end of the last."""

    def __init__(self) -> None:
        self.began = self.ended = self.cpu_began = self.cpu_ended = 0.0

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if not self.began:
            self.began, self.cpu_began = time.perf_counter(), time.process_time()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.ended, self.cpu_ended = time.perf_counter(), time.process_time()


class _Ours(Trainer):  # type: ignore[misc]
    """The step of `ragft train` (`finetune.loss`) under transformers' Trainer, without evaluations and checkpoints."""

    def __init__(self, order: Order, pad_id: int, share: bool, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.order, self.pad_id, self.share = order, pad_id, share

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> torch.Tensor:
        model.train()
        first = int(inputs["step"][0]) * self.order.batch
        examples = self.order.split.train[first : first + self.order.batch]
        targets = sum(len(example.target_ids) for example in examples)
        done = 0.0
        for total in losses(model, examples, self.order.micro_tokens, self.pad_id, share=self.share):
            self.accelerator.backward(total / targets)
            done += float(total.detach()) / targets
        return torch.tensor(done)

    def _get_train_sampler(self, dataset: Any = None) -> Any:
        return SequentialSampler(self.train_dataset)


def _ours(order: Order, model: Any, tokenizer: Any, scratch: str, clock: _Clock) -> Trainer:
    if order.checkpointing:
        model.enable_input_require_grads()
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    share = shares_prefixes(model, order.split.train[:4], int(tokenizer.pad_token_id))
    steps = -(-len(order.split.train) // order.batch)
    arguments = TrainingArguments(
        output_dir=scratch,
        per_device_train_batch_size=1,
        max_steps=steps,
        learning_rate=RATE,
        lr_scheduler_type="constant",
        remove_unused_columns=False,
        **_PLAIN,
    )
    return _Ours(
        order,
        int(tokenizer.pad_token_id),
        share,
        model=prepare(model),
        args=arguments,
        train_dataset=range(steps),
        data_collator=lambda items: {"step": items},
        callbacks=[clock],
    )


def _trl(order: Order, model: Any, tokenizer: Any, scratch: str, clock: _Clock) -> Trainer:
    import trl.trainer.utils
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    if order.targets_alone:
        trl.trainer.utils._use_triton = lambda device: True  # in that module it decides about positions, not kernels

    class InOrder(SFTTrainer):  # type: ignore[misc]
        """TRL with our order of examples."""

        def _get_train_sampler(self, dataset: Any = None) -> Any:
            return SequentialSampler(self.train_dataset)

    rows = [
        {"input_ids": [*one.prompt_ids, *one.target_ids], "labels": [-100] * len(one.prompt_ids) + list(one.target_ids)}
        for one in order.split.train
    ]
    settings = {"bf16": False, "gradient_checkpointing": order.checkpointing, "max_length": None, **(order.settings or {})}
    arguments = SFTConfig(
        output_dir=scratch,
        **{
            "per_device_train_batch_size": order.at_once,
            "gradient_accumulation_steps": order.batch // order.at_once,
            "num_train_epochs": 1,
            "learning_rate": RATE,
            "lr_scheduler_type": "constant",
            **_PLAIN,
            **settings,
        },
    )
    trainer = InOrder(model=model, args=arguments, train_dataset=Dataset.from_list(rows), processing_class=tokenizer, callbacks=[clock])
    targets = [token for row in trainer.train_dataset for token in row["labels"] if token != -100]
    wanted = [token for one in order.split.train for token in one.target_ids]
    if sorted(targets) != sorted(wanted) or (not settings.get("packing") and targets != wanted):
        raise SystemExit("TRL would train on other tokens than ours")
    return trainer


def _validation_loss(model: Any, split: Split, pad_id: int) -> float:
    """Return the mean loss per answer token, one example at a time, by peft's and transformers' own layers."""
    restore(model).eval()
    with torch.no_grad():
        total = sum(float(batch_loss(model, collate([example], pad_id))) for example in split.validation)
    return total / sum(len(example.target_ids) for example in split.validation)


def work(order: Order) -> Result:
    """Train as ordered."""
    from peft import LoraConfig, get_peft_model

    torch.set_num_threads(order.threads)
    base, tokenizer = load_model(Path(order.model), order.precision)  # type: ignore[arg-type]
    torch.manual_seed(0)
    model = get_peft_model(base, LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"))
    clock = _Clock()
    with tempfile.TemporaryDirectory() as scratch:
        trainer = (_ours if order.side == "ours" else _trl)(order, model, tokenizer, scratch, clock)
        trainer.train()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    loss = _validation_loss(model, order.split, int(tokenizer.pad_token_id))
    targets = sum(len(example.target_ids) for example in order.split.train)
    seconds, cpu_seconds = clock.ended - clock.began, clock.cpu_ended - clock.cpu_began
    return Result(seconds, cpu_seconds, order.split.tokens, targets, trainer.state.global_step, memory, loss)


if __name__ == "__main__":
    found = work(from_json(Order, json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
    Path(sys.argv[2]).write_text(json.dumps(to_json(found)), encoding="utf-8")
