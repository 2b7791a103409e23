"""The loss against transformers' own, for both kinds of model and every layout of a micro-batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from chatbot.loading import load_model
from chatbot.model import Message
from chatbot.prompts import render
from finetune.batching import alike, collate
from finetune.fast_lora import prepare, restore
from finetune.loss import batch_loss, losses, mean_loss, shares_prefixes
from finetune.model import TrainingExample
from finetune.recipes.rendering import Renderer
from finetune.shared_attention import NAME
from tests.chatbot.tiny import build_gemma2, build_gpt2, build_mistral, build_t5
from tests.finetune.tiny import DOCUMENTS, FACTS, build_model


def examples(tokenizer: Any, *, passages: bool = False) -> list[TrainingExample]:
    """Return four questions of unequal lengths, bare or behind a text."""
    renderer, made = Renderer(tokenizer), []
    for name, question, answer, document, _ in FACTS:
        messages = render(question, language="en", context="none")
        if passages:
            messages = [messages[0], Message("user", f"{DOCUMENTS[document]}\n\n{question}")]
        made.append(renderer.example(name, "raft" if passages else "qa", messages, answer))
    return made


def summed(model: Any, some: Sequence[TrainingExample]) -> float:
    """Return the summed loss by transformers' own loss, one example at a time."""
    import torch

    total = 0.0
    for example in some:
        if model.config.is_encoder_decoder:
            ids, labels = example.prompt_ids, example.target_ids
        else:
            ids, labels = example.prompt_ids + example.target_ids, (-100,) * len(example.prompt_ids) + example.target_ids
        loss = model(input_ids=torch.tensor([ids]), labels=torch.tensor([labels])).loss
        total += float(loss.detach()) * len(example.target_ids)
    return total


@pytest.mark.parametrize("limit", [1, 120, 10_000])
def test_an_encoder_decoder_learns_the_answer_from_its_decoder(tmp_path: Path, limit: int) -> None:
    model, tokenizer = load_model(build_t5(tmp_path), "float32")
    some = [*examples(tokenizer), *examples(tokenizer, passages=True)]
    pad = int(tokenizer.pad_token_id)
    assert sum(float(loss.detach()) for loss in losses(model, some, limit, pad, share=True)) == pytest.approx(summed(model, some), rel=1e-5)
    assert mean_loss(model, some, limit, pad) * sum(len(example.target_ids) for example in some) == pytest.approx(
        summed(model, some), rel=1e-5
    )
    assert not shares_prefixes(model, some, pad)


def test_a_causal_model_learns_the_answer_alone_in_every_layout(tmp_path: Path) -> None:
    model, tokenizer = load_model(build_model(tmp_path), "float32")
    some = [*examples(tokenizer), *examples(tokenizer, passages=True)]
    expected = summed(model, some)
    for limit in (1, 300, 10_000):
        for share in (False, True):
            total = sum(float(loss.detach()) for loss in losses(model, some, limit, 0, share=share))
            assert total == pytest.approx(expected, rel=1e-5)
    assert shares_prefixes(model, some, 0)
    targets = sum(len(example.target_ids) for example in some)
    for share in (False, True):  # now with the attention that sharing puts in
        assert mean_loss(model, some, 300, 0, share=share) * targets == pytest.approx(expected, rel=1e-5)


def trainable(folder: Path, **settings: Any) -> tuple[Any, Any]:
    """Return a tiny Llama with an adapter whose B is not zero, as after some steps."""
    import torch
    from peft import LoraConfig, get_peft_model

    base, tokenizer = load_model(build_model(folder), "float32")
    torch.manual_seed(1)
    model = get_peft_model(base, LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM", **settings))
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, 0, 0.1)
    return model, tokenizer


def gradients(model: Any, some: Sequence[TrainingExample], limit: int, *, share: bool) -> tuple[float, dict[str, Any]]:
    """Return the summed loss and the gradient of every adapter weight."""
    model.zero_grad()
    model.train()
    total = 0.0
    for loss in losses(model, some, limit, 0, share=share):
        loss.backward()
        total += float(loss.detach())
    return total, {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.requires_grad}


@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("limit", [150, 10_000])
def test_the_fast_ways_give_the_plain_loss_and_gradients(tmp_path: Path, limit: int, checkpointing: bool) -> None:
    model, tokenizer = trainable(tmp_path)
    some = [*examples(tokenizer), *examples(tokenizer, passages=True)]
    plain_loss, plain = gradients(model, some, 1, share=False)  # one example at a time, peft's and transformers' own layers
    if checkpointing:
        model.enable_input_require_grads()
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    assert shares_prefixes(model, some[:4], 0) and model.config._attn_implementation == NAME
    fast_loss, fast = gradients(prepare(model), some, limit, share=True)
    assert fast_loss == pytest.approx(plain_loss, rel=1e-5)
    for name, gradient in plain.items():
        assert float((fast[name] - gradient).norm()) <= 1e-4 * float(gradient.norm()), name


def test_a_prepared_model_is_still_pefts_own(tmp_path: Path) -> None:
    import torch

    model, tokenizer = trainable(tmp_path / "base")
    ids = torch.tensor([examples(tokenizer)[0].prompt_ids])
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    with torch.no_grad():
        adapted = model(ids).logits
        with model.disable_adapter():
            base = model(ids).logits
        prepare(model)
        replaced = [module for module in model.modules() if "forward" in vars(module)]
        assert len(replaced) == 2 * (7 + 1), "seven linear layers and one gated product in each of two layers"
        torch.testing.assert_close(model(ids).logits, adapted)
        with model.disable_adapter():
            torch.testing.assert_close(model(ids).logits, base)
        model.merge_adapter()
        torch.testing.assert_close(model(ids).logits, adapted, rtol=1e-3, atol=1e-4)
        model.unmerge_adapter()
    model.save_pretrained(tmp_path / "adapter")
    torch.testing.assert_close(model.state_dict(), before, rtol=1e-4, atol=1e-5)
    restore(model)
    assert not any("forward" in vars(module) for module in model.modules())
    loaded, _ = load_model(tmp_path / "base", "float32")
    from peft import PeftModel

    with torch.no_grad():
        torch.testing.assert_close(PeftModel.from_pretrained(loaded, tmp_path / "adapter")(ids).logits, adapted)


@pytest.mark.parametrize("settings", [{"use_dora": True}, {"lora_dropout": 0.1}, {"lora_bias": True}])
def test_adapters_of_other_kinds_are_left_alone(tmp_path: Path, settings: dict[str, Any]) -> None:
    model, _ = trainable(tmp_path, **settings)
    prepare(model)
    assert not any("forward" in vars(module) for module in model.modules())


def test_a_gated_layer_that_computes_something_else_is_left_alone(tmp_path: Path) -> None:
    import torch
    from transformers.models.llama.modeling_llama import LlamaMLP

    class Doubled(LlamaMLP):  # type: ignore[misc]
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 2 * super().forward(x)

    model, _ = trainable(tmp_path)
    odd = model.get_base_model().model.layers[1].mlp
    odd.__class__ = Doubled
    prepare(model)
    assert "forward" not in vars(odd) and "forward" in vars(model.get_base_model().model.layers[0].mlp)


@pytest.mark.parametrize("build", [build_mistral, build_gemma2])
def test_a_window_of_attention_is_never_shared(tmp_path: Path, build: Any) -> None:
    model, _ = load_model(build(tmp_path), "float32")
    some = [TrainingExample(str(n), "qa", "", "", (1, 2, 3, 4, n), (5, 6)) for n in range(3)]
    assert not shares_prefixes(model, some, 0) and model.config._attn_implementation != NAME


def test_learned_positions_share_too(tmp_path: Path) -> None:
    model, _ = load_model(build_gpt2(tmp_path), "float32")
    some = [TrainingExample(str(n), "qa", "", "", (*range(1, 20), n), (5, 6, n)) for n in range(3)]
    expected = summed(model, some)
    share = shares_prefixes(model, some, 0)
    assert sum(float(loss.detach()) for loss in losses(model, some, 1000, 0, share=share)) == pytest.approx(expected, rel=1e-5)


def test_prompts_in_two_languages_share_within_each(tmp_path: Path) -> None:
    def made(name: str, first: int, recipe: str = "qa") -> TrainingExample:
        return TrainingExample(name, recipe, "", "", tuple(range(first, first + 20)), (7,))

    some = [made("a", 1), made("b", 100), made("c", 1), made("d", 100), made("e", 300), made("f", 1, "raft"), made("g", 400)]
    names = [sorted(example.source for example in group) for group in alike(some, share=True)]
    assert sorted(names) == [["a", "c"], ["b", "d"], ["e", "g"], ["f"]]
    assert sorted(sorted(e.source for e in group) for group in alike(some, share=False)) == [["a", "b", "c", "d", "e", "g"], ["f"]]


def test_a_model_with_another_attention_shares_by_its_mask(tmp_path: Path) -> None:
    model, tokenizer = load_model(build_model(tmp_path), "float32")
    model.set_attn_implementation("eager")
    some = examples(tokenizer)
    assert shares_prefixes(model, some, 0), "by its mask"
    assert model.config._attn_implementation == "eager"
    assert sum(float(loss.detach()) for loss in losses(model, some, 900, 0, share=True)) == pytest.approx(summed(model, some), rel=1e-5)


@pytest.mark.parametrize(("prefix", "apart"), [(20, True), (120, False)])
def test_a_long_beginning_is_shared_by_a_mask_and_a_short_one_without(tmp_path: Path, prefix: int, apart: bool) -> None:
    model, _ = load_model(build_model(tmp_path), "float32")
    some = [TrainingExample(str(n), "few-shot", "", "", (*range(3, 3 + prefix), n, *range(30, 40 - n)), (5, 6, n)) for n in range(8)]
    assert shares_prefixes(model, some[:3], 0)
    batch = collate(some, 0, share=True, spread=True)
    assert batch["input_ids"].shape[0] == 1 and ("shared_layout" in batch) is apart
    assert float(batch_loss(model, batch)) == pytest.approx(summed(model, some), rel=1e-5)


def test_what_was_not_tried_is_not_used(tmp_path: Path) -> None:
    model, _ = load_model(build_model(tmp_path), "float32")
    some = [TrainingExample(str(n), "documents", "", "", (n + 3,), (5, 6, 7)) for n in range(3)]  # nothing in common, nothing to pad
    assert not shares_prefixes(model, some[:1], 0)
    assert not shares_prefixes(model, some, 0) and model.config._attn_implementation == "sdpa"
