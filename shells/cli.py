"""The command line `ragft`. Commands parse and print; the work is done in the packages."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from importlib import import_module

import typer

# Before any Hugging Face library is imported: forked tokenizers warn, and the default path uses no hub.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

# It says at import, in every process that loads peft, that a faster 4-bit kernel exists on a hub: nothing to act on.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)

INTERRUPTED = 130  # the shells' code for an interrupt

app = typer.Typer(
    name="ragft",
    help="Retrieval, fine-tuning, both or neither? Measured on your own questions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: the same in every terminal, and in docs/commands.md
)

for _group in ("models", "engine", "kb", "index", "questions", "data", "run", "adapters"):
    app.add_typer(import_module(f"shells.commands.{_group}").app, name=_group)
for _name in ("ask", "train", "estimate", "compare", "report", "metrics", "demo", "doctor"):
    app.command(name=_name)(getattr(import_module(f"shells.commands.{_name}"), _name))


def main() -> None:
    """Run the command line; our errors become one line and their exit code, an interrupt 130."""
    from foundation.errors import RagftError

    # peft 0.21 reads an attribute that transformers 5.23 has renamed; nothing that a user can act on
    warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated", category=FutureWarning)
    try:
        app()
    except RagftError as error:
        if os.environ.get("RANK", "0") in ("", "0"):  # of processes that train together one speaks
            typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except SystemExit as ended:
        if ended.code == INTERRUPTED:  # typer turns an interrupt into this, silently
            cause = ended.__context__.__cause__ if ended.__context__ else None
            typer.echo(str(cause or "") or "interrupted: what was finished is kept; run the same command again to go on.", err=True)
        raise


if __name__ == "__main__":
    main()
