"""Question tables that Hugging Face `datasets` made: saved on disk, as Parquet or Arrow, or on the hub.

Kept apart from other tables because the library is heavy, and because only here the
network is asked. Data sets that bring code of their own are not run.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from foundation.errors import DataError
from knowledge_base.cells import split_named

if TYPE_CHECKING:
    from knowledge_base.tabular import Table


def saved_dataset(folder: Path) -> Table:
    """Return the rows of a data set that `save_to_disk` wrote; a part called as a split is, such as "test", is the split of its rows."""
    import datasets

    if not any((folder / name).is_file() for name in ("dataset_info.json", "dataset_dict.json")):
        raise DataError(f"{folder} is a folder without a saved data set. Give a file, or a folder that `save_to_disk` wrote.")
    try:
        return _table(datasets.load_from_disk(str(folder)), str(folder), "dataset")
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{folder} cannot be read as a saved data set ({_first_line(error)}). Save it again with `save_to_disk`."
        ) from error


def columnar_file(path: Path) -> Table:
    """Return the rows of one Parquet or Arrow file, without a copy in any cache."""
    import datasets
    import pyarrow.parquet

    try:
        if path.suffix.lower() == ".arrow":
            return _table(datasets.Dataset.from_file(str(path)), str(path), "Arrow")
        return _table(datasets.Dataset(pyarrow.parquet.read_table(str(path))), str(path), "Parquet")
    except (OSError, ValueError) as error:  # pyarrow's ArrowInvalid is a ValueError
        raise DataError(f"{path} cannot be read ({_first_line(error)}). Write it again, or export it as CSV.") from error


def hub_dataset(name: str) -> Table:
    """Return the rows of a data set on the Hugging Face hub. Raises DataError without a network or such a data set."""
    import datasets

    try:
        loaded = datasets.load_dataset(name)
    except (OSError, ValueError, RuntimeError) as error:  # no network, no such data set, one that needs code
        raise DataError(
            f"{name} is neither a file nor a folder here, and cannot be loaded from the hub as a data set ({_first_line(error)}). "
            "Check the name and the network (HF_HUB_OFFLINE forbids it), or give a file."
        ) from error
    return _table(loaded, name, "dataset")


def _table(loaded: Any, source: str, form: str) -> Table:
    from knowledge_base.tabular import Row, Table

    rows: list[Row] = []
    columns: dict[str, None] = {}
    undrawn: list[str] = []
    for name, part in loaded.items() if isinstance(loaded, dict) else [("", loaded)]:
        columns |= dict.fromkeys(part.column_names)
        told = "split" in part.column_names  # what a row says itself counts for more than where it lies
        added = {"split": name} if split_named(name) and not told else {}
        columns |= dict.fromkeys(added)
        if name and not added and not told:
            undrawn.append(name)
        rows.extend((number, {**row, **added}) for number, row in enumerate(part, start=len(rows) + 1))
    return Table(tuple(columns), tuple(rows), source, form, "row", undrawn=tuple(undrawn))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
