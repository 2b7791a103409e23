"""A run folder: what was asked, what was answered, and with which passages. Reports read nothing else.

manifest.json     what was run; its presence says that the folder is one
questions.jsonl   the questions as they were, with their exposure
records.jsonl     one line per question and system, appended batch by batch
passages.jsonl    each passage shown, once, by the fingerprint of its content
latency.jsonl     questions asked one at a time, when that was asked for

All but the manifest are JSON Lines that a kill can tear only at the end. What the answers are worth
is not this module's business.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from eval.model import Asked, Latency, RunManifest, RunRecord
from foundation.errors import DataError
from foundation.files import append_jsonl, read_json, read_jsonl, trim_torn_tail, write_json, write_text
from foundation.fingerprint import fingerprint
from foundation.jsonable import from_json, to_json
from retrieval.model import Chunk


class RunFolder:
    """Reads and appends the files of one run. Make one with `create` or `open`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path, manifest: RunManifest, asked: Sequence[Asked]) -> RunFolder:
        """Start a run in `path`; the manifest is written last, so that a folder with one is whole.

        Raises DataError when the folder holds records without a manifest, or cannot be written.
        """
        if (path / "records.jsonl").exists():
            raise DataError(f"run folder {path} holds records but no manifest.json. Choose another folder, or delete this one.")
        write_text(path / "questions.jsonl", "".join(json.dumps(to_json(row), ensure_ascii=False) + "\n" for row in asked))
        write_json(path / "manifest.json", to_json(manifest))
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """Return the run in `path`; DataError when there is none."""
        if not path.is_dir():
            raise DataError(f"run folder {path} does not exist. `ragft compare` makes one.")
        if not cls.holds_run(path):
            raise DataError(f"{path} is not a run folder: it has no manifest.json. Name a folder made by `ragft compare`.")
        return cls(path)

    @staticmethod
    def holds_run(path: Path) -> bool:
        """Tell whether a run was started in `path`."""
        return (path / "manifest.json").is_file()

    @cached_property
    def manifest(self) -> RunManifest:
        """What was run; DataError when the file is broken."""
        file = self.path / "manifest.json"
        return from_json(RunManifest, read_json(file, "run manifest"), f"run manifest {file}")

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """The questions as they were asked; DataError when the file is broken or not the manifest's."""
        file = self.path / "questions.jsonl"
        rows = tuple(from_json(Asked, row, f"{file}, line {number}") for number, row in read_jsonl(file, "question snapshot"))
        if tuple(row.question.id for row in rows) != self.manifest.question_ids:
            raise DataError(f"{file} does not hold the questions that the manifest names. The folder is damaged: run `ragft compare` anew.")
        return rows

    def passages(self) -> dict[str, Chunk]:
        """Return every passage shown, by the fingerprint that records refer to."""
        file = self.path / "passages.jsonl"
        if not file.exists():
            return {}
        rows = read_jsonl(file, "passages", torn_tail=True)
        return {_field(row, "passage", file, number): from_json(Chunk, row.get("chunk"), f"{file}, line {number}") for number, row in rows}

    def records(self) -> tuple[RunRecord, ...]:
        """Return all records in the order written; a torn last line is passed over.

        Raises DataError, with the line, for a broken line or a passage that is not there.
        """
        file = self.path / "records.jsonl"
        if not file.exists():
            return ()
        passages = self.passages()
        found = []
        seen: dict[tuple[object, ...], int] = {}  # what was answered → its line
        for number, row in read_jsonl(file, "records", torn_tail=True):
            where = f"{file}, line {number}"
            answer = row.get("answer") if isinstance(row, dict) else None
            if isinstance(answer, dict):
                hits = answer.get("hits", [])
                if not isinstance(hits, list) or not all(isinstance(hit, dict) for hit in hits):
                    raise DataError(f"{where}: field 'hits' is not a list of passages. The folder is damaged: run `ragft compare` anew.")
                missing = [hit.get("passage") for hit in hits if hit.get("passage") not in passages]
                if missing:
                    raise DataError(
                        f"{where}: passage {missing[0]} is not in passages.jsonl. The folder is damaged: run `ragft compare` anew."
                    )
                answer["hits"] = [
                    {"chunk": to_json(passages[hit["passage"]]), "score": hit.get("score"), "rank": hit.get("rank")} for hit in hits
                ]
            record = from_json(RunRecord, row, where)
            key = (record.system, record.question_id, record.training_seed, record.decoding_seed, record.condition)
            if key in seen:
                raise DataError(
                    f"{where}: a second answer of {record.system} to question {record.question_id} (the first is on line {seen[key]}). "
                    "Delete the one that is wrong, or run `ragft compare` under another name."
                )
            seen[key] = number
            found.append(record)
        return tuple(found)

    def append(self, records: Sequence[RunRecord]) -> None:
        """Append one batch of records in one write, after the passages that they refer to."""
        known = self._known_passages
        fresh: dict[str, Chunk] = {}
        rows = []
        for record in records:
            row = to_json(record)
            if record.answer is not None:
                row["answer"]["hits"] = []
                for hit in record.answer.hits:
                    name = fingerprint(hit.chunk)
                    if name not in known:
                        fresh[name] = hit.chunk
                    row["answer"]["hits"].append({"passage": name, "score": hit.score, "rank": hit.rank})
            rows.append(row)
        if fresh:
            append_jsonl(self.path / "passages.jsonl", ({"passage": name, "chunk": to_json(chunk)} for name, chunk in fresh.items()))
            known.update(fresh)
        append_jsonl(self.path / "records.jsonl", rows)

    def mend(self, batch: int) -> set[tuple[str, int]]:
        """Make the folder ready to go on after a kill; return the finished batches as (system, batch number).

        Torn last lines are cut off, and the records of a batch that is not whole are dropped, so that
        it is asked again with the same neighbours. `batch` is the number of questions per batch.
        """
        for name in ("records.jsonl", "passages.jsonl", "latency.jsonl"):
            trim_torn_tail(self.path / name)
        file = self.path / "records.jsonl"
        if not file.exists():
            return set()
        lines = [line for line in file.read_text(encoding="utf-8").split("\n") if line]
        records = self.records()
        written: dict[tuple[str, int], int] = {}
        for record in records:
            written[record.system, record.batch] = written.get((record.system, record.batch), 0) + 1
        count = len(self.manifest.question_ids)
        whole = {key for key, size in written.items() if size == min(batch, count - key[1] * batch)}
        kept = [line for line, record in zip(lines, records, strict=True) if (record.system, record.batch) in whole]
        if len(kept) < len(lines):
            write_text(file, "".join(line + "\n" for line in kept))
        return whole

    def latencies(self) -> tuple[Latency, ...]:
        """Return the questions asked one at a time; empty when latency was not measured."""
        file = self.path / "latency.jsonl"
        if not file.exists():
            return ()
        found = []
        for number, row in read_jsonl(file, "latencies", torn_tail=True):
            latency = from_json(Latency, row, f"{file}, line {number}")
            if latency.seconds is not None and not 0 <= latency.seconds < math.inf:
                raise DataError(
                    f"{file}, line {number}: {latency.seconds} seconds cannot be. Delete the line, or run `ragft compare` anew."
                )
            found.append(latency)
        return tuple(found)

    def append_latencies(self, rows: Sequence[Latency]) -> None:
        """Append the latencies of one system in one write."""
        append_jsonl(self.path / "latency.jsonl", (to_json(row) for row in rows))

    @cached_property
    def _known_passages(self) -> set[str]:
        return set(self.passages())


def _field(row: Any, name: str, file: Path, number: int) -> str:
    if not isinstance(row, dict) or not isinstance(row.get(name), str):
        raise DataError(f"{file}, line {number}: field {name!r} is missing. The folder is damaged: run `ragft compare` anew.")
    return str(row[name])
