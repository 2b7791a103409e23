"""One rule for all alarms: a figure fires when its whole interval lies beyond its threshold.

With a two-sided interval of 90 %, an adapter whose true harm is no more than the threshold fires in at most about
5 % of the draws of probes. What is measured, and how much is tolerated, is each alarm's business.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from eval.model import Estimate
from eval.stats.resampling import Resampler
from finetune.model import Alarm

CONFIDENCE: Final = 0.90
_RESAMPLES: Final = 4_000


@dataclass(frozen=True)
class Figure:
    """One measured figure of an alarm, with its interval and what is tolerated."""

    measure: str
    value: float
    low: float
    high: float
    threshold: float
    harm: Literal["above", "below"]  # the side of the threshold that is bad
    count: int
    note: str = ""

    @property
    def fires(self) -> bool:
        """Whether the whole interval lies on the bad side.

        >>> Figure("share", 0.1, 0.04, 0.2, 0.02, "above", 40).fires, Figure("points", -0.1, -0.2, 0.01, 0.0, "below", 40).fires
        (True, False)
        """
        return self.low > self.threshold if self.harm == "above" else self.high < self.threshold


def mean(values: Sequence[float], facts: Sequence[Hashable], *, high: float | None = 1.0, seed: int = 0) -> Estimate:
    """Return the mean of `values` ≥ 0 over clusters with its interval; `high` None means without an upper bound."""
    return Resampler(facts, resamples=_RESAMPLES, seed=seed).mean(list(values), bounds=(0.0, high), confidence=CONFIDENCE)


def difference(values: Sequence[float], facts: Sequence[Hashable], *, bound: float | None = 1.0, seed: int = 0) -> Estimate:
    """Return the mean of paired differences with its interval over clusters, within ± `bound`; None for no bound."""
    limits = (-bound, bound) if bound is not None else (float("-inf"), None)
    return Resampler(facts, resamples=_RESAMPLES, seed=seed).difference(list(values), bounds=limits, confidence=CONFIDENCE)


def figure(measure: str, estimate: Estimate, threshold: float, harm: Literal["above", "below"], note: str = "") -> Figure:
    """Return an estimate as a figure."""
    return Figure(measure, estimate.value, estimate.low, estimate.high, threshold, harm, estimate.n, note)


def verdict(name: str, figures: Sequence[Figure], details: Mapping[str, Any] | None = None, *, fires: bool | None = None) -> Alarm:
    """Return the alarm of several figures: it shows the first that fires, else the first.

    Args:
        name: of the alarm.
        figures: at least one, the one to show first.
        details: codes and numbers for the report; all figures are added under "figures".
        fires: whether it fires, where that takes more than any one figure.
    """
    fired = any(each.fires for each in figures) if fires is None else fires
    shown = next((each for each in figures if fired and each.fires), figures[0])
    rows = [
        {"measure": each.measure, "figure": each.value, "low": each.low, "high": each.high, "threshold": each.threshold,
         "harm": each.harm, "count": each.count, "fires": each.fires, **({"note": each.note} if each.note else {})}
        for each in figures
    ]  # fmt: skip
    return Alarm(
        name=name,
        status="fired" if fired else "quiet",
        measure=shown.measure,
        figure=shown.value,
        low=shown.low,
        high=shown.high,
        threshold=shown.threshold,
        count=shown.count,
        details={**(details or {}), "figures": rows},
    )


def not_run(name: str, reason: str) -> Alarm:
    """Return the alarm that could not be run, with a sentence that says why and what to do."""
    return Alarm(name, "not run", "none", None, None, None, None, 0, reason=reason)
