"""Run the grid, or the rest of it, and print its table.

    python -m benchmarks.simulation [--cells PATTERN...] [--comparisons 1000] [--workers 2] [--out FILE]

A finished cell is one JSON line of the file; cells that stand there with the same settings are not run again.
A change of the product's statistics is not noticed: name another file after one.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.simulation.measuring import Job, run_job
from benchmarks.simulation.tables import table
from benchmarks.simulation.world import GRID, VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is left of the chosen cells and print the table of all of them; return the exit code."""
    given = _parser().parse_args(arguments)
    chosen = [cell for cell in GRID if any(fnmatch(cell.name, pattern) for pattern in given.cells)]
    if not chosen:
        print(f"no cell matches {' '.join(given.cells)}. Names look like {GRID[0].name}; * stands for anything.", file=sys.stderr)
        return 2
    settings = (given.comparisons, given.resamples, given.permutations, given.seed)
    done = finished(given.out, *settings)
    left: list[Job] = [(cell, *settings) for cell in chosen if cell.name not in done]
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with given.out.open("a", encoding="utf-8") as file, tqdm(total=len(chosen), initial=len(chosen) - len(left), unit="cell") as bar:
        for row in _rows(left, given.workers):
            file.write(json.dumps(row) + "\n")
            file.flush()
            done[row["name"]] = row
            bar.set_postfix_str(row["name"])
            bar.update()
    print(table(done[cell.name] for cell in chosen))
    return 0


def finished(path: Path, comparisons: int, resamples: int, permutations: int, seed: int) -> dict[str, dict[str, Any]]:
    """Return the cells of `path` that were run with these settings in this world, by name; a line cut short by a crash is left out.

    It is cut from the file too. Rows of an earlier `VERSION` of the world stay there and are not returned.
    """
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        text = text[: text.rfind("\n") + 1]
        path.write_text(text, encoding="utf-8")
    wanted = {"version": VERSION, "comparisons": comparisons, "resamples": resamples, "permutations": permutations, "seed": seed}
    rows = [json.loads(line) for line in text.splitlines()]
    return {row["name"]: row for row in rows if all(row.get(key) == value for key, value in wanted.items())}


def _rows(jobs: Sequence[Job], workers: int) -> Iterator[dict[str, Any]]:
    if workers == 1:
        yield from map(run_job, jobs)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(run_job, jobs)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation", description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--cells", nargs="+", default=["*"], metavar="PATTERN", help="names of cells, * for anything")
    parser.add_argument("--comparisons", type=int, default=1000)
    parser.add_argument("--resamples", type=int, default=2000, help="of the bootstrap; a run takes 10,000")
    parser.add_argument("--permutations", type=int, default=1000, help="of the sign-flip test; a run takes 10,000")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, default=Path("workspace/simulation.jsonl"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
