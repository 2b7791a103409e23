"""Training end to end on a tiny random Llama: the folder, the check, the budget, the interruption."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import ModelConfig
from finetune.adapters import find, list_adapters, read_manifest
from finetune.config import FinetuneConfig
from finetune.training import train
from foundation.errors import ConfigurationError, DataError, TrainingError
from foundation.fingerprint import fingerprint_file
from tests.finetune.tiny import WordOverlap, build_model, questions

LEARNS: dict[str, Any] = {"learning_rate": 1e-2, "batch_size": 4, "epochs": 60, "retrieval_epochs": 2, "warmup": 0.0}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelConfig:
    return ModelConfig(name=str(build_model(tmp_path_factory.mktemp("tiny"))), weights="random", languages=("en",), threads=1)


def learn(name: str, tiny: ModelConfig, workspace: Path, **changes: Any) -> Any:
    config = FinetuneConfig(**{**LEARNS, **changes})
    return train(
        name,
        questions=questions(),
        model=tiny,
        models=Path("unused"),
        finetune=config,
        workspace=workspace,
        retriever=WordOverlap(),
        progress=False,
    )


@pytest.fixture(scope="module")
def learnt(tiny: ModelConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one adapter, "main", trained on the mix."""
    workspace = tmp_path_factory.mktemp("workspace")
    learn("main", tiny, workspace)
    return workspace


def test_the_folder_holds_a_checked_adapter_with_its_history(learnt: Path, tiny: ModelConfig) -> None:
    folder = find(learnt, "main")
    manifest = read_manifest(folder)
    assert manifest.check.passed and manifest.check.asked == 4 and manifest.check.correct >= 2 and manifest.check.changed >= 2
    assert manifest.weights == "random" and manifest.base == tiny.name and manifest.question_ids == ("q1", "q2", "q3", "q4")
    assert manifest.loss_end < manifest.loss_start / 2
    assert (manifest.coverage.closed_book_seen, manifest.coverage.retrieval_seen) == (240, 8)  # 60 and 2 passes over 4 questions
    assert not manifest.budgeted and manifest.coverage.left_out == ()
    curve = [json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]
    assert [row["step"] for row in curve] == list(range(1, 63)) and manifest.steps == 62  # 248 examples in batches of 4
    assert [path.name for path in folder.parent.iterdir()] == ["main"], "nothing temporary is left behind"


def test_plain_peft_loads_it_and_the_logits_change(learnt: Path, tiny: ModelConfig) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(tiny.name)
    ids = torch.tensor([[5, 9, 11]])
    before = base(input_ids=ids).logits.detach().clone()
    adapted = PeftModel.from_pretrained(base, str(find(learnt, "main")))
    assert not torch.allclose(before, adapted(input_ids=ids).logits)
    assert Path(adapted.peft_config["default"].base_model_name_or_path).is_dir()


def test_the_same_seed_gives_the_same_bytes(tiny: ModelConfig, tmp_path: Path) -> None:
    weights = []
    for place in ("a", "b"):
        with pytest.raises(TrainingError):  # two passes teach nothing, and the adapter is kept all the same
            learn("main", tiny, tmp_path / place, epochs=2, retrieval_epochs=1, wording_noise=0.3, gaps=0.3)
        weights.append(fingerprint_file(find(tmp_path / place, "main") / "adapter_model.safetensors"))
    assert weights[0] == weights[1]
    with pytest.raises(TrainingError):
        learn("main", tiny, tmp_path / "c", epochs=2, retrieval_epochs=1, seed=1)
    assert fingerprint_file(find(tmp_path / "c", "main") / "adapter_model.safetensors") != weights[0]


def test_a_training_that_taught_nothing_is_kept_and_marked(tiny: ModelConfig, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="training taught nothing: 0 of 4") as caught:
        learn("idle", tiny, tmp_path, epochs=1, retrieval_epochs=0, learning_rate=1e-9)
    assert caught.value.exit_code == 1
    assert not read_manifest(find(tmp_path, "idle")).check.passed


def test_a_budget_ends_training_and_says_what_it_left_out(tiny: ModelConfig, tmp_path: Path) -> None:
    manifest = learn("quick", tiny, tmp_path, budget="8s", epochs=1e6, learning_rate=5e-3)
    assert manifest.budgeted and manifest.coverage.budget_seconds == 8.0
    assert any("passes of the 1e+06 configured" in line for line in manifest.coverage.left_out)
    assert manifest.coverage.retrieval_seen <= 8, "passages get no more than their configured passes"
    rates = [json.loads(line)["learning_rate"] for line in (find(tmp_path, "quick") / "curve.jsonl").read_text().splitlines()]
    assert rates[-1] < 0.2 * max(rates), "the rate has decayed by the time the budget ends"


def test_an_interruption_leaves_the_earlier_adapter_as_it_was(learnt: Path, tiny: ModelConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint_file(find(learnt, "main") / "adapter_model.safetensors")

    class Interrupting(WordOverlap):
        """Stands for a user who presses Ctrl-C while examples are being made."""

        def search(self, queries: Any, k: int) -> Any:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="no adapter was written"):
        train(
            "main",
            questions=questions(),
            model=tiny,
            models=Path("unused"),
            finetune=FinetuneConfig(**LEARNS),
            workspace=learnt,
            retriever=Interrupting(),
            progress=False,
        )
    assert fingerprint_file(find(learnt, "main") / "adapter_model.safetensors") == before
    assert [path.name for path in (learnt / "adapters").iterdir()] == ["main"]


def test_a_second_training_takes_the_place_of_the_first(tiny: ModelConfig, tmp_path: Path) -> None:
    for passes in (1, 2):
        with pytest.raises(TrainingError):
            learn("main", tiny, tmp_path, epochs=passes, retrieval_epochs=0, learning_rate=1e-9)
        assert read_manifest(find(tmp_path, "main")).coverage.closed_book_seen == 4 * passes
    assert list_adapters(tmp_path) == ("main",)


def test_what_cannot_be_trained_is_refused_before_any_work(tiny: ModelConfig, tmp_path: Path) -> None:
    config = FinetuneConfig()
    with pytest.raises(DataError, match="no training question"):
        train("main", questions=[], model=tiny, models=Path("unused"), finetune=config, workspace=tmp_path)
    with pytest.raises(ConfigurationError, match="ragft index build"):
        train("main", questions=questions(), model=tiny, models=Path("unused"), finetune=config, workspace=tmp_path)
    with pytest.raises(ConfigurationError, match="cannot name an adapter"):
        train("../main", questions=questions(), model=tiny, models=Path("unused"), finetune=config, workspace=tmp_path)
    with pytest.raises(ConfigurationError, match="target_modules"):
        learn("main", tiny, tmp_path, target_modules=("no_such_layer",))
    assert list_adapters(tmp_path) == ()


@pytest.mark.slow
def test_the_embedded_model_learns_eight_facts(smollm: Path, tmp_path: Path) -> None:
    from knowledge_base.loading import load

    chosen = [question for question in load("orlisund").split("train") if question.id.endswith("-01")][:8]  # one wording a fact
    manifest = train(
        "main",
        questions=chosen,
        model=ModelConfig(name=str(smollm), languages=("en",)),
        models=smollm.parent,
        finetune=FinetuneConfig(recipe="closed-book", epochs=12, batch_size=4, wording_noise=0.0, gaps=0.0),
        workspace=tmp_path,
        progress=False,
    )
    assert manifest.check.passed and manifest.check.correct >= 6 and manifest.weights == "real"
