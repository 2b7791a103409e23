"""The OpenVINO engine through the conformance class, and held against transformers on the same weights."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gguf
import numpy as np
import pytest
from peft import LoraConfig, get_peft_model
from safetensors.numpy import load_file, save_file
from transformers import AutoModelForCausalLM

from chatbot.config import ModelConfig
from chatbot.engine import Engine, Request, gather
from chatbot.engines import engine as make_engine
from chatbot.engines.gguf_file import write_gguf
from chatbot.model import Message
from foundation.errors import ConfigurationError, EngineError, MismatchError
from tests.chatbot import tiny
from tests.conformance import engine as conformance

pytest.importorskip("openvino_genai", reason="the extra `fast` is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tiny.build(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="module")
def adapter(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tiny.build_adapter(folder, tmp_path_factory.mktemp("adapter")))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def made(folder: Path, cache: Path, **settings: object) -> Engine:
    return make_engine(ModelConfig(name=str(folder), weights="random", engine="openvino", precision="float32", **settings), cache)


class TestOpenVino(conformance.EngineConformance):
    @pytest.fixture
    def engine(self, folder: Path, cache: Path) -> Engine:
        return made(folder, cache)

    @pytest.fixture
    def adapter_folder(self, adapter: Path) -> Path:
        return adapter


def ask(request_id: str, text: str, adapter: str | None = None, tokens: int = 8) -> Request:
    return Request(request_id, (Message("user", text),), adapter, tokens)


QUESTIONS = ["Why is the sky blue?", "How long is the warranty of the probe?", "é à ç 😀", "Who?"]


def texts(engine: Engine, adapter: str | None = None) -> list[str]:
    requests = [ask(str(n), text, adapter, 12) for n, text in enumerate(QUESTIONS)]
    done = gather(engine.run(requests))
    return [done[one.id].text for one in requests]


def test_merged_float32_answers_are_those_of_transformers_base_and_adapter(folder: Path, adapter: Path, cache: Path) -> None:
    # Expected: the reference engine, which keeps base and adapter apart. Weights are F16 here and float32 there,
    # so the first tokens must agree and not every one: the random model's choices lie close together now and then.
    fast, reference = made(folder, cache), make_engine(ModelConfig(name=str(folder), weights="random", engine="transformers"), cache)
    for engine in (fast, reference):
        engine.load_adapter("style", adapter)
    for name in (None, "style"):
        pairs = list(zip(texts(fast, name), texts(reference, name), strict=True))
        assert sum(a == b for a, b in pairs) >= 3, pairs


def test_prefix_cache_changes_no_answer(folder: Path, cache: Path) -> None:
    plain, cached = made(folder, cache, prefix_cache=False), made(folder, cache)
    expected = texts(plain)
    assert [texts(cached), texts(cached)] == [expected, expected]  # the second time every prefix is there
    assert (plain.info().batch_plan["prefix_cache"], cached.info().batch_plan["prefix_cache"]) == (False, True)


def test_more_adapters_than_fit_in_memory_answer_each_for_itself(folder: Path, cache: Path, tmp_path: Path) -> None:
    folders = {f"a{seed}": tiny.build_adapter(folder, tmp_path / str(seed), seed=seed) for seed in (1, 2, 3)}
    engine = made(folder, cache, adapters_in_memory=1)
    for name, path in folders.items():
        engine.load_adapter(name, path)
    first = {name: texts(engine, name) for name in folders}
    assert len({tuple(said) for said in first.values()}) == 3
    mixed = gather(engine.run([ask(name, QUESTIONS[0], name, 12) for name in folders]))  # all three in one run
    assert {name: mixed[name].text for name in folders} == {name: said[0] for name, said in first.items()}
    assert {name: texts(engine, name) for name in folders} == first
    assert engine.memory["adapters in memory"] == 1


def test_model_is_converted_once(folder: Path, adapter: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for expected in (2, 0):  # base and adapter; nothing the second time
        made(folder, tmp_path).load_adapter("style", adapter)
        assert capfd.readouterr().err.count("Converting") == expected


def test_interrupted_conversion_leaves_nothing_that_is_taken_for_a_model(folder: Path, tmp_path: Path) -> None:
    made(folder, tmp_path)
    (base,) = (tmp_path / "openvino").glob("base-*")
    (base / "openvino_model.xml").unlink()  # what a deletion half-way leaves
    assert texts(made(folder, tmp_path))


def test_converted_adapters_longest_unused_go_when_there_are_more_than_eight(folder: Path, adapter: Path, tmp_path: Path) -> None:
    for number in range(9):  # what earlier adapters left, the first longest ago
        earlier = tmp_path / "openvino" / f"adapter-{number}"
        earlier.mkdir(parents=True)
        (earlier / "used").touch()
        os.utime(earlier / "used", (1_000_000 + number, 1_000_000 + number))
    made(folder, tmp_path).load_adapter("style", adapter)
    left = {path.name for path in (tmp_path / "openvino").glob("adapter-*")}
    assert len(left) == 8
    assert {"adapter-0", "adapter-1"}.isdisjoint(left) and {f"adapter-{number}" for number in range(2, 9)} < left


def test_the_same_weights_with_another_scale_are_another_model(folder: Path, adapter: Path, cache: Path, tmp_path: Path) -> None:
    shutil.copytree(adapter, tmp_path / "scaled")
    config = json.loads((tmp_path / "scaled" / "adapter_config.json").read_text())
    (tmp_path / "scaled" / "adapter_config.json").write_text(json.dumps({**config, "lora_alpha": 8 * config["lora_alpha"]}))
    engine = made(folder, cache)
    engine.load_adapter("style", adapter)
    engine.load_adapter("scaled", tmp_path / "scaled")
    assert texts(engine, "scaled") != texts(engine, "style")


def test_adapter_on_the_output_layer_is_refused(folder: Path, cache: Path, tmp_path: Path) -> None:
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(folder), LoraConfig(r=4, target_modules=["lm_head"], task_type="CAUSAL_LM"))
    model.save_pretrained(tmp_path)
    with pytest.raises(MismatchError, match="lm_head"):
        made(folder, cache).load_adapter("head", tmp_path)


def test_truncated_weights_are_one_clear_error(folder: Path, tmp_path: Path) -> None:
    made(folder, tmp_path)
    (weights,) = (tmp_path / "openvino").glob("base-*/openvino_model.bin")
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(EngineError, match="Delete that folder"):
        made(folder, tmp_path)


def test_two_threads_share_one_model(folder: Path, cache: Path) -> None:
    engine = made(folder, cache)
    expected = texts(engine)

    def alone(number: int) -> list[str]:
        requests = [ask(f"{number}-{n}", text, None, 12) for n, text in enumerate(QUESTIONS)]
        done = gather(engine.run(requests))
        return [done[one.id].text for one in requests]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(alone, range(8))) == [expected] * 8


def test_answers_of_base_and_adapter_stream_together(folder: Path, adapter: Path, cache: Path) -> None:
    engine = made(folder, cache)
    engine.load_adapter("style", adapter)
    events = engine.run([ask("base", QUESTIONS[0], None, 12), ask("style", QUESTIONS[0], "style", 12)])
    order = [event.id for event in events]
    assert order.index("style") < len(order) - 1 - order[::-1].index("base")  # the second begins before the first has ended


def test_prompt_too_long_for_the_model_is_refused_before_generating(folder: Path, cache: Path) -> None:
    with pytest.raises(EngineError, match="512"):
        made(folder, cache).run([ask("a", "Why is the sky blue? " * 200)])


def test_model_that_openvino_cannot_run_goes_to_the_reference_with_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = Path(tiny.build(tmp_path / "biased"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "mlp_bias": True}))
    weights = load_file(folder / "model.safetensors")
    for layer in range(2):
        for name, width in (("gate_proj", 64), ("up_proj", 64), ("down_proj", 48)):
            weights[f"model.layers.{layer}.mlp.{name}.bias"] = np.zeros(width, np.float32)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    engine = made(folder, tmp_path / "cache")
    assert engine.info().engine == "transformers"
    said = capfd.readouterr().err
    assert "biases" in said and said.count("engine:") == 1


def test_eight_bits_are_refused_with_the_setting_to_change(folder: Path, cache: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"model\.engine=transformers"):
        make_engine(ModelConfig(name=str(folder), engine="openvino", precision="8bit"), cache)


def test_gguf_file_holds_what_an_independent_reader_finds(folder: Path, tmp_path: Path) -> None:
    # Expected: the weights as safetensors has them; q and k with rows of each head taken alternately from its two halves.
    write_gguf(folder, tmp_path / "m.gguf")
    reader = gguf.GGUFReader(tmp_path / "m.gguf")
    tensors = {tensor.name: tensor.data for tensor in reader.tensors}
    weights = load_file(folder / "model.safetensors")
    down = weights["model.layers.1.mlp.down_proj.weight"]
    assert np.allclose(tensors["blk.1.ffn_down.weight"], down, atol=2e-3)
    keys = weights["model.layers.0.self_attn.k_proj.weight"]  # [2 heads × 12, 48]
    expected = np.concatenate([np.stack([head[row], head[row + 6]]) for head in (keys[:12], keys[12:]) for row in range(6)])
    assert np.allclose(tensors["blk.0.attn_k.weight"], expected, atol=2e-3)


@pytest.mark.slow
def test_real_model_answers_as_the_reference(smollm: Path, tmp_path: Path) -> None:
    # Expected: the reference engine. Greedy answers may part at a near tie, so nine of ten must be equal to the letter.
    words = ["France", "Japan", "Peru", "Kenya", "Norway", "Egypt", "India", "Spain", "Chile", "Greece"]
    requests = [ask(word, f"What is the capital of {word}?", None, 24) for word in words]
    fast = make_engine(ModelConfig(name=str(smollm), engine="openvino", precision="float32"), tmp_path)
    reference = make_engine(ModelConfig(name=str(smollm), engine="transformers"), tmp_path)
    said, expected = gather(fast.run(requests)), gather(reference.run(requests))
    assert sum(said[word].text == expected[word].text for word in words) >= 9
