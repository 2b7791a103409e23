"""`ragft compare`: the same questions to every system, scored, tested, reported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shells.options import ConfigOption, LanguageOption, SetOption, WorkspaceOption, note, open_project, say


def compare(
    systems: Annotated[list[str] | None, typer.Option("--system", "-s", help="A system to compare; repeat. Default: eval.systems.")] = None,
    questions: Annotated[int | None, typer.Option("--questions", "-n", min=1, help="How many questions of the split.")] = None,
    latency: Annotated[int | None, typer.Option("--latency", min=0, help="Time this many questions one at a time as well.")] = None,
    run: Annotated[str | None, typer.Option("--run", help="Name of the run folder. Default: derived from the configuration.")] = None,
    reuse: Annotated[
        str | None,
        typer.Option(
            "--reuse", help="An earlier run: what its systems answered is taken over, unless something that it depends on differs."
        ),
    ] = None,
    language: LanguageOption = "en",
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Answer, score and report. Interrupted runs go on where they stopped; nothing is trained here."""
    from eval.report import terminal
    from eval.wording import words
    from studies.comparing import run_comparison
    from studies.reporting import write_reports

    flags = {"eval__questions": questions, "eval__latency": latency, "eval__systems": systems or None}
    words(language)  # a typo is told before the questions are asked
    project = open_project(config, overrides, workspace, **flags)
    reused = None if reuse is None else Path(reuse) if Path(reuse).is_dir() else project.workspace / "runs" / reuse
    folder = run_comparison(project, project.eval_config.systems, run=run, reuse=reused, say=note)
    comparison, written = write_reports(folder, language=language, models=project.models)
    terminal(comparison, language=language)
    for path in written:
        say(str(path))
