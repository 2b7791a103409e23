"""The finished cells as Markdown: one row each, what misses its target in bold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

COVERAGE = (0.93, 0.97)
FAMILY = 0.064  # 5 % and what 1,000 comparisons may add by chance
ABSTAINS = 0.936
HEAD = (
    "| questions × per fact | scores | rate | | mean | width | intervals | difference | width | intervals | family error | power | "
    "false equivalence at the margin | false equivalence, any | abstains |"
)


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a Markdown table of finished cells, in the order of `rows`.

    Power is the lowest and the highest of the five contrasts'; "abstains" counts decisions "equivalent" and "not enough evidence".
    """
    lines = [HEAD, "|" + "---|" * (HEAD.count("|") - 1)]
    return "\n".join([*lines, *map(_line, rows)])


def coverage(row: Mapping[str, Any], kind: str) -> float:
    """Return the share of intervals of a `kind` ("mean" or "difference") that contain the truth."""
    counts = row["counts"]
    return float(1 - (counts[f"{kind}_too_high"] + counts[f"{kind}_too_low"]) / counts[f"{kind}s"])


def share(row: Mapping[str, Any], count: str, among: str = "") -> float:
    """Return a count as a share of another one, or of the comparisons."""
    whole = row["counts"][among] if among else row["comparisons"]
    return float(row["counts"].get(count, 0) / whole)


def _line(row: Mapping[str, Any]) -> str:
    effect = row["effect"]
    powers = sorted(row["powers"].values())
    cells = [
        f"{row['questions']} × {row['per_fact']}",
        row["kind"],
        f"{row['rate']:g}",
        "effect" if effect else "null",
    ]
    for kind in ("mean", "difference"):
        found = coverage(row, kind)
        cells += [_marked(found, COVERAGE[0] <= found <= COVERAGE[1]), f"{row['widths'][kind]:.3f}", _methods(row, kind)]
    family, abstains = share(row, "family_errors"), share(row, "abstains")
    cells += [
        _marked(family, family <= FAMILY),
        f"{powers[0] / row['comparisons']:.0%} to {powers[-1] / row['comparisons']:.0%}" if effect else "",
        _marked(share(row, "edge_false", "edges"), share(row, "edge_false", "edges") <= FAMILY) if effect else "",
        _marked(share(row, "equivalence_family_errors"), share(row, "equivalence_family_errors") <= FAMILY) if effect else "",
        f"{abstains:.1%}" if effect else _marked(abstains, abstains >= ABSTAINS),
    ]
    return "| " + " | ".join(cells) + " |"


def _methods(row: Mapping[str, Any], kind: str) -> str:
    prefix, left_out = f"{kind}_", ("too_high", "too_low")
    used = {key.removeprefix(prefix): count for key, count in row["counts"].items() if key.startswith(prefix)}
    shares = {name: count / row["counts"][f"{kind}s"] for name, count in used.items() if name not in left_out}
    return ", ".join(f"{name} {part:.0%}" for name, part in sorted(shares.items(), key=lambda item: -item[1]) if part >= 0.005)


def _marked(value: float, good: bool) -> str:
    return f"{value:.1%}" if good else f"**{value:.1%}**"
