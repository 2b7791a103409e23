"""Which languages an embedder covers, as far as it says: near vectors of a language that it never saw mean nothing.

A shipped embedder's are known here; any other says them in its model card (README.md, as the hub keeps it).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import yaml

_SHIPPED: Final = {"all-minilm-l6-v2": ("en",), "hashing": ()}  # hashed words have no meaning in any language
_WEIGHTS: Final = ("*.safetensors", "pytorch_model*.bin")
_FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---\r?\n", re.DOTALL)


def covered(name: str) -> tuple[str, ...]:
    """Return the codes of the languages that the embedder `name` covers; empty when it does not say.

    Looks at what is on this machine only: nothing is fetched.

    >>> covered("all-minilm-l6-v2")
    ('en',)
    """
    if name in _SHIPPED:
        return _SHIPPED[name]
    card = _card(name)
    if card is None or not (found := _FRONT.match(card.read_text(encoding="utf-8", errors="replace"))):
        return ()
    try:
        said: Any = yaml.safe_load(found[1])
    except yaml.YAMLError:
        return ()  # a card is prose for people; one that cannot be read says nothing
    languages = said.get("language") if isinstance(said, dict) else None
    listed = [languages] if isinstance(languages, str) else languages if isinstance(languages, list) else []
    # YAML reads the code of Norwegian as False
    return tuple("no" if code is False else str(code) for code in listed)


def located(name: str, cache: Path) -> str | None:
    """Return what loads the embedder `name` without fetching anything: its name, or its folder; None when it is not here.

    Args:
        name: as in `[retrieval] embedder`.
        cache: the model cache folder.
    """
    if name == "hashing":
        return name
    if name in _SHIPPED:
        return name if (cache / name).is_dir() else None
    folder = _folder(name)
    return None if folder is None or not any(next(folder.rglob(kind), None) for kind in _WEIGHTS) else str(folder)


def _folder(name: str) -> Path | None:
    """Return the folder of a model: the one that is named, or the hub's local copy."""
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError):
        return None


def _card(name: str) -> Path | None:
    folder = _folder(name)
    return folder / "README.md" if folder is not None and (folder / "README.md").is_file() else None
