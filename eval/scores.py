"""Scores: one row for every metric, system and question, misses included; kept as scores.parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chatbot.contexts import READS_INDEX
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item
from eval.model import Asked, RunManifest, RunRecord, Score
from foundation.files import write_atomically
from foundation.jsonable import to_json

FILE = "scores.parquet"


def score_records(manifest: RunManifest, asked: Sequence[Asked], records: Sequence[RunRecord]) -> tuple[Score, ...]:
    """Return the score of each record on each metric, metric by metric in the order of the catalogue."""
    questions = {row.question.id: row.question for row in asked}
    retrieving = {str(system["name"]) for system in manifest.systems if system.get("context") in READS_INDEX}
    items = [
        Item(question, record.answer, question.language, record.system, record.system in retrieving, missing=record.missing)
        for record in records
        for question in (questions[record.question_id],)
    ]
    return tuple(METRICS.get(name).score(item) for name in METRICS for item in items)


def write_scores(folder: Path, scores: Sequence[Score]) -> None:
    """Write `scores` as `folder`/scores.parquet, atomically."""
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema(
        [
            ("metric", pyarrow.string()),
            ("system", pyarrow.string()),
            ("question_id", pyarrow.string()),
            ("value", pyarrow.float64()),
            ("status", pyarrow.string()),
        ]
    )
    table = pyarrow.Table.from_pylist([to_json(score) for score in scores], schema=schema)
    write_atomically(folder / FILE, lambda stream: parquet.write_table(table, stream))
