"""From a name to a model folder, and what is known of it: resolver, model card, loading."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from chatbot.chat_templates import CHAT_TEMPLATES
from chatbot.config import ModelConfig
from chatbot.engines import ENGINES
from chatbot.loading import load_model, load_tokenizer, render_chat
from chatbot.model_card import declared_languages, model_fingerprint
from chatbot.resolver import resolve
from foundation.errors import ConfigurationError, DataError, UnknownNameError
from foundation.settings import Layers, build_section


def model_folder(folder: Path, weights: bytes = b"weights") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(weights)
    return folder


def test_local_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert resolve(str(model_folder(tmp_path)), tmp_path / "cache") == tmp_path


def test_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no config\.json"):
        resolve(str(tmp_path), tmp_path)


def test_bare_unknown_name_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'smollm2-135m-instruct'"):
        resolve("smollm2-135m", tmp_path)


def test_hub_model_out_of_reach_says_what_to_do(tmp_path: Path) -> None:
    # tests/conftest.py sets HF_HUB_OFFLINE, so the hub is out of reach here for sure
    with pytest.raises(DataError, match=r"HF_HUB_OFFLINE.*smollm2-135m-instruct"):
        resolve("nobody-here/no-such-model", tmp_path)


def test_fingerprint_follows_the_bytes_and_not_the_place_or_time(tmp_path: Path) -> None:
    one, two = model_folder(tmp_path / "one"), model_folder(tmp_path / "two")
    first = model_fingerprint(one)
    assert first == model_fingerprint(one) == model_fingerprint(two)
    (one / "model.safetensors").write_bytes(b"changed weights")
    assert model_fingerprint(one) != first


def test_fingerprint_sees_a_change_that_kept_the_size(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, b"aaaa")
    first = model_fingerprint(folder)
    (folder / "model.safetensors").write_bytes(b"bbbb")
    os.utime(folder / "model.safetensors", ns=(1, 1))
    assert model_fingerprint(folder) != first


def test_torn_fingerprint_memo_is_made_anew(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    first = model_fingerprint(folder)
    (folder / ".ragft-fingerprint.json").write_text('{"model.saf')
    assert model_fingerprint(folder) == first


def test_folder_without_safetensors_has_no_fingerprint(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="safetensors"):
        model_fingerprint(tmp_path)


@pytest.mark.parametrize(
    ("card", "languages"),
    [
        ("---\nlanguage:\n- en\n- fr\nlicense: mit\n---\n# Model", ("en", "fr")),
        ("---\nlanguage: en\n---\n", ("en",)),
        ("---\nlicense: mit\n---\n", ()),
        ("# A card without front matter\nlanguage: en", ()),
        ("---\nlanguage: [en\n---\n", ()),
    ],
)
def test_languages_are_those_of_the_model_card(tmp_path: Path, card: str, languages: tuple[str, ...]) -> None:
    (tmp_path / "README.md").write_text(card)
    assert declared_languages(tmp_path) == languages


def test_no_card_declares_no_language(tmp_path: Path) -> None:
    assert declared_languages(tmp_path) == ()


def test_truncated_weights_are_one_clear_error(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    (folder / "config.json").write_text(
        json.dumps({"model_type": "llama", "hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 4, "num_hidden_layers": 1})
    )
    with pytest.raises(DataError, match="cannot load the model"):
        load_model(folder, "float32")


def test_configuration_that_contradicts_itself_is_one_clear_error(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    (folder / "config.json").write_text(json.dumps({"model_type": "llama", "hidden_size": 8, "num_attention_heads": 3}))
    with pytest.raises(DataError, match="cannot load the model"):
        load_model(folder, "float32")


def test_tokenizer_without_a_template_gets_a_plain_one(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    vocabulary = {"<s>": 0, "</s>": 1}
    PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel(vocabulary, "<s>")), eos_token="</s>").save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    tokenizer = load_tokenizer(tmp_path)
    assert (tokenizer.pad_token, tokenizer.padding_side, tokenizer.chat_template) == ("</s>", "left", CHAT_TEMPLATES["plain"])
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}]
    assert render_chat(tokenizer, messages) == "Be brief.\n\nQuestion: Why?\nAnswer:"


def test_template_without_a_system_role_gets_it_inside_the_first_question(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"<s>": 0}, "<s>")))
    tokenizer.chat_template = (  # as Gemma's: a system message raises
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
        "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }};{% endfor %}"
    )
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}]
    assert render_chat(tokenizer, messages) == "user: Be brief.\n\nWhy?;"


def test_section_refuses_nonsense() -> None:
    with pytest.raises(ConfigurationError, match="precision"):
        build_section(ModelConfig, "model", Layers({"model": {"precision": "float7"}}))
    with pytest.raises(ConfigurationError, match="batch_size"):
        build_section(ModelConfig, "model", Layers({"model": {"batch_size": 0}}))
    assert ModelConfig().engine in {"auto", *ENGINES}


@pytest.mark.slow
def test_embedded_model_is_converted_once_with_template_and_end_of_turn(smollm: Path) -> None:
    # 134.5 million parameters: the model card of SmolLM2-135M-Instruct.
    model, tokenizer = load_model(smollm, "bfloat16")
    assert round(sum(weight.numel() for weight in model.parameters()) / 1e6, 1) == 134.5
    assert tokenizer.eos_token == "<|im_end|>" and model.generation_config.eos_token_id == tokenizer.eos_token_id
    rendered = render_chat(tokenizer, [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}])
    assert rendered == "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n"
