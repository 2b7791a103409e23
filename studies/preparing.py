"""Make what a command needs and can make cheaply: the index of a knowledge base."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chatbot.contexts import READS_INDEX
from foundation.errors import DataError
from studies.project import Project


def ensure_index(project: Project, systems: Sequence[str], say: Callable[[str], None]) -> None:
    """Build the index when a named system retrieves and there is none yet.

    A stale index is never rebuilt behind the user's back: opening it raises
    MismatchError, which names the command.
    """
    if all(project.system(name).context not in READS_INDEX for name in systems) or project.index_folder.exists():
        return
    build_index(project, say)


def build_index(project: Project, say: Callable[[str], None]) -> None:
    """Build the index anew and say what it holds."""
    from retrieval.index import Index

    if not project.knowledge_base.documents:
        raise DataError(
            f"{project.knowledge_base.name} has questions and no document, and retrieval needs some: put .md or .txt files into "
            "its documents/. Without retrieval: ragft train --recipe qa, ragft compare -s base -s few-shot -s finetuned."
        )
    done = Index.build(project.index_folder, project.knowledge_base.documents, project.embedder, project.retrieval_config)
    say(f"indexed {done.documents} documents as {done.chunks} chunks in {done.seconds:.1f} s")


def update_index(project: Project, say: Callable[[str], None]) -> None:
    """Bring the index in step with the documents, and say what changed."""
    from retrieval.index import Index

    index = Index.open(project.index_folder, project.embedder, None, project.retrieval_config)
    done = index.update(project.knowledge_base.documents)
    changes = f"{done.added} added, {done.changed} changed, {done.removed} removed, {done.unchanged} unchanged"
    say(f"{changes}; {done.chunks_embedded} chunks embedded in {done.seconds:.1f} s")
