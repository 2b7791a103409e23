"""The charts and tables of one run on the Compare page. Both come from the report; which charts have something to show is asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import streamlit as st

from eval.comparison import Comparison
from eval.report import charts
from eval.report.naming import level, metric_name, primary_metric
from eval.report.parts import Cell, Table
from eval.report.tables.slices import SLICES
from eval.report.view import View
from eval.wording import words
from shells.pages.markup import disarmed

_WIDE: Final = 920  # pixels
# A chart keeps its size, so that its labels can be read; on a phone it scrolls sideways.
_SCROLLS: Final = "<style>div:has(> [data-testid=stVegaLiteChart]) { overflow-x: auto; }</style>"


def scores(comparison: Comparison, view: View, language: str) -> None:
    """Draw how the systems score, whether the metrics agree on it, and what else was counted."""
    say = words(language)
    if charts.primary_rows(comparison, language):
        metric = metric_name(say, primary_metric(comparison))
        _title(say("charts-primary-title", metric=metric, level=level(comparison, language)))
        _chart(charts.primary_chart(comparison, language, _WIDE), charts.primary_words(comparison, language))
    else:
        st.info(disarmed(charts.primary_words(comparison, language)))
    if said := charts.metrics_words(comparison, language):
        _title(say("charts-metrics-title"))
        _chart(charts.metrics_chart(comparison, language, _WIDE), said)
        st.caption(f"{disarmed(said)} {disarmed(say('charts-metrics-note'))}")
    _tables(view, "scores", "retrieval", "behaviour", "unscored")


def differences(comparison: Comparison, view: View, language: str) -> None:
    """Draw the declared contrasts, and how firm the decision is."""
    if comparison.contrasts:
        say = words(language)
        _chart(charts.forest_chart(comparison, language, _WIDE), charts.forest_words(comparison, language))
        key = "charts-forest-note" if charts.is_share(comparison) else "charts-forest-note-raw"
        st.caption(disarmed(say(key, margin=comparison.decision.margin, level=level(comparison, language))))
    else:
        st.info("This run declares no contrast between its systems, so no difference was tested.")
    _tables(view, "contrasts", "decision")


def slices(comparison: Comparison, view: View, language: str) -> None:
    """Draw the scores on some of the questions, one way of dividing them at a time."""
    say = words(language)
    dividing = [by for by in SLICES if any(table.id == f"by-{by}" for table in _of(view, "slices"))]
    if not dividing:
        st.info("The questions are all of one kind, so there is nothing to divide them by.")
        return
    by = st.segmented_control(
        "By",
        dividing,
        default=dividing[0],
        required=True,
        format_func=lambda code: say(f"report-by-{code}"),
        label_visibility="collapsed",
        key="slices by",
        persist_state="session",
    )
    by = by if by in dividing else dividing[0]
    _chart(charts.slices_chart(comparison, by, language, _WIDE), charts.slices_words(comparison, by, language))
    draw_tables([table for table in _of(view, "slices") if table.id in (f"by-{by}", *(["tongues"] if by == "language" else []))])


def why(comparison: Comparison, view: View, language: str) -> None:
    """Draw the causes of wrong answers, the way of the questions through one system, and what knowing when to abstain would bring."""
    say = words(language)
    if said := charts.causes_words(comparison, language):
        _chart(charts.causes_chart(comparison, language, _WIDE), said)
        _tables(view, "why")
    flows = {result.system: result for result in comparison.systems if any(edge[2] for edge in result.flow)}
    if flows:
        _title(say("charts-flow-title"))
        name = st.pills(
            "System",
            list(flows),
            default=next(iter(flows)),
            required=True,
            label_visibility="collapsed",
            key="flow of",
            persist_state="page",
        )
        result = flows.get(str(name)) or next(iter(flows.values()))
        _chart(charts.flow_chart(result, language, _WIDE), charts.flow_words(result, language))
    if said := charts.risk_words(comparison, language):
        _title(say("report-section-risk"))
        _chart(charts.risk_chart(comparison, language, _WIDE), said)
        st.caption(disarmed(say("charts-risk-note")))
        _tables(view, "risk")


def _title(text: str) -> None:
    st.markdown(f"##### {disarmed(text)}")


def _chart(chart: Any, said: str) -> None:
    """Draw a chart of the report; `said` is what it shows, for those who cannot see it."""
    st.html(_SCROLLS)
    # "pad": labels stand outside the plot, which Streamlit would else shrink until they fit
    st.vega_lite_chart(spec={**charts.specification(chart), "autosize": "pad"}, width="content", alt=said)


def _of(view: View, *sections: str) -> list[Table]:
    return [table for section in view.sections if section.id in sections for table in section.tables]


def _tables(view: View, *sections: str) -> None:
    draw_tables(_of(view, *sections))


def draw_tables(tables: Iterable[Table]) -> None:
    """Draw each table folded away: a chart is read first, figures are looked up."""
    with st.container(gap="xxsmall"):
        for table in tables:
            with st.expander(disarmed(table.title), icon=":material/table:", type="compact"):
                st.markdown(_markdown(table))
                if table.note:
                    st.caption(disarmed(table.note))


def _markdown(table: Table) -> str:
    """Return a table as Markdown: what qualifies a figure stands under it, in grey."""
    head = [f"**{_cell(column.title)}**" if column.primary else _cell(column.title) for column in table.columns]
    lines = [head, ["---:" if column.numeric else ":---" for column in table.columns]]
    return "\n".join(_row(cells) for cells in [*lines, *([_text(cell) for cell in row] for row in table.rows)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(cell: Cell) -> str:
    return f"{_cell(cell.text)} :gray[:small[{_cell(cell.detail)}]]" if cell.detail else _cell(cell.text)


def _cell(text: str) -> str:
    return disarmed(" ".join(text.split("\n")))
