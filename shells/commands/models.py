"""`ragft models`: bring the embedded models, say what there is."""

from __future__ import annotations

from typing import Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, open_project, say

app = typer.Typer(help="The embedded models.", no_args_is_help=True, rich_markup_mode=None)


@app.command("get")
def get(
    names: Annotated[list[str] | None, typer.Argument(help="Models to bring. Default: the configured model and embedder.")] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Download pinned, hash-checked weights into the model cache and convert them once."""
    from studies.weights import get_model

    project = open_project(config, overrides, workspace)
    for name in names or [project.model_config.name, project.retrieval_config.embedder]:
        say(f"{name}: {get_model(name, project.models)}")


@app.command("list")
def list_models(config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None) -> None:
    """Show the embedded models and where they are, if they are here."""
    from foundation.weights import SHIPPED

    project = open_project(config, overrides, workspace)
    for name in SHIPPED:
        folder = project.models / name
        say(f"{name}: {folder if folder.exists() else 'not here yet (ragft models get ' + name + ')'}")
