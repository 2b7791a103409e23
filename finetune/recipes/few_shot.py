"""The `few-shot` recipe: a question after the worked examples of the few-shot system, and its answer.

It makes that system's fine-tuned twin fair: an adapter asked behind examples should have seen
examples in training.
"""

from __future__ import annotations

from collections.abc import Sequence

from finetune.model import TrainingExample
from finetune.recipes.prompting import with_examples
from finetune.recipes.recipe import Materials
from finetune.recipes.targets import said, target, usable
from knowledge_base.model import Question


class FewShot:
    """One example per question that is none of the worked examples and shares no fact with one.

    Source: in-context examples, Brown et al. 2020, arXiv 2005.14165; trained with them, Min et al. 2022,
    MetaICL, arXiv 2110.15943.
    """

    name = "few-shot"

    def __init__(self, materials: Materials) -> None:
        self._materials = materials
        questions, left_out = usable(materials.questions, self.name)
        told = {example.fact for example in materials.examples if example.fact} | {example.id for example in materials.examples}
        kept = tuple(question for question in questions if not told & {question.id, question.fact})
        self.questions = kept if materials.examples else ()
        self.left_out: Sequence[str] = (
            *left_out,
            *said(self.name, len(questions) - len(kept), "a worked example of the prompt gives the answer away"),
            *(() if materials.examples else (f"{self.name}: there are no worked examples: the training questions hold none to spare",)),
        )

    def __len__(self) -> int:
        return len(self.questions)

    def make(self, index: int, turn: int) -> TrainingExample:
        """Return the example of question `index`, the same on each pass."""
        question = self.questions[index]
        messages = with_examples(question, _spoken(self._materials.examples, question.language))
        return self._materials.renderer.example(question.id, self.name, messages, target(question))


def _spoken(examples: Sequence[Question], language: str) -> Sequence[Question]:
    """Return the examples in a language, or all where there is none: what the chatbot shows."""
    return [example for example in examples if example.language == language] or examples
