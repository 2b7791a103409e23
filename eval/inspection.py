"""Every question with every system's answer, why it is wrong where it is, and what it was shown.

What the report lets people look at one by one. Passages are kept once, under short keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eval.aggregate import ScoreTable, kind_of
from eval.attribution import Attribution, FlowRow, attribute, flow, flow_row
from eval.comparison import Inspected, Output, Passage
from eval.metrics.catalogue import METRICS
from eval.model import Asked, RunManifest, RunRecord
from retrieval.model import Chunk

_CORRECT: Final = "correct"  # what is right or wrong here, whatever the primary metric is


@dataclass(frozen=True)
class Inspection:
    """All questions with their answers, and per system the counts of causes and the flow."""

    questions: tuple[Inspected, ...]
    passages: dict[str, Passage]
    causes: dict[str, dict[str, int]]
    flows: dict[str, tuple[tuple[str, str, int], ...]]


def inspect(manifest: RunManifest, asked: Sequence[Asked], records: Sequence[RunRecord], table: ScoreTable) -> Inspection:
    """Return every question with its answers and their causes. With several training seeds, the answers of the first are shown."""
    names = [str(system["name"]) for system in manifest.systems]
    context = {str(system["name"]): str(system.get("context")) for system in manifest.systems}
    first: dict[tuple[str, str], RunRecord] = {}
    for record in records:
        first.setdefault((record.system, record.question_id), record)
    keys = _Keys()
    questions, rows = [], {name: list[FlowRow]() for name in names}
    causes: dict[str, Counter[str]] = {name: Counter() for name in names}
    for row in asked:
        given = {name: first[name, row.question.id] for name in names}
        why = _why(row, given, context, table)
        for name in names:
            causes[name][why[name].cause] += 1
            rows[name].append(flow_row(row.question, given[name].answer, context[name], why[name]))
        questions.append(_inspected(row, [_output(given[name], why[name], _values(given[name], table), keys) for name in names]))
    return Inspection(
        tuple(questions), keys.passages, {name: dict(found) for name, found in causes.items()}, {name: flow(rows[name]) for name in names}
    )


def _why(row: Asked, given: Mapping[str, RunRecord], context: Mapping[str, str], table: ScoreTable) -> dict[str, Attribution]:
    return attribute(
        row.question,
        row.exposure,
        {name: record.answer for name, record in given.items()},
        {name: _values(record, table).get(_CORRECT) for name, record in given.items()},
        {name: record.error for name, record in given.items()},
        {name for name, record in given.items() if record.missing},
        context,
    )


def _values(record: RunRecord, table: ScoreTable) -> dict[str, float]:
    """Return metric → value of one record, those of its own training seed."""
    found = {
        metric: table.by_seed.get((record.system, metric), {}).get(record.training_seed, {}).get(record.question_id) for metric in METRICS
    }
    return {metric: value for metric, value in found.items() if value is not None}


class _Keys:
    """Short keys for passages, in order of first appearance."""

    def __init__(self) -> None:
        self.passages: dict[str, Passage] = {}
        self._known: dict[tuple[str, str], str] = {}

    def of(self, chunk: Chunk) -> str:
        found = self._known.setdefault((chunk.id, chunk.revision), f"p{len(self._known) + 1}")
        if found not in self.passages:
            self.passages[found] = Passage(chunk.title, chunk.document_id, chunk.text)
        return found


def _inspected(row: Asked, outputs: Sequence[Output]) -> Inspected:
    question = row.question
    return Inspected(
        question_id=question.id,
        text=question.text,
        language=question.language,
        kind=kind_of(question),
        exposure=row.exposure,
        answers=question.answers,
        outputs=tuple(outputs),
        fact=question.fact,
        tags=question.tags,
        evidence=tuple(span.quote for span in question.evidence),
    )


def _output(record: RunRecord, why: Attribution, values: Mapping[str, float], keys: _Keys) -> Output:
    answer = record.answer
    return Output(
        system=record.system,
        text=answer.text if answer else "",
        correct=values.get(_CORRECT),
        abstained=answer.abstained if answer else False,
        error=record.error,
        missing=record.missing,
        cause=why.cause,
        why=why.why,
        passages=tuple(keys.of(hit.chunk) for hit in answer.hits) if answer else (),
        citations=tuple(citation.number for citation in answer.citations) if answer else (),
        scores={name: round(value, 4) for name, value in values.items()},
    )
