"""`ragft estimate`: what a training would take in memory and time, here and on other machines."""

from __future__ import annotations

from typing import Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, open_project, say


def estimate(
    model: Annotated[
        str | None, typer.Argument(help="A folder, a shipped model or a well-known hub id. Default: the configured model.")
    ] = None,
    device: Annotated[
        list[str] | None, typer.Option("--device", "-d", help="here, T4, L4, A10, RTX4090, A100-80, H100, …, or all; may be repeated.")
    ] = None,
    method: Annotated[str | None, typer.Option("--method", help="lora, qlora, 8bit or full.")] = None,
    precision: Annotated[str | None, typer.Option("--precision", help="float32 or bfloat16.")] = None,
    rank: Annotated[int | None, typer.Option("--rank", help="Rank of the LoRA matrices, on all linear layers.")] = None,
    rows: Annotated[int, typer.Option("--rows", help="Examples in memory at once (a micro-batch).")] = 1,
    length: Annotated[int, typer.Option("--length", help="Tokens of one, its answer included.")] = 256,
    answer: Annotated[
        int | None, typer.Option("--answer", help="Tokens of its answer: only there are logits computed. Default: 16.")
    ] = None,
    checkpointing: Annotated[bool | None, typer.Option("--checkpointing/--no-checkpointing", help="Compute activations twice.")] = None,
    optimizer: Annotated[str | None, typer.Option("--optimizer", help="auto, adamw or paged_adamw_8bit.")] = None,
    tokens: Annotated[int | None, typer.Option("--tokens", help="Tokens to train in all.")] = None,
    examples: Annotated[int | None, typer.Option("--examples", help="Instead: examples of --length tokens.")] = None,
    epochs: Annotated[float | None, typer.Option("--epochs", help="Passes over --examples. Default: 1.")] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Estimate memory and time of a training before it starts, from the model's configuration alone.

    Says which settings fit where these do not. How far to trust it: docs/estimate.md.
    """
    from finetune.estimating.asking import Asked, answer_lines

    flags = {
        "finetune__method": method,
        "finetune__precision": precision,
        "finetune__rank": rank,
        "finetune__optimizer": optimizer,
        "finetune__gradient_checkpointing": checkpointing,
    }
    project = open_project(config, overrides, workspace, **flags)
    asked = Asked(model or project.model_config.name, tuple(device or ("here",)), rows, length, answer, tokens, examples, epochs)
    for line in answer_lines(asked, project.finetune_config, project.model_config.device):
        say(line)
