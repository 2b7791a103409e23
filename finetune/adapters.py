"""Adapter folders: where they lie, what their manifest says, and how one takes another's place.

`workspace/adapters/<name>/` holds what plain peft loads (adapter_config.json,
adapter_model.safetensors), our manifest.json and curve.jsonl. A new adapter is finished
elsewhere and renamed into place, so a reader finds the old one or the new one.
"""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import Any

from finetune.model import AdapterManifest
from foundation.errors import ConfigurationError, DataError
from foundation.files import read_json
from foundation.jsonable import from_json
from foundation.suggest import did_you_mean

MANIFEST, WEIGHTS, FULL_WEIGHTS = "manifest.json", "adapter_model.safetensors", "model.safetensors"
CURVE, EVALUATIONS, BOARD = "curve.jsonl", "evaluations.jsonl", "tensorboard"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # no dot: peft makes module names of it


def adapters_folder(workspace: Path) -> Path:
    """Return the folder that holds a workspace's adapters."""
    return workspace / "adapters"


def check_name(name: str) -> str:
    """Return `name` when it can name an adapter, else raise ConfigurationError.

    >>> check_name("main")
    'main'
    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} cannot name an adapter: use letters, digits, '_' and '-', at most 64, a letter or digit first.")
    return name


def list_adapters(workspace: Path) -> tuple[str, ...]:
    """Return the names of the finished adapters, sorted."""
    folder = adapters_folder(workspace)
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.name for path in folder.iterdir() if not path.name.startswith(".") and (path / MANIFEST).is_file()))


def find(workspace: Path, name: str) -> Path:
    """Return the folder of adapter `name`.

    Raises DataError that offers the nearest name and gives the command that makes it.
    """
    folder = adapters_folder(workspace) / check_name(name)
    if not (folder / MANIFEST).is_file():
        previous = _previous(folder)
        if previous.is_dir() and not folder.exists():  # killed between the two renames of `install`
            previous.rename(folder)
            return folder
        hint = did_you_mean(name, list_adapters(workspace))
        raise DataError(f"there is no adapter {name!r} in {adapters_folder(workspace)}.{hint} Make it with: ragft train {name}")
    return folder


def read_manifest(folder: Path) -> AdapterManifest:
    """Return the manifest of an adapter folder.

    Raises DataError for one that is damaged, lacks its weights, or was made by a version that wrote other manifests.
    """
    path = folder / MANIFEST
    found = read_json(path, "adapter manifest")
    if is_outdated(found):
        raise DataError(
            f"adapter {folder.name!r} was made by an earlier version, whose manifest does not say all that is needed now. "
            f"Train it again: ragft train {folder.name}"
        )
    manifest = from_json(AdapterManifest, found, str(path))
    weights_file(folder)
    return manifest


def weights_file(folder: Path) -> Path:
    """Return the file that holds what was trained: of the adapter, or of the whole model after full training.

    Raises DataError when there is neither.
    """
    for name in (WEIGHTS, FULL_WEIGHTS):
        if (folder / name).is_file():
            return folder / name
    raise DataError(f"adapter {folder} has no {WEIGHTS}. Train it again with: ragft train {folder.name}")


def is_outdated(manifest: Any) -> bool:
    """Tell whether a parsed manifest is one of the versions before recipes were mixed and trainings had a fingerprint.

    >>> is_outdated({"name": "main", "recipe": "mix"}), is_outdated({"name": "main", "recipe": {"qa": 1.0}, "training_fingerprint": ""})
    (True, False)
    """
    return isinstance(manifest, dict) and (isinstance(manifest.get("recipe"), str) or "training_fingerprint" not in manifest)


def delete(folder: Path) -> None:
    """Delete an adapter folder, at once for every reader.

    Raises DataError when the disk refuses.
    """
    doomed = folder.with_name(f".{folder.name}.deleted-{time.time_ns()}")
    try:
        folder.rename(doomed)
        shutil.rmtree(doomed)
    except OSError as error:
        raise DataError(f"cannot delete {folder}: {error.strerror or error}. Close what uses it and try again.") from error


def size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def install(finished: Path, target: Path) -> None:
    """Put the folder `finished` in the place of `target`; an earlier adapter goes only when the new one stands."""
    previous = _previous(target)
    try:
        if target.exists():
            if previous.exists():
                shutil.rmtree(previous)
            target.rename(previous)
        finished.rename(target)
    except OSError as error:
        if previous.exists() and not target.exists():
            previous.rename(target)
        raise DataError(f"cannot put the adapter in {target}: {error.strerror or error}. The earlier one, if any, is untouched.") from error
    if previous.exists():
        shutil.rmtree(previous)


def _previous(target: Path) -> Path:
    return target.with_name(f".{target.name}.previous")
