"""The view-model: what a report says, in words and formatted figures of one language, before any markup.

Renderers differ in markup alone. They read sentences, tables and examples from here and compute nothing, so what the
terminal, Markdown, HTML and PDF show of them is the same. First comes what an executive reads, then the engineers' appendix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.comparison import Comparison, Said
from eval.report import appendix
from eval.report.bearing import first_page
from eval.report.examples_view import examples
from eval.report.figures import factor, interval, mean, plain
from eval.report.naming import in_words, level, metric_name, named, primary_metric
from eval.report.parts import Bar, Definitions, Examples, Figure, Pairs, Section, Sentences
from eval.report.tables.slices import slice_name
from eval.wording import Words, numbers, words


@dataclass(frozen=True)
class View:
    """Everything a report shows, in reading order. What is empty is not shown."""

    language: str
    title: str
    run_id: str
    badge: str  # the decision in one to four words
    decided: bool  # there is something to act on: anything but "not enough evidence"
    verdict: str  # the headline, a sentence
    stands_on: Sentences  # the sentences that bear most
    findings: Sentences  # the other ones, at the head of the appendix
    settle: Sentences
    scope: Pairs
    care: Sentences
    figure: Figure
    appendix: str  # the heading before the sections
    sections: tuple[Section, ...]  # those with something to show
    examples: Examples
    definitions: Definitions
    provenance_title: str
    provenance: tuple[Pairs, ...]


def build_view(comparison: Comparison, language: str = "en") -> View:
    """Return the view-model of `comparison` in "en" or "fr".

    Raises:
        DataError: when the comparison names no primary metric.
        UnknownNameError: for another language.
    """
    say = words(language)
    decision = comparison.decision
    first, rest = first_page(decision)
    return View(
        language=language,
        title=say("report-title"),
        run_id=plain(comparison.run_id),
        badge=named(say, "report-decision", decision.verdict),
        decided=decision.verdict != "not enough evidence",
        verdict=plain(say.say(decision.headline)),
        stands_on=Sentences(say("report-stands-on"), _said(first, say)),
        findings=Sentences(say("report-findings"), _said(rest, say)),
        settle=Sentences(say("report-settle"), _said(decision.settle, say)),
        scope=_scope(comparison, say),
        care=Sentences(say("report-care"), _said(comparison.warnings, say)),
        figure=_figure(comparison, say),
        appendix=say("report-appendix"),
        sections=appendix.sections(comparison, say),
        examples=examples(comparison, say),
        definitions=Definitions(say("report-definitions"), say("report-primary"), appendix.definitions(comparison, say)),
        provenance_title=say("report-provenance"),
        provenance=appendix.provenance(comparison, say),
    )


def _said(sentences: Sequence[Said], say: Words) -> tuple[str, ...]:
    return tuple(plain(say.say(said)) for said in sentences)


def _scope(comparison: Comparison, say: Words) -> Pairs:
    pairs = {"run": comparison.run_id, **comparison.scope}
    pairs.setdefault("date", comparison.created)
    if isinstance(pairs.get("languages"), (list, tuple)):
        pairs["languages"] = [slice_name("language", str(code), say) for code in pairs["languages"]]
    if pairs.get("weights"):
        pairs["weights"] = named(say, "report-weights", str(pairs["weights"]))
    items = tuple(
        (
            named(say, "report-scope", name),
            numbers.count(value, say.language) if isinstance(value, int) and not isinstance(value, bool) else in_words(value, say),
        )
        for name, value in pairs.items()
        if value not in (None, "", (), [])
    )
    return Pairs(say("report-scope"), items)


def _figure(comparison: Comparison, say: Words) -> Figure:
    """Return the chart of the primary metric: all questions first, then apart by exposure where that divides them."""
    primary = primary_metric(comparison)
    scale = factor(comparison.metric_info.get(primary, {}))
    exposures = [part for part in comparison.slices if part.by == "exposure" and not part.few]
    exposures = exposures if sum(part.by == "exposure" for part in comparison.slices) > 1 else []
    groups = [(say("report-all-questions"), {r.system: r.metrics[primary] for r in comparison.systems if primary in r.metrics})]
    groups += [(slice_name("exposure", part.name, say), part.scores) for part in exposures]
    top = 1.0 if scale != 1.0 else max((estimate.high for _, scores in groups for estimate in scores.values()), default=1.0) or 1.0
    bars = tuple(
        Bar(
            " ".join(plain(result.system).split()),
            group,
            (estimate.low / top, estimate.value / top, estimate.high / top),
            mean(estimate, say.language, scale),
            interval(estimate, say.language, scale),
        )
        for group, scores in groups
        for result in comparison.systems
        if (estimate := scores.get(result.system)) is not None
    )
    return Figure(say("report-figure", metric=metric_name(say, primary), level=level(comparison, say.language)), bars)
