"""`ragft kb`: import, check and describe a knowledge base."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, open_project, say

app = typer.Typer(help="Documents and questions.", no_args_is_help=True, rich_markup_mode=None)
FolderArgument = Annotated[Path | None, typer.Argument(help="Knowledge base folder. Default: the configured one.")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="SQuAD JSON file (version 1.1 or 2.0).")],
    into: Annotated[Path, typer.Option("--into", help="Folder to create.")],
    language: Annotated[str, typer.Option("--language", "-l", help="Language of the texts: en, fr.")] = "en",
) -> None:
    """Turn a SQuAD file into a knowledge base folder."""
    from knowledge_base.squad import import_squad

    done = import_squad(file, into, language)
    say(f"{done.folder}: {done.articles} articles, {done.documents} documents, {done.questions} questions")
    if done.unanswerable:
        say(f"{done.unanswerable} questions are marked impossible to answer")
    if done.moved:
        say(f"{done.moved} answers did not stand at their answer_start and were found elsewhere in the paragraph")
    say(f'Next: ragft kb check {done.folder}, then path = "{done.folder}" under [knowledge_base] in ragft.toml')


@app.command("check")
def check(
    folder: FolderArgument = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="CODE", help="Show findings of this code alone; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as a JSON list.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Check documents and questions, what cannot be loaded included; exit with 2 when something is wrong."""
    from knowledge_base.checking import check_folder
    from shells.findings import as_lines, as_rows

    path, seed = _place(folder, config, overrides, workspace)
    report = check_folder(path, seed=seed)
    if as_json:
        say(as_rows(report, only or ()))
    else:
        for line in as_lines(report, only or ()):
            say(line)
    if not report.sound:
        raise typer.Exit(2)


@app.command("stats")
def stats(
    folder: FolderArgument = None, config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None
) -> None:
    """Count what there is, and say per slice of the test split how small a difference it can show."""
    from knowledge_base.loading import load
    from knowledge_base.stats import stats as count
    from shells.findings import as_table
    from studies.slices import slices

    path, seed = _place(folder, config, overrides, workspace)
    knowledge_base = load(path, seed=seed)
    for name, value in count(knowledge_base).items():
        text = ", ".join(f"{key} {number}" for key, number in value.items()) if isinstance(value, dict) else value
        say(f"{name}: {text}")
    for line in as_table(slices(knowledge_base)):
        say(line)


@app.command("rebase")
def rebase(
    folder: FolderArgument = None,
    previous: Annotated[Path | None, typer.Option("--from", help="The folder before the edits: tells equal sentences apart.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, write nothing.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Find evidence quotes again after documents were edited; exit with 1 when some could not be found.

    questions.jsonl as it was is kept as questions.jsonl.bak. A reworded passage is taken at 90 % similarity, and only when a gold
    answer, the figures and the negations of the old one still stand in it.
    """
    from knowledge_base.rebasing import rebase as anchor_again
    from shells.rebase_lines import lines

    path, _ = _place(folder, config, overrides, workspace)
    done = anchor_again(path, previous, dry_run=dry_run)
    for line in lines(done):
        say(line)
    if done.lost:
        raise typer.Exit(1)


def _place(folder: Path | None, config: Path | None, overrides: list[str] | None, workspace: Path | None) -> tuple[Path | str, int]:
    """The knowledge base that is meant, and the seed that draws its splits."""
    if folder is not None:
        return folder, 0
    project = open_project(config, overrides, workspace)
    return project.knowledge_base_path, project.knowledge_base_config.seed
