"""8 and 4 bits, devices, and batches that fit a GPU's memory: what can be shown without a GPU."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from chatbot.config import ModelConfig
from chatbot.engine import Request, gather
from chatbot.engines.memory import batch_tokens
from chatbot.engines.transformers_engine import TransformersEngine, create
from chatbot.model import Message
from chatbot.placement import Placement, place
from foundation.errors import ConfigurationError, DataError, MissingDependencyError
from tests.chatbot import tiny
from tests.conformance import engine as conformance


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of widths that bitsandbytes would repack for a processor with AVX512-BF16."""
    return Path(tiny.build(tmp_path_factory.mktemp("tiny"), width=64))


@pytest.fixture(scope="module")
def adapter(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tiny.build_adapter(folder, tmp_path_factory.mktemp("adapter")))


def ask(request_id: str, text: str, adapter: str | None = None) -> Request:
    return Request(request_id, (Message("user", text),), adapter, 16)


class OfPrecision(conformance.EngineConformance):
    """What both precisions show: they load, say what they are, and stay near the whole weights."""

    PRECISION = ""
    SETTINGS: dict[str, object] = {}  # noqa: RUF012 # of bitsandbytes, for plain transformers

    @pytest.fixture
    def engine(self, folder: Path) -> TransformersEngine:
        pytest.importorskip("bitsandbytes", reason="the extra `quantisation` is not installed")
        return create(ModelConfig(name=str(folder), weights="random", precision=self.PRECISION), Path("unused"))

    @pytest.fixture
    def adapter_folder(self, adapter: Path) -> Path:
        return adapter

    def test_information_says_the_precision_and_the_library(self, engine: TransformersEngine) -> None:
        info = engine.info()
        assert (info.precision, info.device) == (self.PRECISION, "cpu") and "bitsandbytes" in info.version

    def test_probabilities_are_those_of_transformers_with_the_same_quantisation(
        self, engine: TransformersEngine, folder: Path, adapter: Path
    ) -> None:
        import torch
        from peft import PeftModel
        from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

        engine.load_adapter("style", adapter)
        prompt, completion = engine.render((Message("user", "Why?"),)), "How long is the sky?"
        tokenizer = AutoTokenizer.from_pretrained(folder)
        asked, wanted = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in (prompt, completion))
        model = AutoModelForCausalLM.from_pretrained(
            folder, quantization_config=BitsAndBytesConfig(**self.SETTINGS), dtype=torch.float32, device_map={"": "cpu"}
        )
        model = PeftModel.from_pretrained(model, adapter).eval()
        with torch.no_grad():
            rows = model(input_ids=torch.tensor([asked + wanted])).logits[0, len(asked) - 1 : -1].log_softmax(-1)
        expected = [float(rows[position, token]) for position, token in enumerate(wanted)]
        # LLM.int8 rounds by the largest value of a row, so a pass over one token less may round another way.
        assert engine.logprobs(prompt, completion, "style") == pytest.approx(expected, rel=0.05, abs=0.5)

    def test_truncated_weights_are_one_clear_error(self, folder: Path, tmp_path: Path) -> None:
        pytest.importorskip("bitsandbytes", reason="the extra `quantisation` is not installed")
        for file in folder.iterdir():
            data = file.read_bytes()
            (tmp_path / file.name).write_bytes(data[: len(data) // 2] if file.suffix == ".safetensors" else data)
        with pytest.raises(DataError, match=r"cannot load the model.*cut off"):
            create(ModelConfig(name=str(tmp_path), precision=self.PRECISION), Path("unused"))

    def test_missing_library_names_the_extra(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "bitsandbytes", None)  # as if it were not installed
        with pytest.raises(MissingDependencyError, match=rf"{self.PRECISION}.*ragft\[quantisation\]"):
            create(ModelConfig(name=str(folder), precision=self.PRECISION), Path("unused"))


class Test8Bit(OfPrecision):
    PRECISION = "8bit"
    SETTINGS = {"load_in_8bit": True}  # noqa: RUF012


class Test4Bit(OfPrecision):
    PRECISION = "4bit"
    SETTINGS = {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": True}  # noqa: RUF012


def test_precisions_are_all_different_and_one_adapter_serves_them_at_any_width(tmp_path: Path) -> None:
    pytest.importorskip("bitsandbytes", reason="the extra `quantisation` is not installed")
    folder = tiny.build(tmp_path / "model", width=48)
    adapter = tiny.build_adapter(folder, tmp_path / "adapter")
    engines = [create(ModelConfig(name=str(folder), precision=name), Path("unused")) for name in ("float32", "8bit", "4bit")]
    prompt = engines[0].render((Message("user", "Why?"),))
    assert len({tuple(engine.logprobs(prompt, "How long?")) for engine in engines}) == 3
    for engine in engines:
        engine.load_adapter("style", adapter)
        assert gather(engine.run([ask("a", "Why?", "style")]))["a"].text != gather(engine.run([ask("a", "Why?")]))["a"].text


def test_automatic_precision_follows_the_device() -> None:
    assert place("auto", "cpu") == Placement("cpu", "float32")
    assert place("4bit", "cpu") == Placement("cpu", "4bit") and Placement("cuda", "4bit").dtype == "bfloat16"
    import torch

    expected = Placement("cuda", "bfloat16") if torch.cuda.is_available() else Placement("cpu", "float32")
    assert place("auto", "auto") == expected


def test_gpu_that_is_not_there_is_said_before_loading(tmp_path: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ConfigurationError, match=r"sees no GPU.*model\.device=cpu"):
        create(ModelConfig(name=str(tmp_path), device="cuda"), Path("unused"))


def test_batch_tokens_fit_half_of_the_free_memory() -> None:
    from transformers import GPT2Config, MistralConfig, T5Config

    # Mistral-7B by hand, per token in bfloat16: keys and values 2 × 32 layers × 8 heads × 128 = 65,536 values,
    # one layer in passing 8 × 4,096 + 3 × 14,336 = 75,776: 282,624 bytes. Half of 16 GB holds 28,306 of them.
    mistral = MistralConfig(num_key_value_heads=8, head_dim=128)
    assert batch_tokens(16_000_000_000, mistral, 2) == 16_384
    assert batch_tokens(16_000_000_000, mistral, 2, share=0.25) == 8_192  # 14,153
    assert batch_tokens(1_000_000, mistral, 2) == 1  # never none: a prompt alone is tried
    # GPT-2 in float32: 2 × 12 × 12 × 64 = 18,432 and 8 × 768 + 3 × 3,072 = 15,360: 135,168 bytes; 1 GB holds 3,699 in its half.
    assert batch_tokens(1_000_000_000, GPT2Config(), 4) == 2_048
    # T5-small: 2 × 6 × 8 × 64 = 6,144 and 8 × 512 + 3 × 2,048 = 10,240: 65,536 bytes; 7,629.
    assert batch_tokens(1_000_000_000, T5Config(), 4) == 4_096
