"""Scores: one row for every metric and record, misses included; kept as scores.parquet.

Metrics that need a model are dear, and a report must be possible where the model is not: their rows are
taken over from an earlier scores.parquet when that was made of the same records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from chatbot.contexts import READS_INDEX
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item, Tools
from eval.model import Asked, Latency, RunManifest, RunRecord, Score
from foundation.errors import DataError
from foundation.files import write_atomically
from foundation.fingerprint import fingerprint
from foundation.jsonable import to_json

FILE: Final = "scores.parquet"
_KEY: Final = b"records"
_EMBEDDER: Final = b"embedder"
_FORMULAS: Final = 2  # raised when a metric that embeds gives other values for the same texts: kept scores are then made again
_COLUMNS: Final = ("metric", "system", "question_id", "value", "status", "reason", "training_seed")


def score_records(
    manifest: RunManifest,
    asked: Sequence[Asked],
    records: Sequence[RunRecord],
    *,
    latencies: Sequence[Latency] = (),
    tools: Tools | None = None,
    kept: Mapping[str, Sequence[Score]] | None = None,
) -> tuple[Score, ...]:
    """Return the score of each record on each metric, metric by metric in the order of the catalogue.

    Args:
        manifest: which systems look passages up.
        asked: the questions; records of others are refused.
        records: what was answered.
        latencies: questions that were asked alone.
        tools: what metrics that need a model work with; without it they leave their scores out, with the reason.
        kept: metric → scores made before of these very records; such a metric is not computed again.
    """
    questions = {row.question.id: row.question for row in asked}
    retrieving = {str(system["name"]) for system in manifest.systems if system.get("context") in READS_INDEX}
    alone = {(row.system, row.question_id): row.seconds for row in latencies}
    stray = next((record.question_id for record in records if record.question_id not in questions), None)
    if stray is not None:
        raise DataError(f"a record answers question {stray}, which the run did not ask. The folder is damaged: run `ragft compare` anew.")
    items = [
        Item(
            question=questions[record.question_id],
            answer=record.answer,
            language=questions[record.question_id].language,
            system=record.system,
            retrieves=record.system in retrieving,
            missing=record.missing,
            seconds=alone.get((record.system, record.question_id)),
        )
        for record in records
    ]
    have = tools or Tools(None, ())
    found: list[Score] = []
    for name in METRICS:
        again = (kept or {}).get(name)
        if again is not None and len(again) == len(items):
            found += again
            continue
        scores = METRICS.get(name).score_all(items, have)
        found += [_of_seed(score, record.training_seed) for score, record in zip(scores, records, strict=True)]
    return tuple(found)


def _of_seed(score: Score, seed: int | None) -> Score:
    return score if seed is None else Score(score.metric, score.system, score.question_id, score.value, score.status, score.reason, seed)


def records_key(records: Sequence[RunRecord]) -> str:
    """Return a fingerprint of what was answered: scores belong to it."""
    return fingerprint([[r.system, r.question_id, r.training_seed, r.answer.text if r.answer else r.error, _shown(r)] for r in records])


def _shown(record: RunRecord) -> list[str]:
    return [f"{hit.chunk.id}@{hit.chunk.revision}" for hit in record.answer.hits] if record.answer else []


def embedder_key(tools: Tools) -> str:
    """Return what scores that an embedder goes into depend on: it, the languages that it covers, our formulas; empty without one."""
    return f"{tools.embedder.fingerprint} {' '.join(tools.languages)} {_FORMULAS}" if tools.embedder else ""


def write_scores(folder: Path, scores: Sequence[Score], key: str, embedder: str) -> None:
    """Write `scores` as `folder`/scores.parquet, atomically.

    `key` names the records that they belong to, `embedder` is the `embedder_key` that some were made with; empty when there was none.
    """
    import pyarrow
    from pyarrow import parquet

    texts = [(name, pyarrow.string()) for name in _COLUMNS[:3]]
    numbers = [("value", pyarrow.float64()), ("status", pyarrow.string()), ("reason", pyarrow.string()), ("training_seed", pyarrow.int64())]
    schema = pyarrow.schema([*texts, *numbers], metadata={_KEY: key.encode(), _EMBEDDER: embedder.encode()})
    table = pyarrow.Table.from_pylist([to_json(score) for score in scores], schema=schema)
    write_atomically(folder / FILE, lambda stream: parquet.write_table(table, stream))


def kept_scores(folder: Path, key: str, embedder: str) -> dict[str, list[Score]]:
    """Return the scores of the metrics that an embedder goes into, from `folder`/scores.parquet, where they hold; else nothing.

    They hold for the same records (`key`) and the same `embedder_key`; where there is no embedder now (`embedder` empty), those of any
    do. A metric that failed on an answer is tried again where there is one.
    """
    import pyarrow
    from pyarrow import parquet

    path = folder / FILE
    dear = [name for name in METRICS if METRICS.get(name).embeds]
    if not path.is_file() or not dear:
        return {}
    try:
        table = parquet.read_table(path, filters=[("metric", "in", dear)])
        said = table.schema.metadata or {}
        made_with = said.get(_EMBEDDER, b"").decode()
        if said.get(_KEY) != key.encode() or not made_with or (embedder and embedder != made_with):
            return {}
        found: dict[str, list[Score]] = {}
        for row in table.to_pylist():
            found.setdefault(str(row["metric"]), []).append(Score(**{name: row[name] for name in _COLUMNS}))
    except (pyarrow.ArrowException, OSError, KeyError, UnicodeDecodeError):
        return {}  # a derived file: a broken one, or one of another version, is made again
    return {name: scores for name, scores in found.items() if not embedder or not _failed(scores)}


def _failed(scores: Sequence[Score]) -> bool:
    """Tell whether the metric itself failed on some answer; "answering failed" is the record's own fault and stays."""
    return any(score.status == "error" and score.reason != "answering failed" for score in scores)
