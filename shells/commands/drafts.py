"""`ragft questions draft`, `review` and `gaps`: from documents and logs to questions that a person accepted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, note, open_project, say

if TYPE_CHECKING:
    from chatbot.contexts import Retriever
    from studies.project import Project
    from studies.reading_logs import Log

RedactOption = Annotated[bool, typer.Option("--redact", help="Replace marks of personal data by [email], [telephone] …")]
AllowOption = Annotated[bool, typer.Option("--allow-personal-data", help="Use the log as it is, marks of personal data included.")]
QuestionColumn = Annotated[str | None, typer.Option("--question-column", help="Column of the log that holds what people wrote.")]


def draft(
    from_log: Annotated[Path | None, typer.Option("--from-log", metavar="FILE", help="CSV or JSONL log to take questions from.")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Drafts wanted.")] = 20,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Draws documents and answers.")] = 0,
    language: Annotated[str | None, typer.Option("--language", "-l", help="Only documents, or logged questions, of this language.")] = None,
    redact: RedactOption = False,
    allow: AllowOption = False,
    question_column: QuestionColumn = None,
    answer_column: Annotated[str | None, typer.Option("--answer-column", help="Column of the log that holds the replies.")] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Propose questions from the documents, or from a log. None counts before it is accepted with `ragft questions review`."""
    from studies.drafting import draft_from_passages
    from studies.log_drafting import draft_from_log
    from studies.question_sets import writable_folder

    project = open_project(config, overrides, workspace)
    folder = writable_folder(project)
    if from_log is not None:
        log = _read(from_log, redact, allow, question_column, answer_column)
        found = draft_from_log(folder, project.knowledge_base, log, _searcher(project), count=count, language=language)
        say(f"{log.rows} rows, {len(log.questions)} different questions, {found.known} of them asked or drafted already")
        say(f"{len(found.proposed)} drafts proposed, {found.left} more questions left")
        proposed = found.proposed
    else:
        batch = project.model_config.batch_size
        knowledge_base = project.knowledge_base
        spoken = project.engine.info().languages
        foreign = {code for code in (document.language for document in knowledge_base.documents) if code and code not in spoken}
        if spoken and foreign and language not in spoken:
            note(f"The model declares {', '.join(spoken)} only: expect little of its drafts in {', '.join(sorted(foreign))}.")
        done = draft_from_passages(folder, knowledge_base, project.engine, count=count, seed=seed, language=language, batch=batch)
        say(f"{len(done.proposed)} drafts proposed, {sum(done.discarded.values())} discarded, {done.left} possible answers left")
        for reason, number in done.discarded.items():
            say(f"  discarded: {reason}: {number}")
        proposed = done.proposed
    if proposed:
        say("Next: ragft questions review")


def review(
    show: Annotated[bool, typer.Option("--list", help="Print all drafts and how they stand, and ask nothing.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Accept, edit or reject the drafts, one at a time. Every decision is written at once; run it again to go on."""
    from shells.reviewing import list_drafts, review_drafts
    from studies.question_sets import writable_folder

    project = open_project(config, overrides, workspace)
    folder = writable_folder(project)
    if show:
        list_drafts(folder)
    else:
        review_drafts(folder, project.knowledge_base)


def gaps(
    log: Annotated[Path, typer.Argument(help="CSV or JSONL log.")],
    threshold: Annotated[
        float | None, typer.Option("--threshold", help="Score below which a question is a gap. Default: calibrated.")
    ] = None,
    examples: Annotated[int, typer.Option("--examples", min=0, help="Further questions shown per topic.")] = 3,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write everything to a JSON file.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write one row per question to a CSV file.")] = None,
    redact: RedactOption = False,
    allow: AllowOption = False,
    question_column: QuestionColumn = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show what people asked and no document seems to answer, gathered into topics."""
    from shells.gap_lines import gap_lines, write_csv
    from studies.gaps import calibrate, find_gaps

    project = open_project(config, overrides, workspace)
    read = _read(log, redact, allow, question_column, None)
    if not project.index_folder.exists():
        from studies.preparing import build_index

        build_index(project, note)
    found = find_gaps(read.questions, calibrate(project.knowledge_base, project.index, threshold), project.index, project.embedder)
    for line in gap_lines(found, examples):
        say(line)
    if json_file is not None:
        from foundation.files import write_json
        from foundation.jsonable import to_json

        write_json(json_file, to_json(found))
    if csv_file is not None:
        write_csv(csv_file, found)


def _read(file: Path, redact: bool, allow: bool, question_column: str | None, answer_column: str | None) -> Log:
    from foundation.errors import InputError
    from foundation.first_few import first_few
    from studies.reading_logs import read_log

    if redact and allow:
        raise InputError("--redact and --allow-personal-data exclude each other. Give one of them.")
    log = read_log(file, "redact" if redact else "allow" if allow else "refuse", message=question_column, reply=answer_column)
    for item in log.personal_data:
        note(f"{item.count} × {item.kind} {'replaced' if redact else 'left as they are'}")
    if log.short:
        note(f"{len(log.short)} rows are shorter than the header and were read with empty cells: line {', '.join(first_few(log.short))}")
    return log


def _searcher(project: Project) -> Retriever | None:
    if project.index_folder.exists():
        return project.index
    note("There is no index, so no evidence is proposed (ragft index build).")
    return None
