"""How far training is: by the examples planned, or, under a budget, by the seconds given."""

from __future__ import annotations

import time
from collections.abc import Sequence

from finetune.feed import Feed
from finetune.model import Step


class Clock:
    """Progress in [0, 1]: of the examples planned, or of the seconds given.

    Time is read once a step (`tick`), so that everything decided in a step, and every process of a
    distributed training, goes by the same time.

    Args:
        feed: knows how much of the plan was shown.
        seconds: given for training in all; None when the plan decides.
        steps: those done before, by a training that this one goes on with.
    """

    def __init__(self, feed: Feed, seconds: float | None, steps: Sequence[Step] = ()) -> None:
        self.feed, self.seconds = feed, seconds
        self.steps = list(steps)
        self.tokens = sum(step.tokens for step in steps)
        self.elapsed = steps[-1].seconds if steps else 0.0  # of training so far, as of the last tick
        self.before = self.elapsed  # of it, in earlier processes
        self.reserve = 0.0  # seconds kept back from what is given: what comes after the last step takes them
        self._start = time.monotonic() - self.elapsed

    def tick(self, elapsed: float | None = None) -> float:
        """Set and return the seconds of training so far; `elapsed` is given where another process keeps the time."""
        self.elapsed = time.monotonic() - self._start if elapsed is None else elapsed
        return self.elapsed

    def pause(self, seconds: float) -> None:
        """Leave `seconds` out of the training time; a time budget goes on running."""
        if self.seconds is None:
            self._start += seconds

    def add(self, step: Step) -> None:
        """Note a finished step."""
        self.steps.append(step)
        self.tokens += step.tokens

    @property
    def progress(self) -> float:
        """Return how much of the training is done."""
        planned = self.feed.progress
        if planned is not None or self.seconds is None:
            return planned or 0.0
        return min(1.0, self.elapsed / max(self.seconds - self.reserve, 1e-9))

    @property
    def seconds_left(self) -> float:
        """Return the seconds to go: of the budget, or extrapolated from what is done."""
        if self.seconds is not None:
            return max(0.0, self.seconds - self.reserve - self.elapsed)
        return self.elapsed * (1 - self.progress) / max(self.progress, 1e-9) if self.steps else 0.0

    @property
    def over(self) -> bool:
        """Tell whether training is at its end: another step would end later past it than stopping now ends before it."""
        if not self.steps:
            return False
        if self.seconds is not None and self.seconds_left < 0.5 * self.elapsed / len(self.steps):
            return True
        return self.feed.progress == 1.0

    def tokens_per_second(self) -> float:
        """Return the speed; the first step, which warms up, counts only while it is alone."""
        if len(self.steps) < 2:
            return self.tokens / max(self.elapsed, 1e-9)
        first = self.steps[0]
        return (self.tokens - first.tokens) / max(self.steps[-1].seconds - first.seconds, 1e-9)
