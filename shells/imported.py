"""What an import of questions did, as lines: each row that was left out is counted and named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from foundation.first_few import first_few
from foundation.language import LANGUAGES

if TYPE_CHECKING:
    from knowledge_base.importing import QuestionImport


def as_lines(done: QuestionImport) -> Iterator[str]:
    """Yield the summary of an import."""
    from knowledge_base.importing import described

    table = done.table
    read = ", ".join(part for part in (table.form, table.encoding, table.delimiter and f"delimiter {table.delimiter}") if part)
    yield f"{table.source}: {done.rows} rows read ({read})"
    unread = [column for column in table.columns if column not in done.columns.values()]
    fields = ", ".join(f"{field} = {column}" for field, column in done.columns.items())
    yield f"columns: {fields}" + (f"; not read: {', '.join(unread)}" if unread else "")
    yield f"{done.imported} questions imported into {done.into / 'questions.jsonl'}"
    languages = ", ".join(f"{code} {count}" for code, count in done.languages.items())
    doubtful = f" ({done.doubtful} of them were not clear and were decided by the rest of the file)" if done.doubtful else ""
    if languages:
        yield f"languages: {languages}{doubtful}"
    foreign = [code for code in done.languages if code not in LANGUAGES]
    if foreign:
        yield (
            f"{', '.join(foreign)}: kept and scored word by word, without stemming; abstentions are recognised in "
            f"{' and '.join(sorted(LANGUAGES))} alone. Comparisons show each language apart."
        )
    if done.duplicates:
        yield f"{done.duplicates} rows repeat another row and were dropped"
    if done.already_there:
        yield f"{done.already_there} rows are questions that the folder already has and were dropped"
    if done.unknown:
        yield f"{done.unknown} questions have no answer: unknown, so they stay unscored (not unanswerable)"
    yield from _listed("rows without a question were left out", [f"{table.unit} {number}" for number in done.without_text])
    yield from _listed(
        "rows are shorter than the header and were read with empty cells", [f"{table.unit} {number}" for number in table.short]
    )
    yield from _listed("questions had contradicting answers", [described(conflict, table.unit) for conflict in done.conflicts])
    yield from _listed(
        "quotes are no evidence; their questions were kept without", [f"{table.unit} {n}: {why}" for n, why in done.unanchored]
    )
    if done.unquoted:
        where = ", ".join(first_few(done.unquoted))
        yield f"{len(done.unquoted)} rows name a document and quote nothing of it, which is no evidence ({table.unit} {where})"
    if table.undrawn:
        yield f"parts that name no split: {', '.join(table.undrawn)}; the splits of their questions are drawn"
    if done.renamed:
        yield f"{done.renamed} ids were taken and have a number added"
    yield f"Next: ragft kb check {done.into}"


def _listed(what: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"{len(lines)} {what}:"
        yield from (f"  {line}" for line in first_few(lines))
