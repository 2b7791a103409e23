"""Dataclasses to JSON and back, checked. The nouns of every package travel through here."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from foundation.errors import DataError

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """Return plain dicts, lists and scalars for a (nested) dataclass."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return value


def from_json(kind: type[T], data: Any, where: str = "record") -> T:
    """Build a `kind` from parsed JSON; DataError names the field that does not fit."""
    from pydantic import ValidationError

    try:
        built: T = _adapter(kind).validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "value"
        raise DataError(f"{where}: field {field!r}: {first['msg']}.") from None
    return built


_ADAPTERS: dict[Any, Any] = {}  # building one takes milliseconds, and records come by the thousand


def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
