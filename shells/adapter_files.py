"""The finished adapters of a workspace as a page lists them.

A manifest of an earlier version lacks what was not recorded then: what it has is read, and what it lacks is named.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from eval.trained import TrainedAdapter
from eval.training import read_adapter
from finetune.adapters import MANIFEST, adapters_folder, list_adapters, read_manifest, size
from finetune.model import AdapterManifest, Evaluation, Step
from foundation.errors import DataError, RagftError
from foundation.files import read_json
from foundation.jsonable import from_json
from shells.training_state import read_curves
from studies.project import Project

T = TypeVar("T", Step, Evaluation)


@dataclass(frozen=True)
class Adapter:
    """A finished adapter as its folder tells it."""

    name: str
    folder: Path
    trained: TrainedAdapter  # what its manifest does not say is None, 0 or empty
    base: str = ""
    created: str = ""  # ISO 8601, UTC
    missing: tuple[str, ...] = ()  # fields that a manifest of today has and this one has not
    problem: str = ""  # why it cannot be used, in the words of the error
    answers: tuple[dict[str, Any], ...] = ()  # the questions of the end check: question_id, base, trained, correct
    bytes: int = 0


def finished(workspace: Path) -> tuple[Adapter, ...]:
    """Return the finished adapters, the newest first; one that cannot be used comes with the reason."""
    folder = adapters_folder(workspace)
    found = [_adapter(name, folder / name) for name in list_adapters(workspace)]
    return tuple(sorted(found, key=lambda adapter: (adapter.created, adapter.name), reverse=True))


def _adapter(name: str, folder: Path) -> Adapter:
    problem = ""
    data: dict[str, Any] = {}
    try:
        read = read_json(folder / MANIFEST, "adapter manifest")
        data = read if isinstance(read, dict) else {}
        read_manifest(folder)
    except RagftError as error:
        problem = str(error)
    check = data.get("check")
    answers = check.get("answers") if isinstance(check, dict) else None
    return Adapter(
        name,
        folder,
        read_adapter(name, data),
        str(data.get("base") or ""),
        str(data.get("created") or ""),
        tuple(one.name for one in fields(AdapterManifest) if one.name not in data),
        problem,
        tuple(one for one in answers if isinstance(one, dict)) if isinstance(answers, list) else (),
        size(folder),
    )


def curves(adapter: Adapter) -> tuple[tuple[Step, ...], tuple[Evaluation, ...]]:
    """Return the steps and evaluations of an adapter: those of its files, else those that its manifest keeps.

    Either is empty where it cannot be read, as with an earlier version's, which recorded other things.
    """
    try:
        steps, evaluations = read_curves(adapter.folder)
    except DataError:
        steps, evaluations = (), ()
    return steps or _kept(Step, adapter, "curve"), evaluations or _kept(Evaluation, adapter, "evaluations")


def _kept(kind: type[T], adapter: Adapter, field: str) -> tuple[T, ...]:
    try:
        data = read_json(adapter.folder / MANIFEST, "adapter manifest")
        return tuple(from_json(kind, row) for row in data.get(field) or ())
    except (DataError, AttributeError, TypeError):
        return ()


def packed(project: Project, name: str) -> bytes:
    """Return the adapter as a zip file for other machines, without question texts: what `ragft adapters export` writes.

    Raises what that raises, such as UnsupportedError for a full training.
    """
    from studies.adapters import export_adapter

    with tempfile.TemporaryDirectory() as scratch:
        return export_adapter(project, name, Path(scratch) / f"{name}.zip").read_bytes()
