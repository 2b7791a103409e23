"""Shapes, parts and plans: the numbers that can be known by hand, and what must hold for all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.config import FinetuneConfig
from finetune.estimating.architecture import read_architecture
from finetune.estimating.devices import GPUS, device
from finetune.estimating.disk import check_room, needed_bytes
from finetune.estimating.estimate import estimate
from finetune.estimating.known_models import ALIASES, CONFIGURATIONS
from finetune.estimating.memory import MemoryPlan, parts, plan_memory
from finetune.estimating.naming import shape_of
from finetune.estimating.setting import Setting
from finetune.estimating.speed import operations, tokens_per_second
from foundation.errors import ConfigurationError, DataError, UnknownNameError

# The parameter counts on the models' pages of the hub (of their safetensors files, or of the paper for Llama 2).
PUBLISHED = {
    "openai-community/gpt2": 124_439_808,
    "google-t5/t5-small": 60_506_624,
    "google-t5/t5-base": 222_903_552,
    "google/flan-t5-base": 247_577_856,
    "HuggingFaceTB/SmolLM2-135M-Instruct": 134_515_008,
    "HuggingFaceTB/SmolLM2-360M-Instruct": 361_821_120,
    "HuggingFaceTB/SmolLM2-1.7B-Instruct": 1_711_376_384,
    "Qwen/Qwen2.5-0.5B-Instruct": 494_032_768,
    "Qwen/Qwen2.5-1.5B-Instruct": 1_543_714_304,
    "Qwen/Qwen2.5-7B-Instruct": 7_615_616_512,
    "google/gemma-2-2b-it": 2_614_341_888,
    "meta-llama/Llama-2-7b": 6_738_415_616,
    "meta-llama/Llama-3.1-8B-Instruct": 8_030_261_248,
    "mistralai/Mistral-7B-Instruct-v0.3": 7_248_023_552,
}
SMALL = {
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 600,
    "tie_word_embeddings": True,
}
MISTRAL = shape_of("mistralai/Mistral-7B-Instruct-v0.3")


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_written_shapes_give_the_published_counts(name: str) -> None:
    assert shape_of(name).parameters == PUBLISHED[name]


@pytest.mark.parametrize("name", [name for name in CONFIGURATIONS if "flan" not in name])  # transformers 5 ties every T5
def test_the_counts_are_those_of_transformers(name: str) -> None:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    values = CONFIGURATIONS[name]
    kind = AutoModelForSeq2SeqLM if values["model_type"] == "t5" else AutoModelForCausalLM
    with torch.device("meta"):
        model = kind.from_config(AutoConfig.for_model(**values))
    assert sum(parameter.numel() for parameter in model.parameters()) == shape_of(name).parameters


def test_lora_on_all_linear_layers_counts_as_peft_does() -> None:
    assert shape_of("smollm2-135m-instruct").adapter_parameters(16) == 4_884_480  # 4.88 M, as peft reports for the embedded model


def test_the_parts_that_can_be_known_by_hand() -> None:
    shape = read_architecture(SMALL)
    # embedding 600 × 64; each layer 64·64·2 + 64·32·2 (attention) + 3·64·128 (feed-forward) + 2·64 (norms); last norm 64
    parameters = 600 * 64 + 2 * (2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 128 + 2 * 64) + 64
    assert shape.parameters == parameters
    full = parts(shape, Setting(method="full", length=10, answer=5), "cpu")
    assert (full.weights, full.gradients, full.optimizer, full.adapter) == (4 * parameters, 4 * parameters, 8 * parameters, 0)
    adapter = 8 * 2 * ((64 + 64) * 2 + (64 + 32) * 2 + (64 + 128) * 3)  # rank 8, two layers
    lora = parts(shape, Setting(method="lora", rank=8, length=10, answer=5), "cpu")
    assert (lora.adapter, lora.gradients, lora.optimizer) == (4 * adapter, 4 * adapter, 8 * adapter)
    assert lora.peak == sum((lora.weights, lora.adapter, lora.gradients, lora.optimizer, lora.activations, lora.logits, lora.overhead))
    nf4 = parts(MISTRAL, Setting(method="qlora"), "gpu").weights
    assert nf4 == pytest.approx(MISTRAL.linear_parameters * 0.516 + (MISTRAL.parameters - MISTRAL.linear_parameters) * 4, rel=1e-3)


@given(
    st.sampled_from(sorted(CONFIGURATIONS)),
    st.sampled_from(["lora", "qlora", "8bit", "full"]),
    st.sampled_from(["cpu", "gpu"]),
    st.integers(1, 64),
    st.integers(1, 2048),
)
def test_more_rows_take_more_and_checkpointing_less(name: str, method: str, kind: str, rows: int, length: int) -> None:
    shape = shape_of(name)
    one = Setting(method=method, rows=rows, length=length, answer=1)  # type: ignore[arg-type]
    more = one.but(rows=rows + 1)
    assert parts(shape, more, kind).peak > parts(shape, one, kind).peak  # type: ignore[arg-type]
    assert parts(shape, one.but(checkpointing=True), kind).peak <= parts(shape, one, kind).peak  # type: ignore[arg-type]
    assert operations(shape, one.but(checkpointing=True)) > operations(shape, one) > 0


def test_the_sizes_come_in_the_order_that_is_known_of_them() -> None:
    peaks = [parts(MISTRAL, Setting(method=each, length=512), "gpu").peak for each in ("qlora", "8bit", "lora", "full")]  # type: ignore[arg-type]
    assert peaks == sorted(peaks)
    slow, quick = (tokens_per_second(MISTRAL, Setting(precision="bfloat16"), GPUS[name]) for name in ("T4", "H100"))
    assert quick > slow


def plan(available: float, longest: int = 400, others: Sequence[tuple[int, int]] = (), **settings: object) -> MemoryPlan:
    config = FinetuneConfig(**settings)  # type: ignore[arg-type]
    values = CONFIGURATIONS["HuggingFaceTB/SmolLM2-135M-Instruct"]
    numbers = {"available": int(available), "trainable": 4_884_480, "total": 134_515_008}
    return plan_memory(values, config, kind="cpu", examples=[(longest, 12), *others], **numbers)


def test_a_plan_uses_less_as_less_is_there() -> None:
    plans = [plan(gigabytes * 1e9) for gigabytes in (64, 2.0, 1.2)]
    assert all(isinstance(each, MemoryPlan) for each in plans)
    peaks = [each.peak for each in plans]
    assert peaks == sorted(peaks, reverse=True)
    assert not plans[0].checkpointing and plans[-1].checkpointing
    assert plans[0].micro_tokens >= plans[1].micro_tokens


def test_a_recipe_that_learns_whole_texts_is_reckoned_beside_a_longer_one_that_learns_a_few_words() -> None:
    alone, beside = (plan(64e9, longest=600, others=others).peak for others in ((), [(256, 255)]))
    assert beside > alone


def test_what_is_set_is_kept_to() -> None:
    assert plan(64e9, micro_tokens=500).micro_tokens == 500
    assert plan(64e9, gradient_checkpointing=True).checkpointing
    assert plan(64e9, memory="2GB").peak <= 2 * 2**30
    assert plan(64e9, memory="2GB").peak < plan(64e9).peak


def test_a_model_of_a_shape_unknown_here_can_be_trained_all_the_same() -> None:
    numbers = {"kind": "cpu", "examples": [(100, 5)], "available": 10**10, "trainable": 1000, "total": 10**6}
    like_llama = plan_memory({**SMALL, "model_type": "new"}, FinetuneConfig(), **numbers)
    assert like_llama == plan_memory(SMALL, FinetuneConfig(), **numbers)
    unread = plan_memory({"model_type": "new"}, FinetuneConfig(), **numbers)
    assert unread.checkpointing and unread.micro_tokens > 0


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "finetune.method=qlora"),
        ({"gradient_checkpointing": False}, "finetune.gradient_checkpointing=true"),
        ({"micro_tokens": 4000}, "finetune.micro_tokens=900"),
        ({"memory": "600MB"}, "finetune.memory="),
        ({"method": "full"}, "finetune.method=lora"),
    ],
)
def test_a_batch_that_cannot_fit_names_the_setting_to_change(settings: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        plan(2e8, longest=900, **settings)


def test_fixes_fit_and_say_how() -> None:
    asked = Setting(rows=8, length=1024)
    found = estimate(MISTRAL, asked, GPUS["A10"])
    assert not found.fits and found.fixes
    for fix in found.fixes:
        assert fix.peak <= GPUS["A10"].memory
        assert fix.overrides and all(each.startswith(("finetune.", "retrieval.")) for each in fix.overrides)
    assert estimate(shape_of("gpt2"), Setting(), GPUS["H200"]).fixes == ()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**SMALL, "hidden_size": None}, "no hidden_size"),
        ({**SMALL, "vocab_size": -1}, "vocab_size -1, which is no count"),
        ({**SMALL, "num_hidden_layers": "two"}, "no count"),
        ({**SMALL, "model_type": "rnn"}, "of kind 'rnn'"),
        ({"hidden_size": 64}, "does not say its model_type"),
        ([1, 2], "holds no table"),
    ],
)
def test_a_configuration_that_lacks_something_is_refused(values: object, said: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(values))
    with pytest.raises(DataError, match=said):
        shape_of(str(tmp_path))


def test_unknown_names_offer_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean 'mistralai/Mistral-7B-Instruct-v0.3'"):
        shape_of("mistralai/Mistral-7B-Instruct-v03")
    with pytest.raises(UnknownNameError, match="Did you mean 'A100-80'"):
        device("A100-8")
    assert device("nvidia a100-40") is GPUS["A100-40"]
    assert all(target in CONFIGURATIONS for target in ALIASES.values())


@pytest.mark.parametrize("numbers", [{"rows": 0}, {"length": -5}, {"length": 10, "answer": 11}, {"precision": "float8"}, {"rank": 0}])
def test_numbers_that_make_no_training_are_refused(numbers: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        Setting(**numbers)  # type: ignore[arg-type]


def test_a_disk_without_room_is_found_before_training(tmp_path: Path) -> None:
    check_room(tmp_path / "not" / "yet", needed_bytes(1000))
    with pytest.raises(DataError, match="are free"):
        check_room(tmp_path, 10**18)
