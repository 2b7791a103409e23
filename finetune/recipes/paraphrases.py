"""The `paraphrases` recipe: each fact is asked in another of its wordings on every pass.

A fact trained in one wording is mostly repeated in that wording alone; trained in several,
it is known. One pass holds each fact once, whatever the number of its wordings, so that
runs with one, two, four or eight wordings train the same number of examples.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from finetune.model import TrainingExample
from finetune.recipes.prompting import bare
from finetune.recipes.recipe import Materials
from finetune.recipes.targets import target, usable
from finetune.wordings import vary, with_gap
from knowledge_base.model import Question


class Paraphrases:
    """One example per fact (`Question.fact`); pass `t` asks it in wording `t` modulo their number.

    When all its wordings have been asked once, a fact comes back with words left out
    (`finetune.wording_noise`) or as its evidence with a gap (`finetune.gaps`), if these are set.

    Source: Ovadia et al. 2023, arXiv 2312.05934: accuracy grows with the number of paraphrases.
    """

    name = "paraphrases"

    def __init__(self, materials: Materials) -> None:
        self._materials = materials
        questions, left_out = usable(materials.questions, self.name)
        facts: dict[str, list[Question]] = {}
        for question in questions:
            facts.setdefault(question.fact or question.id, []).append(question)
        self._facts = tuple(self._chosen(wordings) for wordings in facts.values())
        self.questions: Sequence[Question] = tuple(question for wordings in self._facts for question in wordings)
        self.left_out: Sequence[str] = (*left_out, *self._unused(len(questions)))

    def __len__(self) -> int:
        return len(self._facts)

    def make(self, index: int, turn: int) -> TrainingExample:
        """Return the example of fact `index` in the wording of pass `turn`."""
        wordings = self._facts[index]
        question = wordings[turn % len(wordings)]
        config, text = self._materials.config, question.text
        if turn >= len(wordings):
            rng = random.Random(f"{self._materials.seed}/{self.name}/{turn}/{question.id}")
            gapped = with_gap(question) if rng.random() < config.gaps else None
            text = gapped or vary(text, config.wording_noise, rng)
        return self._materials.renderer.example(question.id, self.name, bare(question, text), target(question))

    def _chosen(self, wordings: Sequence[Question]) -> tuple[Question, ...]:
        """Return the first `finetune.wordings` in an order drawn from the seed: the four contain the two."""
        seed = self._materials.seed
        drawn = sorted(wordings, key=lambda question: random.Random(f"{seed}/{self.name}/{question.id}").random())
        return tuple(drawn[: self._materials.config.wordings])

    def _unused(self, questions: int) -> tuple[str, ...]:
        unused = questions - sum(len(wordings) for wordings in self._facts)
        if not unused:
            return ()
        limit = self._materials.config.wordings
        return (f"{self.name}: {unused} of {questions} wordings left out: finetune.wordings = {limit} is the most for one fact",)
