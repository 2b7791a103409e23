"""The primary metric apart by exposure, kind, tag, language and length; and whether the model speaks the languages asked."""

from __future__ import annotations

from typing import Final, get_args

from eval.comparison import By, Comparison, Slice
from eval.model import Estimate
from eval.report.figures import factor, mean, plain
from eval.report.naming import level, metric_name, named, primary_metric
from eval.report.parts import ABSENT, Cell, Column, Table
from eval.report.tables.cells import estimate_cell, method_marks, methods_note
from eval.wording import Words, numbers
from knowledge_base.model import EXPOSURES

SLICES: Final[tuple[By, ...]] = get_args(By)


def by_slice(comparison: Comparison, by: str, words: Words) -> Table:
    """Return systems × the slices of one kind ("exposure", "kind", …); empty when one slice holds all questions."""
    primary = primary_metric(comparison)
    info = comparison.metric_info.get(primary, {})
    parts = ordered(comparison, by)
    marks = method_marks(estimate for part in parts if not part.few for estimate in part.scores.values())
    columns = (Column(words("report-column-system"), numeric=False), *(Column(_title(part, words)) for part in parts))
    rows = tuple(
        (
            Cell(plain(result.system)),
            *(
                _few(estimate, factor(info), words)
                if estimate and part.few
                else _sized(estimate, part, estimate_cell(estimate, info, words, marks), words)
                for part in parts
                for estimate in (part.scores.get(result.system),)
            ),
        )
        for result in comparison.systems
    )
    note = words("report-note-slice", metric=metric_name(words, primary), level=level(comparison, words.language))
    note += " " + words(f"report-note-by-{by}")
    note += " " + words("report-note-few") if any(part.few for part in parts) else ""
    note += _smallest(parts, words)
    return Table(
        f"by-{by}", words(f"report-table-by-{by}"), note + methods_note(marks, words), columns, rows if divides(comparison, by) else ()
    )


def ordered(comparison: Comparison, by: str) -> list[Slice]:
    """Return the slices of one kind as tables and charts show them: exposures from best known to new, others as they come."""
    parts = [part for part in comparison.slices if part.by == by]
    if by == "exposure":
        parts.sort(key=lambda part: EXPOSURES.index(part.name) if part.name in EXPOSURES else len(EXPOSURES))
    return parts


def divides(comparison: Comparison, by: str) -> bool:
    """Tell whether slices of one kind say more than the whole does: one that holds all scored questions does not."""
    primary = primary_metric(comparison)
    scored = max((result.metrics[primary].n for result in comparison.systems if primary in result.metrics), default=0)
    sizes = [part.questions for part in comparison.slices if part.by == by]
    return len(sizes) > 1 or any(size != scored for size in sizes)


def tongues(comparison: Comparison, words: Words) -> Table:
    """Return the languages of the questions, and whether the model speaks them."""
    rows = tuple(
        (
            Cell(numbers.tongue(plain(tongue.code), words.language)),
            Cell(numbers.count(tongue.questions, words.language), value=tongue.questions),
            Cell(words({True: "report-yes", False: "report-no", None: "report-unknown"}[tongue.spoken])),
            Cell(", ".join(numbers.tongue(plain(code), words.language) for code in tongue.declared) or ABSENT),
            Cell(words("report-of", part=tongue.matching, whole=tongue.told) if tongue.told else ABSENT),
        )
        for tongue in comparison.tongues
    )
    titles = ("language", "questions", "spoken", "declared", "matching")
    columns = tuple(Column(words(f"report-column-{name}"), numeric=name in {"questions", "matching"}) for name in titles)
    return Table("tongues", words("report-table-tongues"), words("report-note-tongues"), columns, rows)


def slice_name(by: str, name: str, words: Words) -> str:
    """Return the name of a slice in words: kinds, exposures and languages have some, tags are the user's own.

    >>> from eval.wording import words
    >>> slice_name("exposure", "unseen", words("fr")), slice_name("tag", "unseen", words("fr"))
    ('jamais vue', 'unseen')
    """
    if by == "language":
        return numbers.tongue(plain(name), words.language)
    if by == "length":
        return words("report-length", words=plain(name))
    return plain(name) if by == "tag" else named(words, f"report-{by}", name)


def _title(part: Slice, words: Words) -> str:
    edge = f", {words(f'report-edge-{part.edge}')}" if part.edge else ""
    return f"{slice_name(part.by, part.name, words)} ({words('report-sized', questions=part.questions, facts=part.facts)}{edge})"


def _few(estimate: Estimate, scale: float, words: Words) -> Cell:
    """Return a count out of all questions where the mean is one of right answers, else the bare mean; marked, without an interval."""
    total = estimate.value * estimate.n
    whole = scale != 1.0 and abs(total - round(total)) < 1e-6
    text = words("report-of", part=round(total), whole=estimate.n) if whole else mean(estimate, words.language, scale)
    return Cell(text, words("report-few"), value=estimate.value)


def _sized(estimate: Estimate | None, part: Slice, cell: Cell, words: Words) -> Cell:
    """Add the number of questions to a cell when the system is not scored on all of the slice."""
    if estimate is None or estimate.n == part.questions:
        return cell
    return Cell(cell.text, f"{cell.detail}, {words('report-on', count=estimate.n)}", value=cell.value)


def _smallest(parts: list[Slice], words: Words) -> str:
    """Say which differences the slices could show at all."""
    known = [part for part in parts if part.smallest is not None and not part.few]
    said = [f"{slice_name(part.by, part.name, words)} {numbers.decimal(100 * (part.smallest or 0), words.language, 0)}" for part in known]
    return " " + words("report-note-smallest", listed=", ".join(said)) if said else ""
