"""The view-model: what a report says, in words and formatted figures, before any markup.

Renderers differ in markup alone. They read tables of cells from here and compute nothing,
so the terminal, Markdown and HTML cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

from eval.model import Comparison
from eval.report import examples_view, tables
from eval.report.figures import factor, interval, interval_bar, mean, number, plain
from eval.report.parts import ExampleView, Table, level, plan_value, primary_metric


@dataclass(frozen=True)
class Bar:
    """One line of the text chart: the primary metric of one system on one group of questions."""

    system: str
    group: str  # "all" or an exposure
    drawing: str
    value: str
    interval: str


@dataclass(frozen=True)
class Definition:
    """What one metric means."""

    name: str
    primary: bool
    summary: str
    detail: str  # direction and range
    source: str


@dataclass(frozen=True)
class View:
    """Everything a report shows, in reading order."""

    title: str
    verdict: str  # the first headline sentence
    findings: tuple[str, ...]  # the other ones
    scope: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    primary: str
    quality: Table
    behaviour: Table
    bars: tuple[Bar, ...]
    chart_title: str
    chart_words: str  # the chart, said in one sentence, for those who cannot see it
    contrasts: Table
    exposures: Table
    kinds: Table
    tags: Table
    languages: Table
    retrieval: Table
    examples: tuple[ExampleView, ...]
    provenance: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    definitions: tuple[Definition, ...]


def build_view(comparison: Comparison) -> View:
    """Return the view-model of `comparison`.

    Raises:
        DataError: when the comparison names no primary metric.
    """
    primary = primary_metric(comparison)
    headline = [plain(sentence) for sentence in comparison.headline] or ["Nothing may be concluded: the comparison has no headline."]
    return View(
        title="Which system answers best?",
        verdict=headline[0],
        findings=tuple(headline[1:]),
        scope=_scope(comparison),
        warnings=tuple(plain(warning) for warning in comparison.warnings),
        primary=primary,
        quality=tables.quality(comparison),
        behaviour=tables.behaviour(comparison),
        bars=_bars(comparison, primary),
        chart_title=f"{primary}: mean and {level(comparison)} interval, per system",
        chart_words=_chart_words(comparison, primary),
        contrasts=tables.contrasts(comparison),
        exposures=tables.exposures(comparison),
        kinds=tables.kinds(comparison),
        tags=tables.tags(comparison),
        languages=tables.languages(comparison),
        retrieval=tables.retrieval(comparison),
        examples=tuple(examples_view.example_view(example) for example in comparison.examples),
        provenance=_provenance(comparison),
        definitions=_definitions(comparison, primary),
    )


def _scope(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    pairs = {"run": comparison.run_id, **comparison.scope}
    pairs.setdefault("date", comparison.created)
    return tuple((name.replace("_", " "), plan_value(value)) for name, value in pairs.items() if value not in (None, "", (), []))


def _bars(comparison: Comparison, primary: str) -> tuple[Bar, ...]:
    scale = factor(comparison.metric_info.get(primary, {}))
    shown = [(result.system, group, estimate) for result in comparison.systems for group, estimate in tables.groups(result, primary)]
    top = 1.0 if scale != 1.0 else max((estimate.high for _, _, estimate in shown), default=1.0) or 1.0
    return tuple(
        Bar(
            " ".join(plain(system).split()),
            group,
            interval_bar(estimate.low / top, estimate.value / top, estimate.high / top),
            mean(estimate, scale),
            interval(estimate, scale),
        )
        for system, group, estimate in shown
    )


def _chart_words(comparison: Comparison, primary: str) -> str:
    scale = factor(comparison.metric_info.get(primary, {}))
    said = [
        f"{plain(result.system)} {mean(result.metrics[primary], scale)} ({interval(result.metrics[primary], scale)})"
        for result in comparison.systems
        if primary in result.metrics
    ]
    return (
        f"{primary}, mean and {level(comparison)} interval: " + "; ".join(said) + "." if said else f"No system has a score for {primary}."
    )


def _definitions(comparison: Comparison, primary: str) -> tuple[Definition, ...]:
    names = [primary, *(name for name in comparison.metric_info if name != primary)]
    return tuple(_definition(name, comparison.metric_info.get(name, {}), name == primary) for name in names)


def _definition(name: str, info: dict[str, object], primary: bool) -> Definition:
    low, high = info.get("low"), info.get("high")
    scale = ""
    if factor(info) != 1.0:
        scale = "0 to 1, shown as 0 to 100"
    elif isinstance(low, (int, float)):
        scale = f"{number(low, 0)} to {number(high, 0)}" if isinstance(high, (int, float)) else f"{number(low, 0)} and up"
    direction = plain(info.get("direction") or "")
    detail = "; ".join(part for part in (f"{direction} is better" if direction in {"higher", "lower"} else direction, scale) if part)
    return Definition(plain(name), primary, plain(info.get("summary") or ""), detail, plain(info.get("source") or ""))


def _provenance(comparison: Comparison) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Group the provenance by its first key; deeper keys are joined with dots."""
    tree = {"plan": comparison.plan, **comparison.provenance}
    groups = {name: _leaves(value, "") for name, value in tree.items() if isinstance(value, dict) and value}
    loose = tuple(
        (name, plan_value(value)) for name, value in tree.items() if not isinstance(value, dict) and value not in (None, "", (), [])
    )
    return (*([("run", loose)] if loose else []), *((plain(name), leaves) for name, leaves in groups.items()))


def _leaves(value: object, path: str) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict) and value:
        return tuple(leaf for key, item in value.items() for leaf in _leaves(item, f"{path}.{key}" if path else str(key)))
    return ((plain(path), plan_value(value)),)
