"""Files of instructions, in the three forms that data sets have, to conversations; each fault is one error with file and line.

Alpaca: {"instruction", "input", "output"}. ShareGPT: {"conversations": [{"from", "value"}]}.
Chat: {"messages": [{"role", "content"}]}. As .jsonl, as a list in .json, or as a folder that
`Dataset.save_to_disk` wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from chatbot.model import Message
from foundation.errors import ConfigurationError, DataError
from foundation.files import parse_json, read_jsonl, read_text

_ROLES: dict[str, Literal["system", "user", "assistant"]] = {
    "system": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
}
_FORMS = "instruction and output (Alpaca), conversations (ShareGPT) or messages (chat)"


@dataclass(frozen=True)
class Conversation:
    """What is said before the last turn of the assistant, and that turn."""

    where: str  # file and line
    messages: tuple[Message, ...]
    target: str


def read_conversations(path: Path) -> tuple[Conversation, ...]:
    """Return the conversations of a file or folder, in order.

    Raises ConfigurationError when there is no such file, DataError for an empty one and for the first fault in it.
    """
    if not path.exists():
        raise ConfigurationError(f"instruction file {path} does not exist. Mend finetune.instructions.")
    found = tuple(conversation(row, where) for where, row in _rows(path))
    if not found:
        raise DataError(f"instruction file {path} holds no example. Write one JSON object per line with {_FORMS}.")
    return found


def conversation(row: Any, where: str) -> Conversation:
    """Return the conversation of one record; `where` opens the message of the DataError for what is none.

    >>> conversation({"instruction": "Add.", "input": "1 and 2", "output": "3"}, "a.jsonl, line 1").messages
    (Message(role='system', content='Add.'), Message(role='user', content='1 and 2'))
    """
    if not isinstance(row, Mapping):
        raise DataError(f"{where}: expected a JSON object with {_FORMS}.")
    given = {key: value for key, value in row.items() if value is not None}
    if "messages" in given:
        return _from_turns(given["messages"], "messages", "role", "content", where)
    if "conversations" in given:
        return _from_turns(given["conversations"], "conversations", "from", "value", where)
    if "instruction" in given:
        return _from_alpaca(given, where)
    raise DataError(f"{where}: found the keys {', '.join(map(str, row)) or 'none'}. An example has {_FORMS}.")


def _from_alpaca(row: Mapping[str, Any], where: str) -> Conversation:
    """The instruction is the system message and the input the user's, as the "alpaca" chat template reads them."""
    if "history" in row:
        raise DataError(f"{where}: 'history' is not read. Write the whole dialogue as messages instead.")
    instruction, given = _text(row, "instruction", where), _text({"input": "", **row}, "input", where, empty=True)
    messages = (Message("system", instruction), Message("user", given)) if given else (Message("user", instruction),)
    return Conversation(where, messages, _text(row, "output", where))


def _from_turns(turns: Any, key: str, role: str, content: str, where: str) -> Conversation:
    if not isinstance(turns, list) or not all(isinstance(turn, Mapping) for turn in turns):
        raise DataError(f'{where}: {key!r} must be a list of objects such as {{"{role}": "user", "{content}": "…"}}.')
    messages = []
    for number, turn in enumerate(turns, start=1):
        place = f"{where}, turn {number}"
        speaker = _text(turn, role, place)
        if speaker not in _ROLES:
            raise DataError(f"{place}: nobody is called {speaker!r} here. Known: {', '.join(_ROLES)}.")
        messages.append(Message(_ROLES[speaker], _text(turn, content, place)))
    last = next((place for place in range(len(messages) - 1, -1, -1) if messages[place].role == "assistant"), None)
    if last is None:
        raise DataError(f"{where}: the assistant says nothing, so there is nothing to learn.")
    if not any(message.role == "user" for message in messages[:last]):
        raise DataError(f"{where}: no user speaks before the assistant's last turn, so there is nothing to answer.")
    return Conversation(where, tuple(messages[:last]), messages[last].content)


def _text(row: Mapping[str, Any], key: str, where: str, *, empty: bool = False) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise DataError(f"{where}: {key!r} is {'missing' if value is None else 'no text'}. An example has {_FORMS}.")
    if not value.strip() and not empty:
        raise DataError(f"{where}: {key!r} is empty. Fill it in, or leave this example out.")
    return value.strip()


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    if path.is_dir():
        yield from _saved(path)
        return
    text = read_text(path, "instruction file")
    if not text.lstrip().startswith("["):
        for number, row in read_jsonl(path, "instruction file"):
            yield f"{path}, line {number}", row
        return
    try:
        rows = parse_json(text)
    except json.JSONDecodeError as error:
        raise DataError(f"instruction file {path}, line {error.lineno}: not valid JSON ({error.msg}).") from None
    for line, row in zip(_lines(text), rows, strict=True):
        yield f"{path}, line {line}", row


def _lines(text: str) -> Iterator[int]:
    """Yield the line, from 1, on which each element of a valid JSON list begins."""
    decoder, place, line, counted = json.JSONDecoder(), text.index("[") + 1, 1, 0
    while True:
        while text[place] in " \t\r\n,":
            place += 1
        if text[place] == "]":
            return
        line, counted = line + text.count("\n", counted, place), place
        yield line
        place = decoder.raw_decode(text, place)[1]


def _saved(folder: Path) -> Iterator[tuple[str, Any]]:
    import datasets

    try:
        loaded = datasets.load_from_disk(str(folder))
    except (OSError, ValueError) as error:
        raise DataError(f"{folder} is no data set that Dataset.save_to_disk wrote: {error}. Give such a folder, or a file.") from None
    if isinstance(loaded, datasets.DatasetDict):
        if "train" not in loaded:
            raise DataError(f"{folder} has no split 'train', only {', '.join(loaded)}. Save the one to train on by itself.")
        loaded = loaded["train"]
    for number, row in enumerate(loaded, start=1):
        yield f"{folder}, row {number}", row
