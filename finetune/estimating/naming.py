"""From a model's name to its shape, without its weights: known ids, local folders, what the hub's cache already has."""

from __future__ import annotations

from pathlib import Path

from finetune.estimating.architecture import Architecture, read_architecture
from finetune.estimating.known_models import ALIASES, CONFIGURATIONS
from foundation.errors import DataError, UnknownNameError
from foundation.files import read_json


def shape_of(name: str) -> Architecture:
    """Return the shape of a model: a local folder (or its config.json), a known id, or a hub model whose config.json is in the hub's cache.

    Raises UnknownNameError with the nearest known id, DataError for a configuration that cannot be read or lacks a number.

    >>> shape_of("meta-llama/Llama-2-7b").parameters
    6738415616
    """
    path = Path(name).expanduser()
    if path.exists():
        return _of_file(path / "config.json" if path.is_dir() else path)
    known = {each.lower(): each for each in (*CONFIGURATIONS, *ALIASES)}
    if (found := known.get(name.lower())) is not None:
        return read_architecture(CONFIGURATIONS[ALIASES.get(found, found)], found)
    cached = _in_cache(name)
    if cached is not None:
        return _of_file(cached)
    raise UnknownNameError(
        "model", name, (*CONFIGURATIONS, *ALIASES), "Or give a folder with a config.json, fetched from the model's page."
    )


def _of_file(path: Path) -> Architecture:
    values = read_json(path, "model configuration")
    if not isinstance(values, dict):
        raise DataError(f"model configuration {path} holds no table of values. Get the model's config.json again.")
    return read_architecture(values, str(path))


def _in_cache(name: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(name, "config.json")
    except HFValidationError:
        return None
    return Path(found) if isinstance(found, str) else None
