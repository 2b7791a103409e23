"""Answers made elsewhere, as one more system of a comparison: how they are kept, and how a run gets at them.

`workspace/imported/<system>/` holds answers.jsonl (one line per answered question, as matched at import)
and manifest.json (the file they came from). A run takes its answers from here instead of from an engine;
what nobody measured stays unknown and is never a zero. Matching a file to questions is `eval.importing`'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from chatbot.abstention import is_abstention
from chatbot.model import Answer, Citation, Usage
from eval.aggregate import IMPORTED
from eval.running import Answers
from foundation.errors import ConfigurationError, DataError, MismatchError
from foundation.files import read_json, read_jsonl, write_json, write_text
from foundation.fingerprint import fingerprint_file
from foundation.jsonable import from_json, to_json
from knowledge_base.exposure import normal_text
from knowledge_base.model import Question

ANSWERS: Final = "answers.jsonl"
MANIFEST: Final = "manifest.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")


@dataclass(frozen=True)
class ImportedAnswer:
    """One answer of the foreign bot. None, and no citations, where its file says nothing."""

    question_id: str
    question: str  # its text at import: an id whose question has another text by now is another question
    text: str
    line: int  # of the file it came from
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float | None = None
    citations: tuple[Citation, ...] = ()  # whole documents, numbered in the order of the file's sources
    wrong_citations: tuple[int, ...] = ()  # sources that name no document of the knowledge base


@dataclass(frozen=True)
class ImportManifest:
    """Where a system's answers came from."""

    system: str
    file: str  # its name, without the folder
    sha256: str
    encoding: str
    created: str
    knowledge_base: str
    counts: dict[str, int]
    columns: dict[str, str]  # what we call it → the file's column
    answers: str  # fingerprint of answers.jsonl


@dataclass(frozen=True)
class ImportedSystem:
    """A system whose answers are read, not generated. Answers as a chatbot does, with None where it has no answer."""

    manifest: ImportManifest
    answers: Mapping[str, ImportedAnswer] = field(repr=False)  # by question id

    @property
    def system(self) -> dict[str, Any]:
        """The system as a run manifest has it; its context says that nothing is known of how it answers."""
        return {"name": self.manifest.system, "context": IMPORTED, "adapter": None, "prompt": None}

    @property
    def about(self) -> dict[str, Any]:
        """What a run's plan says of it."""
        kept = ("file", "sha256", "encoding", "created")
        return {**{key: getattr(self.manifest, key) for key in kept}, "sources": "sources" in self.manifest.columns}

    @property
    def seconds(self) -> dict[str, float]:
        """Return question id → seconds, for the answers whose file says it."""
        return {key: answer.seconds for key, answer in self.answers.items() if answer.seconds is not None}

    def check(self, questions: Sequence[Question]) -> None:
        """Raise MismatchError when a question of `questions` has another text than when its answer was imported."""
        other = [
            question.id
            for question in questions
            if (answer := self.answers.get(question.id))
            and normal_text(answer.question, question.language) != normal_text(question.text, question.language)
        ]
        if other:
            raise MismatchError(
                f"{len(other)} questions have changed since the answers of {self.manifest.system!r} were imported (first: {other[0]}). "
                f"Import them again: ragft run import {self.manifest.file} --system {self.manifest.system} --replace"
            )

    def ask_many(self, questions: Sequence[Question], system: str) -> list[Answer | None]:
        """Return the answers in order; None for a question that the file does not answer."""
        return [None if (found := self.answers.get(question.id)) is None else _answer(found, question) for question in questions]


@dataclass(frozen=True)
class Answering:
    """Answers as any system: the imported ones from their files, all others through a chatbot."""

    chatbot: Answers
    imported: Mapping[str, ImportedSystem]

    def ask_many(self, questions: Sequence[Question], system: str) -> Sequence[Answer | None]:
        """Return one answer per question, in order."""
        source: Answers = self.imported.get(system, self.chatbot)
        return source.ask_many(questions, system)


def _answer(found: ImportedAnswer, question: Question) -> Answer:
    return Answer(
        text=found.text,
        citations=found.citations,
        wrong_citations=found.wrong_citations,
        abstained=is_abstention(found.text, question.language),
        usage=Usage(found.prompt_tokens, found.completion_tokens),
        timing=None,
        finish_reason="unknown",
    )


def imported_folder(workspace: Path, system: str) -> Path:
    """Return where the answers of `system` are kept; ConfigurationError when that cannot name a system."""
    if not _NAME.fullmatch(system):
        raise ConfigurationError(
            f"{system!r} cannot name an imported system: use letters, digits, '.', '_', '+' and '-', at most 64, a letter or digit first."
        )
    return workspace / IMPORTED / system


def imported_names(workspace: Path) -> tuple[str, ...]:
    """Return the names of the systems whose answers were imported, sorted."""
    folder = workspace / IMPORTED
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}"))) if folder.is_dir() else ()


def write_imported(workspace: Path, manifest: ImportManifest, answers: Sequence[ImportedAnswer]) -> Path:
    """Keep `answers` with their manifest, which is written last and made to fit them; return the folder."""
    folder = imported_folder(workspace, manifest.system)
    write_text(folder / ANSWERS, "".join(json.dumps(to_json(answer), ensure_ascii=False) + "\n" for answer in answers))
    write_json(folder / MANIFEST, {**asdict(manifest), "answers": fingerprint_file(folder / ANSWERS)})
    return folder


def read_import_manifest(workspace: Path, system: str) -> ImportManifest:
    """Return where the answers of `system` came from; DataError when that is missing or broken."""
    file = imported_folder(workspace, system) / MANIFEST
    return from_json(ImportManifest, read_json(file, "import manifest"), f"import manifest {file}")


def read_imported(workspace: Path, system: str) -> ImportedSystem:
    """Return the imported system of that name; DataError when it is missing, broken or half-written."""
    manifest = read_import_manifest(workspace, system)
    file = imported_folder(workspace, system) / ANSWERS
    if not file.is_file() or fingerprint_file(file) != manifest.answers:
        raise DataError(
            f"{file} is not what its manifest describes. Import the answers again: "
            f"ragft run import {manifest.file} --system {system} --replace"
        )
    rows = (from_json(ImportedAnswer, row, f"{file}, line {number}") for number, row in read_jsonl(file, "imported answers"))
    return ImportedSystem(manifest, {row.question_id: row for row in rows})
