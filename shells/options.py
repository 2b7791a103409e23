"""The options that most commands share, and the console that they print to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from studies.project import Project

ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="Configuration file. Default: ragft.toml here, when there is one.")
]
SetOption = Annotated[list[str] | None, typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Override one value; may be repeated.")]
LanguageOption = Annotated[str, typer.Option("--language", "-l", help="Language of the report: en or fr.")]
WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", "-w", help="Folder for index, adapters, runs and models. Default: workspace/.")
]


def open_project(config: Path | None, overrides: list[str] | None, workspace: Path | None, **flags: Any) -> Project:
    """Open the project; a flag is given as section__key=value, None meaning "not given"."""
    from studies.project import Project

    named = {name.replace("__", "."): value for name, value in flags.items()}
    return Project.open(config, overrides or (), named, workspace)


def say(text: str = "") -> None:
    """Print a line of result to standard output."""
    typer.echo(text)


def note(text: str) -> None:
    """Print a line about progress to standard error, so that results can be piped."""
    typer.echo(text, err=True)
