"""A log file to its questions, personal data settled first: nothing of a flagged log gets past here unasked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from foundation.errors import DataError
from foundation.first_few import first_few
from knowledge_base.personal_data import LABELS, PersonalData, find_personal_data, redact_rows
from knowledge_base.tabular import read_table
from knowledge_base.user_logs import LoggedQuestion, find_columns, logged_questions

Policy = Literal["refuse", "redact", "allow"]
_LINES_SHOWN = 8


@dataclass(frozen=True)
class Log:
    """What a log asks. `personal_data` is what was found in it, also when it was redacted or allowed."""

    name: str
    rows: int
    questions: tuple[LoggedQuestion, ...]
    personal_data: tuple[PersonalData, ...]
    short: tuple[int, ...] = ()  # lines with fewer cells than columns: read as empty cells


def read_log(file: Path, policy: Policy = "refuse", *, message: str | None = None, reply: str | None = None) -> Log:
    """Return the questions of a CSV or JSONL log.

    Args:
        file: one message per row.
        policy: what to do about marks of personal data: refuse the log, redact them, or allow them.
        message: the column of what people wrote; found by its name when None.
        reply: the column of what they were told; found by its name when None.

    Raises DataError for a file that cannot be read or has no message column, and, under
    "refuse", for marks of personal data: kinds, counts and lines, values masked.
    """
    table = read_table(file)
    columns = find_columns(table.columns, str(file), message, reply)
    found = find_personal_data(table.rows)
    if found and policy == "refuse":
        raise DataError(personal_data_message(file, found))
    rows = redact_rows(table.rows) if found and policy == "redact" else table.rows
    return Log(file.name, len(table.rows), logged_questions(rows, columns), found, table.short)


def personal_data_message(file: Path, found: Sequence[PersonalData]) -> str:
    """Return what to tell somebody whose log holds marks of personal data.

    >>> print(personal_data_message(Path("chat.csv"), [PersonalData("email", 2, (3, 9), "a****g")]))
    chat.csv holds marks of personal data, and nothing was taken from it:
      e-mail address: 2, on lines 3, 9, such as a****g
    Add --redact to replace them by [email], [telephone] …, or --allow-personal-data if you may use them as they are.
    Names and addresses are not found this way: read what you accept.
    """
    lines = [f"{file} holds marks of personal data, and nothing was taken from it:"]
    for item in found:
        shown = ", ".join(first_few(item.lines, _LINES_SHOWN))
        lines.append(f"  {LABELS[item.kind]}: {item.count}, on lines {shown}, such as {item.example}")
    lines.append(
        "Add --redact to replace them by [email], [telephone] …, or --allow-personal-data if you may use them as they are.\n"
        "Names and addresses are not found this way: read what you accept."
    )
    return "\n".join(lines)
