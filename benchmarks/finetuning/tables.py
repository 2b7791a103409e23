"""The figures as Markdown, and the curve of wordings as a drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from benchmarks.finetuning.declaration import WORDINGS
from benchmarks.finetuning.figures import Figure, Line, speedup
from eval.model import Estimate
from eval.report.charts.theme import BLUE, FONT, GREY, VEGA_LITE
from foundation.files import write_text

TITLES: Final = {
    "wordings": "Wordings per fact: asked closed-book in words that were never trained",
    "exposure": "Paraphrase over unseen: facts that were trained, asked in other words, and facts that were not",
    "raft": "RAG with an adapter that was trained to read, over RAG without",
    "qa-under-rag": "RAG with an adapter that was trained on bare questions alone, over RAG without",
    "bf16": "Training in bfloat16 against float32",
    "look": "A look at settings, on training questions held out",
}
_METRICS: Final = {"correct": "correct", "contained": "contained", "token_f1": "token F1"}
_AIMS: Final = {"above": "above 0", "below": "below 0", None: ""}


def markdown(figure: Figure) -> str:
    """Return a figure as a section of Markdown: levels, differences, and what is missing of it or not alike."""
    parts = [f"## {TITLES[figure.name]}"]
    if figure.levels:
        rows = [f"| {line.what} | {_METRICS[line.metric]} | {_share(line.estimate)} | {_counts(line)} |" for line in figure.levels]
        parts.append("\n".join(["| | metric | level, 95 % interval | questions / facts / seeds |", "|---|---|---|---|", *rows]))
    if figure.differences:
        rows = [
            f"| {line.what} | {_METRICS[line.metric]} | {_points(line.estimate)} | {_counts(line)} | {_verdict(line)} |"
            for line in figure.differences
        ]
        head = "| difference | metric | points, 95 % interval | questions / facts / seeds | declared |"
        parts.append("\n".join([head, "|---|---|---|---|---|", *rows]))
    if figure.name == "bf16" and (ratio := speedup(figure, "wordings-8-bf16", "wordings-8")) is not None:
        parts.append(f"Training tokens per second, bfloat16 by float32, medians over seeds: {ratio:.2f}.")
    if figure.missing:
        parts.append(f"Not run yet ({len(figure.missing)}): {', '.join(figure.missing)}.")
    parts += [f"Not alike in all points: {line}." for line in figure.mixed]
    return "\n\n".join(parts) + "\n"


def _share(found: Estimate) -> str:
    return f"{100 * found.value:.1f} % [{100 * found.low:.1f}, {100 * found.high:.1f}]"


def _points(found: Estimate) -> str:
    return f"{100 * found.value:+.1f} [{100 * found.low:+.1f}, {100 * found.high:+.1f}]"


def _counts(line: Line) -> str:
    return f"{line.estimate.n} / {line.estimate.clusters} / {line.seeds}"


def _verdict(line: Line) -> str:
    if line.wanted is None:
        return ""
    return f"{_AIMS[line.wanted]}: {'yes' if line.reached else 'no'}"


def curve(figure: Figure) -> dict[str, Any] | None:
    """Return the curve of wordings as a Vega-Lite specification: levels with intervals over wordings; None without any."""
    import altair as alt

    names = {f"{count} wording{'s' if count > 1 else ''}": count for count in WORDINGS}
    lines = [line for line in figure.levels if line.metric == "correct"]
    rows = [_row(line.estimate, wordings=names[line.what]) for line in lines if line.what in names]
    if not rows:
        return None
    x = alt.X(
        "wordings:Q",
        title="wordings per fact in training",
        scale=alt.Scale(type="log", base=2, domain=[0.9, 9]),
        axis=alt.Axis(values=list(WORDINGS)),
    )
    scale = alt.Scale(domain=[0, 100])
    base = alt.Chart(alt.Data(values=rows)).encode(x=x)
    layers: list[Any] = [
        base.mark_rule(color=BLUE, strokeWidth=2).encode(y=alt.Y("low:Q", scale=scale, title="correct, %"), y2="high:Q"),
        base.mark_line(color=BLUE, strokeWidth=2).encode(y=alt.Y("value:Q", scale=scale)),
        base.mark_point(color=BLUE, filled=True, size=90, opacity=1).encode(y=alt.Y("value:Q", scale=scale)),
    ]
    untrained = [_row(line.estimate) for line in lines if line.what == "not trained"]
    if untrained:
        ground = alt.Chart(alt.Data(values=untrained))
        layers.append(ground.mark_rule(color=GREY, strokeDash=[6, 3]).encode(y=alt.Y("value:Q", scale=scale)))
    chart = alt.layer(*layers).properties(width=480, height=280)
    return {
        **chart.to_dict(),
        "config": {"background": "white", "font": FONT, "view": {"stroke": None}, "axis": {"labelFontSize": 12, "titleFontSize": 12}},
    }


def _row(found: Estimate, **more: Any) -> dict[str, Any]:
    return {**more, **{name: round(100 * getattr(found, name), 2) for name in ("value", "low", "high")}}


def draw(figure: Figure, path: Path) -> Path | None:
    """Write the curve of wordings as an SVG file and return it; None when there is nothing to draw."""
    import vl_convert

    specification = curve(figure)
    if specification is None:
        return None
    write_text(path, str(vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE)))
    return path
