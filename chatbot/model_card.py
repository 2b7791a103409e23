"""What is known of a model folder without loading it: its fingerprint and the languages it declares."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from foundation.errors import DataError
from foundation.files import read_json, read_text, write_json
from foundation.fingerprint import fingerprint, fingerprint_file

_MEMO = ".ragft-fingerprint.json"


def model_fingerprint(folder: Path) -> str:
    """Return 16 hex digits over configuration, tokenizer and weight bytes of a model folder.

    Hashing gigabytes is slow, so the hash of each file is kept beside the model under its
    size and time of change. A read-only folder is hashed each time.
    """
    files = sorted(path for path in folder.iterdir() if path.suffix in {".safetensors", ".json", ".jinja", ".model"} and path.name != _MEMO)
    if not any(path.suffix == ".safetensors" for path in files):
        raise DataError(f"{folder} holds no .safetensors weights. Other formats (pickles) are not loaded; convert the model first.")
    memo = _read_memo(folder / _MEMO)
    hashes: dict[str, list[Any]] = {}
    for path in files:
        stat = path.stat()
        known = memo.get(path.name)
        fresh = known is not None and known[:2] == [stat.st_size, stat.st_mtime_ns]
        hashes[path.name] = known if fresh and known else [stat.st_size, stat.st_mtime_ns, fingerprint_file(path)]
    if hashes != memo:
        with contextlib.suppress(DataError):  # a read-only model folder is fine: the memo only saves time
            write_json(folder / _MEMO, hashes)
    return fingerprint({name: entry[2] for name, entry in hashes.items()})


def declared_languages(folder: Path) -> tuple[str, ...]:
    """Return the language codes in the model card's front matter (`language:`), or () when undeclared."""
    card = folder / "README.md"
    if not card.is_file():
        return ()
    text = read_text(card, "model card")
    if not text.startswith("---\n"):
        return ()
    import yaml

    try:
        front = yaml.safe_load(text[4:].partition("\n---")[0])
    except yaml.YAMLError:
        return ()  # a broken card of somebody else's model declares nothing
    languages = front.get("language") if isinstance(front, dict) else None
    if isinstance(languages, str):
        return (languages,)
    return tuple(str(code) for code in languages) if isinstance(languages, list) else ()


def _read_memo(path: Path) -> dict[str, list[Any]]:
    """Return the remembered hashes, or nothing when the file is absent or torn."""
    try:
        memo = read_json(path, "fingerprint memo")
    except DataError:
        return {}
    return memo if isinstance(memo, dict) and all(isinstance(entry, list) and len(entry) == 3 for entry in memo.values()) else {}
