"""Defaults < file < --set < flags; every fault names the key, its origin and the nearest known one."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundation.errors import ConfigurationError
from foundation.settings import Section, build_section, check_sections, read_layers


class Retrieval(Section):
    """A section as a package would own it."""

    k: int = 2
    embedder: str = "small"


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "ragft.toml"
    path.write_text(text)
    return path


def test_later_layers_win_and_origins_are_kept(tmp_path: Path) -> None:
    path = _file(tmp_path, "[retrieval]\nk = 3\nembedder = 'file'\n")
    layers = read_layers(path, ["retrieval.k=4"], {"retrieval.embedder": "flag", "retrieval.k": None})
    section = build_section(Retrieval, "retrieval", layers)
    assert (section.k, section.embedder) == (4, "flag")
    assert layers.origins == {"retrieval.k": "--set", "retrieval.embedder": "flag"}


def test_a_typo_in_a_key_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"ragft.toml: unknown key 'embeder' in \[retrieval\]. Did you mean 'embedder'"):
        build_section(Retrieval, "retrieval", read_layers(_file(tmp_path, "[retrieval]\nembeder = 'x'\n")))


def test_a_typo_in_a_section_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Did you mean 'retrieval'"):
        check_sections(read_layers(_file(tmp_path, "[retreival]\nk = 1\n")), ["retrieval", "model"])


def test_a_wrong_type_names_key_value_and_origin(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"--set: \[retrieval\] k: .*'many'"):
        build_section(Retrieval, "retrieval", read_layers(_file(tmp_path, ""), ["retrieval.k=many"]))


@pytest.mark.parametrize("text", ["retrieval", "k=1", "=3", ".k=3"])
def test_a_malformed_override_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"section\.key=value"):
        read_layers(_file(tmp_path, ""), [text])


def test_broken_toml_a_missing_file_and_a_stray_key_are_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        read_layers(_file(tmp_path, "[retrieval\n"))
    with pytest.raises(ConfigurationError, match="does not exist"):
        read_layers(tmp_path / "none.toml")
    with pytest.raises(ConfigurationError, match="outside a section"):
        read_layers(_file(tmp_path, "k = 1\n"))


def test_an_override_without_a_value_takes_the_default_again(tmp_path: Path) -> None:
    path = tmp_path / "ragft.toml"
    path.write_text('[model]\nname = "written"\nsize = 3\n', encoding="utf-8")
    layers = read_layers(path, ["model.name=", "model.unwritten=", "other.key="])
    assert layers.values == {"model": {"size": 3}} and layers.origins == {"model.size": str(path)}
