"""The engineers' part of the view-model: sections of tables, definitions of metrics, provenance."""

from __future__ import annotations

from dataclasses import replace

from eval.comparison import Comparison
from eval.report.figures import factor, plain
from eval.report.naming import in_words, metric_name, metric_text, named, primary_metric
from eval.report.parts import Definition, Pairs, Section, Table
from eval.report.tables import alarms, contrasts, explorations, scores, slices, training, why
from eval.report.tables.behaviour import behaviour
from eval.report.tables.decision import margins
from eval.wording import Words, numbers


def sections(comparison: Comparison, words: Words) -> tuple[Section, ...]:
    """Return the sections that have something to show, each with its tables that have rows."""
    tables: dict[str, tuple[Table, ...]] = {
        "scores": (scores.scores(comparison, words), scores.seeds(comparison, words)),
        "contrasts": (
            contrasts.contrasts(comparison, words),
            contrasts.detail(comparison, words),
            explorations.against(comparison, words),
            explorations.strongest(comparison, words),
        ),
        "decision": (margins(comparison, words), scores.support(comparison, words)),
        "slices": (*(slices.by_slice(comparison, by, words) for by in slices.SLICES), slices.tongues(comparison, words)),
        "why": (why.causes(comparison, words),),
        "retrieval": (scores.retrieval(comparison, words), scores.grounding(comparison, words)),
        "risk": (why.risk(comparison, words),),
        "behaviour": (behaviour(comparison, words),),
        "training": (
            training.bill(comparison, words),
            training.verdicts(comparison, words),
            alarms.alarms(comparison, words),
            alarms.figures(comparison, words),
        ),
        "unscored": (why.unscored(comparison, words),),
    }
    made = (Section(id, words(f"report-section-{id}"), _shown(found)) for id, found in tables.items())
    return tuple(section for section in made if section.tables)


def definitions(comparison: Comparison, words: Words) -> tuple[Definition, ...]:
    """Return what each metric of the comparison means, the primary one first."""
    primary = primary_metric(comparison)
    names = dict.fromkeys([primary, *comparison.metric_names, *comparison.metric_info])
    used = {name for result in comparison.systems for name in (*result.metrics, *result.statuses)}
    return tuple(_definition(name, comparison, words) for name in names if name == primary or name in used)


def provenance(comparison: Comparison, words: Words) -> tuple[Pairs, ...]:
    """Group the plan and the provenance by first key; deeper keys are joined with dots and stay as in the files."""
    tree = {"plan": comparison.plan, **comparison.provenance}
    groups = [
        Pairs(named(words, "report-provenance", str(name)), _leaves(value, "", words))
        for name, value in tree.items()
        if isinstance(value, dict) and value
    ]
    loose = tuple(
        (named(words, "report-provenance", str(name)), in_words(value, words))
        for name, value in tree.items()
        if not isinstance(value, dict) and value
    )
    return (*([Pairs(words("report-scope-run"), loose)] if loose else []), *groups)


def _shown(tables: tuple[Table, ...]) -> tuple[Table, ...]:
    return tuple(replace(table, note=table.note.strip()) for table in tables if table.rows)


def _definition(name: str, comparison: Comparison, words: Words) -> Definition:
    info = comparison.metric_info.get(name, {})
    low, high = info.get("low"), info.get("high")
    scale = ""
    if factor(info) != 1.0:
        scale = words("report-range-shown")
    elif isinstance(low, (int, float)) and isinstance(high, (int, float)):
        scale = words("report-range", low=numbers.count(low, words.language), high=numbers.count(high, words.language))
    elif isinstance(low, (int, float)):
        scale = words("report-range-open", low=numbers.count(low, words.language))
    direction = info.get("direction")
    better = words(f"report-better-{direction}") if direction in {"higher", "lower"} else ""
    return Definition(
        name=metric_name(words, name),
        identifier=plain(name),
        primary=name == primary_metric(comparison),
        summary=metric_text(words, name, "summary", info),
        detail=", ".join(part for part in (better, scale) if part),
        more=tuple(
            (words(f"report-{label}"), text.rstrip("."))
            for label in ("missing", "source")
            if (text := metric_text(words, name, label, info))
        ),
    )


def _leaves(value: object, path: str, words: Words) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict) and value:
        return tuple(leaf for key, item in value.items() for leaf in _leaves(item, f"{path}.{key}" if path else str(key), words))
    return ((plain(path), in_words(value, words)),)
