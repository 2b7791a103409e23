"""Names resolve lazily; unknown ones list the known; a missing library names its extra."""

from __future__ import annotations

import doctest
from importlib import import_module
from typing import Any

import pytest

from foundation.errors import MissingDependencyError, UnknownNameError
from foundation.fingerprint import fingerprint
from foundation.jsonable import from_json, to_json
from foundation.registry import Entry, Registry
from knowledge_base.model import Question, Span


def test_a_missing_library_names_the_extra(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ragft_test_plugin.py").write_text("import no_such_library_here\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry: Registry[Any] = Registry("engine", {"fast": Entry("ragft_test_plugin:Engine", extra="speed")})
    assert list(registry) == ["fast"]
    with pytest.raises(MissingDependencyError, match=r"no_such_library_here.*ragft\[speed\]"):
        registry.get("fast")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean 'transformers'.*Known: scripted, transformers"):
        Registry[Any]("engine", {"transformers": Entry("a:b"), "scripted": Entry("a:b")}).get("transformer")


def test_nouns_travel_through_json_and_back() -> None:
    question = Question("q1", "Où ?", "fr", ("ici",), "yes", (Span("d", "r", 0, 3, "ici"),), tags=("head",))
    assert from_json(Question, to_json(question)) == question
    assert fingerprint(question) == fingerprint(from_json(Question, to_json(question)))


@pytest.mark.parametrize("name", ["suggest", "fingerprint", "registry", "language"])
def test_the_examples_in_the_docstrings_are_true(name: str) -> None:
    result = doctest.testmod(import_module(f"foundation.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
