"""The charts of the written reports: for a wide and a narrow screen and for print, each with the place that it belongs to.

What a chart shows is the business of `eval.report.charts`; which of them a comparison has rows for is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from eval.comparison import Comparison, SystemResult
from eval.report import charts
from eval.report.figures import plain
from eval.report.naming import level, metric_name, primary_metric
from eval.report.tables.slices import SLICES, divides
from eval.report.tables.training import adapter_name
from eval.trained import TrainedAdapter
from eval.wording import words

WIDE: Final = 940  # pixels: the width of the column of chapters
SMALL: Final = 340  # pixels: a phone


@dataclass(frozen=True)
class Drawn:
    """One figure of the report, drawn when asked for."""

    name: str  # unique in a report
    title: str
    words: str  # what it shows, for those who cannot see it
    chart: Callable[[int], Any]  # of a width in pixels
    note: str = ""
    heading: str = ""  # before it, and all that follow without one
    size: int = WIDE
    shrinks: bool = True  # False: a small screen scrolls sideways

    def svg(self, width: int) -> str:
        """Return the drawing for `width` pixels, as an SVG element."""
        return charts.svg(self.chart(width), f"{self.name}-{width}")

    @property
    def wide(self) -> Any:
        """The drawing for a screen, as `markupsafe.Markup`."""
        from markupsafe import Markup

        return Markup(self.svg(self.size))

    @property
    def narrow(self) -> Any:
        """The drawing for a phone, as `markupsafe.Markup`; None for one that does not shrink."""
        from markupsafe import Markup

        return Markup(self.svg(SMALL)) if self.shrinks else None


def main_figure(comparison: Comparison, language: str = "en") -> Drawn | None:
    """Return the chart of the primary metric; None when no system has a score."""
    if not charts.primary_rows(comparison, language):
        return None
    say = words(language)
    metric = metric_name(say, primary_metric(comparison))
    title = say("charts-primary-title", metric=metric, level=level(comparison, language))
    said = charts.primary_words(comparison, language)
    return Drawn("primary", title, said, lambda width: charts.primary_chart(comparison, language, width), size=1180)


def figures(comparison: Comparison, language: str = "en") -> dict[str, list[Drawn]]:
    """Return id of a table or section of the view → the figures over that table, or at the end of that section.

    A place without a figure is not there.
    """
    made = {
        "section-scores": _metrics(comparison, language),
        "contrasts": _forest(comparison, language),
        **{f"by-{by}": _slices(comparison, by, language) for by in SLICES},
        "causes": _causes(comparison, language),
        "section-why": _flows(comparison, language),
        "risk": _risk(comparison, language),
        "training-verdicts": _training(comparison, language),
    }
    return {place: found for place, found in made.items() if found}


def _metrics(comparison: Comparison, language: str) -> list[Drawn]:
    said, say = charts.metrics_words(comparison, language), words(language)
    if not said:
        return []
    note = f"{said} {say('charts-metrics-note')}"
    return [Drawn("metrics", say("charts-metrics-title"), said, lambda width: charts.metrics_chart(comparison, language, width), note)]


def _forest(comparison: Comparison, language: str) -> list[Drawn]:
    if not comparison.contrasts:
        return []
    say, confidence = words(language), level(comparison, language)
    key = "charts-forest-note" if charts.is_share(comparison) else "charts-forest-note-raw"
    note = say(key, margin=comparison.decision.margin, level=confidence)
    said = charts.forest_words(comparison, language)
    return [Drawn("forest", "", said, lambda width: charts.forest_chart(comparison, language, width), note)]


def _slices(comparison: Comparison, by: str, language: str) -> list[Drawn]:
    if not divides(comparison, by):
        return []
    said = charts.slices_words(comparison, by, language)
    return [Drawn(f"by-{by}-chart", "", said, lambda width: charts.slices_chart(comparison, by, language, width))]


def _causes(comparison: Comparison, language: str) -> list[Drawn]:
    said = charts.causes_words(comparison, language)
    return [Drawn("causes-chart", "", said, lambda width: charts.causes_chart(comparison, language, width))] if said else []


def _flows(comparison: Comparison, language: str) -> list[Drawn]:
    flowing = [result for result in comparison.systems if any(edge[2] for edge in result.flow)]
    return [_flow(place, result, language) for place, result in enumerate(flowing)]


def _flow(place: int, result: SystemResult, language: str) -> Drawn:
    heading = "" if place else words(language)("charts-flow-title")
    said = charts.flow_words(result, language)
    return Drawn(
        f"flow-{place}",
        plain(result.system),
        said,
        lambda width: charts.flow_chart(result, language, width),
        heading=heading,
        shrinks=False,
    )


def _risk(comparison: Comparison, language: str) -> list[Drawn]:
    say, said = words(language), charts.risk_words(comparison, language)
    if not said:
        return []
    note = say("charts-risk-note")
    return [Drawn("risk-chart", "", said, lambda width: charts.risk_chart(comparison, language, width), note)]


def _training(comparison: Comparison, language: str) -> list[Drawn]:
    """Return the curves of each adapter that has some, all under one note."""
    say, trained = words(language), comparison.training
    named = [(one, adapter_name(one, trained, say)) for one in trained]
    shown = [(one, name, said) for one, name in named if (said := charts.training_words(one, name, language))]
    return [
        _curves(place, one, name, said, language, say("training-chart-note") if place + 1 == len(shown) else "")
        for place, (one, name, said) in enumerate(shown)
    ]


def _curves(place: int, one: TrainedAdapter, name: str, said: str, language: str, note: str) -> Drawn:
    title = words(language)("training-chart-title", adapter=name)
    return Drawn(f"training-{place}", title, said, lambda width: charts.training_chart(one, language, width), note)
