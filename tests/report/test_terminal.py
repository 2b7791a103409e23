"""The report in the terminal: it fits, nothing is cut off, and colour is never the only carrier of a meaning."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from eval.comparison import Comparison
from eval.report import terminal
from eval.report.fitting import BETWEEN, fitted, layout
from eval.report.parts import Cell, Column, Table, turned
from eval.report.view import build_view
from eval.wording import words
from tests.report.sample import SYSTEMS, comparison, many
from tests.report.test_report import hostile


def printed(of: Comparison, width: int, language: str = "en", *, colour: bool = False) -> str:
    stream = io.StringIO()
    terminal(of, Console(file=stream, width=width, force_terminal=colour), language)
    return stream.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_seven_systems_fit_and_every_one_is_named(width: int, language: str) -> None:
    of = many(7)
    shown = printed(of, width, language)
    assert max(len(line) for line in shown.splitlines()) <= width
    assert all(result.system in shown for result in of.systems)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_figure_is_broken_at_80_columns(language: str) -> None:
    """All numeric cells and intervals of all tables shown stand whole on a line."""
    of = many(7)
    shown = printed(of, 80, language)
    for section in build_view(of, language).sections:
        for table in section.tables:
            if table.id in {"contrasts-detail", "explorations", "by-length"}:
                continue
            for row in table.rows:
                for cell, column in zip(row, table.columns, strict=True):
                    if column.numeric:
                        assert cell.text in shown, table.id
                        assert cell.detail in shown, table.id


def test_the_verdict_comes_first_and_the_rest_is_where_the_written_report_is() -> None:
    shown = printed(comparison(), 200)
    view = build_view(comparison())
    assert shown.index(view.verdict) < shown.index(view.settle.items[0]) < shown.index(view.care.items[0]) < shown.index("41.7")
    assert "17 more examples" in shown
    assert "ragft report RUN --format html" in shown


def test_colour_only_repeats_what_words_say() -> None:
    """Without its colours the report has the same characters."""
    coloured = printed(comparison(), 100, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == printed(comparison(), 100)


@pytest.mark.parametrize("width", range(60, 100, 7))
def test_no_line_of_a_french_sentence_begins_with_a_sign_that_belongs_to_the_word_before(width: int) -> None:
    lines = [line.strip("│ ") for line in printed(comparison(), width, "fr").splitlines()]
    assert [line for line in lines if re.match(r"[%;:?»]", line)] == []


def test_hostile_text_cannot_steer_the_terminal() -> None:
    shown = printed(hostile(), 200)
    assert not {"\x1b", "\u202e"} & set(shown)
    assert "<script>" in shown
    marked = replace(comparison(), run_id="[bold red]run[/]")
    assert "[bold red]run[/]" in printed(marked, 200)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_comparison_without_any_score_still_prints(language: str) -> None:
    one = comparison(0)
    failed = tuple(replace(result, metrics={}, seeds={}, errors=60) for result in one.systems)
    shown = printed(replace(one, systems=failed, contrasts=(), explorations=(), slices=(), risk_coverage=()), 80, language)
    assert words(language)("report-table-scores") in shown
    assert all(name in shown for name in SYSTEMS)


TEXT = st.text(alphabet="abcdé +−0123456789.", min_size=1, max_size=18).map(lambda text: text.strip() or "x")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    wide, long = draw(st.integers(2, 9)), draw(st.integers(1, 5))
    numeric = draw(st.lists(st.booleans(), min_size=wide - 1, max_size=wide - 1))
    columns = (Column("name", numeric=False), *(Column(draw(TEXT), numeric=one) for one in numeric))
    rows = tuple(tuple(Cell(draw(TEXT), draw(TEXT)) for _ in range(wide)) for _ in range(long))
    return Table("t", "Title", "", columns, rows)


@given(tables(), st.integers(45, 120))
def test_a_fitted_table_keeps_every_cell_and_the_width(table: Table, width: int) -> None:
    parts = fitted(table, width)
    wanted = {(cell.text, cell.detail) for row in table.rows for cell in row[1:]}
    assert {(cell.text, cell.detail) for part in parts for row in part.rows for cell in row[1:]} == wanted
    heads = {row[0].text for row in table.rows}
    for part in parts:
        assert heads in ({row[0].text for row in part.rows}, {column.title for column in part.columns[1:]}) or len(parts) > 1
        assert sum(layout(part, width)) + BETWEEN * (len(part.columns) - 1) <= width


@given(tables())
def test_a_table_turned_twice_is_itself_but_for_what_qualifies_headings(table: Table) -> None:
    twice = turned(turned(table))
    assert [[cell.text for cell in row[1:]] for row in twice.rows] == [[cell.text for cell in row[1:]] for row in table.rows]
    assert [column.title for column in twice.columns] == [column.title for column in table.columns]
