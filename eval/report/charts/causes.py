"""Why answers are right or wrong, as stacked bars: each system's questions by cause, told by letter as well as by colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from eval.comparison import Comparison
from eval.report.charts.theme import INK, NARROW, cause_name, one_line
from eval.wording import words

# Cause → letter, fill, ink on it. Okabe and Ito's colours; greys for what could not be told.
CAUSES: Final = {
    "correct": ("A", "#0072B2", "#fff"),
    "right but mis-scored": ("B", "#56B4E9", "#000"),
    "gold doubtful": ("C", "#F0E442", "#000"),
    "not retrieved": ("D", "#E69F00", "#000"),
    "retrieved, not read": ("E", "#D55E00", "#000"),
    "hallucinated": ("F", "#CC79A7", "#000"),
    "should have abstained": ("G", "#9C5A86", "#fff"),
    "abstained needlessly": ("H", "#009E73", "#000"),
    "undetermined": ("I", "#999999", "#000"),
    "unscored": ("J", "#C8C8C8", "#000"),
    "error": ("K", "#404040", "#fff"),
}


def present(comparison: Comparison) -> Sequence[str]:
    """Return the causes that some question has, in the order of the bars."""
    seen = {cause for result in comparison.systems for cause, count in result.causes.items() if count}
    return [*(cause for cause in CAUSES if cause in seen), *sorted(seen - set(CAUSES))]


def causes_rows(comparison: Comparison, language: str = "en") -> list[dict[str, Any]]:
    """Return one row per system and cause: questions, where its piece starts and ends, and its letter."""
    rows: list[dict[str, Any]] = []
    for result in comparison.systems:
        start = 0
        for place, cause in enumerate(present(comparison)):
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
        f"{system} " + ", ".join(f"{row['questions']} {cause_name(row['cause'], language)}" for row in pieces)
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
    names = list(dict.fromkeys(row["name"] for row in sorted(rows, key=lambda row: present(comparison).index(row["cause"]))))
    causes = {row["name"]: row["cause"] for row in rows}
    top = max(row["end"] for row in rows)
    narrow = width < NARROW
    plot = width - 30 - (0 if narrow else min(7 * max(map(len, systems)), 220))
    for row in rows:
        room = row["questions"] / top * plot  # pixels
        row["label"] = f"{row['label']} {row['questions']}" if room > 34 else row["label"] if room > 12 else ""
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
