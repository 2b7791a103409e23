"""`ragft run`: what goes into runs beside what is generated there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, open_project, say

app = typer.Typer(help="Answers of other bots, for the next comparison.", no_args_is_help=True, rich_markup_mode=None)


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV or JSONL: question_id or question, answer; also latency, prompt_tokens, completion_tokens, sources.")
    ],
    system: Annotated[str, typer.Option("--system", "-s", help="Name of the bot in the comparison.")],
    replace: Annotated[bool, typer.Option("--replace", help="Put these answers in the place of those imported before.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Keep the answers of the bot that you have today, as one more system of the next `ragft compare`."""
    from foundation.first_few import first_few
    from studies.importing import import_answers

    project = open_project(config, overrides, workspace)
    done = import_answers(project, file, system, replace=replace)
    counts, unit = done.manifest.counts, done.unit
    say(f"{file} ({done.manifest.encoding}): {counts['rows']} rows, answers to {counts['answers']} questions, kept in {done.folder}")
    for split, (answered, questions) in done.per_split.items():
        say(f"{split}: {answered} of {questions} questions answered; the others stay unscored")
    if done.short:
        say(f"{len(done.short)} rows are shorter than the header and were read with empty cells (first: {unit} {done.short[0]})")
    if done.matched.blank:
        say(f"{counts['blank']} rows have no answer (first: {unit} {done.matched.blank[0]})")
    if done.matched.repeated:
        say(f"{counts['repeated']} rows repeat an earlier one")
    if done.matched.unmatched:
        say(f"{counts['unmatched']} rows fit no question of {done.manifest.knowledge_base}:")
        for text in first_few(f"{unit} {row.line}: {row.text[:60]!r}: {row.reason}" for row in done.matched.unmatched):
            say(f"  {text}")
    if done.matched.unknown_sources:
        unknown = done.matched.unknown_sources
        say(f"{len(unknown)} cited sources name no document of {done.manifest.knowledge_base}: {', '.join(first_few(unknown))}")
    say(f"Next: ragft compare -s base -s rag -s {system} --set 'eval.contrasts=[\"{system} - rag\"]'")
    say("An earlier run on the same questions need not be asked again: add --reuse RUN")
