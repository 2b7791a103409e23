"""Files that survive a kill: atomic writes, and append-only JSON Lines with a mendable tail.

A write is a temporary file beside the target, flushed to the disk and renamed over it,
so a reader sees the old file or the new one and never half of one. A journal is
appended one line at a time; a kill can only tear its last line, which `read_jsonl`
reports and `trim_torn_tail` cuts off before more is appended.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from foundation.errors import DataError

_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")  # an escape that is half of a pair, or the half of one


def write_atomically(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Call `write` on a temporary file, then rename that file over `path`.

    Raises DataError when the disk refuses (full, read-only, no such folder); `path`
    then still holds what it held before.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)  # mkstemp's 0600 would hide reports from colleagues
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise DataError(
            f"cannot write {path}: {error.strerror or error}. Nothing was changed; free space or choose another folder."
        ) from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, atomically."""
    write_atomically(path, lambda stream: _write_all(stream, text.encode()))


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON with a final newline, atomically."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _write_all(stream: BinaryIO, data: bytes) -> None:
    stream.write(data)


def read_text(path: Path, what: str = "file") -> str:
    """Return the UTF-8 text of `path` (a byte order mark is dropped), or raise DataError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(f"{what} {path} does not exist.") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{what} {path} is not UTF-8 text (byte {error.start}). Save it as UTF-8 and try again.") from None
    except OSError as error:
        raise DataError(f"cannot read {what} {path}: {error.strerror or error}.") from None


def parse_json(text: str) -> Any:
    r"""Return the value of JSON `text`.

    Raises JSONDecodeError also for what Python would read and stumble over later: half of a
    character that stands in two escapes, nesting or numbers without end.

    >>> parse_json('["\\ud83d\\ude00"]') == ["\U0001f600"]
    True
    """
    try:
        value = json.loads(text)
        if _HALF_CHARACTER.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError:
        raise
    except UnicodeEncodeError:
        raise json.JSONDecodeError("half of a character, such as \\ud83d without its other half", text, 0) from None
    except RecursionError:
        raise json.JSONDecodeError("lists or objects nested too deeply", text, 0) from None
    except ValueError:
        raise json.JSONDecodeError("a number with thousands of digits", text, 0) from None
    return value


def read_json(path: Path, what: str = "file") -> Any:
    """Return the parsed JSON of `path`, or raise DataError with the line of the fault."""
    try:
        return parse_json(read_text(path, what))
    except json.JSONDecodeError as error:
        raise DataError(f"{what} {path} is not valid JSON (line {error.lineno}: {error.msg}).") from None


def append_jsonl(path: Path, rows: Iterable[Any]) -> None:
    """Append each row as one JSON line in a single flushed and synced write."""
    block = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "ab") as stream:
            stream.write(block)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise DataError(f"cannot append to {path}: {error.strerror or error}. What was written before is safe.") from error


def trim_torn_tail(path: Path) -> int:
    """Cut an unfinished last line off a JSON Lines file; return the bytes removed."""
    if not path.exists():
        return 0
    data = path.read_bytes()
    keep = data.rfind(b"\n") + 1
    if keep < len(data):
        with open(path, "r+b") as stream:
            stream.truncate(keep)
    return len(data) - keep


def read_jsonl(path: Path, what: str = "file", *, torn_tail: bool = False) -> Iterator[tuple[int, Any]]:
    """Yield (line number from 1, parsed row). Blank lines are passed over.

    With `torn_tail` a last line without its newline, as a kill leaves it, is passed
    over; any other unparsable line raises DataError with its number.
    """
    text = read_text(path, what)
    lines = text.count("\n") + 1
    for number, line in enumerate(text.split("\n"), start=1):
        last = number == lines
        if not line.strip() or (torn_tail and last):
            continue
        try:
            yield number, parse_json(line)
        except json.JSONDecodeError as error:
            raise DataError(f"{what} {path}, line {number}: not valid JSON ({error.msg}).") from None
