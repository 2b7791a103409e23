"""How the runs of a workspace stand, from their folders alone. No page is drawn here."""

from __future__ import annotations

import re
from pathlib import Path

from eval.runs import RunFolder
from foundation.errors import ConfigurationError, DataError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def run_name(text: str) -> str:
    """Return `text`, trimmed, as the name of a run folder.

    Raises:
        ConfigurationError: when it is none, such as a path.

    >>> run_name(" march-2 ")
    'march-2'
    >>> run_name("../x")
    Traceback (most recent call last):
    foundation.errors.ConfigurationError: '../x' cannot name a run: use letters, digits, dots, dashes and underscores, at most 64.
    """
    name = text.strip()
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} cannot name a run: use letters, digits, dots, dashes and underscores, at most 64.")
    return name


def progress(folder: Path) -> tuple[int, int]:
    """Return how many answers a run has and how many it will have; (0, 0) while it has not declared what it asks.

    Lines are counted, not read: a batch that is being written counts when its lines are whole.
    """
    if not RunFolder.holds_run(folder):
        return 0, 0
    try:
        manifest = RunFolder.open(folder).manifest
    except DataError:
        return 0, 0  # being written; a broken one is told by the job's own end
    records = folder / "records.jsonl"
    done = records.read_bytes().count(b"\n") if records.is_file() else 0
    return done, len(manifest.question_ids) * len(manifest.systems)


def stage(done: int, total: int) -> str:
    """Return what a run is at, in words.

    >>> stage(0, 0), stage(30, 120), stage(120, 120)
    ('Preparing: index, model, adapters', '30 of 120 answers', 'All 120 answers are there: scoring, testing, writing the report')
    """
    if not total:
        return "Preparing: index, model, adapters"
    return f"{done} of {total} answers" if done < total else f"All {total} answers are there: scoring, testing, writing the report"


def finished_runs(workspace: Path) -> dict[str, Path]:
    """Return the runs that were compared, by name, the latest first."""
    found = sorted((workspace / "runs").glob("*/comparison.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    return {path.parent.name: path.parent for path in found}
