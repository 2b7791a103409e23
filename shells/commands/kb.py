"""`ragft kb`: import, check and describe a knowledge base."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, open_project, say

if TYPE_CHECKING:
    from knowledge_base.model import KnowledgeBase

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
    folder: FolderArgument = None, config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None
) -> None:
    """Check documents and questions; exit with 2 when something is wrong."""
    from knowledge_base.checking import check as find

    knowledge_base = _load(folder, config, overrides, workspace)
    findings = find(knowledge_base)
    for finding in findings:
        say(f"{finding.severity}: {finding.where}: {finding.message}")
    say(f"{len(knowledge_base.documents)} documents, {len(knowledge_base.questions)} questions, {len(findings)} findings")
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(2)


@app.command("stats")
def stats(
    folder: FolderArgument = None, config: ConfigOption = None, overrides: SetOption = None, workspace: WorkspaceOption = None
) -> None:
    """Count what there is, per split, kind, language and exposure."""
    from knowledge_base.stats import stats as count

    for name, value in count(_load(folder, config, overrides, workspace)).items():
        text = ", ".join(f"{key} {number}" for key, number in value.items()) if isinstance(value, dict) else value
        say(f"{name}: {text}")


def _load(folder: Path | None, config: Path | None, overrides: list[str] | None, workspace: Path | None) -> KnowledgeBase:
    if folder is not None:
        from knowledge_base.loading import load

        return load(folder)
    return open_project(config, overrides, workspace).knowledge_base
