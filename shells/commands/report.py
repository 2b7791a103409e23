"""`ragft report`: score a run folder again and write its reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shells.options import ConfigOption, LanguageOption, WorkspaceOption, open_project, say

if TYPE_CHECKING:
    from studies.project import Project

_TERMINAL = "terminal"
_ALL = "all"


def report(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="Run folder, or its name under workspace/runs; several: other training seeds.")
    ],
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", "-f", help="terminal, markdown, html, pdf, csv, questions-csv, json, or all. Default: the first three."),
    ] = None,
    language: LanguageOption = "en",
    despite: Annotated[
        bool, typer.Option("--despite-differences", help="Pool runs that differ in more than their training seed, and say in what.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for what is written. Default: the run's own.")] = None,
    config: ConfigOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Make the report from the run folder alone: no model, no index, no knowledge base."""
    from eval.report import terminal
    from eval.report.rendering import FORMATS
    from foundation.errors import UnknownNameError
    from studies.reporting import DEFAULT, write_reports

    wanted = list(formats or (_TERMINAL, *DEFAULT))
    if _ALL in wanted:
        wanted = [_TERMINAL, *FORMATS]
    for name in wanted:
        if name not in (_TERMINAL, *FORMATS):
            raise UnknownNameError("format", name, (_TERMINAL, *FORMATS, _ALL))
    project = open_project(config, None, workspace)
    folder, *others = (_folder(run, project) for run in runs)
    files = [name for name in wanted if name != _TERMINAL]
    comparison, written = write_reports(folder, files, others=others, language=language, models=project.models, despite=despite, out=out)
    if _TERMINAL in wanted:
        terminal(comparison, language=language)
    for path in written:
        say(str(path))


def _folder(run: str, project: Project) -> Path:
    return Path(run) if Path(run).is_dir() else project.workspace / "runs" / run
