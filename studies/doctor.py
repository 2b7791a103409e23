"""What `ragft doctor` shows: the machine, the libraries, the models, every setting with its origin."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from eval.imported import imported_names
from foundation.errors import RagftError
from foundation.weights import SHIPPED
from studies.project import SECTIONS, Project

LIBRARIES = (
    "torch",
    "transformers",
    "peft",
    "accelerate",
    "sentence-transformers",
    "faiss-cpu",
    "datasets",
    "evaluate",
    "rouge-score",
    "numpy",
)
EXTRAS = {
    "streamlit": ("app", "the chat page (make app)"),
    "bitsandbytes": ("quantisation", "4-bit and 8-bit loading"),
    "langchain": ("langchain", "LangChain adapters"),
}
Rows = list[tuple[str, str]]


def installed(name: str) -> str | None:
    """Return the installed version of a distribution, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def versions() -> dict[str, str]:
    """Return the versions that a manifest records."""
    found = {name: installed(name) for name in ("ragft", *LIBRARIES)}
    return {"python": platform.python_version(), **{name: number for name, number in found.items() if number}}


def examine(project: Project) -> dict[str, Rows]:
    """Return headings with rows of (name, value)."""
    import psutil

    memory = psutil.virtual_memory().total / 2**30
    machine: Rows = [
        ("system", f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"),
        ("cores", f"{psutil.cpu_count(logical=False) or '?'} physical, {os.cpu_count()} logical"),
        ("memory", f"{memory:.1f} GiB"),
    ]
    libraries: Rows = [(name, installed(name) or "not installed: run make test once, or pip install -e .") for name in LIBRARIES]
    extras: Rows = [
        (name, f"{installed(name)} ({use})" if find_spec(name) else f"missing; pip install 'ragft[{extra}]' unlocks {use}")
        for name, (extra, use) in EXTRAS.items()
    ]
    models: Rows = [
        (name, str(project.models / name) if (project.models / name).exists() else f"not here: ragft models get {name}") for name in SHIPPED
    ]
    return {
        "machine": machine,
        "libraries": libraries,
        "extras": extras,
        "models": models,
        "project": _project(project),
        "settings": _settings(project),
    }


def _project(project: Project) -> Rows:
    rows: Rows = [
        ("workspace", str(project.workspace)),
        ("index", str(project.index_folder) if project.index_folder.exists() else "none: ragft index build"),
    ]
    try:
        knowledge_base = project.knowledge_base
        rows.append(
            (
                "knowledge base",
                f"{knowledge_base.name}: {len(knowledge_base.documents)} documents, {len(knowledge_base.questions)} questions",
            )
        )
    except RagftError as error:  # doctor describes what is broken instead of breaking
        rows.append(("knowledge base", f"error: {error}"))
    missing = project.missing_adapters()
    rows += [(f"system {name}", missing.get(name, "ready")) for name in project.systems]
    rows += [(f"system {name}", "imported answers: compare it by its name") for name in imported_names(project.workspace)]
    return rows


def _settings(project: Project) -> Rows:
    rows: Rows = []
    for section in SECTIONS:
        for key, value in getattr(project, f"{section}_config").model_dump(mode="json").items():
            rows.append((f"{section}.{key}", f"{value!r}  ({project.origin(f'{section}.{key}')})"))
    for name, system in project.systems.items():
        rows.append(
            (f"systems.{name}", f"context {system.context}, adapter {system.adapter or 'none'}  ({project.origin(f'systems.{name}')})")
        )
    return rows
