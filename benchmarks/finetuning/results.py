"""What a finished point leaves behind: one JSON file of scores, without texts, so that it may be shared where the data may not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from foundation.files import read_json, write_text
from foundation.jsonable import from_json, to_json

FOLDER: Final = Path(__file__).with_name("results")
METRICS: Final = ("correct", "token_f1", "contained")
_DIGITS: Final = 4  # of a token F1; the others are 0 or 1


@dataclass(frozen=True)
class Row:
    """One question as one system answered it. None: the metric does not apply, or has no score."""

    question_id: str
    fact: str
    kind: str
    exposure: str  # to what the adapter was trained on; to the train split where none was
    correct: float | None
    token_f1: float | None
    contained: float | None


@dataclass(frozen=True)
class Result:
    """A point: what was declared, how training went, and the scores of each system."""

    point: str
    declared: str  # fingerprint of the declaration
    data: str
    seed: int | None
    settings: dict[str, Any]  # of [finetune], without the defaults
    training: dict[str, Any] | None
    fingerprints: dict[str, Any]
    engine: dict[str, Any]
    versions: dict[str, str]
    environment: dict[str, Any]
    created: str
    seconds: dict[str, float]  # of answering, by system; a resumed run has all its batches
    rows: dict[str, tuple[Row, ...]] = field(default_factory=dict)  # by system

    def values(self, system: str, metric: str = "correct", exposure: str | None = None) -> dict[str, float]:
        """Return the scores of `system` by question id, of one exposure where that is given; those without a score are left out."""
        found = {row.question_id: getattr(row, metric) for row in self.rows[system] if exposure in (None, row.exposure)}
        return {name: value for name, value in found.items() if value is not None}


def place(folder: Path, point: str) -> Path:
    """Return the file of a point."""
    return folder / f"{point}.json"


def write(folder: Path, result: Result) -> Path:
    """Write `result` atomically, a line per question, and return its file."""
    plain = to_json(result)
    rows = plain.pop("rows")
    head = json.dumps(plain, ensure_ascii=False, indent=1)[:-2]
    systems = ",\n".join(f"  {json.dumps(system)}: [\n{_lines(table)}\n  ]" for system, table in rows.items())
    path = place(folder, result.point)
    write_text(path, f'{head},\n "rows": {{\n{systems}\n }}\n}}\n')
    return path


def _lines(table: list[dict[str, Any]]) -> str:
    return ",\n".join(f"   {json.dumps([_short(value) for value in row.values()], ensure_ascii=False)}" for row in table)


def _short(value: Any) -> Any:
    return round(value, _DIGITS) if isinstance(value, float) else value


def read(folder: Path, point: str) -> Result | None:
    """Return the result of a point, None when there is none; DataError for a file that is broken."""
    path = place(folder, point)
    if not path.is_file():
        return None
    plain = read_json(path, "result")
    names = list(Row.__dataclass_fields__)
    if isinstance(plain, dict) and isinstance(plain.get("rows"), dict):
        plain["rows"] = {system: [dict(zip(names, row, strict=True)) for row in table] for system, table in plain["rows"].items()}
    return from_json(Result, plain, str(path))


def facts(results: Mapping[Any, Result]) -> dict[str, str]:
    """Return the fact of every question of the results, by id."""
    return {row.question_id: row.fact for result in results.values() for table in result.rows.values() for row in table}
