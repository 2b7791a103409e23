"""Files survive kills and full disks; JSON Lines tolerate only a torn last line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import DataError
from foundation.files import append_jsonl, read_json, read_jsonl, read_text, trim_torn_tail, write_atomically, write_json, write_text


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(tmp_path: Path) -> None:
    target = tmp_path / "kept.txt"
    write_text(target, "old")

    def half(stream: object) -> None:
        stream.write(b"ne")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    with pytest.raises(DataError, match="No space left"):
        write_atomically(target, half)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_a_real_full_disk_is_one_clear_error(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is a Linux device")
    with pytest.raises(DataError, match="No space left"):
        append_jsonl(Path("/dev/full"), [{"a": 1}])


def test_a_torn_tail_is_passed_over_when_asked_and_trimmed_before_appending(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    append_jsonl(path, [{"n": 1}, {"n": 2}])
    with open(path, "a") as stream:
        stream.write('{"n": 3')
    assert [row["n"] for _, row in read_jsonl(path, torn_tail=True)] == [1, 2]
    with pytest.raises(DataError, match="line 3"):
        list(read_jsonl(path))
    assert trim_torn_tail(path) == len('{"n": 3')
    append_jsonl(path, [{"n": 4}])
    assert [row["n"] for _, row in read_jsonl(path)] == [1, 2, 4]


def test_a_torn_line_in_the_middle_is_never_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"n": 1}\n{"n":\n{"n": 3}\n')
    with pytest.raises(DataError, match="line 2"):
        list(read_jsonl(path, torn_tail=True))


@given(st.lists(st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.none())), max_size=8))
def test_rows_come_back_as_they_went_in(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    append_jsonl(path, rows)
    assert [row for _, row in read_jsonl(path)] == rows


def test_readers_name_the_file_and_the_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_text(tmp_path / "none.txt")
    (tmp_path / "latin.txt").write_bytes("été".encode("latin-1"))
    with pytest.raises(DataError, match="not UTF-8"):
        read_text(tmp_path / "latin.txt")
    (tmp_path / "broken.json").write_text('{"a":\n}')
    with pytest.raises(DataError, match="line 2"):
        read_json(tmp_path / "broken.json")


def test_json_is_readable_by_people_and_machines(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"é": [1]})
    assert (tmp_path / "x.json").read_text() == '{\n  "é": [\n    1\n  ]\n}\n'
