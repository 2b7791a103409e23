"""`ragft questions`: a question set of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shells.commands.drafts import draft, gaps, review
from shells.options import ConfigOption, SetOption, WorkspaceOption, open_project, say

app = typer.Typer(help="A question set of your own: import, draft, review, gaps.", no_args_is_help=True, rich_markup_mode=None)
for _command in (draft, review, gaps):
    app.command(_command.__name__)(_command)


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(help="CSV, JSONL, Parquet or Arrow file, folder of a saved data set, or hub id.")],
    into: Annotated[Path | None, typer.Option("--into", help="Knowledge base folder. Default: the configured one.")] = None,
    text: Annotated[str | None, typer.Option("--text-column", metavar="NAME", help="Column of the questions.")] = None,
    answer: Annotated[str | None, typer.Option("--answer-column", metavar="NAME", help="Column of the answers.")] = None,
    language: Annotated[str | None, typer.Option("--language-column", metavar="NAME", help="Column of the languages.")] = None,
    other: Annotated[
        list[str] | None, typer.Option("--column", metavar="FIELD=NAME", help="Column of another field, such as evidence=Source text.")
    ] = None,
    on_conflict: Annotated[
        str, typer.Option("--on-conflict", help="For one question with two answers: error, first, merge or skip.")
    ] = "error",
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Add the questions of a table to a knowledge base. Several answers in a cell are separated by " | "; an empty one is unknown."""
    from knowledge_base.columns import chosen
    from knowledge_base.folder import locate
    from knowledge_base.importing import import_questions
    from knowledge_base.merging import settled_by
    from shells.imported import as_lines

    folder = into or locate(open_project(config, overrides, workspace).knowledge_base_path)
    named = chosen({"text": text, "answers": answer, "language": language}, other or ())
    for line in as_lines(import_questions(file, folder, named, on_conflict=settled_by(on_conflict))):
        say(line)
