"""The Comparison as JSON, and back: reports can be rendered from comparison.json alone, without the run."""

from __future__ import annotations

import json
from pathlib import Path

from eval.comparison import SCHEMA, Comparison
from foundation.errors import DataError
from foundation.files import read_json
from foundation.jsonable import from_json, to_json


def json_page(comparison: Comparison, language: str = "en") -> str:
    """Return the whole comparison as JSON by docs/comparison.schema.json. `language` changes nothing: sentences are keys and values."""
    return json.dumps(to_json(comparison), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def read_comparison(path: Path) -> Comparison:
    """Return the comparison that a file holds.

    Raises:
        DataError: when the file cannot be read, is of another schema number, or does not hold what the schema asks for.
    """
    data = read_json(path, "comparison")
    found = data.get("schema") if isinstance(data, dict) else None
    if found != SCHEMA:
        said = f"has schema number {found!r}" if found is not None else "has no schema number"
        raise DataError(
            f"{path} {said}, and this version reads number {SCHEMA}. "
            "Make it again from its run folder, which is all that it takes: ragft report RUN."
        )
    comparison = from_json(Comparison, data, str(path))
    lost = {key for row in comparison.questions for output in row.outputs for key in output.passages} - set(comparison.passages)
    if lost:
        raise DataError(
            f"{path} lacks {len(lost)} of the passages that its answers name. Make it again from its run folder: ragft report RUN."
        )
    return comparison
