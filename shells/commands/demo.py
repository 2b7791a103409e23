"""`ragft demo`: the main job on the shipped sample and the embedded models."""

from __future__ import annotations

from typing import Annotated

import typer

from shells.options import SetOption, WorkspaceOption, note, open_project, say


def demo(
    budget: Annotated[str, typer.Option("--budget", help="Time for training.")] = "5m",
    questions: Annotated[int, typer.Option("--questions", "-n", min=1, help="How many test questions, an even share of each kind.")] = 60,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Ask, train, compare and report, on the shipped sample (or on ragft.toml): about eight minutes on two cores."""
    from eval.report import terminal
    from studies.demo import run_demo

    project = open_project(None, overrides, workspace, finetune__budget=budget, eval__questions=questions)
    result = run_demo(project, say=note)
    terminal(result.comparison)
    for path in result.reports:
        say(str(path))
    say(f"took {result.seconds / 60:.1f} minutes; peak resident memory {result.peak_bytes / 2**30:.1f} GiB")
