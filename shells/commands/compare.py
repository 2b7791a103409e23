"""`ragft compare`: the same questions to every system, scored, tested, reported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shells.options import ConfigOption, LanguageOption, SetOption, WorkspaceOption, note, open_project, say


def compare(
    systems: Annotated[list[str] | None, typer.Option("--system", "-s", help="A system to compare; repeat. Default: eval.systems.")] = None,
    questions: Annotated[int | None, typer.Option("--questions", "-n", min=1, help="How many questions of the split.")] = None,
    split: Annotated[str | None, typer.Option("--split", help="Which questions: train, validation or test. Default: eval.split.")] = None,
    kfold: Annotated[
        int | None,
        typer.Option("--kfold", help="Cut all questions into so many folds, train on all others, and ask each of who did not see it."),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option("--seeds", min=1, help="A run for each of so many training seeds (train --seeds), pooled in one report.")
    ] = None,
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
    """Answer, score and report. Interrupted runs go on where they stopped; nothing is trained here, but with --kfold."""
    from eval.report import terminal
    from eval.wording import words
    from foundation.errors import ConfigurationError
    from studies.comparing import run_comparison
    from studies.fold_runs import run_folds
    from studies.reporting import write_reports
    from studies.seeds import run_seeds

    if kfold is not None and (seeds is not None or reuse is not None):
        raise ConfigurationError("--kfold makes one run of its own: leave --seeds and --reuse away.")
    flags = {"eval__questions": questions, "eval__latency": latency, "eval__systems": systems or None, "eval__split": split}
    words(language)  # a typo is told before the questions are asked
    project = open_project(config, overrides, workspace, **flags)
    asked = project.eval_config.systems
    reused = None if reuse is None else Path(reuse) if Path(reuse).is_dir() else project.workspace / "runs" / reuse
    others: tuple[Path, ...] = ()
    if kfold is not None:
        folder = run_folds(project, asked, kfold, run=run, say=note)
    elif seeds is not None:
        folder, *rest = run_seeds(project, asked, seeds, run=run, reuse=reused, say=note)
        others = tuple(rest)
    else:
        folder = run_comparison(project, asked, run=run, reuse=reused, say=note)
    comparison, written = write_reports(folder, others=others, language=language, models=project.models)
    terminal(comparison, language=language)
    for path in written:
        say(str(path))
