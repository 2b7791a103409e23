"""`ragft train`: teach the model the knowledge base's questions."""

from __future__ import annotations

from typing import Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, note, open_project, say


def train(
    name: Annotated[str, typer.Argument(help="Name of the adapter; the default systems use `main`.")] = "main",
    budget: Annotated[str | None, typer.Option("--budget", help="Time to spend, such as 8m or 90s.")] = None,
    recipe: Annotated[str | None, typer.Option("--recipe", help="mix, closed-book or retrieval.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Training seed.")] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Train a LoRA adapter on the train questions and check that it learnt something."""
    from studies.training import train_adapter

    flags = {"finetune__budget": budget, "finetune__recipe": recipe, "finetune__seed": seed}
    project = open_project(config, overrides, workspace, **flags)
    say(train_adapter(project, name, say=note))
