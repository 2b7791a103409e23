"""Which examples come next: passes over the questions, the mix of kinds, and what a budget allows.

Without a budget the number of passes is fixed. With one, the time decides: passages cost
several times what a bare question costs, so they get at most a share of the tokens and at
most a number of passes, and bare questions fill the rest. The share follows the
speed as it is measured, step after step.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from finetune.config import FinetuneConfig
from finetune.examples import ExampleMaker
from finetune.model import Coverage, ExampleKind, TrainingExample
from knowledge_base.model import Question


@dataclass
class Passes:
    """Endless passes over the questions of one kind, each in a new order drawn from the seed."""

    kind: ExampleKind
    questions: Sequence[Question]
    seed: int
    seen: int = 0
    _order: list[Question] = field(default_factory=list)

    @property
    def epochs(self) -> float:
        """Return the passes made so far."""
        return self.seen / len(self.questions) if self.questions else 0.0

    def draw(self, maker: ExampleMaker) -> TrainingExample:
        """Return the next example."""
        turn, place = divmod(self.seen, len(self.questions))
        if place == 0:
            self._order = random.Random(f"{self.seed}/{self.kind}/{turn}").sample(list(self.questions), len(self.questions))
        self.seen += 1
        return maker.make(self._order[place], self.kind, turn)


class Feed:
    """Hands out the examples of each optimiser step.

    Args:
        maker: makes the examples.
        questions: those to train on.
        config: recipe, passes, batch size, the budget's shares.
        budgeted: the clock ends training, not the number of passes.
        shared_tokens: the beginning that closed-book examples of a step have in common and cost once.
    """

    def __init__(
        self, maker: ExampleMaker, questions: Sequence[Question], config: FinetuneConfig, *, budgeted: bool, shared_tokens: int = 0
    ) -> None:
        self.config, self.budgeted, self.maker, self.shared_tokens = config, budgeted, maker, shared_tokens
        able = [question for question in questions if "retrieval" in maker.kinds(question)] if config.recipe != "closed-book" else []
        self.passes: dict[ExampleKind, Passes] = {
            "closed-book": Passes("closed-book", questions if config.recipe != "retrieval" else (), config.seed),
            "retrieval": Passes("retrieval", able, config.seed),
        }
        self.without_passage = len(questions) - len(able) if config.recipe != "closed-book" else 0
        self._costs = {kind: self._mean_cost(kind) for kind in self.passes}
        self.planned = self._by_epochs()
        self._debt = 0.5  # spreads retrieval examples evenly between the others
        self._share = self._first_share()

    @property
    def steps(self) -> int:
        """Return the number of optimiser steps planned; a budget may end earlier or go on."""
        return max(1, math.ceil(sum(self.planned.values()) / self.config.batch_size))

    def next_step(self) -> list[TrainingExample]:
        """Return the examples of the next optimiser step."""
        left = None if self.budgeted else sum(self.planned.values()) - sum(each.seen for each in self.passes.values())
        size = self.config.batch_size if left is None else min(self.config.batch_size, left)
        return [self.passes[self._next_kind()].draw(self.maker) for _ in range(size)]

    def replan(self, seconds_left: float, tokens_per_second: float) -> None:
        """Fit what is still to come to the time left at the measured speed."""
        if not self.budgeted or tokens_per_second <= 0:
            return
        tokens = max(0.0, seconds_left) * tokens_per_second
        seen = {kind: each.seen for kind, each in self.passes.items()}
        if self.config.recipe == "mix" and self.passes["retrieval"].questions:
            wanted = max(0.0, self.config.retrieval_epochs * len(self.passes["retrieval"].questions) - seen["retrieval"])
            spent = {kind: seen[kind] * self._costs[kind] for kind in seen}
            allowed = max(0.0, self.config.retrieval_share * (tokens + sum(spent.values())) - spent["retrieval"])
            retrieval = min(wanted, allowed / self._costs["retrieval"])
            closed = max(0.0, tokens - retrieval * self._costs["retrieval"]) / self._costs["closed-book"]
            self._share = retrieval / (retrieval + closed) if retrieval + closed > 0 else 0.0
        else:
            retrieval = tokens / self._costs["retrieval"] if self.passes["retrieval"].questions else 0.0
            closed = tokens / self._costs["closed-book"] if self.passes["closed-book"].questions else 0.0
        self.planned = {"closed-book": seen["closed-book"] + round(closed), "retrieval": seen["retrieval"] + round(retrieval)}

    def coverage(self, budget_seconds: float | None) -> Coverage:
        """Return what was seen, and in plain sentences what was left out."""
        closed, retrieval = self.passes["closed-book"], self.passes["retrieval"]
        left_out = []
        for each, wanted in ((closed, self.config.epochs), (retrieval, self.config.retrieval_epochs)):
            if not each.questions:
                continue
            if each.epochs < 1:
                left_out.append(f"{len(each.questions) - each.seen} of {len(each.questions)} {each.kind} examples were never seen")
            if self.budgeted and each.epochs < wanted:
                left_out.append(f"{each.kind} examples: {each.epochs:.1f} passes of the {wanted:g} configured")
        if self.without_passage:
            left_out.append(f"{self.without_passage} questions made no retrieval example: no passage found holds their answer")
        return Coverage(
            self.budgeted, budget_seconds, closed.seen, retrieval.seen, round(closed.epochs, 2), round(retrieval.epochs, 2), tuple(left_out)
        )

    def cost(self, example: TrainingExample) -> int:
        """Return the tokens that the model has to compute for an example."""
        return example.tokens - (self.shared_tokens if example.kind == "closed-book" else 0)

    def longest(self) -> int:
        """Return the length in tokens of the longest first-pass example."""
        examples = [self.maker.make(question, kind) for kind, each in self.passes.items() for question in each.questions]
        return max(example.tokens for example in examples)

    def _mean_cost(self, kind: ExampleKind) -> float:
        questions = self.passes[kind].questions
        return sum(self.cost(self.maker.make(question, kind)) for question in questions) / len(questions) if questions else 1.0

    def _by_epochs(self) -> dict[ExampleKind, int]:
        epochs = {
            "closed-book": self.config.epochs,
            "retrieval": self.config.retrieval_epochs if self.config.recipe == "mix" else self.config.epochs,
        }
        return {kind: round(epochs[kind] * len(each.questions)) for kind, each in self.passes.items()}

    def _first_share(self) -> float:
        total = sum(self.planned.values())
        share = self.planned["retrieval"] / total if total else 0.0
        if self.budgeted and self.config.recipe == "mix" and self.planned["retrieval"]:
            part = self.config.retrieval_share
            retrieval, closed = part / self._costs["retrieval"], (1 - part) / self._costs["closed-book"]
            share = min(share, retrieval / (retrieval + closed))
        return share

    def _next_kind(self) -> ExampleKind:
        if not self.passes["closed-book"].questions:
            return "retrieval"
        self._debt += self._share if self.passes["retrieval"].questions else 0.0
        if self._debt < 1:
            return "closed-book"
        self._debt -= 1
        return "retrieval"
