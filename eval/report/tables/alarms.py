"""The alarms of the adapters: what fired, by which figure, what it means and what to do; and every figure behind them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from eval.comparison import Comparison
from eval.report.naming import named
from eval.report.parts import ABSENT, Cell, Column, Table
from eval.report.tables.training import adapter_name
from eval.trained import AlarmFigure, TrainingAlarm
from eval.wording import Words, numbers, slug

_TONES: Final = {"fired": "bad", "quiet": "good"}
_ORDER: Final = ("fired", "quiet", "not run")


def alarms(comparison: Comparison, words: Words) -> Table:
    """Return one row per adapter and alarm, those that fired first."""
    rows = tuple(
        (
            Cell(named(words, "training-alarm", alarm.name), adapter),
            Cell(words(f"training-status-{slug(alarm.status)}"), tone=_TONES.get(alarm.status, "")),
            _figure(alarm.shown, words),
            _threshold(alarm.shown, words),
            Cell(_meaning(alarm, words)),
            Cell(_action(alarm, words)),
        )
        for adapter, alarm in _pairs(comparison, words)
    )
    titles = ("alarm", "status", "figure", "threshold", "meaning", "action")
    return Table("training-alarms", words("training-table-alarms"), words("training-note-alarms"), _columns(titles, words), rows)


def figures(comparison: Comparison, words: Words) -> Table:
    """Return one row per figure of the alarms that have several; without such an alarm there is none."""
    pairs = [(adapter, alarm) for adapter, alarm in _pairs(comparison, words) if len(alarm.figures) > 1]
    rows = tuple(
        (
            Cell(named(words, "training-alarm", alarm.name), adapter),
            Cell(named(words, "training-measure", figure.measure)),
            Cell(figure_said(figure.figure, figure.unit, words), _about(figure, words), value=figure.figure),
            _threshold(figure, words),
        )
        for adapter, alarm in pairs
        for figure in alarm.figures
    )
    titles = ("alarm", "measure", "figure", "threshold")
    note = words("training-note-figures")
    return Table("training-figures", words("training-table-figures"), note, _columns(titles, words), rows)


def figure_said(value: float | None, unit: str, words: Words) -> str:
    """Return a figure of an alarm in its unit; a plain number has two significant digits at least.

    >>> from eval.wording import words
    >>> figure_said(0.25, "share", words("en")), figure_said(0.00031, "number", words("fr")), figure_said(None, "share", words("en"))
    ('25\\xa0%', '0,00031', '–')
    """
    if value is None:
        return ABSENT
    if unit != "number":
        return words(f"training-unit-{unit}", value=value)
    decimals = 2 if value == 0 else min(8, max(2, 1 - math.floor(math.log10(abs(value)))))
    return numbers.decimal(value, words.language, decimals)


def _pairs(comparison: Comparison, words: Words) -> Iterator[tuple[str, TrainingAlarm]]:
    """Yield adapters by name with each of their alarms, by status."""
    pairs = [(adapter_name(one, comparison.training, words), alarm) for one in comparison.training for alarm in one.alarms]
    yield from sorted(pairs, key=lambda pair: _ORDER.index(pair[1].status))


def _columns(titles: tuple[str, ...], words: Words) -> tuple[Column, ...]:
    return tuple(Column(words(f"training-column-{name}"), numeric=False) for name in titles)


def _figure(figure: AlarmFigure | None, words: Words) -> Cell:
    if figure is None:
        return Cell(ABSENT)
    name = named(words, "training-measure", figure.measure)
    said = (
        f"{name}{words('report-colon')}{figure_said(figure.figure, figure.unit, words)}"
        if name
        else figure_said(figure.figure, figure.unit, words)
    )
    return Cell(said, _about(figure, words), value=figure.figure)


def _about(figure: AlarmFigure, words: Words) -> str:
    """Return the interval of a figure and what it was measured on."""
    ends = [] if figure.low is None or figure.high is None else [_interval(figure.low, figure.high, figure.unit, words)]
    return ", ".join([*ends, *([words("training-on", count=figure.count)] if figure.count else [])])


def _interval(low: float, high: float, unit: str, words: Words) -> str:
    """Return an interval with its unit once."""
    if unit == "points":
        return numbers.signed_span(100 * low, 100 * high, words.language, 0)
    if unit == "share":
        return f"{numbers.decimal(100 * low, words.language, 0)}–{numbers.percent(high, words.language)}"
    return words("report-from-to", low=figure_said(low, "number", words), high=figure_said(high, "number", words))


def _threshold(figure: AlarmFigure | None, words: Words) -> Cell:
    if figure is None or figure.threshold is None:
        return Cell(ABSENT)
    limit = figure_said(figure.threshold, figure.unit, words)
    return Cell(words(f"training-{figure.harm or 'beyond'}", threshold=limit), value=figure.threshold)


def _meaning(alarm: TrainingAlarm, words: Words) -> str:
    if alarm.status == "not run":
        return words("training-not-run", reason=f"{alarm.reason.rstrip('.')}." if alarm.reason else "none")
    key = f"training-{alarm.status}-{slug(alarm.name)}"
    said = [words(key)] if key in words else []
    missing = [named(words, "training-measure", measure) for measure in alarm.left_out]
    return " ".join([*said, *([words("training-left-out", measures=", ".join(missing))] if missing else [])]) or ABSENT


def _action(alarm: TrainingAlarm, words: Words) -> str:
    if alarm.status == "fired":
        key = f"training-do-{slug(alarm.name)}"
        return words(key) if key in words else ABSENT
    return words("training-do-run" if alarm.status == "not run" else "training-do-nothing")
