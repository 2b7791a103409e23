"""Rows out of the tables that people have: CSV, JSONL, Parquet, Arrow, and Hugging Face `datasets`.

Every source becomes a `Table`: named columns and rows with the number that a person
finds them by. What a column means is not decided here.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.errors import DataError
from foundation.files import parse_json
from foundation.first_few import first_few
from knowledge_base.encoding import decode
from knowledge_base.settled import read_settled

Row = tuple[int, Mapping[str, Any]]  # (number that a person finds it by, column → cell)
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "\x1f": "none"}
_ONE_COLUMN = "\x1f"  # a character that no text holds
_PROBED = 50  # records by which a delimiter is judged
_LONGEST = 2**31 - 1  # characters of a cell, which may hold a whole document; the most that Windows can take
_JSON = (".jsonl", ".ndjson", ".json")


@dataclass(frozen=True)
class Table:
    """Named columns and their rows. `unit` is what `number` counts: lines of a file or rows of a data set, both from 1."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    source: str
    form: str  # "CSV", "JSONL", "Parquet", "Arrow", "dataset"
    unit: str = "line"
    encoding: str = ""
    delimiter: str = ""
    short: tuple[int, ...] = ()  # lines with fewer cells than columns: read as empty cells
    undrawn: tuple[str, ...] = ()  # parts of a data set whose names are no splits


def read_table(source: str | Path) -> Table:
    """Return the rows of a file, of a data set saved on disk, or of a hub id.

    Raises DataError for what is none of these, is not text, or has rows that do not fit
    its header; nothing is passed over.
    """
    path = Path(source)
    if path.is_dir():
        from knowledge_base.hub import saved_dataset

        return saved_dataset(path)
    if path.is_file():
        suffix = path.suffix.lower()
        if suffix in (".parquet", ".arrow"):
            from knowledge_base.hub import columnar_file

            return columnar_file(path)
        data = read_settled(path, "question table")
        text, encoding = decode(data, str(path))
        return _json_table(text, path, encoding) if suffix in _JSON else _csv_table(text, path, encoding)
    if path.suffix or str(source).count("/") != 1 or str(source).startswith(("/", ".", "~")):
        raise DataError(f"question table {source} does not exist. Give a CSV, JSONL, Parquet or Arrow file, a saved data set, or a hub id.")
    from knowledge_base.hub import hub_dataset

    return hub_dataset(str(source))


def _csv_table(text: str, path: Path, encoding: str) -> Table:
    first, _, rest = text.partition("\n")
    skipped = 0
    given = None
    hint = first.rstrip("\r ")
    if hint.lower().startswith("sep=") and len(hint) == 5:  # Excel's own hint
        given, text, skipped = hint[4], rest, 1
    csv.field_size_limit(_LONGEST)
    delimiter = given or _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    started = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((started + skipped, cells))
            started = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{path}, line {started + skipped}: not valid CSV ({error}). "
            "A cell that holds a quotation mark is written in quotation marks, the mark doubled."
        ) from None
    if not rows:
        raise DataError(f"{path}: holds no row. The first line names the columns, such as question,answer.")
    columns = [name.strip() for name in rows[0][1]]
    while columns and not columns[-1]:
        columns.pop()
    _check_columns(columns, path)
    long = [number for number, cells in rows[1:] if any(cell.strip() for cell in cells[len(columns) :])]
    if long:
        raise DataError(
            f"{path}: more cells than the {len(columns)} columns in {_lines(long)}. "
            f"Put cells that hold a {DELIMITERS.get(delimiter, delimiter)} in quotation marks."
        )
    short = tuple(number for number, cells in rows[1:] if len(cells) < len(columns))
    values = tuple((number, dict(zip(columns, cells + [""] * (len(columns) - len(cells)), strict=False))) for number, cells in rows[1:])
    return Table(tuple(columns), values, str(path), "CSV", "line", encoding, DELIMITERS.get(delimiter, delimiter), short)


def _delimiter(text: str) -> str:
    """The delimiter that splits the first records most evenly; on a tie the one with more columns, the comma last.

    A header of one column, above rows that no delimiter splits evenly, has no delimiter: its texts may hold commas.
    """

    def judged(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        widths: list[int] = []
        with suppress(csv.Error):  # judged by the records before the fault, which the strict reading names
            widths.extend(len(cells) for cells, _ in zip(reader, range(_PROBED), strict=False) if cells)
        if len(widths) > 2 and widths[0] == 1 and widths[1] > 1 and len(set(widths[1:])) == 1:
            return 0.5, 1  # the header lacks names: its rows are read so that the error can say it
        if not widths or widths[0] < 2:
            return 0.0, 0
        return sum(width == widths[0] for width in widths) / len(widths), widths[0]

    best = max((";", "\t", ","), key=judged)
    return best if judged(best)[1] else _ONE_COLUMN


def _json_table(text: str, path: Path, encoding: str) -> Table:
    rows: list[Row] = []
    if path.suffix.lower() == ".json":
        try:
            loaded = parse_json(text)
        except json.JSONDecodeError as error:
            raise DataError(f"{path}, line {error.lineno}: not valid JSON ({error.msg}).") from None
        if not isinstance(loaded, list):
            raise DataError(f"{path}: not a JSON list of objects. A SQuAD file is imported with `ragft kb import`.")
        entries: Iterable[tuple[int, Any]] = enumerate(loaded, start=1)
        unit = "entry"
    else:
        entries, unit = _json_lines(text, path), "line"
    for number, row in entries:
        if not isinstance(row, dict):
            raise DataError(f'{path}, {unit} {number}: expected an object such as {{"question": "…", "answer": "…"}}.')
        rows.append((number, row))
    columns = list(dict.fromkeys(key for _, row in rows for key in row))
    _check_columns(columns, path)
    return Table(tuple(columns), tuple(rows), str(path), "JSON" if unit == "entry" else "JSONL", unit, encoding)


def _json_lines(text: str, path: Path) -> Iterable[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, parse_json(line)
            except json.JSONDecodeError as error:
                raise DataError(f"{path}, line {number}: not valid JSON ({error.msg}).") from None


def _check_columns(columns: list[str], path: Path) -> None:
    if not columns:
        raise DataError(f"{path}: names no column. The first line names them, such as question,answer.")
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise DataError(f"{path}: two columns are called {', '.join(map(repr, twice))}. Rename one.")


def _lines(numbers: list[int]) -> str:
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(first_few(numbers))}"
