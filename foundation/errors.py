"""The one exception tree. Each message says what went wrong and what to do next.

RagftError
├── InputError              what the user gave cannot be used (exit code 2)
│   ├── ConfigurationError  a key, value or file of the configuration
│   ├── UnknownNameError    a system, model, metric, engine… that does not exist
│   └── DataError           a document, question file, index or run folder
├── MissingDependencyError  an extra is not installed (exit code 2)
├── UnsupportedError        this implementation cannot do that; the message names one that can (exit code 2)
├── MismatchError           two things that do not fit together (exit code 2)
├── EngineError             the model or server failed while answering (exit code 1)
│   └── EngineUnavailableError  the server or device is gone: every further question would fail
└── TrainingError           training ran to its end and taught nothing (exit code 1)

Anything else that escapes is a bug and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable


class RagftError(Exception):
    """Base of all errors that we raise on purpose; `exit_code` is the shell's."""

    exit_code = 2


class InputError(RagftError):
    """What the user gave cannot be used."""


class ConfigurationError(InputError):
    """A key, value or file of the configuration is wrong."""


class DataError(InputError):
    """A document, question file, index, adapter or run folder cannot be used.

    `code` names the kind of fault where a check lists many of them ("quote-mismatch").
    """

    def __init__(self, message: str = "", *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class UnknownNameError(InputError):
    """A name that is not known; the nearest known one is offered."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        from foundation.suggest import did_you_mean

        names = sorted(known)
        text = f"unknown {kind} {name!r}.{did_you_mean(name, names)} Known: {', '.join(names) or 'none'}."
        super().__init__(f"{text} {hint}".strip())
        self.kind, self.name, self.known = kind, name, tuple(names)


class MissingDependencyError(RagftError):
    """An optional library is absent; the message names the extra that installs it."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an extra that is not installed. Run: pip install 'ragft[{extra}]'")
        self.extra = extra


class UnsupportedError(RagftError):
    """The chosen implementation cannot do what was asked; another one can, and is named."""


class MismatchError(RagftError):
    """Two things that were made apart do not fit: an index and a corpus, a run and its configuration."""


class EngineError(RagftError):
    """The model or server failed while answering.

    `request_id` names the request that failed where the engine let the others of its run go on; else it is empty.
    """

    exit_code = 1
    request_id: str = ""


class EngineUnavailableError(EngineError):
    """The server or device is gone: every further question would fail."""


class TrainingError(RagftError):
    """Training ran to its end and taught nothing."""

    exit_code = 1
