"""The `raft` recipe: a question with the passage that answers it among others, answered with a citation, or refused.

The passages come from the retriever that will serve at inference, in an order drawn anew on
each pass. In a share of the examples the right passage is left out and the answer is the refusal
that the prompt asks for: the model learns to read rather than to remember.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from finetune.model import TrainingExample
from finetune.passages import Shown, choose
from finetune.recipes.prompting import with_passages
from finetune.recipes.recipe import Materials
from finetune.recipes.targets import abstention, said, target, usable
from foundation.errors import ConfigurationError
from knowledge_base.model import Question
from retrieval.model import Hit


class Raft:
    """One example per question whose passages were found.

    Source: Zhang et al. 2024, RAFT, arXiv 2403.10131. Theirs answers from memory when the right passage is
    missing; ours refuses, since a chatbot on a knowledge base must not guess.

    Raises ConfigurationError without a retriever.
    """

    name = "raft"

    def __init__(self, materials: Materials) -> None:
        self._materials = materials
        questions, left_out = usable(materials.questions, self.name)
        if questions and not materials.shown:
            raise ConfigurationError(
                "recipe 'raft' shows passages and needs an index. Run: ragft index build. Or leave it out: finetune.recipe=qa."
            )
        self.questions = tuple(question for question in questions if _showable(question, materials.shown))
        missing = len(questions) - len(self.questions)
        self.left_out: Sequence[str] = (*left_out, *said(self.name, missing, "no passage found holds its answer"), *_capped(materials))

    def __len__(self) -> int:
        return len(self.questions)

    def make(self, index: int, turn: int) -> TrainingExample:
        """Return the example of question `index`; passages, their order and the loss of the right one are drawn per pass."""
        question, config = self.questions[index], self._materials.config
        picked, number, lost = self._picked(question, turn)
        passages, number = self._materials.renderer.packed(picked, number, self._materials.passage_tokens)
        answer = abstention(question.language) if lost else target(question, number if config.cite else None)
        return self._materials.renderer.example(question.id, self.name, with_passages(question, passages), answer)

    def dropped(self, index: int, turn: int) -> int:
        """Return how many of the passages drawn for an example its token budget (`retrieval.passage_tokens`) has no room for."""
        picked, number, _ = self._picked(self.questions[index], turn)
        return len(picked) - len(self._materials.renderer.packed(picked, number, self._materials.passage_tokens)[0])

    def _picked(self, question: Question, turn: int) -> tuple[tuple[Hit, ...], int | None, bool]:
        """Return the passages, the number of the right one, and whether it was left out on purpose."""
        config, shown = self._materials.config, self._materials.shown[question.id]
        lost = bool(shown.gold and shown.others) and self._draw("gold", question, turn).random() >= config.gold_share
        drawn = choose(shown, self._materials.k, config.distractors, self._draw("order", question, turn), without_gold=lost)
        return *drawn, lost

    def _draw(self, what: str, question: Question, turn: int) -> random.Random:
        return random.Random(f"{self._materials.seed}/{self.name}/{what}/{turn}/{question.id}")


def _showable(question: Question, shown: Mapping[str, Shown]) -> bool:
    """Tell whether passages were found that answer the question, or, where none can (no answer, only a form), any others."""
    found = shown.get(question.id)
    needs_none = question.answerable == "no" or (question.rule is not None and not question.evidence)
    return found is not None and (bool(found.gold) or (needs_none and bool(found.others)))


def _capped(materials: Materials) -> tuple[str, ...]:
    wanted, most = materials.config.distractors, materials.k - 1
    if wanted <= most:
        return ()
    return (f"raft: finetune.distractors = {wanted}, but inference shows no more than {materials.k} passages (retrieval.k)",)
