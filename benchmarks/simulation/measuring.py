"""One cell of the grid: many comparisons of made-up systems through the product's own statistics, and how often they err.

Each comparison runs `eval.contrasts.contrasts` and `eval.decision.decide` as a real run does; only the scores are made up.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from benchmarks.simulation.world import CONTRASTS, MARGIN, SYSTEMS, VERSION, Cell, Floats, draw
from eval.aggregate import ScoreTable, role_of
from eval.comparison import Comparison, Contrast, Decision, Said, SystemResult
from eval.contrasts import contrasts
from eval.decision import decide
from eval.model import Asked, Estimate
from eval.stats.resampling import Resampler
from knowledge_base.model import Question

METRIC = "correct"
REDRAWN = 50  # comparisons that share bootstrap draws: what chance does to one set of draws must not stay for a whole cell
DESCRIBED: tuple[dict[str, Any], ...] = tuple(
    {
        "name": name,
        "context": "retrieval" if "rag" in name else "few-shot" if name == "few-shot" else "none",
        "adapter": "main" if "finetuned" in name else None,
    }
    for name in SYSTEMS
)
ROUNDING = 1e-9
ABSTAINING = ("equivalent", "not enough evidence")


class Tally:
    """Counts over the comparisons of one cell."""

    def __init__(self, cell: Cell) -> None:
        """Start at nothing for `cell`."""
        self.cell = cell
        self.counts: Counter[str] = Counter()
        self.powers: Counter[str] = Counter()
        self.widths = {"mean": 0.0, "difference": 0.0}

    def interval(self, kind: str, found: Estimate, truth: float) -> None:
        """Count one interval and on which side it misses the truth."""
        self.counts[f"{kind}s"] += 1
        self.counts[f"{kind}_{found.method}"] += 1
        self.counts[f"{kind}_too_high"] += truth < found.low - ROUNDING
        self.counts[f"{kind}_too_low"] += truth > found.high + ROUNDING
        self.widths[kind] += found.high - found.low

    def comparison(self, tested: tuple[Contrast, ...], decision: Decision) -> None:
        """Count what the tests and the decision of one comparison claim, and which claims are false."""
        truths = self.cell.truths
        false_difference = false_equivalence = False
        for contrast in tested:
            truth = truths[contrast.a] - truths[contrast.b]
            self.interval("difference", contrast.difference, truth)
            shown = contrast.verdict != "not shown"
            if abs(truth) < ROUNDING:
                false_difference |= shown
                self.counts["equivalence_chances"] += 1
                self.counts["equivalence_shown"] += contrast.equivalence.shown
            else:
                right = contrast.verdict == ("better" if truth > 0 else "worse")
                false_difference |= shown and not right
                self.powers[f"{contrast.a} − {contrast.b}"] += right
            if abs(truth) >= MARGIN - ROUNDING:
                false_equivalence |= contrast.equivalence.shown
            if abs(abs(truth) - MARGIN) < ROUNDING:
                self.counts["edges"] += 1
                self.counts["edge_false"] += contrast.equivalence.p_value < 0.05
        self.counts["family_errors"] += false_difference
        self.counts["equivalence_family_errors"] += false_equivalence
        self.counts[f"verdict_{decision.verdict}"] += 1
        self.counts["abstains"] += decision.verdict in ABSTAINING
        self.counts["wrong_verdicts"] += wrong(decision, truths)


def wrong(decision: Decision, truths: Mapping[str, float]) -> bool:
    """Tell whether a decision names a system that is not the best, or calls equivalent what is more than the margin below it.

    To name one of several that are best is a false difference, which the family error counts, and no wrong choice.

    Args:
        decision: of which only the verdict and its systems are looked at.
        truths: system → true mean, a share.
    """
    if decision.verdict == "not enough evidence":
        return False
    best = max(truths.values())
    if decision.verdict == "equivalent":
        return best - min(truths[name] for name in decision.among) > MARGIN + ROUNDING
    return decision.system is None or best - truths[decision.system] > ROUNDING


Job = tuple[Cell, int, int, int, int]  # with comparisons, resamples, permutations, seed


def run_job(job: Job) -> dict[str, Any]:
    """Return `measure` of one job. Here, and not beside `main`: a worker process cannot import a `__main__` again."""
    cell, comparisons, resamples, permutations, seed = job
    return measure(cell, comparisons=comparisons, resamples=resamples, permutations=permutations, seed=seed)


def measure(cell: Cell, *, comparisons: int, resamples: int, permutations: int, seed: int) -> dict[str, Any]:
    """Return the counts of one cell as JSON.

    Args:
        cell: the setting.
        comparisons: how many to make up.
        resamples: of the bootstrap, whose draws `REDRAWN` comparisons share.
        permutations: of the sign-flip test.
        seed: of everything that is drawn; another one for each cell follows from it.
    """
    started = time.perf_counter()
    generator = np.random.default_rng([seed, *cell.name.encode()])
    asked = {question.id: Asked(question) for question in _questions(cell)}
    facts = [row.question.fact for row in asked.values()]
    tally = Tally(cell)
    for number in range(comparisons):
        if number % REDRAWN == 0:
            resampler = Resampler(facts, resamples=resamples, seed=_seed(generator))
        plan = {"primary": METRIC, "margin": MARGIN, "contrasts": CONTRASTS, "permutations": permutations, "seed": _seed(generator)}
        comparison = _comparison(draw(cell, generator), asked, resampler, plan)
        for result, truth in zip(comparison.systems, cell.truths.values(), strict=True):
            tally.interval("mean", result.metrics[METRIC], truth)
        tally.comparison(comparison.contrasts, decide(comparison))
    return {
        **asdict(cell),
        "name": cell.name,
        "version": VERSION,
        "comparisons": comparisons,
        "resamples": resamples,
        "permutations": permutations,
        "seed": seed,
        "date": time.strftime("%Y-%m-%d"),
        "seconds": round(time.perf_counter() - started, 1),
        "counts": {key: int(value) for key, value in sorted(tally.counts.items())},
        "powers": dict(tally.powers),
        "widths": {kind: tally.widths[kind] / tally.counts[f"{kind}s"] for kind in tally.widths},
    }


def _seed(generator: np.random.Generator) -> int:
    return int(generator.integers(2**31))


def _questions(cell: Cell) -> list[Question]:
    digits = math.ceil(math.log10(cell.questions)) + 1
    return [Question(f"q{n:0{digits}}", "", "en", fact=f"f{n // cell.per_fact:0{digits}}") for n in range(cell.questions)]


def _comparison(scores: Floats, asked: dict[str, Asked], resampler: Resampler, plan: dict[str, Any]) -> Comparison:
    """Return a Comparison that holds what a decision is made from."""
    rows = scores.tolist()
    values: dict[tuple[str, str], dict[int | None, dict[str, float]]] = {
        (name, METRIC): {None: dict(zip(asked, row, strict=True))} for name, row in zip(SYSTEMS, rows, strict=True)
    }
    table = ScoreTable(asked=asked, by_seed=values, plan=plan, statuses={}, reasons={})
    table.__dict__["resampler"] = resampler  # to draw 2,000 times for each comparison would take longer than all else
    means = resampler.means(rows, bounds=[(0.0, 1.0)] * len(rows))
    systems = tuple(_system(described, mean) for described, mean in zip(DESCRIBED, means, strict=True))
    nothing = Decision("not enough evidence", None, (), "", MARGIN, Said(""))
    return Comparison(
        schema=1,
        run_id="simulation",
        created="",
        decision=nothing,
        scope={},
        warnings=(),
        plan=plan,
        systems=systems,
        contrasts=contrasts(table, DESCRIBED, CONTRASTS),
        explorations=(),
        slices=(),
        tongues=(),
        risk_coverage=(),
        metric_names=(METRIC,),
        metric_info={},
        support={},
        questions=(),
        passages={},
    )


def _system(described: dict[str, Any], mean: Estimate) -> SystemResult:
    return SystemResult(
        system=described["name"],
        role=role_of(described),
        context=described["context"],
        adapter=described["adapter"],
        metrics={METRIC: mean},
        statuses={},
        citations={},
        abstentions=0,
        errors=0,
        throughput={},
        latency={},
    )
