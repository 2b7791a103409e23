"""Names of documents as people write them. The expected ones are by hand."""

from __future__ import annotations

import pytest

from knowledge_base.document_names import DocumentNames
from knowledge_base.model import Document

HERE = (
    Document("en/fees", "1", "Fees", ""),
    Document("fr/fees", "1", "Barème", ""),
    Document("en/old_fees", "1", "Fees", ""),
    Document("bareme", "1", "Another", ""),
)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("en/fees", ["en/fees"]),
        (" EN/Fees.MD ", ["en/fees"]),
        ("Old Fees.txt", ["en/old_fees"]),  # the file name, blanks and underscores aside
        ("Barème", ["bareme"]),  # an id is surer than a title
        ("fees", ["en/fees", "fr/fees", "en/old_fees"]),  # two file names and two titles: each of them
        ("", []),
        ("rates", []),
    ],
)
def test_a_name_means_one_document_or_all_that_share_it(name: str, meant: list[str]) -> None:
    assert [document.id for document in DocumentNames(HERE).candidates(name)] == meant
