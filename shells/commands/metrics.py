"""`ragft metrics`: what can be measured, and what each figure means."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from shells.options import say


def metrics(
    name: Annotated[str | None, typer.Argument(help="One metric, with everything that is known of it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the metrics: which is better, the range, what it is; with a name also what it needs and its source."""
    from rich.console import Console

    from eval.metrics.catalogue import meanings
    from shells.metric_pages import by_name, metric_lines, print_metrics

    if as_json:
        chosen = meanings() if name is None else (by_name(name),)
        say(json.dumps({metric.name: metric.info() for metric in chosen}, indent=2, ensure_ascii=False))
    elif name is not None:
        for line in metric_lines(name):
            say(line)
    else:
        print_metrics(Console(highlight=False))
