"""How far training is: by steps planned, or, under a budget, by the seconds given."""

from __future__ import annotations

import time

from finetune.feed import Feed
from finetune.model import Step


class Clock:
    """Progress in [0, 1]: of the steps planned, or of the seconds given."""

    def __init__(self, feed: Feed, deadline: float | None) -> None:
        self.feed, self.deadline = feed, deadline
        self.start = time.monotonic()
        self.steps: list[Step] = []
        self.tokens = 0

    def add(self, step: Step) -> None:
        """Note a finished step."""
        self.steps.append(step)
        self.tokens += step.tokens

    @property
    def elapsed(self) -> float:
        """Return the seconds since training began."""
        return time.monotonic() - self.start

    @property
    def progress(self) -> float:
        """Return how much of the training is done."""
        if self.deadline is None:
            return len(self.steps) / self.feed.steps
        return self.elapsed / max(self.deadline - self.start, 1e-9)

    @property
    def seconds_left(self) -> float:
        """Return the seconds to go: measured against the deadline, or extrapolated from the steps done."""
        if self.deadline is not None:
            return max(0.0, self.deadline - time.monotonic())
        return self.elapsed / max(len(self.steps), 1) * (self.feed.steps - len(self.steps))

    @property
    def over(self) -> bool:
        """Tell whether another step would end later past the deadline than stopping now ends before it."""
        if self.deadline is None or not self.steps:
            return False
        return self.seconds_left < 0.5 * self.elapsed / len(self.steps)

    def tokens_per_second(self) -> float:
        """Return the speed; the first step, which warms up, counts only while it is alone."""
        if len(self.steps) < 2:
            return self.tokens / max(self.elapsed, 1e-9)
        first = self.steps[0]
        return (self.tokens - first.tokens) / max(self.steps[-1].seconds - first.seconds, 1e-9)
