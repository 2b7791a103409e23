"""`ragft ask`: one question to one system."""

from __future__ import annotations

from typing import Annotated

import typer

from shells.options import ConfigOption, SetOption, WorkspaceOption, note, open_project, say


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    system: Annotated[str, typer.Option("--system", "-s", help="Which system answers.")] = "rag",
    show: Annotated[list[str] | None, typer.Option("--show", help="Show also: passages, timing. May be repeated.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Language of the question; detected when not given.")] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Answer one question, streaming."""
    from foundation.errors import UnknownNameError

    parts = ("passages", "timing")
    for part in show or ():
        if part not in parts:
            raise UnknownNameError("part", part, parts)
    project = open_project(config, overrides, workspace)
    project.system(system)
    if not question.strip():
        from foundation.errors import InputError

        raise InputError("the question is empty. Type it between quotes after `ragft ask`.")
    from studies.preparing import ensure_index

    ensure_index(project, (system,), note)
    chatbot = project.chatbot((system,))
    answer = None
    for piece in chatbot.stream(question, system, language=language):
        if isinstance(piece, str):
            typer.echo(piece, nl=False)
        else:
            answer = piece
    say()
    if answer is None:
        return
    for part in show or ():
        say()
        if part == "passages":
            cited = {citation.number for citation in answer.citations}
            for number, hit in enumerate(answer.hits, start=1):
                mark = "  (cited)" if number in cited else ""
                say(f"[{number}] {hit.chunk.title} · {hit.chunk.document_id} · score {hit.score:.3f}{mark}\n{hit.chunk.text.strip()}\n")
            if not answer.hits:
                say(f"The system {system!r} shows no passages to the model.")
        elif answer.timing is not None:
            t, u = answer.timing, answer.usage
            say(f"retrieval {t.retrieval:.2f} s · prefill {t.prefill:.2f} s · decode {t.decode:.2f} s")
            counts = [
                f"{count} {kind} tokens" for count, kind in ((u.prompt_tokens, "prompt"), (u.completion_tokens, "new")) if count is not None
            ]
            say(", ".join([*counts, f"finished by {answer.finish_reason}"]))
