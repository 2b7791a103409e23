"""What a check has to say: one thing to look at, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")  # in the order of printing
_SHOWN = 160  # characters of a text that a message shows


@dataclass(frozen=True)
class Finding:
    """One thing to look at. Errors make results wrong, warnings make them doubtful, notes inform."""

    severity: Severity
    code: str  # stable: filters and programs name it
    where: str  # "question q1", "document d1", "fact f1", or "questions" for the whole set
    message: str
    line: int | None = None  # of questions.jsonl, when the check began at a folder


def shown(text: str) -> str:
    """Return `text` in quotation marks on one line, cut when it is long.

    >>> shown("How heavy\\n is it?")
    '"How heavy is it?"'
    """
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= _SHOWN else f'"{line[: _SHOWN - 1]}…"'
