"""questions.jsonl as a file that several programs change: one after the other, and each time as a whole.

An import, a review and a rebase each read the file, change it and write it anew. Two of
them at once would lose what the other wrote, so whoever changes it holds a lock from
before the reading until after the writing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from foundation.errors import DataError
from foundation.files import write_atomically
from knowledge_base.settled import read_settled

QUESTIONS: Final = "questions.jsonl"
PATIENCE: Final = 5.0  # seconds to wait for another program
_LOCK = ".questions.jsonl.lock"  # stays: a lock file that is deleted can be held by two


@contextmanager
def changing(folder: Path, patience: float = PATIENCE) -> Iterator[Path]:
    """Give the path of `folder`'s question file to this program alone, for as long as the block runs.

    The folder is made when missing, and removed again when nothing was put into it.
    Raises DataError when another program holds the file for more than `patience` seconds.
    """
    from filelock import FileLock, Timeout

    new = not folder.exists()
    lock = FileLock(folder / _LOCK, timeout=patience)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise DataError(
            f"{folder / QUESTIONS} is being changed by another ragft (waited {patience:g} s). Nothing was changed: try again."
        ) from None
    except OSError as error:
        raise DataError(f"cannot write into {folder}: {error.strerror or error}. Nothing was changed.") from None
    try:
        yield folder / QUESTIONS
    finally:
        if new and [path.name for path in folder.iterdir()] == [_LOCK]:
            with suppress(OSError):  # somebody put a file there at this moment: then the folder stays
                (folder / _LOCK).unlink()
                folder.rmdir()
        lock.release()


def append_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the old file and the new rows as one new file: a kill leaves the old one. To be called under `changing`."""
    block = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    before = read_settled(path, "question file") if path.exists() else b""
    if before and not before.endswith(b"\n"):  # a file that people edit may lack its last line end
        before += b"\n"
    write_atomically(path, lambda stream: stream.writelines((before, block)))
