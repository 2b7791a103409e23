"""A knowledge base that is a later state of another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundation.errors import DataError
from knowledge_base.loading import load


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """Two documents; later one is edited, one is gone and one is new."""
    for folder, files in (
        ("first", {"depth": "35 metres", "price": "1,485 EUR", "gone": "old"}),
        ("later", {"price": "1,520 EUR", "new": "x"}),
    ):
        (tmp_path / folder / "documents").mkdir(parents=True)
        for name, text in files.items():
            (tmp_path / folder / "documents" / f"{name}.md").write_text(f"# {name}\n\n{text}\n")
    (tmp_path / "first" / "questions.jsonl").write_text('{"id": "q", "text": "How deep?", "language": "en", "answers": ["35 metres"]}\n')
    (tmp_path / "later" / "kb.toml").write_text('base = "../first"\ndeleted = ["gone"]\n')
    return tmp_path / "later"


def test_documents_are_those_of_the_base_with_what_changed(later: Path) -> None:
    kb = load(later)
    assert {document.id: document.text.split("\n\n")[1] for document in kb.documents} == {
        "depth": "35 metres",
        "new": "x",
        "price": "1,520 EUR",
    }
    assert [document.id for document in kb.documents] == sorted(document.id for document in kb.documents)


def test_questions_are_not_inherited(later: Path) -> None:
    assert load(later).questions == () and len(load(later.with_name("first")).questions) == 1


def test_a_state_of_a_state_is_read_through(later: Path) -> None:
    third = later.with_name("third")
    (third / "documents").mkdir(parents=True)
    (third / "documents" / "depth.md").write_text("# depth\n\n40 metres\n")
    (third / "kb.toml").write_text('base = "../later"\ndeleted = ["new"]\n')
    assert [(document.id, document.text.split("\n\n")[1]) for document in load(third).documents] == [
        ("depth", "40 metres"),
        ("price", "1,520 EUR"),
    ]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('base = "../first"\ndeleted = ["gon"]', "Did you mean 'gone'"),
        ('base = "../nowhere"', "neither a folder nor a shipped sample"),
        ('base = "."', "leads back to itself"),
        ('base = "../first"\ndelete = ["gone"]', "deleted"),
    ],
)
def test_a_faulty_base_says_what_to_mend(later: Path, toml: str, said: str) -> None:
    (later / "kb.toml").write_text(toml + "\n")
    with pytest.raises(DataError, match=said):
        load(later)
