"""The report as CSV for spreadsheets and scripts: every figure in full precision, one a row; and every answer, one a row.

Made for machines, so the same in all languages: UTF-8 with a byte order mark (Excel then reads accents), commas between
cells, decimal points, CRLF at line ends (RFC 4180). A French Excel expects semicolons: open the file by Data > From
Text/CSV, which finds the comma, or read it by script. Cells of foreign text that a spreadsheet could take for a formula
begin with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from eval.comparison import Comparison
from eval.model import Estimate
from eval.report.csv_training import training_rows
from eval.report.figures import plain
from eval.report.naming import primary_metric

BOM: Final = "\ufeff"
COLUMNS: Final = (
    "section", "system", "versus", "slice", "metric", "measure", "value", "low", "high",
    "questions", "facts", "method", "p", "p_adjusted", "verdict", "note",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # Source: OWASP, CSV Injection
Row = dict[str, Any]


def summary_csv(comparison: Comparison, language: str = "en") -> str:
    """Return every aggregate figure as one tidy table, sections below each other: see `COLUMNS`. `language` changes nothing."""
    return _written(COLUMNS, _rows(comparison))


def questions_csv(comparison: Comparison, language: str = "en") -> str:
    """Return one row per question and system: the answer, its scores on all metrics, and why it is wrong. `language` changes nothing."""
    metrics = [*comparison.metric_names]
    metrics += sorted({name for row in comparison.questions for output in row.outputs for name in output.scores} - set(metrics))
    fixed = ("question_id", "system", "question", "gold", "answer", "correct", "abstained", "error", "missing", "cause", "why")
    about = ("language", "kind", "exposure", "fact", "tags", "passages", "citations")
    rows = (
        {
            "question_id": row.question_id,
            "system": output.system,
            "question": row.text,
            "gold": " | ".join(row.answers),
            "answer": output.text,
            "correct": output.correct,
            "abstained": output.abstained,
            "error": output.error,
            "missing": output.missing,
            "cause": output.cause,
            "why": output.why,
            "language": row.language,
            "kind": row.kind,
            "exposure": row.exposure,
            "fact": row.fact,
            "tags": " | ".join(row.tags),
            "passages": " | ".join(output.passages),
            "citations": " | ".join(str(number) for number in output.citations),
            **{f"score.{name}": output.scores.get(name) for name in metrics},
        }
        for row in comparison.questions
        for output in row.outputs
    )
    return _written((*fixed, *about, *(f"score.{name}" for name in metrics)), rows)


def safe(value: object) -> str:
    """Return a value as the text of a cell: numbers as they are, text without control characters and never a formula.

    >>> safe(0.25), safe(-0.5), safe(None), safe(True), safe("=1+1"), safe("-0.5")
    ('0.25', '-0.5', '', 'true', "'=1+1", "'-0.5")
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    text = plain(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _written(columns: Sequence[str], rows: Iterator[Row]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([safe(name) for name in columns])
    writer.writerows([safe(row.get(name)) for name in columns] for row in rows)
    return BOM + stream.getvalue()


def _rows(comparison: Comparison) -> Iterator[Row]:
    primary, decision = primary_metric(comparison), comparison.decision
    yield {"section": "decision", "system": decision.system, "metric": primary, "verdict": decision.verdict, "note": decision.reason}
    for case in decision.margins:
        yield {"section": "margin", "system": case.system, "measure": "from", "value": case.margin, "verdict": case.verdict}
    for system, share in comparison.support.items():
        yield {"section": "support", "system": system, "metric": primary, "measure": "share_leading", "value": share}
    yield from _systems(comparison, primary)
    yield from _contrasts(comparison, primary)
    for one in comparison.explorations:
        found = {**_estimate(one.difference), "p": one.p_value, "p_adjusted": one.q_value, "note": "Benjamini-Hochberg"}
        pair = {"system": one.a, "versus": one.b, "slice": one.slice, "metric": one.metric}
        yield {"section": "exploration", **pair, "measure": "difference", **found}
    for part in comparison.slices:
        for system, estimate in part.scores.items():
            note = "; ".join(word for word in ("few" if part.few else "", part.edge) if word)
            where = {"section": "slice", "system": system, "slice": f"{part.by}: {part.name}", "metric": primary, "measure": "mean"}
            bounds = {"low": None, "high": None, "method": ""} if part.few else {}
            yield {**where, **_estimate(estimate), **bounds, "note": note}
    yield from training_rows(comparison)
    for curve in comparison.risk_coverage:
        about = {"section": "risk_coverage", "system": curve.system, "note": curve.signal}
        yield {**about, "measure": "area", "value": curve.area}
        yield {**about, "measure": "area_at_random", "value": curve.at_random}
        for covered, wrong in zip(curve.coverage, curve.risk, strict=True):
            yield {**about, "slice": f"coverage: {covered!r}", "measure": "risk", "value": wrong}


def _systems(comparison: Comparison, primary: str) -> Iterator[Row]:
    for result in comparison.systems:
        for name, estimate in result.metrics.items():
            yield {"section": "score", "system": result.system, "metric": name, "measure": "mean", **_estimate(estimate)}
        for seed, value in result.seeds.items():
            yield {
                "section": "seed",
                "system": result.system,
                "slice": f"seed: {seed}",
                "metric": primary,
                "measure": "mean",
                "value": value,
            }
        for name, counts in result.statuses.items():
            for status, count in counts.items():
                yield {"section": "status", "system": result.system, "metric": name, "measure": status, "value": count}
        behaviour = {"abstentions": result.abstentions, "errors": result.errors, "missing": result.missing}
        groups: Mapping[str, Mapping[str, float]] = {
            "cause": result.causes,
            "behaviour": behaviour,
            "citations": result.citations,
            "throughput": result.throughput,
            "latency": result.latency,
        }
        for section, figures in groups.items():
            for name, value in figures.items():
                yield {"section": section, "system": result.system, "measure": name, "value": value}
        for start, end, count in result.flow:
            yield {"section": "flow", "system": result.system, "measure": f"{start} > {end}", "value": count}


def _contrasts(comparison: Comparison, primary: str) -> Iterator[Row]:
    for contrast in comparison.contrasts:
        pair = {"section": "contrast", "system": contrast.a, "versus": contrast.b, "metric": primary}
        tested = {"p": contrast.p_value, "p_adjusted": contrast.p_holm, "verdict": contrast.verdict}
        yield {**pair, "measure": "difference", **_estimate(contrast.difference), **tested, "note": contrast.kind}
        equal = contrast.equivalence
        shown = {"p": equal.p_value, "p_adjusted": equal.p_holm, "verdict": "equivalent" if equal.shown else "not shown"}
        yield {**pair, "measure": "equivalence", "low": equal.low, "high": equal.high, **shown}
        yield {**pair, "measure": "mcnemar", "p": contrast.mcnemar} if contrast.mcnemar is not None else {**pair, "measure": "mcnemar"}
        figures = {
            "wins": contrast.wins,
            "ties": contrast.ties,
            "losses": contrast.losses,
            "dropped": contrast.dropped,
            "standard_error": contrast.standard_error,
            "smallest_visible": contrast.smallest,
            "questions_needed": contrast.needed,
            **{f"effect.{name}": value for name, value in contrast.effects.items()},
        }
        for name, value in figures.items():
            yield {**pair, "measure": name, "value": value}


def _estimate(estimate: Estimate) -> Row:
    return {
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "questions": estimate.n,
        "facts": estimate.clusters,
        "method": estimate.method,
    }
