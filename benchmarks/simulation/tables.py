"""The finished cells as Markdown: one line each, what misses its target in bold, and the extremes under them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

Row = Mapping[str, Any]

COVERAGE: Final = (0.93, 0.97)
FAMILY: Final = 0.064  # 5 % and what 1,000 comparisons may add by chance
ABSTAINS: Final = 0.936
HEAD: Final = (
    "| cell | mean held (width) | mostly by | difference held (width) | mostly by | family error | power | "
    "false equivalence: edge | any | abstains | wrong verdict |"
)


def table(rows: Iterable[Row]) -> str:
    """Return a Markdown table of finished cells, in the order of `rows`, and under it a line of the extremes.

    Power is the lowest and the highest of the contrasts that are not null; "abstains" counts decisions "equivalent" and "not
    enough evidence"; "wrong verdict" is `benchmarks.simulation.measuring.wrong`. Empty where a cell has nothing to count.
    """
    known = list(rows)
    return "\n".join([HEAD, "|" + "---|" * (HEAD.count("|") - 1), *map(_line, known), "", extremes(known)])


def extremes(rows: Sequence[Row]) -> str:
    """Return one line: the worst that any of the cells shows, with the name of the cell."""
    tied = [row for row in rows if _tied(row)]
    parts = [
        f"{of}s held {_extreme(min, rows, kind)} to {_extreme(max, rows, kind)}"
        for of, kind in (("mean", _mean), ("difference", _difference))
    ]
    parts.append(f"family error at most {_extreme(max, rows, _family)}")
    if tied:
        parts.append(f"abstains with equal best at least {_extreme(min, tied, _abstains)}")
    parts.append(f"wrong verdict at most {_extreme(max, rows, _wrong)}")
    return f"Of {len(rows)} cells: {'; '.join(parts)}."


def coverage(row: Row, kind: str) -> float:
    """Return the share of intervals of a `kind` ("mean" or "difference") that contain the truth."""
    counts = row["counts"]
    return float(1 - (counts[f"{kind}_too_high"] + counts[f"{kind}_too_low"]) / counts[f"{kind}s"])


def share(row: Row, count: str, among: str = "") -> float:
    """Return a count as a share of another one, or of the comparisons."""
    whole = row["counts"][among] if among else row["comparisons"]
    return float(row["counts"].get(count, 0) / whole)


def _mean(row: Row) -> float:
    return coverage(row, "mean")


def _difference(row: Row) -> float:
    return coverage(row, "difference")


def _family(row: Row) -> float:
    return share(row, "family_errors")


def _abstains(row: Row) -> float:
    return share(row, "abstains")


def _wrong(row: Row) -> float:
    return share(row, "wrong_verdicts")


def _tied(row: Row) -> bool:
    """Tell whether the best systems of a cell are equally good in truth, so that to name one of them is a false difference."""
    return bool(row["setting"] != "effect")


def _extreme(least_or_greatest: Callable[..., Row], rows: Sequence[Row], figure: Callable[[Row], float]) -> str:
    found = least_or_greatest(rows, key=figure)
    return f"{figure(found):.1%} ({found['name']})"


def _line(row: Row) -> str:
    null = row["setting"] == "null"
    powers = sorted(row["powers"].values())
    cells = [row["name"]]
    for kind in ("mean", "difference"):
        held = coverage(row, kind)
        cells += [f"{_marked(held, COVERAGE[0] <= held <= COVERAGE[1])} ({row['widths'][kind]:.3f})", _method(row, kind)]
    edge = share(row, "edge_false", "edges") if row["counts"].get("edges") else None
    equal, abstains = share(row, "equivalence_family_errors"), _abstains(row)
    cells += [
        _marked(_family(row), _family(row) <= FAMILY),
        "" if null else f"{powers[0] / row['comparisons']:.0%} to {powers[-1] / row['comparisons']:.0%}",
        "" if edge is None else _marked(edge, edge <= FAMILY),
        "" if null else _marked(equal, equal <= FAMILY),
        _marked(abstains, abstains >= ABSTAINS or not _tied(row)),
        _marked(_wrong(row), _wrong(row) <= FAMILY),
    ]
    return "| " + " | ".join(cells) + " |"


def _method(row: Row, kind: str) -> str:
    prefix, left_out = f"{kind}_", ("too_high", "too_low")
    used = {key.removeprefix(prefix): count for key, count in row["counts"].items() if key.startswith(prefix)}
    most = max((name for name in used if name not in left_out), key=lambda name: used[name])
    return f"{most} {used[most] / row['counts'][f'{kind}s']:.0%}"


def _marked(value: float, good: bool) -> str:
    return f"{value:.1%}" if good else f"**{value:.1%}**"
