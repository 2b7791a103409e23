"""Settings from one TOML file: defaults < file < --set section.key=value < flags.

Each package declares its own section as a `Section`; this module loads, layers and
validates them and remembers where every value came from. It does not know what
the sections are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from foundation.errors import ConfigurationError
from foundation.files import read_text
from foundation.suggest import did_you_mean

FILE_NAME = "ragft.toml"


class Section(BaseModel):
    """One section of the configuration: frozen, unknown keys rejected."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


S = TypeVar("S", bound=Section)


@dataclass(frozen=True)
class Layers:
    """Raw values per section with the origin of each: `values["model"]["name"]`, `origins["model.name"]`."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    folder: Path = Path()


def read_layers(path: Path | None, overrides: Sequence[str] = (), flags: Mapping[str, Any] | None = None) -> Layers:
    """Read the file (if any) and lay `section.key=value` overrides, then flags, over it; an override without a value takes the default.

    `path` None means `ragft.toml` in the current folder when there is one. Raises
    ConfigurationError for a missing file, broken TOML or a malformed override.
    """
    given = path
    if path is None:
        path = Path(FILE_NAME) if Path(FILE_NAME).exists() else None
    values: dict[str, dict[str, Any]] = {}
    origins: dict[str, str] = {}
    if path is not None:
        if given is not None and not path.is_file():
            raise ConfigurationError(f"configuration file {path} does not exist. Leave --config away to use the defaults.")
        try:
            parsed = tomllib.loads(read_text(path, "configuration file"))
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{path} is not valid TOML: {error}.") from None
        for section, table in parsed.items():
            if not isinstance(table, dict):
                raise ConfigurationError(f"{path}: {section!r} stands outside a section. Put it under a heading such as [model].")
            values[section] = table
            origins.update({f"{section}.{key}": str(path) for key in table})
    for override in overrides:
        name, separator, text = override.partition("=")
        section, dot, key = name.strip().rpartition(".")
        if not (separator and dot and section and key):
            raise ConfigurationError(f"--set {override!r} is not of the form section.key=value.")
        if text.strip():
            _put(values, section, key, _parse(text.strip()))
            origins[f"{section}.{key}"] = "--set"
        else:  # nothing: the default again, whatever the file says
            _remove(values, section, key)
            origins.pop(f"{section}.{key}", None)
    for name, value in (flags or {}).items():
        if value is not None:
            section, _, key = name.rpartition(".")
            _put(values, section, key, value)
            origins[name] = "flag"
    return Layers(values, origins, path.parent if path else Path())


def build_section(kind: type[S], name: str, layers: Layers) -> S:
    """Validate section `name` of `layers` as a `kind`; ConfigurationError names the fault and the fix."""
    raw: Any = layers.values
    for part in name.split("."):
        raw = raw.get(part, {})
    known = list(kind.model_fields)
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        origin = layers.origins.get(f"{name}.{key}", layers.origins.get(name, "the configuration"))
        if first["type"] == "extra_forbidden":
            raise ConfigurationError(
                f"{origin}: unknown key {key!r} in [{name}].{did_you_mean(key, known)} Known: {', '.join(sorted(known))}."
            ) from None
        if first["type"] == "value_error":  # a validator of ours, whose sentence says all
            raise ConfigurationError(f"{origin}: [{name}] {key}: {first['ctx']['error']}") from None
        raise ConfigurationError(f"{origin}: [{name}] {key}: {first['msg']} (got {first.get('input')!r}).") from None


def check_sections(layers: Layers, known: Sequence[str]) -> None:
    """Raise ConfigurationError when a section of the file is none of `known`."""
    for section in layers.values:
        if section not in known:
            raise ConfigurationError(f"unknown section [{section}].{did_you_mean(section, known)} Known: {', '.join(known)}.")


def _put(values: dict[str, Any], section: str, key: str, value: Any) -> None:
    table = values
    for part in section.split("."):
        table = table.setdefault(part, {})
    table[key] = value


def _remove(values: dict[str, Any], section: str, key: str) -> None:
    table: Any = values
    for part in section.split("."):
        table = table.get(part, {})
    table.pop(key, None)


def _parse(text: str) -> Any:
    """Read an override as a TOML value, else as plain text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
