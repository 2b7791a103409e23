"""Named implementations of a seam, imported only when asked for."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from foundation.errors import MissingDependencyError, UnknownNameError

T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """Where an implementation lives: "package.module:attribute", and the extra it needs."""

    target: str
    extra: str | None = None
    summary: str = ""


class Registry(Generic[T]):
    """Maps names to implementations; resolving one imports its module.

    >>> squares: Registry[Any] = Registry("function", {"sqrt": Entry("math:sqrt")})
    >>> squares.get("sqrt")(9.0)
    3.0
    >>> squares.get("sqr")
    Traceback (most recent call last):
    foundation.errors.UnknownNameError: unknown function 'sqr'. Did you mean 'sqrt'? Known: sqrt.
    """

    def __init__(self, kind: str, entries: dict[str, Entry]) -> None:
        self.kind = kind
        self._entries = dict(entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def entry(self, name: str) -> Entry:
        """Return the entry of `name`, or raise UnknownNameError with the nearest known name."""
        if name not in self._entries:
            raise UnknownNameError(self.kind, name, self._entries)
        return self._entries[name]

    def get(self, name: str) -> T:
        """Import and return the implementation, or say which extra is missing."""
        entry = self.entry(name)
        module, _, attribute = entry.target.partition(":")
        try:
            found: T = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            own = error.name == module or (error.name or "").split(".")[0] == module.split(".")[0]
            if entry.extra is None or own:
                raise
            raise MissingDependencyError(f"{self.kind} {name!r} (library {error.name})", entry.extra) from error
        return found
