"""May a run go on in this folder? Only when it is the same run; otherwise the differences are named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chatbot.config import TRANSPORT
from eval.model import Asked, RunManifest
from eval.runs import RunFolder
from foundation.errors import MismatchError
from foundation.first_few import first_few
from foundation.jsonable import to_json

_MAY_DIFFER = ("id", "created", "environment")
_MACHINE = ("machine", "cores", "threads", "device")  # of the environment: they change the order of sums, so the bytes of an answer
_FOUND = ("alarms",)  # in an adapter, maybe after the run had begun: they change none of its answers
_SHOWN = 8


def open_or_create(path: Path, manifest: RunManifest, asked: Sequence[Asked]) -> RunFolder:
    """Return the run folder at `path`, new or to be resumed.

    Raises MismatchError naming the keys that differ when the folder holds another run; times, the
    commit, the run's id, how a server is reached and what alarms found in an adapter may differ, library versions may not.
    """
    if not RunFolder.holds_run(path):
        return RunFolder.create(path, manifest, asked)
    folder = RunFolder.open(path)
    found = list(differences(identity(folder.manifest), identity(manifest)))
    if not found and to_json(folder.asked) != to_json(tuple(asked)):
        found = ["questions: their text, answers or exposure changed"]
    if found:
        raise MismatchError(
            f"run folder {path} was started with another configuration: {'; '.join(first_few(found, _SHOWN))}. "
            "Go back to the first configuration to resume it, or start a run in a new folder."
        )
    return folder


def differences(then: Any, now: Any, name: str = "") -> Iterator[str]:
    """Yield "key: old then, new now" for each leaf that differs between two parsed JSON values.

    >>> list(differences({"a": {"b": 1}, "c": 2}, {"a": {"b": 3}}))
    ['a.b: 1 then, 3 now', 'c: 2 then, absent now']
    """
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted({*then, *now}):
            inner = f"{name}.{key}" if name else key
            yield from differences(then.get(key, _ABSENT), now.get(key, _ABSENT), inner)
    elif then != now:
        yield f"{name}: {_shown(then)} then, {_shown(now)} now"


_ABSENT = object()


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return "absent"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"


def identity(manifest: RunManifest) -> dict[str, Any]:
    """Return the part of a manifest that a resumed run must share, as plain JSON."""
    plain: dict[str, Any] = json.loads(json.dumps(to_json(manifest)))
    for key in TRANSPORT:
        plain["configuration"].get("model", {}).pop(key, None)
    plain["adapters"] = {name: {k: v for k, v in one.items() if k not in _FOUND} for name, one in plain["adapters"].items()}
    machine = {key: plain["environment"].get(key) for key in _MACHINE}
    return {**{key: value for key, value in plain.items() if key not in _MAY_DIFFER}, "machine": machine}
