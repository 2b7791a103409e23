"""`ragft index`: build, update, search and describe the index."""

from __future__ import annotations

from typing import Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, open_project, say

app = typer.Typer(help="The retrieval index.", no_args_is_help=True, rich_markup_mode=None)


@app.command("build")
def build(config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None) -> None:
    """Embed every document anew."""
    from studies.preparing import build_index

    build_index(open_project(config, overrides, workspace), say)


@app.command("update")
def update(config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None) -> None:
    """Embed only what changed, remove what is gone."""
    from studies.preparing import update_index

    update_index(open_project(config, overrides, workspace), say)


@app.command("search")
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages.")] = 5,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show the passages nearest to a query."""
    for hit in open_project(config, overrides, workspace).index.search([query], k)[0]:
        say(f"{hit.rank}. {hit.chunk.title} · {hit.chunk.id} · score {hit.score:.3f}\n{hit.chunk.text.strip()}\n")


@app.command("stats")
def stats(config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None) -> None:
    """Say what the index holds."""
    for name, value in open_project(config, overrides, workspace).index.stats().items():
        say(f"{name}: {value}")
