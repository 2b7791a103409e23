"""`ragft engine`: what can generate text here, and does it answer as the reference does."""

from __future__ import annotations

from typing import Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, note, open_project, say

app = typer.Typer(
    help="What generates text: which engines there are, and whether a fast one may be trusted.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_engines(config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None) -> None:
    """Show the engines, what each can do, and what is verified on the configured model."""
    from shells.engine_lines import engine_lines

    for line in engine_lines(open_project(config, overrides, workspace)):
        say(line)


@app.command("verify")
def verify(
    engine: Annotated[str, typer.Option("--engine", help="The engine to hold against the reference.")] = "openvino",
    precision: Annotated[str, typer.Option("--precision", help="What it computes in: auto, bfloat16, float32 …")] = "auto",
    prompts: Annotated[
        int, typer.Option("--prompts", min=1, help="At least so many, all systems together; 1,000 count as verified.")
    ] = 1000,
    floor: Annotated[bool, typer.Option("--floor/--no-floor", help="Also ask the reference in bfloat16: what rounding alone does.")] = True,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Answer the same prompts with the reference and with another engine, and count what differs.

    The engine is verified when the 90 % interval of every difference lies within its margin
    (1 point of `correct`, 0.01 of ROUGE-L). `engine = "auto"` then takes it. Goes on where it was
    interrupted; on the sample (300 questions, five systems) it takes most of an hour on two cores.
    """
    from chatbot.verified import remember
    from shells.engine_lines import verification_lines
    from studies.verifying import verify as run

    project = open_project(config, overrides, workspace, model__engine=engine, model__precision=precision)
    done = run(project, prompts=prompts, floor=floor, say=note)
    for line in verification_lines(done):
        say(line)
    if done.enough:
        say(f"kept in {remember(project.models, done.candidate)}")
    if not done.candidate.holds:
        raise typer.Exit(1)
