"""What `ragft doctor` shows: the machine, the libraries, the models, every setting with its origin."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from chatbot.engines import CAPABILITIES, ENGINES
from chatbot.verified import verified
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
    "openvino_genai": ("fast", "answers several times faster on a processor (the openvino engine)"),
    "openai": ("remote", "answers from any server that speaks the OpenAI protocol"),
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
        (
            name,
            f"{installed(name.replace('_', '-'))} ({use})" if find_spec(name) else f"missing; pip install 'ragft[{extra}]' unlocks {use}",
        )
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
        "engines": engine_rows(project),
        "project": _project(project),
        "settings": _settings(project),
    }


def engine_rows(project: Project) -> Rows:
    """Return what each engine can do, what is verified, what is in use, and the disk that converted models take."""
    found: Rows = [(name, f"{ENGINES.entry(name).summary} ({', '.join(sorted(CAPABILITIES[name]))})") for name in ENGINES]
    try:
        rows = verified(project.models)
        found += [("verified" if row.holds else "not verified", row.summary) for row in rows] or [("verified", "nothing yet")]
        found.append(("in use", _engine_in_use(project)))
    except RagftError as error:  # doctor describes what is broken instead of breaking
        found.append(("in use", f"error: {error}"))
    models = [path for kind in ("base", "adapter") for path in (project.models / "openvino").glob(f"{kind}-*/openvino_model.bin")]
    sizes = [path.stat().st_size / 2**20 for path in models if path.exists()]
    each = f"; each takes about {max(sizes):,.0f} MiB in memory, and its keys and values 1 GiB or more at most" if sizes else ""
    adapters = project.model_config.adapters_in_memory
    found.append(
        (
            "converted",
            f"{len(sizes)} models for openvino, {sum(sizes):,.0f} MiB on disk{each} (at most {adapters} unused adapters stay loaded)",
        )
    )
    return found


def _engine_in_use(project: Project) -> str:
    config = project.model_config
    here = Path(config.name).expanduser().is_dir() or (project.models / f"{config.name}-transformers").is_dir()
    if config.engine == "auto" and not here:
        return f"chosen once the model is here: ragft models get {config.name}"  # looking must not download
    chosen = project.engine_choice
    return chosen.note.removeprefix("engine: ") or f"{chosen.config.engine}, as configured"


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
