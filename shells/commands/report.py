"""`ragft report`: score a run folder again and write its reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shells.options import ConfigOption, WorkspaceOption, open_project, say


def report(
    run: Annotated[str, typer.Argument(help="Run folder, or its name under workspace/runs.")],
    formats: Annotated[list[str] | None, typer.Option("--format", "-f", help="terminal, markdown, html. Default: all.")] = None,
    config: ConfigOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Make the report from the run folder alone: no model, no index, no knowledge base."""
    from eval.report import terminal
    from foundation.errors import UnknownNameError
    from studies.comparing import REPORTS, write_reports

    wanted = formats or ["terminal", *REPORTS]
    for name in wanted:
        if name not in ("terminal", *REPORTS):
            raise UnknownNameError("format", name, ("terminal", *REPORTS))
    folder = Path(run)
    if not folder.is_dir():
        folder = open_project(config, None, workspace).workspace / "runs" / run
    comparison, written = write_reports(folder, [name for name in wanted if name in REPORTS])
    if "terminal" in wanted:
        terminal(comparison)
    for path in written:
        say(str(path))
