"""Exported examples: what another trainer reads is what is trained here, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chatbot.chat_templates import set_template
from chatbot.loading import load_tokenizer, render_chat
from chatbot.model import Message
from finetune.model import TrainingExample
from finetune.recipes import build
from finetune.recipes.exporting import FORMS, Recorder, all_examples, alpaca, as_row, to_dataset
from finetune.recipes.instruction_files import conversation
from foundation.errors import DataError, UnknownNameError
from tests.finetune.recipes.tiny_materials import materials
from tests.finetune.tiny import questions


@pytest.fixture
def recorded(tiny: Path) -> tuple[Recorder, list[TrainingExample]]:
    """All examples of the recipes that are made of messages."""
    renderer = Recorder(load_tokenizer(tiny))
    base = replace(materials(tiny), renderer=renderer, examples=tuple(questions()[:1]))
    return renderer, list(all_examples(build({"qa": 1, "raft": 1, "few-shot": 1, "paraphrases": 1}, base), 2))


def test_chat_rows_render_to_the_same_prompt_and_are_read_back_by_the_instruction_reader(recorded: Any) -> None:
    renderer, examples = recorded
    assert len(examples) == 2 * (4 + 4 + 3 + 4)
    for example in examples:
        row = as_row(example, "chat", renderer)
        assert render_chat(renderer.tokenizer, row["messages"][:-1]) == example.prompt
        back = conversation(row, "here")
        made = renderer.example(example.source, example.recipe, back.messages, back.target)
        assert made == example


def test_alpaca_rows_are_the_alpaca_template_of_the_same_messages(tiny: Path, recorded: Any) -> None:
    renderer, examples = recorded
    other = load_tokenizer(tiny)
    set_template(other, "alpaca")
    head = (  # Stanford Alpaca's own prompt, with an input
        "Below is an instruction that describes a task, paired with an input that provides further context. "
        "Write a response that appropriately completes the request.\n\n"
    )
    for example in examples:
        row = as_row(example, "alpaca", renderer)
        written = f"{head}### Instruction:\n{row['instruction']}\n\n### Input:\n{row['input']}\n\n### Response:"
        messages = [{"role": each.role, "content": each.content} for each in renderer.said[example.source, example.prompt]]
        assert written == render_chat(other, messages).replace(other.eos_token, "")
        assert row["output"] == example.target


def test_prompt_and_completion_tokenise_to_the_trained_tokens(tiny: Path, recorded: Any) -> None:
    renderer, examples = recorded
    base = replace(materials(tiny), renderer=renderer)
    for example in [*examples, *all_examples(build({"documents": 1}, base))]:
        row = as_row(example, "prompt-completion", renderer)
        if example.prompt:
            assert renderer.encode(row["prompt"]) == example.prompt_ids and renderer.encode(row["completion"]) == example.target_ids
        else:
            assert renderer.encode(row["completion"]) == example.prompt_ids + example.target_ids


def test_seq2seq_rows_hold_input_and_target(recorded: Any) -> None:
    renderer, examples = recorded
    row = as_row(examples[0], "seq2seq", renderer)
    assert row == {"input": examples[0].prompt, "target": "35 metres", "source": "q1", "recipe": "qa"}


def test_bare_text_has_no_messages_and_an_unknown_form_names_the_known(tiny: Path) -> None:
    renderer = Recorder(load_tokenizer(tiny))
    example = build({"documents": 1}, replace(materials(tiny), renderer=renderer))["documents"].make(0, 0)
    for form in ("chat", "alpaca"):
        with pytest.raises(DataError, match="bare text without messages"):
            as_row(example, form, renderer)
    with pytest.raises(UnknownNameError, match="Did you mean 'alpaca'"):
        as_row(example, "alpacca", renderer)
    with pytest.raises(DataError, match="no place for a dialogue"):
        alpaca([Message("user", "a"), Message("assistant", "b"), Message("user", "c")])
    assert set(FORMS) == {"chat", "alpaca", "seq2seq", "prompt-completion"}


def test_a_data_set_of_a_recipe_or_of_examples(tiny: Path) -> None:
    recipe = build({"raft": 1}, materials(tiny))["raft"]
    rows = to_dataset(recipe, passes=3)
    examples = [recipe.make(index, turn) for turn in range(3) for index in range(4)]
    assert rows.num_rows == 12 and rows.to_list() == to_dataset(examples).to_list()
    assert rows[5]["prompt_ids"] == list(examples[5].prompt_ids) and rows[5]["target"] == examples[5].target
