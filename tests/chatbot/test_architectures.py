"""Other architectures through the reference engine, on tiny random models: each passes the conformance class.

Expected texts and probabilities come from plain transformers: `generate`,
`compute_transition_scores` and the logits of one forward pass, none of it through our loading.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import ModelConfig
from chatbot.engine import Request, gather
from chatbot.engines.transformers_engine import TransformersEngine, create
from chatbot.loading import load_tokenizer, render_chat
from chatbot.model import Message
from foundation.errors import ConfigurationError, DataError, EngineError, MismatchError, UnknownNameError
from tests.chatbot import tiny
from tests.conformance import engine as conformance
from tests.finetune.tiny import build_model, learn

TEXTS = ("Why is the sky blue?", "How long is the warranty of the probe? " * 3, "Who?")


def ask(request_id: str, text: str, adapter: str | None = None, tokens: int = 24) -> Request:
    return Request(request_id, (Message("system", "Answer."), Message("user", text)), adapter, tokens)


class OfArchitecture(conformance.EngineConformance):
    """What every architecture shows besides; `tiny.build_<KIND>` makes its model."""

    KIND = ""
    CHAT_TEMPLATE: str | None = None

    @pytest.fixture(scope="class")
    @classmethod
    def folder(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return Path(getattr(tiny, f"build_{cls.KIND}")(tmp_path_factory.mktemp(cls.KIND)))

    @pytest.fixture(scope="class")
    @classmethod
    def adapter_folder(cls, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return Path(tiny.build_adapter(folder, tmp_path_factory.mktemp("adapter")))

    @pytest.fixture
    def engine(self, folder: Path) -> TransformersEngine:
        return create(ModelConfig(name=str(folder), weights="random", chat_template=self.CHAT_TEMPLATE), Path("unused"))

    def test_text_is_that_of_generate_with_and_without_an_adapter(
        self, engine: TransformersEngine, folder: Path, adapter_folder: Path
    ) -> None:
        engine.load_adapter("style", adapter_folder)
        for adapter in (None, "style"):
            plain = Plain(folder, adapter_folder if adapter else None)
            for text in TEXTS:
                prompt = engine.render(ask("a", text).messages)
                assert gather(engine.run([ask("a", text, adapter)]))["a"].text == plain.generate(prompt, 24)

    def test_padded_batch_gives_the_text_of_single_requests(self, engine: TransformersEngine) -> None:
        together = gather(engine.run([ask(str(n), text) for n, text in enumerate(TEXTS)]))
        assert [together[str(n)].text for n in range(3)] == [gather(engine.run([ask("a", text)]))["a"].text for text in TEXTS]

    def test_logprobs_are_those_of_the_logits_and_of_generate(self, engine: TransformersEngine, folder: Path, adapter_folder: Path) -> None:
        prompt, completion = engine.render(ask("a", TEXTS[0]).messages), "How long is the sky?"
        engine.load_adapter("style", adapter_folder)
        for adapter in (None, "style"):
            plain, found = Plain(folder, adapter_folder if adapter else None), engine.logprobs(prompt, completion, adapter)
            assert found == pytest.approx(plain.logprobs(prompt, completion), rel=1e-4, abs=1e-4)
            # `generate` goes token by token over cached keys, so sums are taken in another order.
            assert found == pytest.approx(plain.transition_scores(prompt, completion), rel=2e-3, abs=1e-3)

    def test_information_says_that_the_weights_are_random(self, engine: TransformersEngine) -> None:
        assert engine.info().weights == "random"

    def test_truncated_weights_are_one_clear_error(self, folder: Path, tmp_path: Path) -> None:
        for file in folder.iterdir():
            data = file.read_bytes()
            (tmp_path / file.name).write_bytes(data[: len(data) // 2] if file.suffix == ".safetensors" else data)
        with pytest.raises(DataError, match=r"cannot load the model.*cut off"):
            create(ModelConfig(name=str(tmp_path)), Path("unused"))


class TestT5(OfArchitecture):
    KIND = "t5"

    def test_prompt_is_plain_and_ends_as_the_encoder_was_taught(self, engine: TransformersEngine) -> None:
        assert engine.render(ask("a", "Why?").messages) == "Answer.\n\nQuestion: Why?\nAnswer:</s>"

    def test_relative_positions_set_no_limit(self, engine: TransformersEngine) -> None:
        asked = ask("a", "Why is the sky blue? " * 100, tokens=1)
        assert gather(engine.run([asked]))["a"].usage.prompt_tokens > 512


class TestGpt2(OfArchitecture):
    KIND = "gpt2"

    def test_prompt_longer_than_its_positions_is_refused(self, engine: TransformersEngine) -> None:
        with pytest.raises(EngineError, match="512"):
            engine.run([ask("a", "Why is the sky blue? " * 100)])
        with pytest.raises(EngineError, match="512"):
            engine.logprobs("Why? " * 100, "Because. " * 100)

    def test_adapter_of_another_width_is_refused(self, engine: TransformersEngine, adapter_folder: Path, tmp_path: Path) -> None:
        # Its attention's weight is kept as [in, out]: 48 in, three times 48 out.
        from safetensors.torch import load_file, save_file

        (tmp_path / "adapter_config.json").write_bytes((adapter_folder / "adapter_config.json").read_bytes())
        weights = load_file(adapter_folder / "adapter_model.safetensors")
        turned = {key: value.repeat(1, 3) if key.endswith("c_attn.lora_A.weight") else value for key, value in weights.items()}
        save_file(turned, tmp_path / "adapter_model.safetensors")
        with pytest.raises(MismatchError, match="c_attn is 48 wide in the model and 144 in the adapter"):
            engine.load_adapter("style", tmp_path)


class TestLlama2WithAlpaca(OfArchitecture):
    KIND = "llama2"
    CHAT_TEMPLATE = "alpaca"

    def test_prompt_is_alpaca_s_and_its_tokens_those_that_the_tokenizer_would_make(self, engine: TransformersEngine, folder: Path) -> None:
        text = (  # Stanford Alpaca's prompt with an input, filled in by hand
            "Below is an instruction that describes a task, paired with an input that provides further context. "
            "Write a response that appropriately completes the request.\n\n"
            "### Instruction:\nAnswer.\n\n### Input:\nWhy?\n\n### Response:"
        )
        prompt = engine.render(ask("a", "Why?").messages)
        assert prompt.removeprefix("<s>").lstrip(" ") == text
        assert Plain(folder).encode(prompt) == Plain(folder).tokenizer(text)["input_ids"]


class TestMistral(OfArchitecture):
    KIND = "mistral"

    def test_system_message_goes_into_the_first_question(self, engine: TransformersEngine) -> None:
        assert engine.render(ask("a", "Why?").messages) == "<s>[INST] Answer.\n\nWhy? [/INST]"

    def test_messages_that_do_not_alternate_are_one_clear_error(self, engine: TransformersEngine) -> None:
        with pytest.raises(ConfigurationError, match=r"must alternate.*model\.chat_template"):
            engine.render((Message("user", "Why?"), Message("user", "Who?")))


class TestGemma2(OfArchitecture):
    KIND = "gemma2"

    def test_system_message_goes_into_the_first_question(self, engine: TransformersEngine) -> None:
        expected = "<bos><start_of_turn>user\nAnswer.\n\nWhy?<end_of_turn>\n<start_of_turn>model\n"
        assert engine.render(ask("a", "Why?").messages) == expected

    def test_soft_caps_are_at_work(self, engine: TransformersEngine, folder: Path, tmp_path: Path) -> None:
        for file in folder.iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        config = json.loads((folder / "config.json").read_text())
        (tmp_path / "config.json").write_text(json.dumps({**config, "attn_logit_softcapping": None}))
        uncapped = create(ModelConfig(name=str(tmp_path)), Path("unused"))
        prompt = engine.render(ask("a", TEXTS[0]).messages)
        assert engine.logprobs(prompt, "Why?") != pytest.approx(uncapped.logprobs(prompt, "Why?"), abs=1e-2)


@pytest.fixture(scope="module")
def llama2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tiny.build_llama2(tmp_path_factory.mktemp("llama2")))


def test_alpaca_without_an_input_and_with_turns(llama2: Path) -> None:
    tokenizer = load_tokenizer(llama2, "alpaca")
    alone = render_chat(tokenizer, [{"role": "user", "content": "Why?"}])
    assert alone.endswith(
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nWhy?\n\n### Response:"
    )
    turns = [("system", "Answer."), ("user", "Why?"), ("assistant", "So."), ("user", "Who?")]
    text = render_chat(tokenizer, [{"role": role, "content": content} for role, content in turns])
    assert text.endswith("### Input:\nWhy?\n\n### Response:So.</s>\n\n### Input:\nWho?\n\n### Response:")


def test_chat_template_may_be_a_file(llama2: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.jinja"
    file.write_text("{{ bos_token }}{% for message in messages %}{{ message['content'] }}|{% endfor %}")
    messages = [{"role": "system", "content": "Answer."}, {"role": "user", "content": "Why?"}]
    assert render_chat(load_tokenizer(llama2, str(file)), messages) == "<s>Answer.|Why?|"


def test_chat_template_that_is_not_there_or_faulty_is_one_clear_error(llama2: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'alpaca'"):
        load_tokenizer(llama2, "alpacca")
    (tmp_path / "faulty.jinja").write_text("{% for message in messages %}")
    with pytest.raises(ConfigurationError, match=r"model\.chat_template"):
        render_chat(load_tokenizer(llama2, str(tmp_path / "faulty.jinja")), [{"role": "user", "content": "Why?"}])
    (tmp_path / "bytes.jinja").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="UTF-8"):
        load_tokenizer(llama2, str(tmp_path / "bytes.jinja"))


@pytest.mark.parametrize(("setting", "value"), [("num_hidden_layers", 3), ("intermediate_size", 80)])
def test_weights_that_are_not_the_configuration_s_are_one_clear_error(llama2: Path, tmp_path: Path, setting: str, value: int) -> None:
    for file in llama2.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((llama2 / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, setting: value}))
    with pytest.raises(DataError, match="cannot load the model"):
        create(ModelConfig(name=str(tmp_path)), Path("unused"))


def test_what_is_trained_under_a_chat_template_is_answered_under_it(tmp_path: Path) -> None:
    # Trained under the model's own template and asked under Alpaca's, too few of the answers come back (tried).
    model = ModelConfig(name=str(build_model(tmp_path / "model")), engine="transformers", chat_template="alpaca", threads=1)
    assert learn("main", model, tmp_path, recipe="qa").check.passed


class Plain:
    """transformers alone, with peft for an adapter."""

    def __init__(self, folder: Path, adapter: Path | None = None) -> None:
        from peft import PeftModel
        from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

        self.two_parts = AutoConfig.from_pretrained(folder).is_encoder_decoder
        self.model: Any = (AutoModelForSeq2SeqLM if self.two_parts else AutoModelForCausalLM).from_pretrained(folder).eval()
        if adapter is not None:
            self.model = PeftModel.from_pretrained(self.model, adapter).eval()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)

    def encode(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def generate(self, prompt: str, tokens: int) -> str:
        out = self._generate(prompt, tokens)
        return str(self.tokenizer.decode(out.sequences[0, -len(out.logits) :], skip_special_tokens=True))

    def transition_scores(self, prompt: str, completion: str) -> list[float]:
        """Of a generation that may write nothing but `completion`, one token after the other."""
        wanted = self.encode(completion)
        before = 1 if self.two_parts else len(self.encode(prompt))
        out = self._generate(prompt, len(wanted), prefix_allowed_tokens_fn=lambda _, ids: [wanted[len(ids) - before]])
        return [float(score) for score in self.model.compute_transition_scores(out.sequences, out.logits, normalize_logits=True)[0]]

    def logprobs(self, prompt: str, completion: str) -> list[float]:
        import torch

        asked, wanted = self.encode(prompt), self.encode(completion)
        with torch.no_grad():
            if self.two_parts:  # from labels transformers makes the decoder's input itself
                logits = self.model(input_ids=torch.tensor([asked]), labels=torch.tensor([wanted])).logits[0]
            else:
                logits = self.model(input_ids=torch.tensor([asked + wanted])).logits[0, len(asked) - 1 : -1]
        rows = logits.log_softmax(-1)
        return [float(rows[position, token]) for position, token in enumerate(wanted)]

    def _generate(self, prompt: str, tokens: int, **more: Any) -> Any:
        import torch

        ids = torch.tensor([self.encode(prompt)])
        return self.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=tokens,
            pad_token_id=self.tokenizer.pad_token_id or 0,
            output_logits=True,
            return_dict_in_generate=True,
            **more,
        )
