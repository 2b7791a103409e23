"""`ragft train`: teach the model the knowledge base's questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, note, open_project, say


def train(
    name: Annotated[str, typer.Argument(help="Name of the adapter; the default systems use `main`.")] = "main",
    budget: Annotated[str | None, typer.Option("--budget", help="Time to spend, such as 8m or 90s, alarms aside.")] = None,
    tokens: Annotated[int | None, typer.Option("--tokens", min=1, help="Training tokens to spend.")] = None,
    epochs: Annotated[float | None, typer.Option("--epochs", help="Passes over the examples.")] = None,
    recipe: Annotated[
        str | None, typer.Option("--recipe", help="What is trained, by share of the tokens: qa, raft, paraphrases, qa=1,raft=2, …")
    ] = None,
    method: Annotated[str | None, typer.Option("--method", help="lora, qlora, 8bit or full.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Training seed.")] = None,
    seeds: Annotated[
        int | None, typer.Option("--seeds", min=1, help="Train so many adapters, each with the next seed: NAME, NAME-seed1, …")
    ] = None,
    kfold: Annotated[
        int | None, typer.Option("--kfold", help="Train so many adapters, each without one fold of the questions; see compare --kfold.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take in time and memory, and train nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Train also what was trained like this before.")] = False,
    no_alarms: Annotated[
        bool, typer.Option("--no-alarms", help="Leave out the checks for leaks, forgetting and harm to retrieval.")
    ] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Train an adapter on the train questions, check that it learnt something, and that it does no harm.

    What was trained on the same under the same settings is not trained again. An interrupted training goes on with the same
    command. On several devices: accelerate launch -m shells train NAME.
    """
    from foundation.errors import ConfigurationError
    from studies.fold_runs import fold_projects, train_folds
    from studies.seeds import seeded, train_seeds
    from studies.training import bystander, train_adapter

    if seeds is not None and kfold is not None:
        raise ConfigurationError("--seeds and --kfold each train several adapters: give one of them.")
    flags = {
        "finetune__budget": budget,
        "finetune__tokens": tokens,
        "finetune__epochs": epochs,
        "finetune__recipe": recipe,
        "finetune__method": method,
        "finetune__seed": seed,
        "finetune__alarms": False if no_alarms else None,
    }
    project = open_project(config, overrides, workspace, **flags)
    if epochs is not None and (before := project.finetune_config.tokens or project.finetune_config.budget) is not None:
        key = "tokens" if project.finetune_config.tokens else "budget"
        raise ConfigurationError(
            f"--epochs {epochs:g} would not be looked at: finetune.{key} = {before} ends training. Take it back with --set finetune.{key}="
        )
    silent = bystander()  # one of several processes speaks
    tell: Callable[[str], None] = (lambda _: None) if silent else note
    if dry_run:
        from finetune.adapters import list_adapters
        from finetune.recipes import needs_passages
        from studies.billing import bill
        from studies.preparing import ensure_index

        if needs_passages(project.finetune_config.recipe) and not silent:  # the examples are made and counted, with their passages
            ensure_index(project, ("rag",), tell)
        one, called, names = project, name, list(seeded(name, project.finetune_config.seed, seeds or 1))
        if kfold is not None:
            folds = fold_projects(project, kfold, [system.name for system in project.systems.values()])
            dearest = min(folds, key=lambda each: len(each.fold.questions))  # it trains the most
            one, called, names = dearest.project, dearest.fold.adapter(name), [each.fold.adapter(name) for each in folds]
        for line in () if silent else bill(one, called).lines():
            say(line)
        if len(names) > 1:
            there = sorted({*names} & {*list_adapters(project.workspace)})
            kept = f"; of their adapters {', '.join(there)} are there: paid, unless something changed" if there else ""
            tell(f"so much{' at most' if kfold else ''} for each of {len(names)} trainings{kept}")
        return
    if seeds is not None:
        told = train_seeds(project, name, seeds, again=again, say=tell, progress=not silent)
    elif kfold is not None:
        told = train_folds(project, name, kfold, again=again, say=tell, progress=not silent)
    else:
        told = train_adapter(project, name, again=again, say=tell, progress=not silent)
    if not silent:
        say(told)
