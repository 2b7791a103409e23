"""Run what is left of the figures, list it, or print the tables.

    python -m benchmarks.finetuning --workspace FOLDER [--only wordings raft …] [--list] [--table]

Each point runs in a process of its own and leaves one file under benchmarks/finetuning/results/, which a later run passes
over. Interrupted or killed, the same command goes on: training from its checkpoint, answering from its last batch. Points on
public data need the variable RAGFT_DATA and are passed over without it.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.finetuning.declaration import FIGURES, Point, point, points
from benchmarks.finetuning.figures import all_figures
from benchmarks.finetuning.results import FOLDER, Result
from benchmarks.finetuning.running import Place, run_point, standing
from benchmarks.finetuning.tables import draw, markdown
from foundation.errors import RagftError

CURVE = Path("docs/images/wordings.svg")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for; return the exit code."""
    given = _parser().parse_args(arguments)
    if given.set and given.results.resolve() == FOLDER.resolve():
        print("error: --set changes what is declared. Name another folder for such results: --results FOLDER", file=sys.stderr)
        return 2
    place = Place(given.workspace.resolve(), given.results, tuple(given.set), not given.quiet)
    try:
        if given.point:
            run_point(place, point(given.point), lambda line: print(line, file=sys.stderr, flush=True))
            return 0
        chosen = points(given.only)
        found = {one.name: result for one in chosen if (result := standing(place, one))}
        if given.list:
            print("\n".join(_listed(one, found.get(one.name)) for one in chosen))
        elif given.table:
            _print_tables(found, given.only, given.chart)
        else:
            return _run(place, [one for one in chosen if one.name not in found], len(chosen))
    except RagftError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt as stopped:
        print(str(stopped) or "stopped: the same command goes on.", file=sys.stderr)
        return 130
    return 0


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _run(place: Place, left: Sequence[Point], total: int) -> int:
    """Run each point in a process of its own, so that none inherits another's memory and one that fails costs no other."""
    failed = []
    for number, one in enumerate(left, start=total - len(left) + 1):
        print(f"[{number}/{total}] {one.name}", file=sys.stderr, flush=True)
        started = time.monotonic()
        options = [f"--workspace={place.workspace}", f"--results={place.results}", *(f"--set={text}" for text in place.overrides)]
        options += [] if place.progress else ["--quiet"]
        code = _in_process([sys.executable, "-m", "benchmarks.finetuning", "--point", one.name, *options])
        failed += [one.name] if code else []
        print(f"[{number}/{total}] {one.name}: {time.monotonic() - started:.0f} s, exit {code}", file=sys.stderr, flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}. The same command tries them again.", file=sys.stderr)
    return 1 if failed else 0


def _in_process(command: Sequence[str]) -> int:
    """Return the exit code of a command; an interrupt is handed on to it once, and waited for: training writes a checkpoint then."""
    process = subprocess.Popen(command, start_new_session=True)
    try:
        return process.wait()
    except BaseException:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise


def _listed(one: Point, found: Result | None) -> str:
    if found is None:
        return f"{one.name:24} to do"
    training = found.training or {}
    spent = training.get("seconds", 0.0) + sum(found.seconds.values())
    return f"{one.name:24} done  {training.get('tokens', 0):6} tokens  {spent:6.0f} s  {found.created}"


def _print_tables(found: dict[str, Result], names: Sequence[str], chart: Path) -> None:
    made = all_figures(found, names)
    print("\n".join(markdown(figure) for figure in made))
    for figure in made:
        if figure.name == "wordings" and (drawn := draw(figure, chart)):
            print(f"drawn: {drawn}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.finetuning", description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--workspace", type=Path, default=Path("workspace/figures"), help="adapters, indexes, runs: may be deleted")
    parser.add_argument("--results", type=Path, default=FOLDER, help="finished points, one file each")
    parser.add_argument("--only", nargs="+", default=[], metavar="FIGURE", help=", ".join(FIGURES))
    parser.add_argument("--point", metavar="NAME", help="run this one point, here and now")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", help="another setting; needs --results")
    parser.add_argument("--list", action="store_true", help="say what is done and what is left")
    parser.add_argument("--table", action="store_true", help="print the figures as Markdown and draw the curve")
    parser.add_argument("--chart", type=Path, default=CURVE, help="where the curve is drawn")
    parser.add_argument("--quiet", action="store_true", help="no progress bars")
    return parser


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)  # as an interrupt: the point under way is then told too
    sys.exit(main())
