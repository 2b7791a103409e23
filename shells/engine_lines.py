"""What `ragft engine` and `ragft doctor` print: lines, no decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatbot.verified import MARGINS, Agreement, Verification
from studies.doctor import engine_rows
from studies.project import Project
from studies.verifying import ENOUGH, Verified


def verification_lines(done: Verified) -> Iterator[str]:
    """Yield the outcome of a verification: candidate and noise floor side by side, then the verdict."""
    row = done.candidate
    columns = [row, *([done.floor] if done.floor else [])]
    titles = [_name(row), *([f"noise floor: {_name(done.floor)}"] if done.floor else [])]
    asked = f"{row.questions} questions × {', '.join(row.systems)}"
    yield f"{row.prompts:,} prompts ({asked}) of {row.knowledge_base}, held against the reference in float32:"
    yield ""
    yield _line("", titles)
    yield _line("identical", [f"{column.identical:.1%}" for column in columns])
    yield _line("ROUGE-L between", [f"{column.rouge_l:.3f}" for column in columns])
    yield _line("speed in batches", [f"{column.speedup:.1f} ×" for column in columns])
    for name in row.agreement:
        yield _line(name, [_interval(column.agreement[name]) for column in columns if name in column.agreement])
    yield ""
    yield "Differences of means, with the 90 % interval clustered by question (Agresti and Min 2005)."
    yield "Where a margin stands behind it (±), the whole interval must lie within."
    if row.failed:
        yield f"{row.failed} prompts were answered by one of the two engines alone."
    if not done.enough:
        yield f"{row.prompts} prompts are too few to count as verified: ask at least {ENOUGH:,}."
    elif row.holds:
        yield f"Verified: {_name(row)} answers as the reference does, within the margins."
    else:
        doubtful = [name for name in MARGINS if name not in row.agreement or not row.agreement[name].holds]
        why = f"{' and '.join(doubtful)} may differ by more than the margin" if doubtful else "not every prompt was answered"
        yield f'Not verified: {why}. More prompts narrow the interval (--prompts); until then `engine = "auto"` takes no note of it.'


def engine_lines(project: Project) -> Iterator[str]:
    """Yield the rows of `ragft doctor` on engines."""
    rows = engine_rows(project)
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        yield f"{name:<{width}}  {value}"


def _line(name: str, cells: Sequence[str]) -> str:
    return f"  {name:<16}" + "".join(f"{cell:>44}" for cell in cells)


def _name(row: Verification) -> str:
    return f"{row.engine} in {row.precision}"


def _interval(agreement: Agreement) -> str:
    margin = "" if agreement.margin is None else f" (±{agreement.margin:g})"
    return f"{agreement.difference:+.4f} [{agreement.low:+.4f}, {agreement.high:+.4f}]{margin}"
