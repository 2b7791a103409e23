"""Write a project's training examples to a file or folder that other trainers read."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from finetune import preparing
from finetune.preparing import Prepared
from finetune.recipes import Materials, build, is_trainable
from finetune.recipes.exporting import FORMS, Recorder, all_examples, as_row
from foundation.errors import DataError, UnknownNameError
from foundation.files import write_json, write_text
from studies.previewing import prepared
from studies.project import Project


def export(project: Project, out: Path, form: str, say: Callable[[str], None], *, passes: int = 1) -> dict[str, int]:
    """Write the examples of the configured recipes to `out` and return how many there are of each.

    Args:
        project: its [finetune] section names the recipes.
        out: a .jsonl or .json file, or a new folder, which `datasets.load_from_disk` reads.
        form: see `finetune.recipes.exporting.as_row`.
        say: told when an index has to be built first, and what was left out.
        passes: at least 1.

    Raises UnknownNameError for an unknown form, DataError when `out` is a folder already or a recipe
    does not fit the form, and what `studies.previewing.prepared` raises. Nothing is written then.
    """
    if form not in FORMS:
        raise UnknownNameError("export format", form, FORMS)
    if out.is_dir():
        raise DataError(f"{out} is a folder already. Name a new one, or a file that ends in .jsonl or .json.")
    ready = prepared(project, say)
    renderer = Recorder(ready.tokenizer)
    recipes = build(project.finetune_config.recipe, _recorded(ready, renderer))
    for recipe in recipes.values():
        for text in recipe.left_out:
            say(text)
    rows = [as_row(example, form, renderer) for example in all_examples(recipes, passes)]
    if out.suffix == ".jsonl":
        write_text(out, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    elif out.suffix == ".json":
        write_json(out, rows)
    else:
        _save(rows, out)
    return dict(Counter(str(row["recipe"]) for row in rows))


def _recorded(ready: Prepared, renderer: Recorder) -> Materials:
    """Return what the recipes of `ready` were made from, with a renderer that remembers the messages."""
    questions = tuple(question for question in ready.job.questions if is_trainable(question))
    searched = replace(ready.job, retriever=None)  # the passages are there
    return preparing.materials_of(searched, questions, ready.tokenizer, renderer=renderer, shown=ready.shown)


def _save(rows: list[dict[str, object]], out: Path) -> None:
    """Save a `datasets.Dataset` beside `out` and rename it: a reader finds the whole or nothing."""
    import datasets

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
        try:
            datasets.Dataset.from_list(rows).save_to_disk(str(scratch / "rows"))
            (scratch / "rows").rename(out)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise DataError(f"cannot write {out}: {error.strerror or error}. Free space or choose another folder.") from error
