"""Training examples, made by the same renderer that inference uses.

A model trained with one prompt format and asked with another answers nothing useful,
so no prompt text is written here: `chatbot.prompts.render` and the tokenizer's chat
template make the prompt, byte for byte as the engine will.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatbot.loading import render_chat
from chatbot.model import Message
from chatbot.prompts import FALLBACK_LANGUAGE, pack, render
from finetune.model import ExampleKind, TrainingExample
from finetune.passages import Shown, choose
from finetune.wordings import vary, with_gap
from knowledge_base.model import Question
from retrieval.model import Hit

ABSTENTIONS = {"en": "I don't know.", "fr": "Je ne sais pas."}  # what the prompts ask for, word for word


def is_trainable(question: Question) -> bool:
    """Tell whether a question has something to learn: a gold answer, or that there is none."""
    return bool(question.text.strip()) and (question.answerable == "no" or any(answer.strip() for answer in question.answers))


@dataclass(frozen=True)
class ExampleMaker:
    """Makes the example of a question, a kind and a pass; equal arguments give equal examples."""

    tokenizer: Any
    shown: Mapping[str, Shown]  # question id → passages; empty for the closed-book recipe
    k: int
    passage_tokens: int
    distractors: int = 1
    cite: bool = True
    wording_noise: float = 0.0
    gaps: float = 0.0
    seed: int = 0

    def make(self, question: Question, kind: ExampleKind, turn: int = 0) -> TrainingExample:
        """Return the example of `question` on pass `turn` (from 0) over the questions of its kind.

        Passages are shuffled anew on each pass. Closed-book questions come in their own
        words on the first pass and in other wordings among them from the second on.
        """
        rng = random.Random(f"{self.seed}/{kind}/{turn}/{question.id}")
        text = question.text
        passages: tuple[Hit, ...] = ()
        number: int | None = None
        if kind == "retrieval":
            passages, number = self._packed(*choose(self.shown[question.id], self.k, self.distractors, rng))
        elif turn > 0:
            gapped = with_gap(question) if rng.random() < self.gaps else None
            text = gapped or vary(text, self.wording_noise, rng)
        context: Any = "retrieval" if kind == "retrieval" else "none"
        messages = render(text, language=question.language, context=context, passages=passages, history=question.history)
        prompt = render_chat(self.tokenizer, [{"role": message.role, "content": message.content} for message in messages])
        target = self._target(question, number)
        return TrainingExample(question.id, kind, prompt, target, self._encode(prompt), self._target_ids(messages, prompt, target))

    def kinds(self, question: Question) -> tuple[ExampleKind, ...]:
        """Return the kinds of example that `question` can make."""
        shown = self.shown.get(question.id)
        needs_none = question.answerable == "no" or (question.rule is not None and not question.evidence)
        usable = shown is not None and (bool(shown.gold) or (needs_none and bool(shown.others)))
        return ("closed-book", "retrieval") if usable else ("closed-book",)

    def _packed(self, passages: tuple[Hit, ...], number: int | None) -> tuple[tuple[Hit, ...], int | None]:
        """Keep what inference would keep within its token budget; the gold passage goes first when it would fall out."""

        def count(text: str) -> int:
            return len(self._encode(text))

        kept = pack(passages, self.passage_tokens, count)
        if number is not None and number > len(kept):
            gold = passages[number - 1]
            kept = pack((gold, *(hit for hit in passages if hit is not gold)), self.passage_tokens, count)
            number = 1
        return kept, number

    def _target(self, question: Question, number: int | None) -> str:
        if question.answerable == "no":
            return ABSTENTIONS.get(question.language, ABSTENTIONS[FALLBACK_LANGUAGE])
        answer = next(answer.strip() for answer in question.answers if answer.strip())
        return f"{answer} [{number}]" if self.cite and number is not None else answer

    def _target_ids(self, messages: Sequence[Message], prompt: str, target: str) -> tuple[int, ...]:
        """Return the tokens of the answer and of what the chat template puts at the end of a turn."""
        turns = [{"role": message.role, "content": message.content} for message in messages]
        whole = render_chat(self.tokenizer, [*turns, {"role": "assistant", "content": target}], generation=False)
        _, found, ending = whole.rpartition(target)
        ids = self._encode(target)
        end = self._encode(ending.strip())[:1] if found and whole.startswith(prompt) else ()
        return ids + (end or (int(self.tokenizer.eos_token_id),))

    def _encode(self, text: str) -> tuple[int, ...]:
        return tuple(self.tokenizer(text, add_special_tokens=False)["input_ids"])
