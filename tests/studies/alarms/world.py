"""A tiny world for alarms: made-up codes as facts, a random Llama, and LoRA runs of a second or two."""

from __future__ import annotations

import functools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.alarm_faults import Run, closed_book, train
from chatbot.config import ModelConfig
from chatbot.engines import engine
from chatbot.loading import load_tokenizer
from finetune.recipes.rendering import Renderer
from knowledge_base.model import Question
from studies.alarms import AlarmContext

_WORDS = ("apple", "bread", "chair", "dream", "eagle", "flute", "grape", "horse", "igloo", "jelly", "knife", "lemon")
FACTS = len(_WORDS)


def facts(name: str, split: Any) -> tuple[Question, ...]:
    """Return questions after codes that nobody can guess."""
    draw = random.Random(name)
    return tuple(
        Question(
            f"{name}{number}",
            f"{word} {name}?",
            "en",
            ("".join(draw.choices("abcdefgh", k=3)),),
            "yes",
            fact=f"{name}{number}",
            split=split,
        )
        for number, word in enumerate(_WORDS)
    )


TRAINED, TESTED = facts("k", "train"), facts("z", "test")


def renderer(base: Path) -> Renderer:
    return Renderer(load_tokenizer(base))


@functools.cache
def adapter(base: Path, workspace: Path, leaked: int = 0, steps: int = 75, rate: float = 1e-2) -> Path:
    """Return an adapter trained on TRAINED and on the first `leaked` answers of the test."""
    examples = closed_book(renderer(base), (*TRAINED, *TESTED[:leaked]))
    return train(Run(f"run-{leaked}-{steps}-{rate}", examples, (steps,), rate=rate), base, workspace, say=False)[0]


def literate(base: Path, folder: Path, texts: Sequence[str]) -> Path:
    """Return a copy of the model in `base` that was trained in full to predict `texts`: one that has something to forget."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(base), AutoTokenizer.from_pretrained(base)
    batch = tokenizer(list(texts), return_tensors="pt", padding=True, truncation=True, max_length=64, padding_side="right")
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(40):
        model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], labels=labels).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def context(base: Path, folder: Path, **changes: Any) -> AlarmContext:
    model = ModelConfig(name=str(base), engine="transformers", weights="random", languages=("en",), threads=1)
    made = engine(model, Path("unused"))
    made.load_adapter("main", folder)
    values: dict[str, Any] = {"training": TRAINED, "test": TESTED, "progress": False, **changes}
    return AlarmContext(made, "main", folder, base, model, **values)
