"""Instruction files: three forms, three containers, and each fault as one error with file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from finetune.recipes import build
from finetune.recipes.instruction_files import read_conversations
from foundation.errors import ConfigurationError, DataError, RagftError
from tests.finetune.recipes.tiny_materials import materials

ALPACA = {"instruction": "Add the numbers.", "input": "1 and 2", "output": "3", "source": "ignored"}
SHAREGPT = {
    "conversations": [
        {"from": "system", "value": "Be brief."},
        {"from": "human", "value": "Bonjour ?"},
        {"from": "gpt", "value": "Bonjour."},
        {"from": "human", "value": "Ça va ?"},
        {"from": "gpt", "value": "Oui, très bien."},
        {"from": "human", "value": "never answered"},
    ]
}
CHAT = {"messages": [{"role": "user", "content": "Name a colour."}, {"role": "assistant", "content": "Blue"}], "conversations": None}


def said(path: Path) -> list[tuple[list[tuple[str, str]], str]]:
    return [([(message.role, message.content) for message in found.messages], found.target) for found in read_conversations(path)]


EXPECTED = [
    ([("system", "Add the numbers."), ("user", "1 and 2")], "3"),
    ([("system", "Be brief."), ("user", "Bonjour ?"), ("assistant", "Bonjour."), ("user", "Ça va ?")], "Oui, très bien."),
    ([("user", "Name a colour.")], "Blue"),
]


def test_all_forms_from_lines_and_from_a_list(tmp_path: Path) -> None:
    rows = [ALPACA, SHAREGPT, CHAT]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "a.json").write_text(json.dumps(rows, indent=2))
    assert said(tmp_path / "a.jsonl") == said(tmp_path / "a.json") == EXPECTED
    lines = [int(found.where.rpartition(" ")[2]) for found in read_conversations(tmp_path / "a.json")]
    text = (tmp_path / "a.json").read_text().split("\n")
    assert lines[0] == 2 and all(text[line - 1].startswith("  {") for line in lines) and len(set(lines)) == 3


@pytest.mark.parametrize(("row", "expected"), list(zip([ALPACA, SHAREGPT, CHAT], EXPECTED, strict=True)))
def test_a_saved_data_set(tmp_path: Path, row: dict[str, Any], expected: Any) -> None:
    import datasets

    rows = datasets.Dataset.from_list([row])
    rows.save_to_disk(str(tmp_path / "one"))
    datasets.DatasetDict({"train": rows}).save_to_disk(str(tmp_path / "splits"))
    datasets.DatasetDict({"test": rows}).save_to_disk(str(tmp_path / "other"))
    assert said(tmp_path / "one") == said(tmp_path / "splits") == [expected]
    with pytest.raises(DataError, match="no split 'train', only test"):
        said(tmp_path / "other")


def test_an_instruction_without_input_is_the_users_message(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({**ALPACA, "input": ""}))
    assert said(tmp_path / "a.jsonl") == [([("user", "Add the numbers.")], "3")]


def turns(*pairs: tuple[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": content} for role, content in pairs]}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"prompt": "x", "completion": "y"}, "found the keys prompt, completion. An example has instruction"),
        ({}, "found the keys none"),
        ([1], "expected a JSON object"),
        ({"instruction": "x"}, "'output' is missing"),
        ({"instruction": "x", "output": " "}, "'output' is empty"),
        ({"instruction": 3, "output": "y"}, "'instruction' is no text"),
        ({"instruction": "x", "output": "y", "history": [["a", "b"]]}, "'history' is not read"),
        ({"messages": "hello"}, "'messages' must be a list"),
        ({"conversations": [{"from": "tool", "value": "x"}]}, "turn 1: nobody is called 'tool' here"),
        (turns(("user", "x")), "the assistant says nothing"),
        (turns(("assistant", "x")), "no user speaks before"),
        (turns(("user", [{"type": "text"}]), ("assistant", "x")), "turn 1: 'content' is no text"),
        (turns(("user", "x"), ("assistant", "")), "turn 2: 'content' is empty"),
    ],
)
def test_a_fault_is_told_with_file_and_line(tmp_path: Path, row: Any, message: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(CHAT) + "\n\n" + json.dumps(row))
    with pytest.raises(DataError, match="line 3") as caught:
        read_conversations(path)
    assert message in str(caught.value) and str(path) in str(caught.value)


@pytest.mark.parametrize(("name", "text"), [("a.jsonl", ""), ("a.json", "[]"), ("a.json", "[{]"), ("a.jsonl", "{"), ("a.json", "\n[1,\n2")])
def test_empty_and_broken_files(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=r"holds no example|line \d: not valid JSON"):
        read_conversations(tmp_path / name)


def test_a_missing_file_a_folder_that_is_no_data_set_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"does not exist. Mend finetune.instructions"):
        read_conversations(tmp_path / "nowhere.jsonl")
    with pytest.raises(DataError, match="save_to_disk"):
        read_conversations(tmp_path)
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="not UTF-8"):
        read_conversations(tmp_path / "a.jsonl")


def test_the_recipe_learns_the_last_assistant_turn_and_names_the_line(tiny: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, [ALPACA, SHAREGPT, CHAT])))
    recipe = build({"instructions": 1}, replace(materials(tiny, instructions=("a.jsonl",)), folder=tmp_path))["instructions"]
    example = recipe.make(1, 0)
    assert len(recipe) == 3 and example.source.endswith("a.jsonl, line 2") and example.target == "Oui, très bien."
    assert example.prompt.count("<|im_start|>") == 5 and "Bonjour." in example.prompt and "très bien" not in example.prompt


def test_a_template_that_refuses_a_dialogue_is_told_with_the_line(tiny: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, [CHAT, turns(("user", "a"), ("user", "b"), ("assistant", "c"))])))
    base = replace(materials(tiny, instructions=("a.jsonl",)), folder=tmp_path)
    tokenizer = base.renderer.tokenizer
    tokenizer.chat_template = "{% if messages[1:] and messages[1]['role'] == 'user' %}{{ raise_exception('alternate!') }}{% endif %}" + str(
        tokenizer.chat_template
    )
    with pytest.raises(RagftError, match="line 2: the chat template refuses these messages: alternate!"):
        build({"instructions": 1}, base)
