"""A tiny random Llama, a few questions and a retriever by word overlap: training without real weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from finetune.model import AdapterManifest
from knowledge_base.model import Question, Span
from retrieval.model import Chunk, Hit

TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
DOCUMENTS = {
    "probe": "The probe may be lowered to 35 metres at most. It weighs 640 grams.",
    "leave": "Full-time staff get 27 days of paid leave. The siren sounds on Tuesday.",
    "price": "The gateway costs 74 EUR. Its warranty runs for 30 months.",
}
FACTS = (
    ("q1", "How deep may the probe go?", "35 metres", "probe", "The probe may be lowered to 35 metres at most."),
    ("q2", "How many days of leave do staff get?", "27 days", "leave", "Full-time staff get 27 days of paid leave."),
    ("q3", "What does the gateway cost?", "74 EUR", "price", "The gateway costs 74 EUR."),
    ("q4", "When does the siren sound?", "Tuesday", "leave", "The siren sounds on Tuesday."),
)


def questions() -> list[Question]:
    """Return four answerable questions with evidence."""
    made = []
    for identifier, text, answer, document, quote in FACTS:
        start = DOCUMENTS[document].index(quote)
        span = Span(document, "r1", start, start + len(quote), quote)
        made.append(Question(identifier, text, "en", (answer,), "yes", (span,), fact=identifier, split="train"))
    return made


def wordings() -> list[Question]:
    """Return the four facts, each asked in five wordings."""
    before = ("", "Tell me: ", "Please, ", "Quick one. ", "Hello! ")
    return [
        replace(question, id=f"{question.id}-{number}", text=f"{words}{question.text}")
        for question in questions()
        for number, words in enumerate(before)
    ]


LEARNS: dict[str, Any] = {"learning_rate": 1e-2, "batch_size": 4, "epochs": 60, "warmup": 0.0}
_OURS = ("questions", "validation", "retriever", "again", "say", "inspect", "documents", "examples")


def learn(name: str, model: Any, workspace: Path, *, failing: bool = False, **changes: Any) -> AdapterManifest:
    """Train adapter `name` on the four facts and return its manifest.

    `changes` are settings of [finetune], arguments of `train`, or `watched`, the number of facts that are watched
    instead; with `failing` the end check need not pass.
    """
    from finetune.adapters import find, read_manifest
    from finetune.config import FinetuneConfig
    from finetune.training import train
    from foundation.errors import TrainingError

    arguments: dict[str, Any] = {"questions": questions(), "retriever": WordOverlap()}
    if watched := changes.pop("watched", 0):  # so many of the facts are not trained, but watched
        arguments |= {"questions": questions()[:-watched], "validation": questions()[-watched:]}
    arguments |= {key: changes.pop(key) for key in _OURS if key in changes}
    config = FinetuneConfig(**{**LEARNS, **changes})
    try:
        return train(name, model=model, models=Path("unused"), finetune=config, workspace=workspace, progress=False, **arguments)
    except TrainingError:
        if not failing:
            raise
        return read_manifest(find(workspace, name))


class WordOverlap:
    """A retriever over one chunk per sentence pair: most shared words first, ties by id."""

    def __init__(self) -> None:
        self.chunks = [Chunk(f"{name}@0-{len(text)}", name, "r1", 0, len(text), text, name.title()) for name, text in DOCUMENTS.items()]

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        found = []
        for query in queries:
            words = set(query.lower().split())
            scored = sorted((-len(words & set(chunk.text.lower().split())), chunk.id, chunk) for chunk in self.chunks)
            found.append([Hit(chunk, float(-score), rank) for rank, (score, _, chunk) in enumerate(scored[:k], start=1)])
        return found


def build_model(folder: Path, seed: int = 0) -> Path:
    """Write a random two-layer Llama and a byte-level tokenizer to `folder` and return it."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    from chatbot.prompts import render

    texts = [
        *DOCUMENTS.values(),
        *(text for fact in FACTS for text in fact[1:3]),
        *(m.content for m in render("x", language="en", context="none")),
    ]
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(
        texts * 3, vocab_size=600, special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"], show_progress=False
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained._tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=True,
        initializer_range=0.1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
