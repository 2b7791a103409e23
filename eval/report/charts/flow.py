"""Where questions go wrong on their way, as an alluvial plot per system: ribbons between the stages of `SystemResult.flow`.

A ribbon is as thick as its number of questions. Vega-Lite knows no ribbons, so their edges are computed here.
"""

from __future__ import annotations

from typing import Any, Final

from eval.comparison import SystemResult
from eval.report.charts.causes import CAUSES
from eval.report.charts.theme import GREY, INK, cause_name, one_line
from eval.wording import slug, words
from eval.wording.numbers import count

GAP: Final = 0.1  # between the nodes of a stage, as a share of all questions
STEPS: Final = 24  # points of a ribbon's edge
_BY_SLUG: Final = {slug(cause): cause for cause in CAUSES}
LINE: Final = 15  # pixels between two nodes: the labels of thin ones stand one under the other
NODE: Final = 0.013  # width of a node, as a share of the plot


def flow_nodes(result: SystemResult, language: str = "en") -> list[dict[str, Any]]:
    """Return one row per node: its stage from 0, questions, upper and lower edge as shares of all questions, and name.

    A node stands one stage after the last one that leads to it; nodes that lead nowhere stand at the end, correct answers on top.
    Of the stages between, the larger stand higher.
    """
    names = list(dict.fromkeys(name for edge in result.flow for name in edge[:2]))
    sources = {edge[0] for edge in result.flow if edge[2]}
    stage = dict.fromkeys(names, 0)
    for _ in names:  # the longest way from the start; as many rounds as nodes reach every one
        for start, end, _count in result.flow:
            stage[end] = min(max(stage[end], stage[start] + 1), len(names))
    last = max(stage.values(), default=0)
    size = {name: max(_sum(result, 0, name), _sum(result, 1, name)) for name in names}
    total = sum(size[name] for name in names if stage[name] == 0) or 1
    rows: list[dict[str, Any]] = []
    height: dict[str, float] = {}  # of the middle of each node
    for place in range(last + 1):
        here = [name for name in names if size[name] and (stage[name] if name in sources else last) == place]
        top = (1 + GAP * 4 - sum(size[name] for name in here) / total - GAP * (len(here) - 1)) / 2
        for name in sorted(here, key=lambda name: _rank(name, size[name], _pull(result, name, height))):
            share = size[name] / total
            label = f"{_name(name, language)} {count(size[name], language)}"
            rows.append({"node": name, "stage": place, "questions": size[name], "top": top, "bottom": top + share, "name": label})
            height[name] = top + share / 2
            top += share + GAP
    return rows


def flow_ribbons(result: SystemResult) -> list[dict[str, Any]]:
    """Return the points of every ribbon: its number, target, place between two stages, upper and lower edge.

    An edge follows the smooth step 3t² − 2t³, which leaves and reaches its nodes level.
    """
    nodes = {row["node"]: row for row in flow_nodes(result)}
    thick = NODE * max((row["stage"] for row in nodes.values()), default=0)
    total = sum(row["questions"] for row in nodes.values() if row["stage"] == 0) or 1
    leaves = {name: row["top"] for name, row in nodes.items()}
    arrives = dict(leaves)
    rows: list[dict[str, Any]] = []
    edges = [edge for edge in result.flow if edge[2]]
    for number, (start, end, questions) in enumerate(sorted(edges, key=lambda edge: (nodes[edge[0]]["top"], nodes[edge[1]]["top"]))):
        first, second, share = leaves[start], arrives[end], questions / total
        leaves[start] += share
        arrives[end] += share
        left, right = nodes[start]["stage"] + thick, nodes[end]["stage"]
        for step in range(STEPS + 1):
            t = step / STEPS
            top = first + (second - first) * (3 * t**2 - 2 * t**3)
            rows.append({"ribbon": number, "to": end, "x": left + (right - left) * t, "top": top, "bottom": top + share})
    return rows


def flow_words(result: SystemResult, language: str = "en") -> str:
    """Return the plot of one system in one sentence; empty without stages."""
    rows = flow_nodes(result, language)
    ends = [row["name"] for row in rows if row["node"] not in {edge[0] for edge in result.flow}]
    return words(language)("charts-flow-words", system=one_line(result.system), said="; ".join(ends)) if ends else ""


def flow_chart(result: SystemResult, language: str = "en", width: int = 780) -> Any:
    """Return an `altair.Chart`: the ways of one system's questions, left to right.

    Args:
        result: one system; it must have stages.
        language: of the labels, "en" or "fr".
        width: pixels, 500 at least: a page narrower than that scrolls.
    """
    import altair as alt

    nodes, ribbons = flow_nodes(result, language), flow_ribbons(result)
    last = max(row["stage"] for row in nodes)
    thick = NODE * last
    font = 12
    label = int(min(max(len(row["name"]) for row in nodes if row["stage"] == last) * font * 0.58, 0.42 * width)) + 12
    plot = width - label - 20
    ends = [row["bottom"] for row in nodes]
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, last + thick], nice=False, zero=False), axis=None)
    domain = alt.Scale(domain=[max(max(ends), 1 + 4 * GAP), min(0.0, *(row["top"] for row in nodes))], nice=False)
    band = {row["node"]: _fill(row["node"]) for row in nodes}
    for row in [*ribbons, *nodes]:
        row["fill"] = band[row["to"] if "to" in row else row["node"]]
    for row in nodes:
        row["x"], row["right"], row["middle"] = row["stage"], row["stage"] + thick, (row["top"] + row["bottom"]) / 2
    colour = alt.Color("fill:N", scale=None)
    ribbon = (
        alt.Chart(alt.Data(values=ribbons))
        .mark_area(opacity=0.42, interpolate="linear")
        .encode(x=x, y=alt.Y("top:Q", scale=domain, axis=None), y2="bottom:Q", detail="ribbon:N", color=colour)
    )
    block = (
        alt.Chart(alt.Data(values=nodes))
        .mark_rect(opacity=1)
        .encode(x=x, x2="right:Q", y=alt.Y("top:Q", scale=domain), y2="bottom:Q", color=colour)
    )
    text = (
        alt.Chart(alt.Data(values=nodes))
        .mark_text(align="left", dx=5, fontSize=font, color=INK)
        .encode(x=alt.X("right:Q"), y=alt.Y("middle:Q", scale=domain), text="name:N")
    )
    return alt.layer(ribbon, block, text).properties(
        width=plot, height=round(LINE / GAP * (max(max(ends), 1 + 4 * GAP) - min(0.0, *(row["top"] for row in nodes))))
    )


def _sum(result: SystemResult, end: int, name: str) -> int:
    return sum(edge[2] for edge in result.flow if edge[end] == name)


def _pull(result: SystemResult, name: str, height: dict[str, float]) -> float:
    """Return where the node's questions come from, on average: sorted by it, ribbons cross less."""
    edges = [edge for edge in result.flow if edge[1] == name and edge[2] and edge[0] in height]
    return sum(height[edge[0]] * edge[2] for edge in edges) / (sum(edge[2] for edge in edges) or 1)


def _cause(code: str) -> str | None:
    """Return the cause that a stage stands for: its key is "flow-" and the cause."""
    return _BY_SLUG.get(slug(code).removeprefix("flow-"))


def _rank(code: str, questions: int, pull: float) -> tuple[float, ...]:
    cause = _cause(code)
    return (-questions,) if cause is None else (cause != "correct", pull, list(CAUSES).index(cause))


def _name(code: str, language: str) -> str:
    say, cause = words(language), _cause(code)
    if cause is not None:
        return cause_name(cause, language)
    return say(code) if code in say else one_line(code)


def _fill(code: str) -> str:
    cause = _cause(code)
    return GREY if cause is None else CAUSES[cause][1]
