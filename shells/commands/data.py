"""`ragft data`: training examples to look at, to have written, and to take elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, note, open_project, say

app = typer.Typer(help="Training examples: preview, synthesize, export.", no_args_is_help=True, rich_markup_mode=None)
RecipeOption = Annotated[
    str | None, typer.Option("--recipe", help="Recipes and weights, such as qa=1,raft=1. Default: the configured ones.")
]


@app.command("preview")
def preview_(
    recipe: RecipeOption = None,
    count: Annotated[int, typer.Option("--count", "-n", min=0, help="Whole examples shown of each recipe.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show what a training would show: sizes, lengths in tokens, what is left out and why, and whole examples."""
    from shells.data_lines import print_preview
    from studies.previewing import preview

    project = open_project(config, overrides, workspace, finetune__recipe=recipe)
    found = preview(project, note, count=count)
    if not as_json:
        print_preview(found)
        return
    import json

    from foundation.jsonable import to_json

    say(json.dumps(to_json(found), ensure_ascii=False, indent=2))


@app.command("synthesize")
def synthesize(
    name: Annotated[str, typer.Argument(help="Name of the set: synthetic/NAME.jsonl in the workspace.")] = "main",
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Pairs wanted in all; a second run goes on to this number.")] = 100,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Draws documents and answers.")] = 0,
    language: Annotated[str | None, typer.Option("--language", "-l", help="Only documents of this language.")] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Have the engine write question-answer pairs from the documents, for the recipe `synthetic`. Interrupt it when you like."""
    from finetune.recipes.synthetic import FOLDER
    from shells.data_lines import synthesis_lines
    from studies.synthesising import synthesise

    project = open_project(config, overrides, workspace)
    kb, batch = project.knowledge_base, project.model_config.batch_size
    spoken = project.engine.info().languages
    foreign = {document.language for document in kb.documents if document.language} - set(spoken)
    if spoken and foreign and language not in spoken:
        note(f"The model declares {', '.join(spoken)} only: expect little of its pairs in {', '.join(sorted(foreign))}.")
    done = synthesise(project.workspace / FOLDER, name, kb, project.engine, count=count, seed=seed, language=language, batch=batch)
    for line in synthesis_lines(done):
        say(line)


@app.command("export")
def export_(
    out: Annotated[Path, typer.Argument(help="FILE.jsonl, FILE.json, or a folder for datasets.load_from_disk.")],
    form: Annotated[str, typer.Option("--format", "-f", help="chat, alpaca, seq2seq or prompt-completion.")] = "chat",
    recipe: RecipeOption = None,
    passes: Annotated[int, typer.Option("--passes", min=1, help="Passes over each recipe; raft draws its passages anew on each.")] = 1,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write the training examples for other trainers. Recipes follow one another; their weights are not applied."""
    from studies.exporting import export

    project = open_project(config, overrides, workspace, finetune__recipe=recipe)
    written = export(project, out, form, note, passes=passes)
    for name, number in written.items():
        say(f"{number} {name} examples")
    say(f"written to {out} as {form}")
