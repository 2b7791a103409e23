"""The pure parts: micro-batches, losses, rates, budgets, adapter folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.adapters import find, install
from finetune.batching import micro_batches
from finetune.config import FinetuneConfig, parse_budget
from finetune.schedule import rate
from finetune.shared_attention import layout
from foundation.errors import ConfigurationError, DataError


@given(st.lists(st.integers(1, 900), max_size=40), st.integers(64, 1024))
def test_micro_batches_hold_everything_once_and_fit(lengths: list[int], limit: int) -> None:
    groups = micro_batches(lengths, limit)
    assert sorted(index for group in groups for index in group) == list(range(len(lengths)))
    assert all(len(group) == 1 or max(lengths[index] for index in group) * len(group) <= limit for group in groups)


@given(st.lists(st.integers(31, 900), max_size=40), st.integers(64, 1024), st.integers(0, 30))
def test_shared_rows_hold_everything_once_and_fit(lengths: list[int], limit: int, common: int) -> None:
    groups = micro_batches(lengths, limit, common=common)
    assert sorted(index for group in groups for index in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or common + sum(lengths[index] - common for index in group) <= limit
        assert len(group) == 1 or max(lengths[index] for index in group) * len(group) <= 3 * limit


@given(st.integers(0, 20), st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_a_layout_puts_every_token_back_where_it_was(prefix: int, own: list[int]) -> None:
    found = layout(prefix, own)
    tokens = prefix + sum(own)
    assert found.index.flatten()[found.back].tolist() == list(range(tokens))
    for row, size in zip(found.index.tolist(), own, strict=True):
        assert row[:prefix] == list(range(prefix)) and len(set(row[: prefix + size])) == prefix + size


@given(st.floats(0, 1), st.floats(0, 0.9), st.sampled_from(["cosine", "linear", "constant"]))
def test_the_rate_stays_between_its_floor_and_its_peak(progress: float, warmup: float, schedule: str) -> None:
    assert 0.02 <= rate(progress, warmup=warmup, schedule=schedule) <= 1.0  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "0", "5 parsecs", "-3m", "m"])
def test_a_budget_that_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="5m, 90s or 1h30m"):
        parse_budget(text)
    with pytest.raises(ValueError, match="is not a time"):
        FinetuneConfig(budget=text)


def test_a_missing_adapter_names_the_command_and_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "adapters" / "main").mkdir(parents=True)
    (tmp_path / "adapters" / "main" / "manifest.json").write_text("{}")
    with pytest.raises(DataError, match=r"no adapter 'mian'.*Did you mean 'main'\?.*ragft train mian$"):
        find(tmp_path, "mian")


def test_an_adapter_survives_a_kill_between_the_two_renames(tmp_path: Path) -> None:
    folder = tmp_path / "adapters" / "main"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    folder.rename(folder.with_name(".main.previous"))  # as `install` leaves it when killed half-way
    assert (find(tmp_path, "main") / "manifest.json").is_file()


def test_install_puts_the_new_in_the_place_of_the_old(tmp_path: Path) -> None:
    for text in ("old", "new"):
        fresh = tmp_path / f"fresh-{text}"
        fresh.mkdir()
        (fresh / "manifest.json").write_text(text)
        install(fresh, tmp_path / "main")
    assert (tmp_path / "main" / "manifest.json").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["main"]
