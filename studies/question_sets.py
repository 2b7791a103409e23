"""The folder of the project's question set, when it is one that may be written to."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.folder import locate, refuse_sample
from studies.project import Project


def writable_folder(project: Project) -> Path:
    """Return the folder of the project's knowledge base. Raises DataError for a shipped sample."""
    folder = locate(project.knowledge_base_path)
    refuse_sample(folder)
    return folder
