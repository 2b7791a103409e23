"""The probe texts and instructions that we wrote and ship, under the licence of this project: none is of a public benchmark.

Passages are general prose, one per line; an instruction comes with a rule (`knowledge_base.rules`) that its answer must meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foundation.files import read_jsonl, read_text
from foundation.jsonable import from_json

FOLDER = Path(__file__).parent / "probes"


@dataclass(frozen=True)
class Instruction:
    """What to do, and the rule that tells whether it was done."""

    id: str
    text: str
    rule: str
    language: str = "en"


def passages(languages: Sequence[str]) -> tuple[str, ...]:
    """Return the probe texts in these languages.

    >>> len(passages(("en",)))
    60
    """
    lines = [read_text(FOLDER / f"passages.{language}.txt", "probe texts").splitlines() for language in languages]
    return tuple(line.strip() for part in lines for line in part if line.strip())


def instructions(languages: Sequence[str]) -> tuple[Instruction, ...]:
    """Return the probe instructions in these languages.

    >>> len(instructions(("en",)))
    40
    """
    found = []
    for language in languages:
        path = FOLDER / f"instructions.{language}.jsonl"
        for number, row in read_jsonl(path, "probe instructions"):
            found.append(from_json(Instruction, {**row, "id": f"{language}/{row['id']}", "language": language}, f"{path}, line {number}"))
    return tuple(found)
