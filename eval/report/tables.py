"""The tables of the report, as cells of formatted text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from eval.model import Comparison, Contrast, Estimate, SystemResult
from eval.report.figures import factor, interval, mean, number, p_value, plain, seconds, signed, signed_interval
from eval.report.parts import ABSENT, Cell, Column, Table, level, primary_metric

INAPPLICABLE = "n/a"
Measure = tuple[str, Callable[[SystemResult], str]]
_EXPOSURES = ("verbatim", "paraphrase", "unseen")


def quality(comparison: Comparison) -> Table:
    """Return systems × metrics, the primary metric first, each with its 95 % interval."""
    primary = primary_metric(comparison)
    names = [primary, *(name for name in comparison.metric_names if name != primary)]
    columns = [Column("system", numeric=False)]
    columns += [
        Column(plain(name), name == primary, help=plain(comparison.metric_info.get(name, {}).get("summary") or "")) for name in names
    ]
    rows = tuple(
        (Cell(plain(result.system)), *(_estimate(result.metrics.get(name), comparison, name) for name in names))
        for result in comparison.systems
    )
    counts = sorted({result.metrics[primary].n for result in comparison.systems if primary in result.metrics})
    facts = sorted({result.metrics[primary].clusters for result in comparison.systems if primary in result.metrics})
    asked = f"{_range(counts)} scored questions on {_range(facts)} facts; " if counts else ""
    note = (
        f"{asked}with each mean its {level(comparison)} interval, clustered by fact. "
        f"{primary} was declared primary before the run; the others are exploratory."
    )
    return Table("Scores", note, tuple(columns), rows)


def behaviour(comparison: Comparison) -> Table:
    """Return what each system did and cost, one measure a row: citations, abstentions, errors, tokens, speed."""
    timed = any(result.latency for result in comparison.systems)
    imported = {result.system: result.imported for result in comparison.systems if result.imported}
    asked = comparison.scope.get("questions")
    answered: Measure = ("questions answered", lambda result: f"{int(asked or 0) - result.missing - result.errors} of {asked}")
    measures = [*((answered,) if imported else ()), *_BEHAVIOUR, *(_LATENCY if timed else ())]
    columns = (Column("measure", numeric=False), *(Column(plain(result.system)) for result in comparison.systems))
    rows = tuple((Cell(title), *(_measure(say, result) for result in comparison.systems)) for title, say in measures)
    apart = "Latency was measured apart, one question at a time."
    measured = any(result.latency for result in comparison.systems if not result.imported)
    latency = apart if measured else "Latency was not measured: ragft compare --latency N does."
    note = f"Tokens are means per question; speeds are those of batches on the machine of the run. {latency}"
    for system, file in imported.items():
        note += (
            f" The answers of {plain(system)} were imported from {plain(file)}, not generated here: {INAPPLICABLE} (not applicable) "
            "stands where the file says nothing; tokens and latencies that stand there are its own account."
        )
    return Table("Behaviour and cost", note, columns, rows)


def contrasts(comparison: Comparison) -> Table:
    """Return the declared contrasts with difference, interval, p-values, wins and the verdict in words."""
    scale = factor(comparison.metric_info.get(primary_metric(comparison), {}))
    titles = ("contrast", "difference", "p", "p (Holm)", "won / tied / lost", "kind", "verdict")
    columns = tuple(Column(title, numeric=title not in {"contrast", "kind", "verdict"}) for title in titles)
    margin = comparison.plan.get("margin")
    shown_margin = f" The practical margin is {number(_margin(margin) * scale)} points." if _margin(margin) else ""
    note = (
        f"Difference in points of {primary_metric(comparison)} with its {level(comparison)} interval; p by paired permutation, "
        f"corrected by Holm over these contrasts.{shown_margin} "
        "Questions that only one of the two has a score for are left out. "
        "A bundled contrast changes several things at once and is attributed to none of them."
    )
    rows = tuple(_contrast(contrast, _margin(margin), scale) for contrast in comparison.contrasts)
    return Table("Contrasts", note, columns, rows)


def verdict_words(contrast: Contrast, margin: float) -> str:
    """Return the verdict of a contrast in words.

    Args:
        contrast: its `verdict` is already after Holm at 5 %.
        margin: the practical margin in the unit of the difference (0 for none).

    >>> gap = Estimate(0.20, 0.08, 0.32, 60, 40)
    >>> verdict_words(Contrast("rag", "base", "controlled", gap, 0.001, 0.003, 15, 42, 3, "better"), 0.05)
    'rag is better, by more than the margin'
    """
    low, high = contrast.difference.low, contrast.difference.high
    if contrast.verdict == "not shown":
        return "no difference shown"
    beyond = low > margin if contrast.verdict == "better" else high < -margin
    size = ", by more than the margin" if margin and beyond else ", perhaps by less than the margin" if margin else ""
    return f"{plain(contrast.a)} is {contrast.verdict}{size}"


def exposures(comparison: Comparison) -> Table:
    """Return the primary metric apart for questions seen verbatim, paraphrased and unseen in training."""
    note = "verbatim: asked in these words in training; paraphrase: same fact, other words; unseen: the fact was not trained."
    return _by_group(comparison, "By exposure to training", note, lambda result: result.by_exposure, _EXPOSURES)


def kinds(comparison: Comparison) -> Table:
    """Return the primary metric apart for each kind of question."""
    note = "A system that always abstains earns the unanswerable questions: read the kinds apart."
    return _by_group(comparison, "By kind of question", note, lambda result: result.by_kind, ())


def tags(comparison: Comparison) -> Table:
    """Return the primary metric apart for each tag; a question may have several, or none."""
    note = "A question counts under each of its tags; the slices are exploratory."
    return _by_group(comparison, "By tag", note, lambda result: result.by_tag, ())


def languages(comparison: Comparison) -> Table:
    """Return the primary metric apart for each language; empty when all questions are in one."""
    table = _by_group(comparison, "By language of the question", "", lambda result: result.by_language, ())
    return table if len(table.columns) > 2 else replace(table, rows=())


def retrieval(comparison: Comparison) -> Table:
    """Return how well the evidence was found, whatever the model then said."""
    rows = tuple(
        (Cell(plain(name)), Cell(mean(value), interval(value)), Cell(str(value.n))) for name, value in comparison.retrieval.items()
    )
    columns = (Column("measure", numeric=False), Column("mean"), Column("questions"))
    return Table("Retrieval", "Measured on the evidence spans of the questions, before any model reads a passage.", columns, rows)


def groups(result: SystemResult, metric: str) -> Iterator[tuple[str, Estimate]]:
    """Yield ("all", estimate), then one pair per exposure, for those that have `metric`."""
    if metric in result.metrics:
        yield "all", result.metrics[metric]
    for exposure in ordered(result.by_exposure, _EXPOSURES):
        if metric in result.by_exposure[exposure]:
            yield plain(exposure), result.by_exposure[exposure][metric]


def ordered(names: Mapping[str, object], first: tuple[str, ...]) -> list[str]:
    """Return the names of `first` that are there, then the others in their own order.

    >>> ordered({"other": 1, "unseen": 2, "verbatim": 3}, ("verbatim", "unseen"))
    ['verbatim', 'unseen', 'other']
    """
    return [name for name in first if name in names] + [name for name in names if name not in first]


def _by_group(
    comparison: Comparison,
    title: str,
    note: str,
    pick: Callable[[SystemResult], dict[str, dict[str, Estimate]]],
    first: tuple[str, ...],
) -> Table:
    primary = primary_metric(comparison)
    sizes: dict[str, int] = {}
    for result in comparison.systems:
        for name, metrics in pick(result).items():
            if primary in metrics:
                sizes[name] = max(sizes.get(name, 0), metrics[primary].n)
    names = ordered(sizes, first)
    columns = (Column("system", numeric=False), *(Column(f"{plain(name)} ({sizes[name]})") for name in names))
    rows = tuple(
        (Cell(plain(result.system)), *(_of_group(pick(result).get(name, {}).get(primary), comparison, sizes[name]) for name in names))
        for result in comparison.systems
    )
    return Table(
        title,
        f"{primary}, with its {level(comparison)} interval; in brackets the number of questions. {note}".rstrip(),
        columns,
        rows if names else (),
    )


def _estimate(estimate: Estimate | None, comparison: Comparison, metric: str) -> Cell:
    if estimate is None:
        return Cell(ABSENT)
    scale = factor(comparison.metric_info.get(metric, {}))
    return Cell(mean(estimate, scale), interval(estimate, scale))


def _of_group(estimate: Estimate | None, comparison: Comparison, size: int) -> Cell:
    """Return the cell of a group of `size` questions, with their number when the system is not scored on all of them."""
    cell = _estimate(estimate, comparison, primary_metric(comparison))
    return cell if estimate is None or estimate.n == size else Cell(cell.text, f"{cell.detail}, on {estimate.n}")


def _contrast(contrast: Contrast, margin: float, scale: float) -> tuple[Cell, ...]:
    gap = contrast.difference
    return (
        Cell(f"{plain(contrast.a)} − {plain(contrast.b)}"),
        Cell(signed(gap.value * scale), signed_interval(gap, scale)),
        Cell(p_value(contrast.p_value)),
        Cell(p_value(contrast.p_holm)),
        Cell(f"{contrast.wins} / {contrast.ties} / {contrast.losses}", f"{contrast.dropped} left out" if contrast.dropped else ""),
        Cell(contrast.kind, plain(", ".join(contrast.differs))),
        Cell(verdict_words(contrast, margin), tone={"better": "good", "worse": "bad"}.get(contrast.verdict, "")),
    )


def _measure(say: Callable[[SystemResult], str], result: SystemResult) -> Cell:
    text = say(result)
    return Cell(INAPPLICABLE if text == ABSENT and result.imported else text)


def _margin(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _range(values: list[int]) -> str:
    return str(values[0]) if len(values) == 1 else f"{values[0]} to {values[-1]}"


def _count(counts: dict[str, int], name: str) -> str:
    return str(counts[name]) if name in counts else ABSENT


def _figure(figures: dict[str, float], name: str, decimals: int = 0) -> str:
    return number(figures[name], decimals) if name in figures else ABSENT


def _duration(figures: dict[str, float], name: str) -> str:
    return seconds(figures[name]) if name in figures else ABSENT


_BEHAVIOUR: tuple[Measure, ...] = (
    ("answers with citations", lambda result: _count(result.citations, "with")),
    ("answers without citations", lambda result: _count(result.citations, "without")),
    ("answers with wrong citation numbers", lambda result: _count(result.citations, "wrong")),
    ("abstentions", lambda result: str(result.abstentions)),
    ("errors", lambda result: str(result.errors)),
    ("prompt tokens", lambda result: _figure(result.tokens, "prompt_tokens")),
    ("answer tokens", lambda result: _figure(result.tokens, "completion_tokens")),
    ("questions per second", lambda result: _figure(result.throughput, "questions_per_second", 2)),
    ("tokens per second", lambda result: _figure(result.throughput, "tokens_per_second")),
)
_LATENCY: tuple[Measure, ...] = (
    ("latency, median", lambda result: _duration(result.latency, "p50")),
    ("latency, 95th percentile", lambda result: _duration(result.latency, "p95")),
    ("latency, questions asked", lambda result: _figure(result.latency, "questions")),
)
