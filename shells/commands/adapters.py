"""`ragft adapters`: what was trained, and where it goes from here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, note, open_project, say

app = typer.Typer(help="Trained adapters.", no_args_is_help=True, rich_markup_mode=None)

NameArgument = Annotated[str, typer.Argument(help="Name of the adapter.")]


@app.command("list")
def list_(config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None) -> None:
    """Show all adapters of the workspace, one per line."""
    from finetune.adapters import list_adapters
    from shells.adapter_lines import table

    project = open_project(config, overrides, workspace)
    names = list_adapters(project.workspace)
    if not names:
        say(f"no adapters in {project.workspace}. Make one with: ragft train")
        return
    for line in table([project.adapter_folder(name) for name in names]):
        say(line)


@app.command("show")
def show(name: NameArgument, config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None) -> None:
    """Show all about one adapter: material, settings, curves, end check, alarms."""
    from finetune.adapters import find, read_manifest
    from shells.adapter_lines import about
    from studies.adapters import systems_using

    project = open_project(config, overrides, workspace)
    folder = find(project.workspace, name)
    for line in about(folder, read_manifest(folder), systems_using(project, name)):
        say(line)


@app.command("check")
def check(name: NameArgument, config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None) -> None:
    """Run the alarms of an adapter that is there, and keep them with it: for one trained with --no-alarms, or before its index."""
    from shells.adapter_lines import alarm_table
    from studies.checking import check_adapter

    project = open_project(config, overrides, workspace)
    for line in alarm_table(check_adapter(project, name, say=note).alarms):
        say(line)


@app.command("merge")
def merge(
    name: NameArgument,
    out: Annotated[Path, typer.Argument(help="Folder to make, which must not exist yet.")],
    precision: Annotated[str, typer.Option("--precision", help="Of the saved weights: float32, or bfloat16 (half the size).")] = "float32",
    tolerance: Annotated[
        float | None, typer.Option("--tolerance", min=0.0, help="Largest gap between logits that is accepted. Default: 0.05.")
    ] = None,
    despite: Annotated[bool, typer.Option("--despite-gap", help="Keep a folder beyond the tolerance too, marked in merged.json.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write base and adapter as one model folder that transformers loads plainly, after holding both against each other."""
    from finetune.merging import Precision
    from foundation.errors import UnknownNameError
    from shells.adapter_lines import merged_lines
    from studies.adapters import merge_adapter

    found = next((each for each in get_args(Precision) if each == precision), None)
    if found is None:
        raise UnknownNameError("precision", precision, get_args(Precision))
    project = open_project(config, overrides, workspace)
    for line in merged_lines(merge_adapter(project, name, out, precision=found, tolerance=tolerance, despite=despite), out):
        say(line)


@app.command("export")
def export(
    name: NameArgument,
    out: Annotated[Path, typer.Argument(help="Folder, or a file that ends in .zip; it must not exist yet.")],
    gguf: Annotated[bool, typer.Option("--gguf", help="Add base and adapter merged as one GGUF file (Llama-like models).")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a plain peft folder with a model card, for other machines. Question texts stay here."""
    from studies.adapters import export_adapter

    say(f"written: {export_adapter(open_project(config, overrides, workspace), name, out, gguf=gguf)}")
    note("an adapter can repeat what it was trained on: share it with nobody who may not read that")


@app.command("delete")
def delete(
    name: NameArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, and delete one that systems use as well.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Delete an adapter, after asking."""
    from finetune.adapters import delete as remove
    from finetune.adapters import find, size
    from foundation.errors import ConfigurationError
    from studies.adapters import systems_using

    project = open_project(config, overrides, workspace)
    folder = find(project.workspace, name)
    users = systems_using(project, name)
    if users and not yes:
        raise ConfigurationError(
            f"adapter {name!r} is used by {', '.join(users)}: without it they cannot answer. Delete it all the same with --yes."
        )
    if not yes and not typer.confirm(f"delete {folder} ({size(folder) / 2**20:.0f} MB)?"):
        say("nothing was deleted")
        return
    remove(folder)
    say(f"deleted: {folder}")
