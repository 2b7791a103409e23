"""The `style` recipe: questions whose form is the point, answered in the form that their rule demands.

A salutation, a ticket in JSON, a log line: few examples teach it, and no document holds it.
`qa` has these questions too, as some among many; this recipe gives them a share of their own.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from eval.metrics.behaviour import meets_rule
from finetune.model import TrainingExample
from finetune.passages import choose
from finetune.recipes.prompting import bare, with_passages
from finetune.recipes.recipe import Materials
from finetune.recipes.targets import said
from knowledge_base.model import Question


class Style:
    """One example per question with a rule and an answer that keeps it.

    Where passages were found for a question, every second pass shows them, without a citation: house style must hold
    under retrieval too, and then the passages are mostly beside the point.

    Source: Zhou et al. 2023, LIMA, arXiv 2305.11206: a few carefully written examples teach a form.
    """

    name = "style"

    def __init__(self, materials: Materials) -> None:
        self._materials = materials
        ruled = [question for question in materials.questions if question.rule is not None and question.text.strip()]
        answered = [question for question in ruled if any(answer.strip() for answer in question.answers)]
        found = [(question, _model_answer(question)) for question in answered]
        self._pairs = tuple((question, answer) for question, answer in found if answer is not None)
        self.questions: Sequence[Question] = tuple(question for question, _ in self._pairs)
        self.left_out: Sequence[str] = (
            *(() if ruled else (f"{self.name}: no question has a rule",)),
            *said(self.name, len(ruled) - len(answered), "a rule says what an answer must be like, but there is no answer to learn from"),
            *said(self.name, len(answered) - len(self._pairs), "none of its answers keeps its own rule"),
        )

    def __len__(self) -> int:
        return len(self._pairs)

    def make(self, index: int, turn: int) -> TrainingExample:
        """Return the example of question `index`, among passages on every second pass where there are any."""
        question, answer = self._pairs[index]
        materials = self._materials
        shown = materials.shown.get(question.id)
        if turn % 2 == 0 or shown is None:
            return materials.renderer.example(question.id, self.name, bare(question), answer)
        rng = random.Random(f"{materials.seed}/{self.name}/{turn}/{question.id}")
        picked, number = choose(shown, materials.k, materials.config.distractors, rng)
        passages, _ = materials.renderer.packed(picked, number, materials.passage_tokens)
        return materials.renderer.example(question.id, self.name, with_passages(question, passages), answer)


def _model_answer(question: Question) -> str | None:
    """Return the first answer that keeps the question's rule."""
    written = (answer.strip() for answer in question.answers)
    return next((answer for answer in written if answer and meets_rule(question.rule or "", answer)), None)
