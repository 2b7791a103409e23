"""Why answers are right or wrong, as stacked bars: each system's questions by cause, told by letter as well as by colour."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any, Final, get_args

from eval.comparison import Cause, Comparison
from eval.report.charts.theme import INK, NARROW, cause_name, one_line
from eval.report.naming import causes_in
from eval.wording import words
from eval.wording.numbers import count as counted

# Cause → fill, ink on it. Okabe and Ito's colours; greys for what could not be told.
_COLOURS: Final[dict[Cause, tuple[str, str]]] = {
    "correct": ("#0072B2", "#fff"),
    "right but mis-scored": ("#56B4E9", "#000"),
    "gold doubtful": ("#F0E442", "#000"),
    "not retrieved": ("#E69F00", "#000"),
    "retrieved, not read": ("#D55E00", "#000"),
    "hallucinated": ("#CC79A7", "#000"),
    "should have abstained": ("#9C5A86", "#fff"),
    "abstained needlessly": ("#009E73", "#000"),
    "undetermined": ("#999999", "#000"),
    "unscored": ("#C8C8C8", "#000"),
    "error": ("#404040", "#fff"),
}
# Cause → letter, fill, ink, in the order of `eval.comparison.Cause`.
CAUSES: Final[dict[str, tuple[str, str, str]]] = {
    cause: (letter, *_COLOURS[cause]) for letter, cause in zip(ascii_uppercase, get_args(Cause), strict=False)
}


def causes_rows(comparison: Comparison, language: str = "en") -> list[dict[str, Any]]:
    """Return one row per system and cause: questions, where its piece starts and ends, and its letter."""
    rows: list[dict[str, Any]] = []
    for result in comparison.systems:
        start = 0
        for place, cause in enumerate(causes_in(comparison)):
            count = result.causes.get(cause, 0)
            letter = CAUSES[cause][0] if cause in CAUSES else str(place)
            row = {"system": one_line(result.system), "cause": cause, "questions": count, "start": start, "end": start + count}
            rows += [row | {"middle": start + count / 2, "name": f"{letter}  {cause_name(cause, language)}", "label": letter}] * bool(count)
            start += count
    return rows


def causes_words(comparison: Comparison, language: str = "en") -> str:
    """Return the chart in one sentence; empty when nothing was attributed."""
    rows = causes_rows(comparison, language)
    said = {system: [row for row in rows if row["system"] == system] for system in dict.fromkeys(row["system"] for row in rows)}
    listed = "; ".join(
        f"{system} " + ", ".join(f"{counted(row['questions'], language)} {cause_name(row['cause'], language)}" for row in pieces)
        for system, pieces in said.items()
    )
    return words(language)("charts-causes-words", said=listed) if rows else ""


def causes_chart(comparison: Comparison, language: str = "en", width: int = 780) -> Any:
    """Return an `altair.Chart`: one stacked bar per system; a piece carries its letter and its number of questions.

    Args:
        comparison: what to draw; some system must have causes.
        language: of the labels, "en" or "fr".
        width: pixels.
    """
    import altair as alt

    rows = causes_rows(comparison, language)
    systems = list(dict.fromkeys(row["system"] for row in rows))
    names = list(dict.fromkeys(row["name"] for row in sorted(rows, key=lambda row: causes_in(comparison).index(row["cause"]))))
    causes = {row["name"]: row["cause"] for row in rows}
    top = max(row["end"] for row in rows)
    narrow = width < NARROW
    plot = width - 30 - (0 if narrow else min(7 * max(map(len, systems)), 220))
    for row in rows:
        room = row["questions"] / top * plot  # pixels
        row["label"] = f"{row['label']} {counted(row['questions'], language)}" if room > 34 else row["label"] if room > 12 else ""
        row["ink"] = CAUSES.get(row["cause"], ("", "", "#000"))[2]
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("system:N", sort=systems, title=None, axis=None if narrow else alt.Axis()),
    )
    domain = alt.Scale(domain=[0, top], nice=False)
    bars = base.mark_bar(height={"band": 0.5 if narrow else 0.7}, stroke="#fff", strokeWidth=1.5).encode(
        x=alt.X("start:Q", scale=domain, title=words(language)("charts-questions"), axis=alt.Axis(tickMinStep=1, tickCount=6)),
        x2="end:Q",
        color=alt.Color(
            "name:N",
            scale=alt.Scale(domain=names, range=[CAUSES.get(causes[name], ("", "#999999", ""))[1] for name in names]),
            legend=alt.Legend(title=None, orient="bottom", columns=1 if narrow else 3, symbolType="square", symbolSize=140),
        ),
    )
    labels = base.mark_text(fontSize=12, fontWeight=600).encode(
        x=alt.X("middle:Q", scale=domain), text="label:N", color=alt.Color("ink:N", scale=None)
    )
    layers = [bars, labels]
    if narrow:
        above = base.transform_filter("datum.start == 0").mark_text(align="left", dy=-20, color=INK, fontSize=12, fontWeight=600)
        layers.append(above.encode(x=alt.value(0), text="system:N"))
    return alt.layer(*layers).properties(width=plot, height=alt.Step(52 if narrow else 38))
