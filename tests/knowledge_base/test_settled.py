"""A file that somebody writes while we read it is read again, and refused when it will not rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundation.errors import DataError
from knowledge_base.documents import read_document


class Restless(type(Path())):  # type: ignore[misc]
    """A path whose file somebody appends to whenever it is read, as often as `writes` says."""

    writes = 0

    def read_bytes(self) -> bytes:
        data = super().read_bytes()
        if self.writes > 0:
            self.writes -= 1
            with open(self, "ab") as stream:
                stream.write(b" More.")
        return data


def test_a_document_saved_once_meanwhile_is_read_as_saved(tmp_path: Path) -> None:
    path = Restless(tmp_path / "pump.md")
    path.write_text("The pump is red.")
    path.writes = 1
    assert read_document(path, tmp_path, "en").text == "The pump is red. More."


def test_a_document_that_keeps_changing_is_refused(tmp_path: Path) -> None:
    path = Restless(tmp_path / "pump.md")
    path.write_text("The pump is red.")
    path.writes = 9
    with pytest.raises(DataError, match=r"pump\.md changes while it is read\. Wait until") as caught:
        read_document(path, tmp_path, "en")
    assert caught.value.code == "changing"
