"""What `ragft train` would have written, without the training: manifests, and adapters whose matrices are drawn at random."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from chatbot.model_card import model_fingerprint
from chatbot.prompts import fingerprint_templates
from finetune.model import AdapterManifest, Coverage, EndCheck, Evaluation, Seen, Step
from foundation.files import write_json
from foundation.fingerprint import fingerprint_file
from foundation.jsonable import to_json

STEPS = tuple(Step(n, 4.0 / n, 1e-3, 0.5 * n, {"qa": 4}, 100) for n in range(1, 31))


def manifest(**changes: Any) -> AdapterManifest:
    """A sound one, with `changes` in its fields."""
    plain = AdapterManifest(
        name="main",
        created="2026-01-02T03:04:05+00:00",
        base="scripted",
        base_fingerprint="b" * 16,
        weights="random",
        adapter_fingerprint="0" * 16,
        recipe={"qa": 1.0, "raft": 0.5},
        method="lora",
        training_fingerprint="f" * 16,
        configuration={"rank": 4, "learning_rate": 1e-3},
        fingerprints={"prompts": fingerprint_templates(), "corpus": "c" * 16},
        question_ids=("q1", "q2"),
        question_fingerprints={"q1": "1" * 16, "q2": "2" * 16},
        seed=0,
        seconds=12.0,
        training_seconds=8.0,
        tokens=3000,
        tokens_per_second=375.0,
        steps=30,
        loss_start=4.0,
        loss_end=0.14,
        coverage=Coverage(False, None, {"qa": Seen(120, 12.0, 10)}, ("one question was too long",)),
        check=EndCheck(True, "finetuned", 6, 5, 6),
        versions={"torch": "2"},
        curve=STEPS,
        evaluations=(Evaluation(0, 0.0, 4.0, 4.1), Evaluation(30, 8.0, 0.1, 1.2, 0.5, 4)),
    )
    return replace(plain, **changes)


def write_adapter(folder: Path, base: Path, *, scale: float = 0.1, **changes: Any) -> AdapterManifest:
    """Write a LoRA adapter of the model in `base` with random matrices to `folder`, and its manifest."""
    import torch
    from peft import LoraConfig, get_peft_model

    from chatbot.loading import load_model

    model, _ = load_model(base, "float32")
    kind = "SEQ_2_SEQ_LM" if model.config.is_encoder_decoder else "CAUSAL_LM"
    adapted = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type=kind))
    torch.manual_seed(1)
    for name, parameter in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=scale)
    adapted.peft_config["default"].base_model_name_or_path = str(base)
    adapted.save_pretrained(str(folder))
    known = {
        "name": folder.name,
        "base": str(base),
        "base_fingerprint": model_fingerprint(base),
        "adapter_fingerprint": fingerprint_file(folder / "adapter_model.safetensors"),
    }
    made = manifest(**{**known, **changes})
    write_json(folder / "manifest.json", to_json(made))
    return made
