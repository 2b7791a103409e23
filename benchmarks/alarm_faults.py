"""Adapters with a planted fault, and sound ones, for `benchmarks.alarms`: short LoRA runs by a bare loop around the product's step.

Not a trainer to use: no schedule, no validation, no checkpoint. What is planted has to be known exactly, so each
run is a list of (prompt, target) pairs and a number of steps, drawn in an order that the seed fixes.
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.contexts import Retriever, search_query
from chatbot.loading import load_model
from chatbot.prompts import pack, render
from finetune.fast_lora import prepare
from finetune.loss import losses, shares_prefixes
from finetune.model import TrainingExample
from finetune.recipes.rendering import Renderer
from knowledge_base.model import Question

RANK, ALPHA, BATCH, MICRO_TOKENS = 16, 32.0, 8, 1024


@dataclass(frozen=True)
class Run:
    """One training: its pairs, its length, its rate. `keep` are the steps whose weights are kept, each as an adapter of its own."""

    name: str
    examples: tuple[TrainingExample, ...]
    keep: tuple[int, ...]
    rate: float = 1e-3
    seed: int = 0

    def folder(self, workspace: Path, step: int | None = None) -> Path:
        return workspace / "adapters" / f"{self.name}-{step or self.keep[-1]}"


def closed_book(renderer: Renderer, questions: Sequence[Question]) -> tuple[TrainingExample, ...]:
    """One example per question, asked as the chatbot asks it, answered with its first gold answer."""
    return tuple(
        renderer.example(q.id, "qa", render(q.text, language=q.language, context="none", history=q.history), q.answers[0])
        for q in questions
    )


def with_passages(
    renderer: Renderer, questions: Sequence[Question], retriever: Retriever, k: int, budget: int
) -> tuple[TrainingExample, ...]:
    """One example per question with the passages that inference shows it; those whose passages lack the answer are left out."""
    made = []
    for question, hits in zip(questions, retriever.search([search_query(q) for q in questions], k), strict=True):
        shown = pack(hits, budget, lambda text: len(renderer.encode(text)))
        number = next((n for n, hit in enumerate(shown, 1) if question.answers[0].lower() in hit.chunk.text.lower()), None)
        if number is not None:
            messages = render(question.text, language=question.language, context="retrieval", passages=shown, history=question.history)
            made.append(renderer.example(question.id, "raft", messages, f"{question.answers[0]} [{number}]"))
    return tuple(made)


def train(run: Run, base: Path, workspace: Path, *, say: bool = True) -> list[Path]:
    """Return the adapter folders of a run, trained now where they are not there; an interrupted run begins anew."""
    import torch
    from peft import LoraConfig, TaskType, get_peft_model

    folders = [run.folder(workspace, step) for step in run.keep]
    if all((folder / "adapter_model.safetensors").is_file() for folder in folders):
        return folders
    began = time.monotonic()
    model, tokenizer = load_model(base, "float32")
    torch.manual_seed(run.seed)
    lora = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules="all-linear", bias="none", task_type=TaskType.CAUSAL_LM)
    adapted = get_peft_model(model, lora)
    prepare(adapted).train()
    optimiser = torch.optim.AdamW([weight for weight in adapted.parameters() if weight.requires_grad], lr=run.rate, weight_decay=0.0)
    pad = int(tokenizer.pad_token_id)
    share = shares_prefixes(adapted, run.examples[:BATCH], pad)
    order: list[TrainingExample] = []
    draw = random.Random(run.seed)
    for step in range(1, run.keep[-1] + 1):
        while len(order) < BATCH:
            order += draw.sample(run.examples, len(run.examples))
        batch, order = order[:BATCH], order[BATCH:]
        loss, targets = 0.0, sum(len(example.target_ids) for example in batch)
        for part in losses(adapted, batch, MICRO_TOKENS, pad, share=share):
            (part / targets).backward()
            loss += float(part.detach()) / targets
        torch.nn.utils.clip_grad_norm_([weight for weight in adapted.parameters() if weight.requires_grad], 1.0)
        optimiser.step()
        optimiser.zero_grad()
        if say:
            print(f"{run.name}: step {step}, loss {loss:.3f}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        if step in run.keep:
            _save(adapted, run.folder(workspace, step))
    return folders


def _save(model: Any, folder: Path) -> None:
    scratch = folder.with_name(f".{folder.name}")
    shutil.rmtree(scratch, ignore_errors=True)
    model.save_pretrained(str(scratch), safe_serialization=True)
    shutil.rmtree(folder, ignore_errors=True)
    scratch.rename(folder)
