"""Which examples come next: recipes mixed by their share of the training tokens, and when all has been shown.

An example with passages costs ten times what a bare question costs, so weights are shares of
the tokens and not of the examples. Which examples there are is the recipes' business, how
long a time budget lasts the clock's.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from finetune.config import FinetuneConfig
from finetune.model import Coverage, Seen, TrainingExample
from finetune.recipes.recipe import Recipe
from knowledge_base.model import Question

_WINDOW = 8  # batches whose examples are sorted by length together
_SHARED = 0.2  # of its tokens: what an example must share with another of its step for the beginning to be computed once
_SAMPLED = 64  # examples that a mean is estimated from


@dataclass
class Passes:
    """Endless passes over the examples of one recipe, each in a new order drawn from the seed.

    With `batch` above 1 examples of like length come together: each pass is shuffled, sorted by
    length within windows of a few batches, and the batches are shuffled. Every example comes once a pass.
    """

    recipe: Recipe
    seed: int
    batch: int = 1
    seen: int = 0
    spent: int = 0  # tokens drawn so far
    _order: list[int] = field(default_factory=list)
    _turn: int = -1

    @property
    def passes(self) -> float:
        """Return the passes made so far."""
        return self.seen / len(self.recipe)

    @cached_property
    def first_pass(self) -> tuple[TrainingExample, ...]:
        """Return every example of the first pass, in the recipe's own order."""
        return tuple(self.recipe.make(index, 0) for index in range(len(self.recipe)))

    def draw(self) -> TrainingExample:
        """Return the next example."""
        turn, place = divmod(self.seen, len(self.recipe))
        if turn != self._turn:
            self._order, self._turn = self._shuffled(turn), turn
        self.seen += 1
        return self.recipe.make(self._order[place], turn)

    def _shuffled(self, turn: int) -> list[int]:
        rng = random.Random(f"{self.seed}/{self.recipe.name}/{turn}")
        order = rng.sample(range(len(self.recipe)), len(self.recipe))
        if self.batch == 1:
            return order
        window, batches = _WINDOW * self.batch, []
        for start in range(0, len(order), window):
            alike = sorted(order[start : start + window], key=lambda index: self.first_pass[index].tokens)
            batches += [alike[at : at + self.batch] for at in range(0, len(alike), self.batch)]
        rng.shuffle(batches)
        return [index for batch in batches for index in batch]


class Feed:
    """Hands out the examples of each optimiser step.

    Args:
        recipes: name → recipe, none of them empty.
        config: weights, batch size, and what ends training: passes, tokens, or (elsewhere) a time budget.

    Attributes:
        sharing: whether the model computes a common beginning once; set before the first step.
    """

    def __init__(self, recipes: Mapping[str, Recipe], config: FinetuneConfig) -> None:
        self.config, self.sharing = config, False
        batch = config.batch_size if config.group_by_length else 1
        self.passes = {name: Passes(recipe, config.seed, batch) for name, recipe in recipes.items()}
        total = sum(config.recipe[name] for name in recipes)
        self._shares = {name: config.recipe[name] / total for name in recipes}
        self._drawn: dict[str, None] = {}  # sources of the examples so far, in the order of their first draw

    @property
    def tokens(self) -> int:
        """Return the tokens drawn so far."""
        return sum(each.spent for each in self.passes.values())

    def cost(self, example: TrainingExample, others: Sequence[TrainingExample]) -> int:
        """Return the tokens that the model has to compute for an example in a step that has `others`.

        What it begins with in common with one of them, of the same recipe, is computed there already.
        """
        if not self.sharing:
            return example.tokens
        common = max((_common(example, other) for other in others if other.recipe == example.recipe), default=0)
        return example.tokens - (common if common > _SHARED * example.tokens else 0)

    def mean_cost(self, name: str) -> float:
        """Return the mean tokens of an example of recipe `name` in a step of its like; estimated from some of them."""
        examples = self.passes[name].first_pass
        sample = examples[:: max(1, len(examples) // _SAMPLED)]
        size = self.config.batch_size
        steps = [sample[at : at + size] for at in range(0, len(sample), size)]
        return sum(self.cost(step[place], step[:place]) for step in steps for place in range(len(step))) / len(sample)

    @property
    def planned_tokens(self) -> int | None:
        """Return the training tokens planned; None when a time budget decides."""
        if self.config.tokens is not None:
            return self.config.tokens
        if self.config.budget is not None:
            return None
        return round(min(self.mean_cost(name) * self._limit(name) / self._shares[name] for name in self.passes))

    @property
    def steps(self) -> int | None:
        """Return about how many optimiser steps are planned; None when a time budget decides."""
        tokens = self.planned_tokens
        if tokens is None:
            return None
        examples = sum(tokens * share / self.mean_cost(name) for name, share in self._shares.items())
        return max(1, round(examples / self.config.batch_size))

    @property
    def progress(self) -> float | None:
        """Return how much of the plan was shown, in [0, 1]; None when a time budget decides."""
        if self.config.tokens is not None:
            return min(1.0, self.tokens / self.config.tokens)
        if self.config.budget is not None:
            return None
        return min(1.0, max(each.seen / self._limit(name) for name, each in self.passes.items()))

    def next_step(self) -> list[TrainingExample]:
        """Return the examples of the next optimiser step; the last step of a plan may be a smaller one."""
        chosen: list[TrainingExample] = []
        while len(chosen) < self.config.batch_size and not (chosen and self.progress == 1.0):
            # The recipe that is furthest behind its share is next; the order of the configuration breaks ties.
            name = min(self._shares, key=lambda recipe: self.passes[recipe].spent / self._shares[recipe])
            example = self.passes[name].draw()
            self.passes[name].spent += self.cost(example, chosen)
            self._drawn[example.source] = None
            chosen.append(example)
        return chosen

    def longest(self) -> TrainingExample:
        """Return the longest example of the first passes."""
        return max((example for each in self.passes.values() for example in each.first_pass), key=lambda example: example.tokens)

    def largest(self) -> tuple[tuple[int, int], ...]:
        """Return the most tokens and the most target tokens of an example of each recipe: recipes are computed apart."""
        return tuple(
            (max(example.tokens for example in each.first_pass), max(len(example.target_ids) for example in each.first_pass))
            for each in self.passes.values()
        )

    def alike(self) -> tuple[TrainingExample, ...]:
        """Return four examples of the recipe whose prompts begin most alike, to try on a model whether it takes that."""
        groups = [each.first_pass[:4] for each in self.passes.values()]
        return max(groups, key=lambda group: min((_common(group[0], other) for other in group[1:]), default=0))

    def sample(self, count: int) -> tuple[TrainingExample, ...]:
        """Return up to `count` examples of the first passes, as many of each recipe, the same at every call."""
        each_count = max(1, count // len(self.passes))
        picked = []
        for name, each in self.passes.items():
            rng = random.Random(f"{self.config.seed}/{name}/sample")
            picked += rng.sample(each.first_pass, min(each_count, len(each.first_pass)))
        return tuple(picked)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return the questions that the recipes can teach, each once; pairs that a model wrote are among them."""
        return tuple({question.id: question for each in self.passes.values() for question in each.recipe.questions}.values())

    def state(self) -> dict[str, Any]:
        """Return where the feed stands, as plain JSON."""
        return {"passes": {name: [each.seen, each.spent] for name, each in self.passes.items()}, "drawn": list(self._drawn)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from where `state` was taken."""
        for name, (seen, spent) in state["passes"].items():
            self.passes[name].seen, self.passes[name].spent = seen, spent
        self._drawn = dict.fromkeys(state["drawn"])

    @property
    def drawn(self) -> tuple[str, ...]:
        """Return the sources of the examples drawn so far, each once."""
        return tuple(self._drawn)

    def coverage(self, seconds: float | None, stopped: str | None) -> Coverage:
        """Return what was seen, and in plain sentences what was left out; `seconds` is the budget, if there was one.

        The budget ended training where the plan had more to show.
        """
        left_out: list[str] = []
        for name, each in self.passes.items():
            if each.passes < 1:
                left_out.append(f"{len(each.recipe) - each.seen} of {len(each.recipe)} {name} examples were never seen")
            left_out += each.recipe.left_out
        seen = {name: Seen(each.seen, round(each.passes, 2), len(each.recipe)) for name, each in self.passes.items()}
        budgeted = seconds is not None and self.progress != 1.0 and stopped is None
        return Coverage(budgeted, seconds, seen, tuple(left_out), stopped)

    def _limit(self, name: str) -> int:
        """Return the examples after which the passes of a recipe end training."""
        return max(1, round(self.config.epochs * len(self.passes[name].recipe)))


def _common(one: TrainingExample, other: TrainingExample) -> int:
    """Return how many tokens two prompts begin with in common, leaving each at least one of its own."""
    shortest = min(len(one.prompt_ids), len(other.prompt_ids)) - 1
    return next((place for place in range(shortest) if one.prompt_ids[place] != other.prompt_ids[place]), max(0, shortest))
