"""The bytes of a file that nobody is writing at the moment.

Documents and question tables lie in shared folders, where an editor or a synchroniser
may save them while they are read. Half of the old text with half of the new one would
pass for a document, so a file that changed under the reading is read once more, and
refused when it changed again.
"""

from __future__ import annotations

from pathlib import Path

from foundation.errors import DataError

_READINGS = 2


def read_settled(path: Path, what: str = "file") -> bytes:
    """Return the bytes of `path`, the same from the first to the last one.

    Raises DataError when it does not exist, may not be read, or keeps changing.
    """
    try:
        for _ in range(_READINGS):
            before = path.stat()
            data = path.read_bytes()
            after = path.stat()
            if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and len(data) == after.st_size:
                return data
    except FileNotFoundError:
        raise DataError(f"{what} {path} does not exist.") from None
    except OSError as error:
        raise DataError(f"cannot read {what} {path}: {error.strerror or error}.") from None
    raise DataError(
        f"{what} {path} changes while it is read. Wait until whoever writes it has finished, or copy it, and try again.", code="changing"
    )


def read_settled_text(path: Path, what: str = "file") -> str:
    """Return the UTF-8 text of `path` (a byte order mark is dropped, line ends become `\\n`), read as `read_settled` does."""
    try:
        text = read_settled(path, what).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{what} {path} is not UTF-8 text (byte {error.start}). Save it as UTF-8 and try again.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
