"""OpenVINO and OpenVINO GenAI, imported so that they stay quiet.

`import openvino` sends a usage event to an analytics server from a forked process, each
time, unless the user has opted out. A program for private documents must not, and forking
a process with running threads can hang it. What is computed with the library is not this
module's business.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from foundation.errors import MissingDependencyError


def installed() -> bool:
    """Return whether OpenVINO can be imported, without importing it."""
    return find_spec("openvino") is not None


def load(what: str) -> Any:
    """Return the module `openvino`, its telemetry turned off for this process.

    Args:
        what: what needs it, for the message.

    Raises MissingDependencyError when it is not installed.
    """
    return _quietly("openvino", what)


def load_genai(what: str) -> Any:
    """Return the module `openvino_genai`; otherwise as `load`."""
    return _quietly("openvino_genai", what)


def _quietly(module: str, what: str) -> Any:
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # reads as absent: openvino then takes its own empty stand-in
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingDependencyError(f"{what} (library {error.name})", "fast") from error
