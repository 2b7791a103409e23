"""Every method and every architecture: the loss falls, and what was learnt answers through the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatbot.config import ModelConfig
from chatbot.engine import Request, gather
from chatbot.engines import engine as make_engine
from chatbot.model import Message
from finetune.adapters import find
from finetune.model import AdapterManifest
from tests.chatbot import tiny as architectures
from tests.finetune.tiny import build_model, learn


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_model(tmp_path_factory.mktemp("llama"))


def config(folder: Path, **changes: Any) -> ModelConfig:
    return ModelConfig(name=str(folder), engine="transformers", weights="random", languages=("en",), threads=1, **changes)


def taught(manifest: AdapterManifest) -> None:
    assert manifest.loss_end < 0.7 * manifest.loss_start
    assert manifest.check.changed == 4 and manifest.weights == "random"


@pytest.mark.parametrize(
    "settings",
    [
        {"method": "qlora"},
        {"method": "8bit"},
        {"dora": True},
        {"rslora": True, "alpha": 8.0},
        {"precision": "bfloat16"},
        {"gradient_checkpointing": True},
        {"target_modules": ("q_proj", "v_proj"), "learning_rate": 3e-2},
        {"optimizer": "paged_adamw_8bit"},
    ],
    ids=lambda settings: "-".join(map(str, settings)),
)
def test_method_teaches_and_leaves_a_plain_peft_adapter(llama: Path, tmp_path: Path, settings: dict[str, Any]) -> None:
    from peft import PeftConfig

    manifest = learn("main", config(llama), tmp_path, recipe="qa", epochs=25, **settings)
    taught(manifest)
    assert manifest.check.passed
    found: Any = PeftConfig.from_pretrained(str(find(tmp_path, "main")))
    assert (found.peft_type, found.r) == ("LORA", 16)
    assert (found.use_dora, found.use_rslora) == (settings.get("dora", False), settings.get("rslora", False))


def test_checkpointing_and_accumulation_change_no_loss(llama: Path, tmp_path: Path) -> None:
    plain = learn("a", config(llama), tmp_path, epochs=5, failing=True, micro_tokens=4096)
    thrifty = learn("b", config(llama), tmp_path, epochs=5, failing=True, micro_tokens=64, gradient_checkpointing=True)
    assert [step.loss for step in thrifty.curve] == pytest.approx([step.loss for step in plain.curve], rel=1e-4)


def test_full_training_changes_all_weights_and_answers_beside_its_base(llama: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    manifest = learn("whole", config(llama), tmp_path, recipe="qa", method="full", learning_rate=1e-3, epochs=40)
    taught(manifest)
    folder = find(tmp_path, "whole")
    assert manifest.trainable_parameters == AutoModelForCausalLM.from_pretrained(folder).num_parameters()
    engine = make_engine(config(llama), Path("unused"))
    asked = (Message("system", "Answer."), Message("user", "What does the gateway cost?"))
    before = gather(engine.run([Request("a", asked, None, 8)]))["a"].text
    engine.load_adapter("whole", folder)
    engine.load_adapter("again", folder)
    assert gather(engine.run([Request("a", asked, "whole", 8)]))["a"].text != before
    assert gather(engine.run([Request("a", asked, None, 8)]))["a"].text == before


def test_of_models_trained_whole_no_more_are_held_than_there_is_room_for(llama: Path, tmp_path: Path) -> None:
    for name, passes in (("one", 3), ("other", 20)):
        learn(name, config(llama), tmp_path, failing=True, recipe="qa", method="full", learning_rate=1e-3, epochs=passes)
    asked = (Message("system", "Answer."), Message("user", "What does the gateway cost?"))
    told = {}
    for room in (1, 2):
        engine = make_engine(config(llama, adapters_in_memory=room), Path("unused"))
        for name in ("one", "other"):
            engine.load_adapter(name, find(tmp_path, name))
        requests = [Request(f"{turn}", asked, name, 8) for turn, name in enumerate(("one", "other", None, "one", "one", None, "other"))]
        told[room] = [gather(engine.run([request]))[request.id].text for request in requests]
        assert len(engine._adapters._whole) == room  # type: ignore[attr-defined]
    assert told[1] == told[2]
    assert len({*told[2][:3]}) == 3 and told[2][3:] == [told[2][0], told[2][0], told[2][2], told[2][1]]


@pytest.mark.parametrize("kind", ["t5", "gpt2", "llama2", "mistral", "gemma2"])
def test_architecture_is_trained_by_the_same_path(kind: str, tmp_path: Path) -> None:
    folder = getattr(architectures, f"build_{kind}")(tmp_path / "model")
    model = config(folder, chat_template="alpaca" if kind == "llama2" else None)
    manifest = learn("main", model, tmp_path, failing=True, learning_rate=1e-2, epochs=30)
    taught(manifest)
    assert set(manifest.coverage.seen) == {"qa", "raft"}
    from peft import PeftConfig

    task = PeftConfig.from_pretrained(str(find(tmp_path, "main"))).task_type
    assert task == ("SEQ_2_SEQ_LM" if kind == "t5" else "CAUSAL_LM")
