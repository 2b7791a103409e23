"""Which languages an embedder covers, and whether it is here, without fetching anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.coverage import covered, located


@pytest.mark.parametrize(
    ("card", "languages"),
    [
        ("---\nlanguage: fr\n---\n# A model\n", ("fr",)),
        ("---\nlanguage:\n- en\n- fr\n- no\n---\n", ("en", "fr", "no")),  # YAML reads the bare code of Norwegian as False
        ("---\r\nlanguage: [en]\r\n---\r\n", ("en",)),
        ("---\nlicense: mit\n---\n", ()),
        ("---\nlanguage: [en\n---\n", ()),
        ("No front matter, language: fr\n", ()),
    ],
)
def test_a_model_card_says_the_languages(tmp_path: Path, card: str, languages: tuple[str, ...]) -> None:
    (tmp_path / "README.md").write_text(card, encoding="utf-8", newline="")
    assert covered(str(tmp_path)) == languages


def test_what_says_nothing_covers_nothing(tmp_path: Path) -> None:
    assert covered(str(tmp_path)) == covered("hashing") == covered("nobody/has-this") == covered("no such/model/name") == ()
    assert covered("all-minilm-l6-v2") == ("en",)


def test_a_model_is_here_when_its_weights_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert located("all-minilm-l6-v2", tmp_path) is None
    (tmp_path / "all-minilm-l6-v2").mkdir()
    assert located("all-minilm-l6-v2", tmp_path) == "all-minilm-l6-v2"
    own = tmp_path / "own"
    own.mkdir()
    assert located(str(own), tmp_path) is None  # a card alone is no model
    (own / "model.safetensors").touch()
    assert located(str(own), tmp_path) == str(own)
    assert located("nobody/has-this", tmp_path) is None
