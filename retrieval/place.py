"""Where builds of an index lie, so that a new one takes the old one's place at once or not at all.

`folder/current` names the build in use. A build is made beside it and named there by one
atomic write; a killed build is never named, and the next one sweeps it away.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path

from foundation.errors import DataError
from foundation.files import read_text, write_text

_POINTER = "current"
_BUILD = re.compile(r"build-(\d+)-[0-9a-f]+")


def current(folder: Path) -> Path:
    """Return the folder of the build in use. Raises DataError when there is none."""
    pointer = folder / _POINTER
    if not pointer.is_file():
        raise DataError(f"there is no index in {folder}. Run: ragft index build")
    name = read_text(pointer, "index pointer").strip()
    build = folder / name
    if not _BUILD.fullmatch(name) or not build.is_dir():
        raise DataError(f"the index in {folder} is incomplete ({_POINTER} names {name!r}). Run: ragft index build")
    return build


def new_build(folder: Path) -> Path:
    """Return a fresh empty build folder, not in use yet. It carries this process's number."""
    build = folder / f"build-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        build.mkdir(parents=True)
    except OSError as error:
        raise DataError(
            f"cannot write the index to {folder}: {error.strerror or error}. Choose another folder or check its permissions."
        ) from error
    return build


def take_over(folder: Path, build: Path) -> None:
    """Put `build` in use, then sweep away what no running process still makes."""
    import psutil

    write_text(folder / _POINTER, build.name + "\n")
    for other in folder.iterdir():
        found = _BUILD.fullmatch(other.name)
        if found and other != build and (int(found[1]) == os.getpid() or not psutil.pid_exists(int(found[1]))):
            shutil.rmtree(other, ignore_errors=True)
