"""How the adapters of a run were trained, read from the adapter manifests that the run manifest holds.

Those were written by this version, by earlier ones (a recipe was a word, there were no curves), or by hand: what is not there, or
is not what it should be, is left out, and a report is made all the same. What the figures mean is the business of `eval.learning`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from eval.folding import adapters_behind
from eval.learning import judge
from eval.model import RunManifest
from eval.trained import AlarmFigure, CurvePoint, TrainedAdapter, TrainingAlarm, TrainingVerdict, Watched

POINTS: Final = 100  # of a curve that are kept
_WINDOW: Final = 10  # a smoothed point looks back over a tenth of the curve
_STATUSES: Final = ("fired", "quiet", "not run")


def trained(manifests: Sequence[RunManifest]) -> tuple[TrainedAdapter, ...]:
    """Return the adapters that the systems of these runs answer with, each once, by name and then by run.

    Args:
        manifests: of one run, or of several that differ in their training seed, adapters under the same names.
    """
    found: dict[tuple[str, str], TrainedAdapter] = {}
    used = dict.fromkeys(str(system["adapter"]) for one in manifests for system in one.systems if system.get("adapter"))
    behind = dict.fromkeys(one for name in used for manifest in manifests for one in adapters_behind(manifest.plan, name))
    for name in behind:
        for place, manifest in enumerate(manifests):
            data = manifest.adapters.get(name)
            if isinstance(data, Mapping) and any(data.get(key) for key in ("recipe", "tokens", "steps", "curve", "alarms")):
                print_of = _mapping(manifest.fingerprints.get("adapters")).get(name)
                found.setdefault((name, str(print_of or place)), read_adapter(name, data))
    return tuple(found.values())


def read_adapter(name: str, data: Mapping[str, Any]) -> TrainedAdapter:
    """Return what the manifest of an adapter says, under the name that the run has for it."""
    configuration, coverage, check = (_mapping(data.get(key)) for key in ("configuration", "coverage", "check"))
    seen = _mapping(coverage.get("seen")) or _seen_before(coverage)
    curve, evaluations = _curve(data.get("curve")), _evaluations(data.get("evaluations"))
    asked, correct, best = _count(check.get("asked")), _count(check.get("correct")), _number(data.get("best_step"))
    ended: Literal["plan", "budget", "early"] = (
        "early" if coverage.get("stopped") == "early" else "budget" if coverage.get("budgeted") is True else "plan"
    )
    passed = check.get("passed")
    return TrainedAdapter(
        name=name,
        seed=seed if isinstance(seed := data.get("seed"), int) else None,
        recipe=_recipe(data.get("recipe")),
        method=str(data.get("method") or configuration.get("method") or ""),
        rank=_count(configuration.get("rank")) or None,
        examples={str(key): _count(_mapping(value).get("examples")) for key, value in seen.items()},
        passes={str(key): _number(_mapping(value).get("passes")) or 0.0 for key, value in seen.items()},
        steps=_count(data.get("steps")),
        tokens=_count(data.get("tokens")),
        tokens_per_second=_number(data.get("tokens_per_second")),
        seconds=_number(data.get("training_seconds")),
        total_seconds=_number(data.get("seconds")),
        peak_memory=_count(data.get("peak_memory")),
        trainable_parameters=_count(data.get("trainable_parameters")),
        loss_start=_number(data.get("loss_start")),
        loss_end=_number(data.get("loss_end")),
        validation_loss=_number(data.get("validation_loss")),
        validation_questions=len(_sequence(data.get("validation_ids"))),
        best_step=None if best is None else int(best),
        ended=ended,
        checked=asked,
        check_correct=correct,
        check_system=str(check.get("system") or ""),
        check_passed=passed if isinstance(passed, bool) else None,
        left_out=tuple(str(part) for part in _sequence(coverage.get("left_out"))),
        curve=curve,
        evaluations=evaluations,
        verdict=_verdict(curve, evaluations, correct / asked if asked else None, best, configuration.get("validation_trained_facts")),
        alarms=tuple(_alarms(data.get("alarms"))),
    )


def _verdict(
    curve: Sequence[CurvePoint], watched: Sequence[Watched], check: float | None, kept: float | None, facts: object
) -> TrainingVerdict | None:
    if not curve and not watched:
        return None
    share = _number(facts)  # of the validation questions that ask for a trained fact, where the trainer told it
    same_facts = None if share is None else share >= 0.5
    return judge([point.loss for point in curve], watched, check=check, kept=None if kept is None else int(kept), same_facts=same_facts)


def _curve(data: object) -> tuple[CurvePoint, ...]:
    """Return at most `POINTS` of the steps, evenly spread, each with the moving mean of the losses up to it.

    The mean is exponential and without bias at the start, as TensorBoard smooths.
    """
    steps = [
        (int(step), loss) for one in _sequence(data) if (step := _at(one, "step")) is not None and (loss := _at(one, "loss")) is not None
    ]
    steps = [steps[place * len(steps) // POINTS] for place in range(POINTS)] if len(steps) > POINTS else steps
    weight, mean, points = max(0.0, 1 - _WINDOW / len(steps)) if steps else 0.0, 0.0, []
    for place, (step, loss) in enumerate(steps, start=1):
        mean = weight * mean + (1 - weight) * loss
        points.append(CurvePoint(step, loss, mean / (1 - weight**place)))
    return tuple(points)


def _evaluations(data: object) -> tuple[Watched, ...]:
    return tuple(
        Watched(int(step), _at(one, "train_loss"), _at(one, "validation_loss"), _at(one, "score"), _count(_mapping(one).get("asked")))
        for one in _sequence(data)
        if (step := _at(one, "step")) is not None
    )


def _alarms(data: object) -> Iterator[TrainingAlarm]:
    for one in _sequence(data):
        given = _mapping(one)
        if given.get("name") and given.get("status") in _STATUSES:
            details = _mapping(_finite(given.get("details")))
            own = _figure(given)
            figures = tuple(found for row in _sequence(details.get("figures")) if (found := _figure(_mapping(row))) is not None)
            same = next((row for row in figures if own and (row.measure, row.figure) == (own.measure, own.figure)), own)
            rest = {str(key): value for key, value in details.items() if key != "figures"}
            reason = str(given.get("reason") or "")
            yield TrainingAlarm(str(given["name"]), given["status"], same, figures or ((own,) if own else ()), rest, reason)


def _figure(row: Mapping[str, Any]) -> AlarmFigure | None:
    if _at(row, "figure") is None:
        return None
    side = row.get("harm")
    harm: Literal["above", "below", ""] = side if side in ("above", "below") else ""
    ends = {key: _at(row, key) for key in ("figure", "low", "high", "threshold")}
    return AlarmFigure(str(row.get("measure") or ""), **ends, count=_count(row.get("count")), harm=harm)


def _finite(value: object) -> object:
    """Return plain data with None in the place of numbers that JSON does not have.

    >>> _finite({"low": float("-inf"), "rows": [1, float("nan")]})
    {'low': None, 'rows': [1, None]}
    """
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _recipe(value: object) -> dict[str, float]:
    """Return the shares of a recipe; an earlier version's is one word.

    >>> _recipe({"qa": 1.0, "raft": 3.0}), _recipe("mix"), _recipe(None)
    ({'qa': 0.25, 'raft': 0.75}, {'mix': 1.0}, {})
    """
    if isinstance(value, str):
        return {value: 1.0} if value else {}
    weights = {str(key): _number(weight) or 0.0 for key, weight in _mapping(value).items()}
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()} if total > 0 else {}


def _seen_before(coverage: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the coverage of an earlier version, which had two kinds of examples, in the form of today's."""
    kinds = {"closed-book": "closed_book", "retrieval": "retrieval"}
    return {
        name: {"examples": coverage.get(f"{key}_seen"), "passes": coverage.get(f"{key}_epochs")}
        for name, key in kinds.items()
        if coverage.get(f"{key}_seen")
    }


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def _number(value: object) -> float | None:
    """Return a finite number as it is; None for anything else.

    >>> _number(3), _number(float("nan")), _number("3"), _number(True)
    (3.0, None, None, None)
    """
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) else None


def _count(value: object) -> int:
    number = _number(value)
    return 0 if number is None else max(0, int(number))


def _at(data: object, key: str) -> float | None:
    return _number(_mapping(data).get(key))
