"""The pure parts: micro-batches, losses, rates, budgets, adapter folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.loading import load_model
from finetune.adapters import find, install
from finetune.batching import collate, micro_batches
from finetune.config import FinetuneConfig, parse_budget
from finetune.examples import ExampleMaker
from finetune.loss import batch_loss, losses, shares_prefixes
from finetune.memory import activation_bytes
from finetune.schedule import rate
from foundation.errors import ConfigurationError, DataError
from tests.finetune.tiny import build_model, questions


@given(st.lists(st.integers(1, 900), max_size=40), st.integers(64, 1024))
def test_micro_batches_hold_everything_once_and_fit(lengths: list[int], limit: int) -> None:
    groups = micro_batches(lengths, limit)
    assert sorted(index for group in groups for index in group) == list(range(len(lengths)))
    assert all(len(group) == 1 or max(lengths[index] for index in group) * len(group) <= limit for group in groups)


def test_the_loss_counts_answer_tokens_alone_and_no_layout_changes_it(tmp_path: Path) -> None:
    import torch

    model, tokenizer = load_model(build_model(tmp_path), "float32")
    maker = ExampleMaker(tokenizer, {}, 2, 512)
    examples = [maker.make(question, "closed-book") for question in questions()]
    expected = 0.0  # by transformers' own loss, one example at a time, everything but the answer masked
    for example in examples:
        ids = torch.tensor([example.prompt_ids + example.target_ids])
        labels = torch.tensor([(-100,) * len(example.prompt_ids) + example.target_ids])
        expected += float(model(input_ids=ids, labels=labels).loss.detach()) * len(example.target_ids)
    assert collate(examples, 0, share=True)["input_ids"].shape[0] == 1, "the common beginning is stored once"
    for share in (False, True):
        assert float(batch_loss(model, collate(examples, 0, share=share))) == pytest.approx(expected, rel=1e-5)
    assert sum(float(loss) for loss in losses(model, examples, 64, 0, share=True)) == pytest.approx(expected, rel=1e-5)
    assert shares_prefixes(model, examples, 0)


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


def test_checkpointing_keeps_less() -> None:
    from transformers import LlamaConfig

    config = LlamaConfig(hidden_size=576, intermediate_size=1536, num_hidden_layers=30)  # SmolLM2-135M's shape
    whole, checkpointed = activation_bytes(config, 768), activation_bytes(config, 768, checkpointing=True)
    # 2 × 768 tokens × 30 layers × (12 × 576 + 6 × 1536) values × 4 bytes, by hand
    assert whole == 2 * 768 * 30 * 16128 * 4 and checkpointed < whole / 10
