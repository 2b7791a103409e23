"""What a person sees while training runs: one bar on standard error, and plain sentences at the end."""

from __future__ import annotations

import sys
from typing import Any

from finetune.clock import Clock
from finetune.model import AdapterManifest, Step
from finetune.verdicts import sentences, verdict_of


class Bar:
    """A progress bar with step, loss and time left; silent when `shown` is false."""

    def __init__(self, name: str, clock: Clock, *, shown: bool) -> None:
        from tqdm import tqdm

        self._clock = clock
        self._bar: Any = tqdm(
            total=100, desc=f"training {name}", file=sys.stderr, disable=not shown, bar_format="{desc} {percentage:3.0f}% |{bar}| {postfix}"
        )

    def update(self, step: Step) -> None:
        """Show the step just done."""
        left = int(self._clock.seconds_left)
        self._bar.n = min(100.0, 100.0 * self._clock.progress)
        self._bar.set_postfix_str(f"step {step.step}, loss {step.loss:.3f}, {left // 60}:{left % 60:02d} left")

    def close(self) -> None:
        """Leave the bar as it is and go to a new line."""
        self._bar.close()


def summary(manifest: AdapterManifest) -> tuple[str, ...]:
    """Return what is worth saying of a finished training, in plain sentences: its bill, its end check, the verdict, fired alarms."""
    coverage, check = manifest.coverage, manifest.check
    memory = f", {manifest.peak_memory / 1e9:.1f} GB at most" if manifest.peak_memory else ""
    lines = [
        f"adapter {manifest.name!r} on {manifest.base}: {manifest.steps} steps, {manifest.seconds:.0f} s in all, "
        f"{manifest.tokens} tokens, {manifest.tokens_per_second:.0f} tokens/s{memory}, "
        f"loss {manifest.loss_start:.2f} → {manifest.loss_end:.2f}",
    ]
    if coverage.seen:
        lines.append(
            "examples seen: " + ", ".join(f"{seen.examples} {name} ({seen.passes:.1f} passes)" for name, seen in coverage.seen.items())
        )
    if coverage.stopped == "early":
        lines.append("ended early, by its validation questions")
    if manifest.best_step is not None:
        lines.append(f"kept: the weights of step {manifest.best_step}")
    lines.append(
        f"end check ({check.system}): {check.correct} of {check.asked} training questions correct, {check.changed} answers changed"
    )
    if manifest.curve or manifest.evaluations:
        said, *more = sentences(verdict_of(manifest))
        lines += [f"verdict: {said}", *(f"  {line}" for line in more)]
    lines += [f"alarm {alarm.name} fired: ragft report shows what it means" for alarm in manifest.alarms if alarm.status == "fired"]
    if coverage.left_out:
        lines.append(f"{'left out for the budget' if coverage.budgeted else 'left out'}: {'; '.join(coverage.left_out)}")
    return (*lines, *manifest.notes)
