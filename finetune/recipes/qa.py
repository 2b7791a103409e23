"""The `qa` recipe: a bare question and its answer, as the system without context is asked.

It teaches facts and the short form of an answer. Shown alone it unlearns reading: an
adapter that never saw a passage can ruin retrieval (`raft` is the cure).
"""

from __future__ import annotations

from collections.abc import Sequence

from finetune.model import TrainingExample
from finetune.recipes.prompting import bare
from finetune.recipes.recipe import Materials
from finetune.recipes.targets import target, usable


class Qa:
    """One example per question and pass, the same on each.

    Source: supervised fine-tuning on question-answer pairs, as in Soudani et al. 2024, arXiv 2403.01432.
    """

    name = "qa"

    def __init__(self, materials: Materials) -> None:
        self._renderer = materials.renderer
        self.questions, left_out = usable(materials.questions, self.name)
        self.left_out: Sequence[str] = left_out

    def __len__(self) -> int:
        return len(self.questions)

    def make(self, index: int, turn: int) -> TrainingExample:
        """Return the example of question `index`."""
        question = self.questions[index]
        return self._renderer.example(question.id, self.name, bare(question), target(question))
